"""What coordinators may count. No cell, and no difference between a sum and its cells, speaks of fewer than five."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from counseling.models import Appointment, Audience, FollowUp, Mode, Record, Subject
from kit import clock

LEAST = 5  # talks; smaller cells are not told


def hidden(counts: Mapping[Hashable, int]) -> set[Hashable]:
    """Which cells are not told: the small ones, and as many more as it takes that a known total gives none away.

    One hidden cell alone is the total less the others; several small ones with a sum below five are hardly better.
    """
    ascending = sorted((key for key, count in counts.items() if count), key=lambda key: counts[key])
    small = [key for key in ascending if counts[key] < LEAST]
    others = ascending[len(small) :]
    while small and others and (len(small) == 1 or sum(counts[key] for key in small) < LEAST):
        small.append(others.pop(0))
    return set(small)


@dataclass(frozen=True)
class Cell:
    """A row of a table: `told` is a number, or words where it is too small to be told."""

    label: str
    told: str


@dataclass(frozen=True)
class Table:
    title: str
    cells: list[Cell]


def tell(title: str, counts: Mapping[Hashable, int], labels: Iterable[tuple[Hashable, str]]) -> Table:
    """In the order of the labels; what never occurred is a plain zero."""
    secret = hidden(counts)
    words = _("too few to say")
    return Table(
        title, [Cell(str(label), words if key in secret else str(counts.get(key, 0))) for key, label in labels]
    )


def years() -> list[int]:
    """For which there are records, the latest first. Whole years: other stretches could be subtracted."""
    found = Record.objects.annotate(year=ExtractYear("month")).order_by("-year").values_list("year", flat=True)
    return list(found.distinct()) or [clock.today().year]


def of_year(year: int) -> list[Table]:
    """Everything that is counted about the talks of a year."""
    records = Record.objects.filter(month__year=year).order_by()
    months = [(date(year, month, 1), date_format(date(year, month, 1), "F")) for month in range(1, 13)]
    return [
        tell(_("Talks by month"), counted(records, "month"), months),
        tell(_("Talks by audience"), counted(records, "audience"), Audience.choices),
        tell(_("Talks by subject"), counted(records, "subject"), _subjects()),
        tell(_("Talks by mode"), counted(records, "mode"), Mode.choices),
        tell(_("What came of them"), counted(records, "result"), Record.Result.choices),
        *_without_talk(year),
        *_afterwards(year),
    ]


def counted(rows: QuerySet, field: str) -> dict[Hashable, int]:
    return dict(rows.values_list(field).annotate(count=Count("pk")))


def minutes_of(year: int) -> str:
    """All minutes of the talks of a year, where there are enough of them."""
    found = Record.objects.filter(month__year=year).aggregate(count=Count("pk"), minutes=Sum("minutes"))
    return str(found["minutes"]) if found["count"] >= LEAST else _("too few to say")


def _subjects() -> list[tuple[int, str]]:
    return [(subject.pk, str(subject)) for subject in Subject.objects.all()]


def _without_talk(year: int) -> list[Table]:
    states = Appointment.State
    shown = [states.NO_SHOW, states.CANCELLED_CLIENT, states.CANCELLED_LATE, states.CANCELLED_OFFICE]
    rows = Appointment.objects.filter(starts_at__year=year, state__in=shown).order_by()
    return [tell(_("Appointments without a talk"), counted(rows, "state"), [(each, each.label) for each in shown])]


def _afterwards(year: int) -> list[Table]:
    rows = FollowUp.objects.filter(month__year=year).order_by()
    steps = [(True, _("yes")), (False, _("no"))]
    return [
        tell(_("Did it help?"), counted(rows, "helped"), FollowUp.Helped.choices),
        tell(_("Has taken a next step"), counted(rows.exclude(next_step=None), "next_step"), steps),
    ]
