"""How many pupils look for a place in which week, and how many places are free: what acquisition is measured by."""

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
    classes: list[str]

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
    """This week and those after it in which somebody looks or something is free."""
    today = clock.today()
    first = today - timedelta(days=today.weekday())
    mondays = [first + timedelta(weeks=each) for each in range(number)]
    times = list(SchoolTime.objects.upcoming().select_related("school"))
    visible = Offer.objects.visible().values("pk")
    periods = list(Period.objects.applicable().filter(offer__in=visible).values_list("first_day", "last_day", "seats",
                                                                                    "taken"))  # fmt: skip
    weeks = [_week(monday, times, periods) for monday in mondays]
    return [week for week in weeks if week.pupils or week.places]


def _week(monday: date, times: list[SchoolTime], periods: list[tuple]) -> Week:
    sunday = monday + timedelta(days=6)
    here = [each for each in times if each.first_day <= sunday and each.last_day >= monday]
    places = sum(seats - taken for first, last, seats, taken in periods if first <= sunday and last >= monday)
    return Week(monday, sum(each.pupils for each in here), places, [str(each) for each in here])
