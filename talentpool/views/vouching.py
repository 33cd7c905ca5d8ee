"""Who recommends a person, who must not see it, who wants to talk, who has looked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kit import access, tokens
from kit.forms import posted
from kit.pagination import paginate
from talentpool.actions import answering_requests, profiling
from talentpool.actions.confirming import Gone
from talentpool.forms.person import YES, RequestAnswerForm
from talentpool.models import REQUEST, ContactRequest, Entry
from talentpool.views.owner import owned

GONE = "talentpool/link_gone.html"
PER_PAGE = 20
MOST_FOUND = 10
only_get_and_post = require_http_methods(["GET", "HEAD", "POST"])


@access.login
@owned
@require_safe
def stamps(request: HttpRequest, entry: Entry) -> HttpResponse:
    found = entry.endorsements.select_related("member__organization")
    return render(request, "talentpool/stamps.html", {"entry": entry, "stamps": found})


@access.login
@owned
@require_POST
def stamp(request: HttpRequest, entry: Entry, stamp_pk: int) -> HttpResponse:
    found = get_object_or_404(entry.endorsements, pk=stamp_pk)
    is_shown = request.POST.get("zeigen")
    if is_shown in ("ja", "nein"):
        profiling.decide_stamp(stamp=found, is_shown=is_shown == "ja", by=request.user)
        messages.success(request, _("Saved."))
    return redirect("talentpool:stamps", entry.pk)


@access.login
@owned
@require_safe
def exclusions(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Organisations of the pool by name, and those that are excluded."""
    words = request.GET.get("q", "").strip()[:120]
    context = {
        "entry": entry,
        "words": words,
        "found": profiling.excludable(entry, words)[:MOST_FOUND] if words else [],
        "excluded": entry.exclusions.select_related("organization"),
    }
    return render(request, "talentpool/exclusions.html", context)


@access.login
@owned
@require_POST
def exclude(request: HttpRequest, entry: Entry, organization_pk: int) -> HttpResponse:
    organization = get_object_or_404(profiling.excludable(entry, ""), pk=organization_pk)
    profiling.exclude(entry=entry, organization=organization, by=request.user)
    messages.success(request, _("{name} does not see your profile any more.").format(name=organization.name))
    return redirect("talentpool:exclusions", entry.pk)


@access.login
@owned
@require_POST
def readmit(request: HttpRequest, entry: Entry, organization_pk: int) -> HttpResponse:
    exclusion = get_object_or_404(entry.exclusions, organization=organization_pk)
    profiling.readmit(exclusion=exclusion, by=request.user)
    messages.success(request, _("Saved."))
    return redirect("talentpool:exclusions", entry.pk)


# ── Companies that want to talk


@access.login
@owned
@require_safe
def requests(request: HttpRequest, entry: Entry) -> HttpResponse:
    asked = entry.requests.select_related("member__organization")
    return render(request, "talentpool/requests.html", {"entry": entry, "page": paginate(request, asked, PER_PAGE)})


@access.login
@owned
@only_get_and_post
def request_answer(request: HttpRequest, entry: Entry, request_pk) -> HttpResponse:
    asked = get_object_or_404(entry.requests.select_related("member__organization"), pk=request_pk)
    form = RequestAnswerForm(posted(request))
    if request.method == "POST" and form.is_valid() and asked.is_answerable:
        _answer(asked, form, by=request.user)
        messages.success(request, _("Your answer is on its way."))
        return redirect("talentpool:requests", entry.pk)
    context = {"entry": entry, "asked": asked, "form": form, "base": "talentpool/profile_base.html"}
    return render(request, "talentpool/request_answer.html", context, status=400 if form.errors else 200)


@access.by_token(REQUEST, gone=GONE)
@only_get_and_post
def request_by_mail(request: HttpRequest, asked: ContactRequest) -> HttpResponse:
    """The same without a login. After the answer the link shows what was answered."""
    form = RequestAnswerForm(posted(request))
    if request.method == "POST" and form.is_valid() and asked.is_answerable:
        _answer(asked, form, by=asked.entry.user)
        return redirect("pool_links:request", token=tokens.make_for(REQUEST, asked))
    context = {"entry": asked.entry, "asked": asked, "form": form, "base": "talentpool/token_page.html"}
    return render(request, "talentpool/request_answer.html", context, status=400 if form.errors else 200)


def _answer(asked: ContactRequest, form: RequestAnswerForm, *, by) -> None:
    """Whatever came first counts; the page shows how things stand."""
    try:
        answering_requests.answer(request=asked, is_yes=form.cleaned_data["answer"] == YES, by=by)
    except (answering_requests.Answered, Gone):
        return


@access.login
@owned
@require_safe
def seen(request: HttpRequest, entry: Entry) -> HttpResponse:
    """By organisation and day, never by name (Art. 15 GDPR, CJEU C-154/21)."""
    days = entry.views.seen_by_day()
    return render(request, "talentpool/seen.html", {"entry": entry, "page": paginate(request, days, PER_PAGE)})
