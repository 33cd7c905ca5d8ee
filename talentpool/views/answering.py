"""Behind the links of the cycle's mails. Opening a page changes nothing; a button without a choice changes nothing."""

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kit import access, tokens
from talentpool.actions import answering
from talentpool.actions.leaving import Gone, undo
from talentpool.forms.answering import YES, CheckInForm, EraseForm, FoundForm, StayForm
from talentpool.models import CHECK_IN, ENTRY, CheckIn, Entry, LeaveReason, Seeking
from taxonomy.models import JobFamily

GONE = "talentpool/link_gone.html"
only_get_and_post = require_http_methods(["GET", "HEAD", "POST"])


@access.by_token(CHECK_IN, gone=GONE)
@only_get_and_post
def check_in(request: HttpRequest, check_in: CheckIn) -> HttpResponse:
    """Still looking? Shows what is stored in short; after the answer it shows what came of it, however often opened."""
    if check_in.closed_at is not None:
        return _state(request, check_in)
    form = CheckInForm(_sent(request))
    if request.method != "POST":
        return _page(request, "check_in", check_in, form=form)
    if not form.is_valid():
        return _page(request, "check_in", check_in, status=400, form=form)
    if form.cleaned_data["answer"] == CheckIn.Answer.ERASE:
        return redirect("pool_links:check_in_erase", token=_token(check_in))
    return _answered(check_in, form.cleaned_data["answer"])


@access.by_token(CHECK_IN, gone=GONE)
@only_get_and_post
def erase(request: HttpRequest, check_in: CheckIn) -> HttpResponse:
    """The second page, on which one really means it."""
    if check_in.closed_at is not None:
        return redirect("pool_links:check_in", token=_token(check_in))
    form = EraseForm(_sent(request))
    if request.method != "POST":
        return _page(request, "check_in_erase", check_in, form=form)
    if not form.is_valid():
        return _page(request, "check_in_erase", check_in, status=400, form=form)
    if form.cleaned_data["sure"] != YES:
        return redirect("pool_links:check_in", token=_token(check_in))
    return _answered(check_in, CheckIn.Answer.ERASE)


def _answered(check_in: CheckIn, answer: str) -> HttpResponse:
    """Whatever came first, the page of the question shows how things stand."""
    with suppress(Gone):
        answering.answer(check_in=check_in, answer=CheckIn.Answer(answer), by=check_in.entry.user)
    return redirect("pool_links:check_in", token=_token(check_in))


@access.by_token(CHECK_IN, gone=GONE)
@only_get_and_post
def found(request: HttpRequest, check_in: CheckIn) -> HttpResponse:
    """Two voluntary questions to somebody who has found something."""
    form = FoundForm(_sent(request))
    if request.method != "POST" or check_in.entry.leave_reason != LeaveReason.HIRED:
        return redirect("pool_links:check_in", token=_token(check_in))
    if not form.is_valid() or not any(form.cleaned_data.values()):
        return _state(request, check_in, status=400, form=form)
    answering.tell_whereabouts(entry=check_in.entry, **form.said)
    return redirect("pool_links:check_in", token=_token(check_in))


@access.by_token(ENTRY, gone=GONE)
@only_get_and_post
def stay(request: HttpRequest, entry: Entry) -> HttpResponse:
    """The profile is hidden and will be erased: time to think it over."""
    form = StayForm(_sent(request))
    if request.method != "POST" or not form.is_valid():
        status = 400 if request.method == "POST" else 200
        return render(request, "talentpool/stay.html", {"entry": entry, "form": form}, status=status)
    if form.cleaned_data["stay"] == YES and entry.left_at is not None:
        _stay(entry)
    return redirect("pool_links:stay", token=tokens.make_for(ENTRY, entry))


def _sent(request: HttpRequest) -> QueryDict | None:
    """An empty answer is an answer too, and refused as such."""
    return request.POST if request.method == "POST" else None


def _stay(entry: Entry) -> None:
    try:
        undo(entry=entry, by=entry.user)
    except Gone as gone:
        raise Http404 from gone


def _state(request: HttpRequest, check_in: CheckIn, *, status: int = 200, form: FoundForm | None = None):
    return _page(request, "check_in_answered", check_in, status=status, form=form or FoundForm())


def _page(request: HttpRequest, name: str, check_in: CheckIn, *, status: int = 200, **context) -> HttpResponse:
    entry = check_in.entry
    context |= {"check_in": check_in, "entry": entry, "token": _token(check_in), "facts": _in_short(entry)}
    return render(request, f"talentpool/{name}.html", context, status=status)


def _in_short(entry: Entry) -> list[tuple[str, str]]:
    """What is stored, as somebody wants to see it who only answers a mail."""
    seeking, families = ([str(kind(code).label) for code in codes] for kind, codes in _lists(entry))
    facts = [
        (_("Name"), entry.user.full_name),
        (_("E-mail"), entry.user.email),
        (_("You are looking for"), ", ".join(seeking)),
        (_("Fields of work"), ", ".join(families)),
        (_("Place"), f"{entry.place.name} (+ {entry.radius} km)" if entry.place else ""),
        (_("Documents"), ", ".join(entry.documents.values_list("title", flat=True))),
        (_("Recommended by"), ", ".join(str(stamp.member.organization) for stamp in _stamps(entry))),
    ]
    return [(label, words) for label, words in facts if words]


def _lists(entry: Entry):
    return (Seeking, entry.seeking), (JobFamily, entry.job_families)


def _stamps(entry: Entry):
    return entry.endorsements.valid().select_related("member__organization")


def _token(check_in: CheckIn) -> str:
    return tokens.make_for(CHECK_IN, check_in)
