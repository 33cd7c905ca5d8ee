"""What a company sees of people: a list without names, a profile, its papers, and the question for a talk."""

import uuid
from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kit import access, clock, downloads
from kit.pagination import paginate
from kit.papers import ENDINGS
from providers.views import facet, without
from talentpool.actions import requesting
from talentpool.filters import TalentFilter, preset
from talentpool.forms.company import AskForm
from talentpool.models import ContactRequest, Entry, Member
from talentpool.views.member import searching

PER_PAGE = 20
TICKS = ["feld", "sucht", "abschluss", "zeit"]
OPEN = {"feld", "sucht"}


@access.login
@searching
@require_safe
def talents(request: HttpRequest, member: Member) -> HttpResponse:
    """In an order of chance that stays the same for a company and a day, so that pages can be turned."""
    found = TalentFilter(request.GET or preset(member), queryset=Entry.objects.visible_to(member))
    seed = f"{clock.today()}:{member.pk}"
    page = paginate(request, found.qs.for_cards().shuffled(seed), PER_PAGE)
    if not request.GET:
        page.query = found.data.urlencode()
    facets = [facet(found, name) | {"is_open": name in OPEN} for name in TICKS]
    context = {
        "member": member, "filter": found, "page": page, "total": page.paginator.count, "facets": facets,
        "chips": chips(found, facets), "all_address": reverse("talentpool:talents", args=[member.pk]) + "?ort=",
    }  # fmt: skip
    return render(request, "talentpool/talents.html", context)


def chips(found: TalentFilter, facets: list[dict]) -> list[dict]:
    """What was chosen, each with the address that leaves it out."""
    ticks = [
        {"label": option["label"], "address": without(found.data, box["key"], option["value"])}
        for box in facets
        for option in box["options"]
        if option["is_chosen"]
    ]
    if place := found.asked("ort"):
        around = _("{place}, {km} km").format(place=place, km=found.km_asked)
        ticks.insert(0, {"label": around, "address": elsewhere(found)})
    if day := found.asked("ab"):
        until = _("available on {day}").format(day=f"{day:%d.%m.%Y}")
        ticks.append({"label": until, "address": without(found.data, "ab", found.data["ab"])})
    return ticks


def elsewhere(found: TalentFilter) -> str:
    """The same without a place. The place stays in the address, empty, because none at all means the own one."""
    rest = found.data.copy()
    rest.pop("km", None)
    rest["ort"] = ""
    return f"?{rest.urlencode()}"


def shown_to(member: Member, pk: uuid.UUID) -> Entry:
    """An entry that this company sees. Excluded, paused, erased, unknown: always the same 404."""
    return get_object_or_404(Entry.objects.visible_to(member).for_cards(), pk=pk)


@access.login
@searching
@require_safe
def talent(request: HttpRequest, member: Member, entry_pk: uuid.UUID) -> HttpResponse:
    """Reading is noted (Art. 15 GDPR): the one thing that a GET writes."""
    entry = shown_to(member, entry_pk)
    try:
        requesting.open_profile(entry=entry, member=member, by=request.user)
    except requesting.TooManyOpened:
        return too_many(request, member)
    asked = entry.requests.filter(member=member).exclude(state=ContactRequest.State.EXPIRED).first()
    context = {
        "member": member,
        "entry": entry,
        "asked": asked,
        "may_be_asked": entry.may_be_asked,
        "contact": entry.user if asked and asked.state == ContactRequest.State.ACCEPTED else None,
        "documents": entry.documents.filter(is_visible=True),
    }
    return render(request, "talentpool/talent.html", context)


@access.login
@searching
@require_safe
def talent_document(request: HttpRequest, member: Member, entry_pk: uuid.UUID, document_pk: int) -> HttpResponseBase:
    """A paper that the person shows; always as a download, because a browser runs what it shows."""
    entry = shown_to(member, entry_pk)
    document = get_object_or_404(entry.documents.filter(is_visible=True), pk=document_pk)
    if not document.file.storage.exists(document.file.name):
        raise Http404  # nothing was opened, nothing is noted
    try:
        requesting.open_profile(entry=entry, member=member, by=request.user, document=document)
    except requesting.TooManyOpened:
        return too_many(request, member)
    name = f"{entry.code}-{document.kind}.{ENDINGS[document.media_type]}"  # no name of a person: the title may hold it
    return downloads.attachment(document.file, name=name, media_type=document.media_type)


@access.login
@searching
@require_http_methods(["GET", "HEAD", "POST"])
def talent_ask(request: HttpRequest, member: Member, entry_pk: uuid.UUID) -> HttpResponse:
    entry = shown_to(member, entry_pk)
    if not entry.may_be_asked:
        return redirect("talentpool:talent", member.pk, entry.pk)  # which says so
    form = AskForm(request.POST or None)
    doubtful = form.doubtful
    if request.method == "POST" and form.is_valid() and not doubtful:
        said = {"purpose": form.cleaned_data["purpose"], "message": form.cleaned_data["message"]}
        try:
            with suppress(requesting.AlreadyAsked):  # sent twice, or asked by a colleague
                requesting.ask(entry=entry, member=member, by=request.user, **said)
            return redirect("talentpool:member_requests", member.pk)
        except requesting.TooManyAsked:
            form.add_error(None, _("You have asked many people today. Please go on tomorrow."))
        except (requesting.NotShown, requesting.NotAskable):  # changed while we wrote
            raise Http404 from None
    context = {"form": form, "member": member, "entry": entry, "doubtful": doubtful}
    return render(request, "talentpool/talent_ask.html", context)


def too_many(request: HttpRequest, member: Member) -> HttpResponse:
    return render(request, "talentpool/talent_limit.html", {"member": member}, status=429)
