"""Who does not answer is reminded after 5 and 10 days of service: of applications, lessons and partnerships alike."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from internships.models.application import REMIND_AFTER
from kit import clock, uptime


def remind(waiting: QuerySet, mail: Callable, *, since: str = "created_at") -> int:
    """Each row that waits `since` then; the later reminder where both are due. Returns how many were reminded.

    `mail(row, number=…)` writes the reminder, `reminded` keeps its number.
    """
    now, count = clock.now(), 0
    for number, span in reversed(list(enumerate(REMIND_AFTER, start=1))):
        due = waiting.filter(**{f"{since}__lte": uptime.start_of(span, until=now)}, reminded__lt=number)
        count += sum(_remind(due, pk, number, mail) for pk in due.order_by("pk").values_list("pk", flat=True))
    return count


@transaction.atomic
def _remind(due: QuerySet, pk: Any, number: int, mail: Callable) -> bool:
    """Unless it was answered, or reminded of, a moment ago."""
    held = due.select_for_update(of=("self",)).filter(pk=pk).first()
    if held is None:
        return False
    held.reminded = number
    held.save(update_fields=["reminded"])
    mail(held, number=number)
    return True
