"""What a person agrees to, the proof of it, and the parents of people under 16."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import ConsentText
from kit import access
from kit.forms import posted
from talentpool.actions import joining
from talentpool.actions.confirming import Gone
from talentpool.forms.person import YES, ConsentForm, GuardianAnswerForm, GuardianForm
from talentpool.models import GUARDIAN, Agreement, Entry, Guardian
from talentpool.views.owner import owned

GONE = "talentpool/link_gone.html"
only_get_and_post = require_http_methods(["GET", "HEAD", "POST"])


def given_by(entry: Entry) -> dict[Agreement, object]:
    """The consents of today; that to an older text or from childhood has to be given anew."""
    rows = {consent.purpose: consent for consent in entry.user.consents.given()}
    found = {each: rows.get(each.purpose_for(entry)) for each in Agreement}
    if not joining.consents_to_be_seen(entry).exists():
        found[Agreement.SEEN] = None
    return {agreement: consent for agreement, consent in found.items() if consent}


@access.login
@owned
@only_get_and_post
def consent(request: HttpRequest, entry: Entry) -> HttpResponse:
    if entry.birth_date is None:
        messages.info(request, _("Please tell us your date of birth first. It decides who has to agree."))
        return redirect("talentpool:profile_edit", entry.pk, "person")
    given = given_by(entry)
    form = ConsentForm(posted(request), open_agreements=[each for each in Agreement if each not in given])
    if request.method == "POST" and form.is_valid():
        joining.agree(entry=entry, agreements=form.chosen, by=request.user)
        messages.success(request, _("Saved. You can withdraw your consent here at any time."))
        return redirect("talentpool:consent", entry.pk)
    context = {"entry": entry, "form": form, "given": [(each, row) for each, row in given.items()]}
    return render(request, "talentpool/consent.html", context, status=400 if form.errors else 200)


@access.login
@owned
@require_POST
def withdraw(request: HttpRequest, entry: Entry) -> HttpResponse:
    """One click, as agreeing was."""
    wanted = request.POST.get("einwilligung", "")
    if wanted in Agreement.values:
        joining.withdraw(entry=entry, agreement=Agreement(wanted), by=request.user)
        messages.success(request, _("You have withdrawn your consent. It has taken effect."))
    return redirect("talentpool:consent", entry.pk)


@access.login
@owned
@require_safe
def proof(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Every consent that was given here, with its exact words, to be printed or kept."""
    purposes = [each.purpose_for(entry) for each in Agreement]
    consents = list(entry.user.consents.filter(purpose__in=purposes).order_by("given_at", "pk"))
    texts = ConsentText.objects.in_bulk({each.text_hash for each in consents})
    rows = [(each, texts[each.text_hash].text if each.text_hash in texts else "") for each in consents]
    return render(request, "talentpool/proof.html", {"entry": entry, "rows": rows})


# ── Parents


@access.login
@owned
@only_get_and_post
def parents(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Whom we may ask, and what has come of it."""
    if not entry.needs_guardian:
        return redirect(entry)
    form = GuardianForm(posted(request), entry=entry)
    if request.method == "POST" and form.is_valid():
        try:
            joining.ask_guardian(entry=entry, by=request.user, **form.cleaned_data)
        except joining.TooSoon:
            form.add_error(None, _("We have just asked somebody. You can name another person tomorrow."))
        else:
            messages.success(request, _("We have sent a mail. As soon as we have an answer, you see it here."))
            return redirect("talentpool:parents", entry.pk)
    context = {"entry": entry, "guardian": getattr(entry, "guardian", None), "form": form}
    return render(request, "talentpool/parents.html", context, status=400 if form.errors else 200)


@access.by_token(GUARDIAN, gone=GONE)
@only_get_and_post
def guardian(request: HttpRequest, guardian: Guardian) -> HttpResponse:
    """A parent reads what it is about and decides; a yes can be taken back on the same page."""
    if not guardian.is_answerable:
        raise Http404
    form = GuardianAnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        agrees = form.cleaned_data["answer"] == YES
        try:
            joining.answer_for_child(guardian=guardian, agrees=agrees)
        except (joining.Closed, Gone):
            raise Http404 from None
        return redirect("talentpool:thanks", answer="eltern-ja" if agrees else "eltern-nein")
    context = {"guardian": guardian, "entry": guardian.entry, "form": form}
    return render(request, "talentpool/guardian.html", context, status=400 if form.errors else 200)
