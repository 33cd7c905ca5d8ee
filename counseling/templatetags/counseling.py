"""The counselling on pages of other apps."""

from django import template

from counseling.models import Appointment, Subject
from taxonomy.models import Topic

register = template.Library()


@register.inclusion_tag("counseling/_offer.html")
def counselling_offer(topic: Topic | None = None) -> dict:
    """Advice on the topic of a course, else for those who do not know yet; nothing where nobody advises. One query."""
    return {"subject": Subject.objects.offered().about(topic).first(), "topic": topic}


@register.inclusion_tag("counseling/_absence.html")
def absence_notice(appointment: Appointment, token: str) -> dict:
    """On the page of a talk whose counsellor is ill or away: where one says what is to happen."""
    is_unattended = Appointment.objects.unattended().filter(pk=appointment.pk).exists()
    return {"is_unattended": is_unattended, "appointment": appointment, "token": token}
