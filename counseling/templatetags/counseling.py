"""The counselling on pages of other apps."""

from django import template
from django.core.cache import cache
from redis.exceptions import RedisError

from counseling.models import Appointment, Subject
from taxonomy.models import Topic

register = template.Library()
KEPT = 300
"""Seconds. The offer stands beside every course and changes a few times in a year."""


@register.inclusion_tag("counseling/_offer.html")
def counselling_offer(topic: Topic | None = None) -> dict:
    """Advice on the topic of a course, else for those who do not know yet; nothing where nobody advises."""
    about = topic.pk if topic else ""
    try:
        subject = cache.get_or_set(f"counselling-offer:{about}", lambda: _subject(topic), KEPT)
    except RedisError:
        subject = _subject(topic)
    return {"subject": subject, "topic": topic}


def _subject(topic: Topic | None) -> int | None:
    return Subject.objects.offered().about(topic).values_list("pk", flat=True).first()


@register.inclusion_tag("counseling/_absence.html")
def absence_notice(appointment: Appointment, token: str) -> dict:
    """On the page of a talk whose counsellor is ill or away: where one says what is to happen."""
    is_unattended = Appointment.objects.unattended().filter(pk=appointment.pk).exists()
    return {"is_unattended": is_unattended, "appointment": appointment, "token": token}
