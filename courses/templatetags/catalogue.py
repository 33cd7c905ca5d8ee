"""The catalogue on pages of other apps."""

from django import template
from django.urls import reverse

from courses.search import Facet, SearchQuery, search
from courses.views import cards
from providers.models import Organization

register = template.Library()


@register.inclusion_tag("courses/_of_provider.html")
def courses_of(organization: Organization, limit: int = 4) -> dict:
    """The next courses of a provider, and how many the catalogue shows behind the link."""
    found = search(SearchQuery(chosen={Facet.PROVIDER: frozenset([organization.pk])}, per_page=limit))
    address = f"{reverse('courses:list')}?anbieter={organization.slug}"
    return {"cards": cards.make(found.hits), "total": found.total, "address": address, "organization": organization}
