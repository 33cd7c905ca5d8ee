"""Schools and counsellors: proposals, internship times, wishes with names, matching."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from internships import matching as fitting
from internships import weeks
from internships.actions import matching
from internships.forms.company import ClassForm, ProposeForm, SchoolTimeForm
from internships.models import Offer, Proposal, Wish
from internships.permissions import schools_of
from kit import access
from kit.forms import posted
from kit.pagination import paginate
from providers.models import Organization

GET_POST = ["GET", "HEAD", "POST"]
PER_PAGE = 20


@access.public
@require_safe
def week_list(request: HttpRequest) -> HttpResponse:
    """Everybody may see where places are scarce."""
    return render(request, "internships/weeks.html", {"weeks": weeks.upcoming()})


# ── Schools


def of_school(view: Callable) -> Callable:
    """The view of a school this person works for."""

    @wraps(view)
    def opened(request: HttpRequest, pk: int, *args, **kwargs) -> HttpResponse:
        return view(request, get_object_or_404(schools_of(request.user), pk=pk), *args, **kwargs)

    return opened


@access.login
@of_school
@require_http_methods(GET_POST)
def school(request: HttpRequest, school: Organization) -> HttpResponse:
    """Internship times of the classes, and what became of proposals, as numbers of a class."""
    form = SchoolTimeForm(posted(request), school=school)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                form.save()
        except IntegrityError:
            form.add_error("first_day", _("This class has a time that begins on this day already."))
        else:
            messages.success(request, _("Saved."))
            return redirect("internships:school", school.pk)
    offers = Offer.objects.visible().for_cards().order_by("title", "pk")
    page = paginate(request, offers, PER_PAGE)
    context = {
        "school": school,
        "form": form,
        "page": page,
        "offers": page.object_list,
        "times": school.internship_times.upcoming(),
        "groups": groups_of(school, request.user),
        "told": Proposal.objects.filter(organization=school, sender=request.user, is_told=True)
        .exclude(state=Proposal.State.SENT)
        .select_related("offer")[:PER_PAGE],
    }
    return render(request, "internships/school.html", context, status=400 if form.errors else 200)


def groups_of(school: Organization, user):
    """Per class and offer: how many were written to, and how many have taken it up. Never who."""
    mine = Proposal.objects.filter(organization=school, sender=user)
    taken = Count("pk", filter=Q(state=Proposal.State.TAKEN))
    rows = mine.values("group", "offer__title", "offer__pk", "offer__slug").annotate(sent=Count("pk"), taken=taken)
    return rows.order_by("group", "offer__title")[:50]


@access.login
@of_school
@require_POST
def school_time_delete(request: HttpRequest, school: Organization, time_pk: int) -> HttpResponse:
    get_object_or_404(school.internship_times, pk=time_pk).delete()
    messages.success(request, _("The time is removed."))
    return redirect("internships:school", school.pk)


@access.login
@of_school
@require_http_methods(GET_POST)
def propose(request: HttpRequest, school: Organization, offer_pk: int) -> HttpResponse:
    """A teacher shows an offer to chosen pupils."""
    offer = get_object_or_404(Offer.objects.visible().for_cards(), pk=offer_pk)
    form = ClassForm(posted(request), most=matching.MOST_ADDRESSES)
    if request.method == "POST" and form.is_valid():
        count = matching.propose_to_class(offer=offer, school=school, by=request.user, **form.cleaned_data)
        said = ngettext("{count} pupil is written to.", "{count} pupils are written to.", count)
        messages.success(request, said.format(count=count))
        return redirect("internships:school", school.pk)
    context = {"school": school, "offer": offer, "form": form}
    return render(request, "internships/propose.html", context, status=400 if form.errors else 200)


# ── Counsellors


@access.role(Role.COUNSELLOR)
@require_safe
def wish_list(request: HttpRequest) -> HttpResponse:
    """Open wishes, those without a proposal first to be seen by their filter."""
    rows = Wish.objects.unmet() if "ohne" in request.GET else Wish.objects.open()
    found = rows.select_related("place", "scheme", "pupil").annotate(
        sent=Count("proposals", filter=Q(proposals__state=Proposal.State.SENT))
    )
    context = {"page": paginate(request, found.order_by("first_day", "pk"), PER_PAGE), "unmet": "ohne" in request.GET}
    return render(request, "internships/wish_list.html", context)


@access.role(Role.COUNSELLOR)
@require_http_methods(GET_POST)
def wish_match(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A wish with the name, and what fits it, each with its reasons. The pupil has the last word."""
    wish = get_object_or_404(Wish.objects.open().select_related("place", "scheme", "pupil"), pk=pk)
    form = ProposeForm(posted(request), matches=fitting.offers_for(wish), sent=wish.proposals.all())
    if request.method == "POST" and form.is_valid():
        matching.propose_to_wish(wish=wish, offer=form.chosen, by=request.user, words=form.cleaned_data["words"])
        messages.success(request, _("The proposal is on its way."))
        return redirect("internships:wish_match", wish.pk)
    return render(
        request, "internships/wish_match.html", {"wish": wish, "form": form}, status=400 if form.errors else 200
    )
