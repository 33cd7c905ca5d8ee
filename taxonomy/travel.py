"""How long it takes by bus and train from a place, in words that promise no more than is known."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from taxonomy.models import Place, Timetable, TravelTime

ROUNDED_TO = 5  # minutes; a timetable is exact, the middle of a town is not


@dataclass(frozen=True)
class Travel:
    """All ways from one place, by the timetable that was imported."""

    origin: Place
    timetable: Timetable

    @cached_property
    def times(self) -> dict[int, TravelTime]:
        """By destination."""
        return {each.destination_id: each for each in TravelTime.objects.filter(origin=self.origin)}

    def minutes_to(self, place: int | None) -> int | None:
        """None: no connection is known."""
        if place == self.origin.pk:
            return 0
        found = self.times.get(place)
        return found.minutes if found else None

    def words_to(self, place: int | None) -> str:
        """ "about 35 minutes by bus and train from Nordhausen"; nothing where there is no way to go."""
        if place is None or place == self.origin.pk:
            return ""
        found = self.times.get(place)
        if found is None:
            return _("no connection by bus and train known from {place}").format(place=self.origin.name)
        minutes = -(-found.minutes // ROUNDED_TO) * ROUNDED_TO
        if not found.rides:
            return _("about {minutes} minutes on foot from {place}").format(minutes=minutes, place=self.origin.name)
        return _("about {minutes} minutes by bus and train from {place}").format(
            minutes=minutes, place=self.origin.name
        )

    def changes_to(self, place: int | None) -> str:
        found = self.times.get(place)
        if found is None or not found.rides:
            return ""
        if not found.changes:
            return _("without a change")
        return ngettext("{number} change", "{number} changes", found.changes).format(number=found.changes)


def timetable() -> Timetable | None:
    return Timetable.objects.first()


def travel_from(place: Place | None) -> Travel | None:
    """None where the place is not known, or no timetable was imported."""
    found = timetable() if place else None
    return Travel(place, found) if place and found else None
