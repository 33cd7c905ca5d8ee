"""Lists of courses that a counsellor puts together for one client, out of the catalogue's own search."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counseling.actions import guiding
from counseling.forms.guidance import GreetingForm
from counseling.models import Counsellor, Shortlist
from counseling.views import picks
from counseling.views.desk import desk, number_of, page
from courses.models import Course
from courses.search import SearchQuery, glance
from kit.pagination import paginate

FOUND = 12
LONGEST_QUESTION = 200


@desk
@require_safe
def shortlists(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    rows = counsellor.shortlists.counted().select_related("appointment")
    return page(request, counsellor, "desk_shortlists", "shortlists", page=paginate(request, rows))


@desk
@require_POST
def new(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    shortlist = guiding.start_shortlist(counsellor=counsellor, by=request.user)
    return redirect("counseling_desk:shortlist", shortlist.pk)


def own(counsellor: Counsellor, pk) -> Shortlist:
    return get_object_or_404(counsellor.shortlists.select_related("appointment"), pk=pk)


@desk
@require_safe
def shortlist(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    """What is on the list, and the catalogue to pick from."""
    found = own(counsellor, pk)
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    items = picks.items_of(found)
    on_it = {item.course_id for item in items}
    hits = glance(SearchQuery(text=question, per_page=FOUND)) if question else None
    return page(
        request, counsellor, "desk_shortlist", "shortlists",
        shortlist=found, items=items, question=question, total=hits.total if hits else 0,
        found=picks.offers(hits, without=on_it) if hits else [],
        form=GreetingForm(instance=found),
    )  # fmt: skip


def back(shortlist: Shortlist, question: str = "") -> HttpResponse:
    address = reverse("counseling_desk:shortlist", args=[shortlist.pk])
    return redirect(f"{address}?{urlencode({'q': question})}#kurse" if question else address)


@desk
@require_POST
def add(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    found = own(counsellor, pk)
    course = get_object_or_404(Course.objects.visible(), pk=number_of(request.POST.get("kurs", "")))
    try:
        guiding.add_course(shortlist=found, course=course, reason=request.POST.get("warum", "")[:255])
    except guiding.Full:
        messages.warning(request, _("The list is full: nobody reads more than 20 courses."))
    else:
        messages.success(request, _("“{course}” is on the list.").format(course=course))
    return back(found, request.POST.get("q", "")[:LONGEST_QUESTION])


@desk
@require_POST
def remove(request: HttpRequest, counsellor: Counsellor, pk, item: int) -> HttpResponse:
    found = own(counsellor, pk)
    guiding.remove_course(item=get_object_or_404(found.items, pk=item))
    return back(found)


@desk
@require_POST
def send(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    """Saves the words, and with `tat=senden` sends the link."""
    found = own(counsellor, pk)
    form = GreetingForm(request.POST, instance=found)
    if form.is_valid():
        form.save()
    if request.POST.get("tat") != "senden":
        messages.success(request, _("Saved."))
        return back(found)
    try:
        guiding.send_shortlist(shortlist=found, by=request.user)
        messages.success(request, _("The client gets the link by mail."))
    except guiding.WithoutAddress:
        messages.warning(
            request, _("We have no mail address of the client. Please print the list or pass on its address.")
        )
    return back(found)
