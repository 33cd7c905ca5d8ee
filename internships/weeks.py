"""How many pupils look for a place in which week, and how many places are free: what acquisition is measured by."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from internships.models import Offer, Period, SchoolTime
from kit import clock

WEEKS = 26
SCARCE, SHORT = 1.2, 1.0  # places per pupil


@dataclass(frozen=True)
class Week:
    """Monday to Sunday. `classes` are those of the schools, without names of people."""

    monday: date
    pupils: int
    places: int
    classes: list[str]  # one line for each school

    @property
    def friday(self) -> date:
        return self.monday + timedelta(days=4)

    @property
    def kind(self) -> str:
        """ "no" (too few places), "warn" (hardly enough), "ok"; "" where no school sends anybody."""
        if not self.pupils:
            return ""
        share = self.places / self.pupils
        return "no" if share < SHORT else "warn" if share < SCARCE else "ok"


def upcoming(number: int = WEEKS) -> list[Week]:
    """This week and those after it in which a class goes or something begins."""
    today = clock.today()
    first = today - timedelta(days=today.weekday())
    times = list(SchoolTime.objects.upcoming().select_related("school"))
    places = _places()
    weeks = [_week(first + timedelta(weeks=each), times, places) for each in range(number)]
    return [week for week in weeks if week.pupils or week.places]


def _places() -> list[tuple[date, int]]:
    """(first day, free seats) of what school internships can use: nothing voluntary; what begins earlier is taken."""
    offers = Offer.objects.visible().exclude(scheme__is_voluntary=True).exclude(campaign__is_voluntary=True)
    found = Period.objects.applicable().filter(offer__in=offers.values("pk"))
    return [(first_day, seats - taken) for first_day, seats, taken in found.values_list("first_day", "seats", "taken")]


def _week(monday: date, times: list[SchoolTime], places: list[tuple[date, int]]) -> Week:
    sunday = monday + timedelta(days=6)
    here = [each for each in times if each.first_day <= sunday and each.last_day >= monday]
    free = sum(seats for first_day, seats in places if monday <= first_day <= sunday)
    return Week(monday, sum(each.pupils for each in here), free, _classes(here))


def _classes(times: list[SchoolTime]) -> list[str]:
    grades: dict[str, list[str]] = defaultdict(list)
    for each in times:
        grades[str(each.school)].append(each.grade)
    return [f"{school}: {', '.join(sorted(each))}" for school, each in sorted(grades.items())]
