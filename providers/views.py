"""The public pages of organisations: the list in alphabetical order, and a profile with fixed headings."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kit import access
from kit.pagination import PARAMETER, paginate
from providers.filters import OrganizationFilter
from providers.models import Certification, Organization
from providers.structured_data import profile_data
from taxonomy import codes
from taxonomy.models import CodeList

PER_PAGE = 24
MOST_ADDRESSES = 20  # told to machines


@access.published
@require_safe
def organization_list(request: HttpRequest) -> HttpResponse:
    found = OrganizationFilter(request.GET, queryset=Organization.objects.visible())
    page = paginate(request, found.qs.for_cards(), PER_PAGE)
    context = {
        "filter": found,
        "page": page,
        "total": page.paginator.count,
        "facets": [facet(found, "art"), facet(found, "thema")],
        "chips": chips(found, request.GET),
    }
    return render(request, "providers/organization_list.html", context)


@access.published
@require_safe
def organization_detail(request: HttpRequest, slug: str) -> HttpResponse:
    certifications = Prefetch("certifications", Certification.objects.valid(), to_attr="valid_certifications")
    visible = Organization.objects.visible().prefetch_related(certifications, "locations__place", "contacts")
    organization = get_object_or_404(visible, slug=slug)
    roles = dict(codes.choices(CodeList.CONTACT_ROLE))
    context = {
        "organization": organization,
        "structured": profile_data(organization, list(organization.locations.all())[:MOST_ADDRESSES]),
        "legal_form": codes.label(CodeList.ORGANIZATIONAL_FORM, organization.legal_form or None),  # 0: not stated
        "contacts": [(contact, roles.get(contact.role, "")) for contact in organization.contacts.all()],
    }
    return render(request, "providers/organization_detail.html", context)


def facet(found: OrganizationFilter, name: str) -> dict:
    """A box of ticks for components/_facet.html."""
    chosen = found.data.getlist(name)
    choices = [(str(value), label) for value, label in found.form.fields[name].choices]
    options = [
        {"value": value, "label": label, "count": None, "is_chosen": value in chosen} for value, label in choices
    ]
    return {"key": name, "label": found.filters[name].label, "is_open": True, "options": options}


def chips(found: OrganizationFilter, data: QueryDict) -> list[dict]:
    """What was chosen, each with the address that leaves it out."""
    words = [(name, value, value) for name in ("q", "ort") if (value := data.get(name, "").strip())]
    ticks = [
        (box["key"], option["value"], option["label"])
        for box in (facet(found, "art"), facet(found, "thema"))
        for option in box["options"]
        if option["is_chosen"]
    ]
    return [{"label": label, "address": without(data, name, value)} for name, value, label in [*words, *ticks]]


def without(data: QueryDict, name: str, value: str) -> str:
    rest = data.copy()
    rest.setlist(name, [kept for kept in data.getlist(name) if kept.strip() != value])
    rest.pop(PARAMETER, None)
    return f"?{rest.urlencode()}"
