"""Numbers of campaigns: who signed up, applied, has a place, was there, by the source that brought them.

A cell below five is not told: one pupil of one youth club would be recognised.
"""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from internships.models import Campaign, Signup

LEAST = 5
STEPS = ["confirmed", "applied", "placed", "attended"]


@dataclass(frozen=True)
class Line:
    """One source, or all. None: fewer than five, not told."""

    label: str
    confirmed: int | None
    applied: int | None
    placed: int | None
    attended: int | None

    @property
    def cells(self) -> list[str]:
        return [told(getattr(self, step)) for step in STEPS]


def told(number: int | None) -> str:
    return _("fewer than {least}").format(least=LEAST) if number is None else str(number)


def hidden(number: int) -> int | None:
    return number if number == 0 or number >= LEAST else None


def funnel(campaign: Campaign) -> list[Line]:
    """All together first, then each source."""
    signups = campaign.signups.filter(confirmed_at__isnull=False)
    counts = {
        "confirmed": Count("pk"),
        "applied": Count("pk", filter=Q(has_applied=True)),
        "placed": Count("pk", filter=Q(has_place=True)),
        "attended": Count("pk", filter=Q(has_attended=True)),
    }
    every = signups.aggregate(**counts)
    rows = signups.values("source__label").annotate(**counts).order_by("source__label")
    lines = [_line(row["source__label"] or _("without a code"), row) for row in rows]
    return [_line(_("all"), every), *lines]


def _line(label: str, counts: dict) -> Line:
    return Line(label, *(hidden(counts[step]) for step in STEPS))


def absences(campaign: Campaign) -> list[tuple[str, str]]:
    """Why people were not there, as far as they said."""
    rows = campaign.signups.exclude(absence="").values("absence").annotate(count=Count("pk")).order_by("-count")
    return [(str(Signup.Absence(row["absence"]).label), told(hidden(row["count"]))) for row in rows]
