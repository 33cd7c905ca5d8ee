"""The catalogue on pages of other apps."""

from collections.abc import Iterable

from django import template
from django.urls import reverse

from courses.models import Course
from courses.search import Facet, SearchQuery, glance
from courses.views import cards
from providers.models import Organization

register = template.Library()


@register.inclusion_tag("courses/_of_provider.html")
def courses_of(organization: Organization, limit: int = 4) -> dict:
    """The next courses of a provider, and how many the catalogue shows behind the link."""
    found = glance(SearchQuery(chosen={Facet.PROVIDER: frozenset([organization.pk])}, per_page=limit))
    address = f"{reverse('courses:list')}?anbieter={organization.slug}"
    return {"cards": cards.make(found.hits), "total": found.total, "address": address, "organization": organization}


@register.simple_tag
def with_courses(organizations: Iterable[Organization]) -> list[tuple[Organization, int]]:
    """Each organisation with the number of its courses in the catalogue, for all of them in one query."""
    shown = list(organizations)
    counts = Course.objects.visible().count_by_provider(shown)
    return [(organization, counts.get(organization.pk, 0)) for organization in shown]
