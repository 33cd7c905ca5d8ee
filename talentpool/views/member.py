"""What a company or school meets: its page, the recommendation in one request, what it has asked."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kit import access
from kit.pagination import paginate
from talentpool import numbers, permissions
from talentpool.actions import inviting, membership, requesting
from talentpool.forms.company import CompanyInviteForm, LeaveForm, OutcomeForm, SchoolInviteForm
from talentpool.models import ContactRequest, Entry, Member

PER_PAGE = 20
ONE_FORM_LASTS = 24 * 60 * 60  # seconds in which the same form counts once


def of_member(view: Callable) -> Callable:
    """The view of a member this person works for; for everybody else there is none, whatever the method."""

    @wraps(view)
    def opened(request: HttpRequest, pk: int, *args, **kwargs) -> HttpResponse:
        related = ["organization", "pool", "operator__organization"]
        member = get_object_or_404(Member.objects.of(request.user).select_related(*related), pk=pk)
        return view(request, member, *args, **kwargs)

    return opened


def searching(view: Callable) -> Callable:
    """The view of a member that may read the pool; others learn why they may not. Asked anew at each request."""

    @of_member
    @wraps(view)
    def opened(request: HttpRequest, member: Member, *args, **kwargs) -> HttpResponse:
        if not permissions.can_search(request.user, member):
            return closed(request, member)
        if permissions.is_closed():
            return render(request, "talentpool/under_review.html", {"member": member}, status=503)
        try:
            return view(request, member, *args, **kwargs)
        except requesting.NotAllowed:  # the membership has ended while we read
            return closed(request, member)

    return opened


def closed(request: HttpRequest, member: Member) -> HttpResponse:
    """Why this member may not do that: not let in yet, ended, blocked, or a school that wants to search."""
    return render(request, "talentpool/member_closed.html", {"member": member}, status=403)


@access.login
@of_member
@require_safe
def member(request: HttpRequest, found: Member) -> HttpResponse:
    context = {
        "member": found,
        "may_invite": permissions.can_invite(request.user, found),
        "may_search": permissions.can_search(request.user, found),
        "may_leave": permissions.can_leave(request.user, found),
        "counts": numbers.recommended_by(found),
        "least": numbers.LEAST,
    }
    if context["may_search"]:
        context["talents"] = Entry.objects.visible_to(found).count()
        context["requests"] = ContactRequest.objects.of(found).open().count()
        context["accepted"] = ContactRequest.objects.of(found).accepted().filter(outcome="").count()
    return render(request, "talentpool/member.html", context)


@access.login
@of_member
@require_http_methods(["GET", "HEAD", "POST"])
def member_leave(request: HttpRequest, found: Member) -> HttpResponse:
    """The second page of leaving; access ends with it."""
    if not permissions.can_leave(request.user, found):
        raise PermissionDenied
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["sure"] != LeaveForm.STAY:
            with suppress(membership.WrongState):  # a colleague was quicker
                membership.leave(member=found, reason=form.cleaned_data["reason"], by=request.user)
        return redirect(found)
    return render(request, "talentpool/member_leave.html", {"form": form, "member": found})


# ── Recommending


@access.login
@of_member
@require_http_methods(["GET", "HEAD", "POST"])
def member_invite(request: HttpRequest, found: Member) -> HttpResponse:
    if not permissions.can_invite(request.user, found):
        return closed(request, found)
    kind = SchoolInviteForm if found.kind == Member.Kind.SCHOOL else CompanyInviteForm
    form = kind(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            invite_once(found, by=request.user, **form.cleaned_data)
        except inviting.TooMany:
            form.add_error(None, _("You have sent a lot of recommendations. Please go on tomorrow, or call us."))
        except inviting.NotAllowed:
            return closed(request, found)
        else:
            return redirect("talentpool:member_invited", found.pk)
    return render(request, "talentpool/member_invite.html", {"form": form, "member": found})


def invite_once(member: Member, *, key: uuid.UUID | None, by, **fields) -> None:
    """The same form sent twice (a double click, a reload) is one recommendation. Raises what `invite` raises."""
    place = f"talentpool-invite:{by.pk}:{key}"
    if key and not cache.add(place, 1, ONE_FORM_LASTS):
        return
    try:
        inviting.invite(member=member, by=by, **fields)
    except Exception:
        cache.delete(place)  # it has not been sent: the same form may try again
        raise


@access.login
@of_member
@require_safe
def member_invited(request: HttpRequest, found: Member) -> HttpResponse:
    """Always the same page, whoever was recommended and whatever becomes of it."""
    return render(request, "talentpool/member_invited.html", {"member": found})


# ── What was asked


@access.login
@searching
@require_safe
def member_requests(request: HttpRequest, found: Member) -> HttpResponse:
    entries = Prefetch("entry", Entry.objects.for_cards().select_related("user"))
    asked = ContactRequest.objects.of(found).prefetch_related(entries)
    context = {"member": found, "page": paginate(request, asked, PER_PAGE)}
    return render(request, "talentpool/member_requests.html", context)


@access.login
@searching
@require_http_methods(["GET", "HEAD", "POST"])
def member_outcome(request: HttpRequest, found: Member, request_pk: uuid.UUID) -> HttpResponse:
    asked = get_object_or_404(ContactRequest.objects.of(found).accepted(), pk=request_pk)
    form = OutcomeForm(request.POST or None, initial={"outcome": asked.outcome})
    if request.method == "POST" and form.is_valid():
        requesting.record_outcome(request=asked, outcome=form.cleaned_data["outcome"], by=request.user)
        return redirect("talentpool:member_requests", found.pk)
    context = {"form": form, "member": found, "asked": asked}
    return render(request, "talentpool/member_outcome.html", context)
