"""Lessons of schools and companies on pages of other apps."""

from django import template

from internships.models import LessonOffer, Partnership
from providers.models import Organization

register = template.Library()
Kind = Organization.Kind
MOST = 30


@register.inclusion_tag("internships/_lessons_public.html")
def lessons_of(organization: Organization) -> dict:
    """Topics of a company that schools may see, and partners of both; of people nothing."""
    return {"offers": _topics(organization), "partners": _partners(organization)}


def _topics(organization: Organization) -> list[LessonOffer]:
    if Kind.COMPANY not in organization.kinds:
        return []
    return list(LessonOffer.objects.visible().filter(employer__organization=organization)[:MOST])


def _partners(organization: Organization) -> list[Organization]:
    """By name. Whoever is both a school and a company has partners on both sides."""
    seen = Organization.objects.visible()
    agreed = Partnership.objects.visible()
    found = seen.none()
    if Kind.SCHOOL in organization.kinds:
        found |= seen.filter(employer__partnerships__in=agreed.filter(school=organization))
    if Kind.COMPANY in organization.kinds:
        found |= seen.filter(partnerships__in=agreed.filter(employer__organization=organization))
    return list(found.distinct()[:MOST])
