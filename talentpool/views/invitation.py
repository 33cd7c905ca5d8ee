"""Behind the link of an invitation: what the pool is, four answers, and the code that shows whose mailbox it is."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kit import access, tokens
from kit.forms import posted
from talentpool.actions import joining
from talentpool.forms.person import CodeForm, InvitationForm
from talentpool.models import INVITED, Invitation

GONE = "talentpool/link_gone.html"
only_get_and_post = require_http_methods(["GET", "HEAD", "POST"])


@access.by_token(INVITED, gone=GONE)
@only_get_and_post
def invitation(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Opening it changes nothing; a button without a choice changes nothing."""
    if not invitation.is_answerable:
        raise Http404
    form = InvitationForm(posted(request))
    if request.method != "POST":
        return _page(request, invitation, form)
    if not form.is_valid():
        return _page(request, invitation, form, status=400)
    return _answered(request, invitation, form.cleaned_data["answer"])


def _answered(request: HttpRequest, invitation: Invitation, answer: str) -> HttpResponse:
    try:
        if answer == InvitationForm.ACCEPT:
            return _with_code(request, invitation)
        if answer == InvitationForm.MISTAKEN:
            joining.disown(invitation=invitation)
        else:
            joining.decline(invitation=invitation, for_ever=answer == InvitationForm.NEVER)
    except joining.Closed:
        raise Http404 from None
    return redirect("talentpool:thanks", answer=answer)


def _page(request: HttpRequest, invitation: Invitation, form: InvitationForm, *, status: int = 200) -> HttpResponse:
    recommending = joining.open_beside(invitation).select_related("member__organization")
    context = {
        "invitation": invitation,
        "pool": invitation.pool,
        "operator": invitation.member.operator,
        "recommending": recommending,
        "form": form,
    }
    return render(request, "talentpool/invitation.html", context, status=status)


@access.by_token(INVITED, gone=GONE)
@only_get_and_post
def code(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Six digits from a second mail, because the first may have been passed on."""
    if not invitation.is_answerable or not invitation.mailed_code:
        raise Http404
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            entry = joining.accept(invitation=invitation, code=form.cleaned_data["code"])
        except joining.Closed:
            raise Http404 from None
        except joining.Locked:
            form.add_error("code", _("Too many wrong codes. Please try again in an hour, or call us."))
        except joining.WrongCode:
            form.add_error("code", _("This code is wrong or too old. Please look at the newest mail."))
        else:
            return perform_login(request, entry.user, redirect_url=entry.get_absolute_url(), email=entry.user.email)
    context = {"invitation": invitation, "token": tokens.make_for(INVITED, invitation), "form": form}
    context |= {"operator": invitation.member.operator}
    return render(request, "talentpool/invitation_code.html", context, status=400 if form.errors else 200)


@access.by_token(INVITED, gone=GONE)
@require_POST
def code_again(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    try:
        return _with_code(request, invitation)
    except joining.Closed:
        raise Http404 from None


def _with_code(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Mails a code where one may leave, and shows where to type it. Raises Closed."""
    try:
        joining.send_code(invitation=invitation)
    except joining.TooMany:
        messages.warning(request, _("Many codes have left already. Please try again in an hour, or call us."))
    except joining.TooSoon:
        messages.info(request, _("A code has just left. Please wait a minute and look into your spam folder too."))
    except joining.Locked:
        messages.warning(request, _("Too many wrong codes. Please try again in an hour, or call us."))
    return redirect("pool_links:invitation_code", token=tokens.make_for(INVITED, invitation))


THANKS = {
    InvitationForm.DECLINE: "no",
    InvitationForm.NEVER: "never",
    InvitationForm.MISTAKEN: "mistaken",
    "eltern-ja": "parent_yes",
    "eltern-nein": "parent_no",
}


@access.public
@require_safe
def thanks(request: HttpRequest, answer: str) -> HttpResponse:
    """What an answer has done. Says nothing about anybody, so that everybody may open it."""
    if answer not in THANKS:
        raise Http404
    return render(request, "talentpool/thanks.html", {"answer": THANKS[answer]})
