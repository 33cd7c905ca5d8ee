"""Public holidays as the laws of the Länder name them: fixed days, and days that move with Easter."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

LANDS = tuple(f"{number:02}" for number in range(1, 17))
EASTER = "easter"
REPENTANCE = "repentance"


@dataclass(frozen=True)
class Rule:
    """One holiday of some Länder in the years of its law. `when`: "10-31", "easter+39" or "repentance"."""

    name: str
    when: str
    lands: tuple[str, ...]
    since: int
    until: int

    def days(self, year: int) -> Iterator[tuple[str, str, date]]:
        """Land, name and day."""
        if self.since <= year <= self.until:
            for land in self.lands:
                yield land, self.name, day_of(self.when, year)


def rules(rows: Iterable[dict[str, str]]) -> Iterator[Rule]:
    for row in rows:
        lands = LANDS if row["lands"] == "all" else tuple(row["lands"].split())
        yield Rule(row["name"], row["rule"], lands, int(row["since"] or 0), int(row["until"] or 9999))


def easter(year: int) -> date:
    """Easter Sunday, after the calculation that Meeus, Jones and Butcher give for the Gregorian calendar."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    skipped, leap = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - skipped - moon + 15) % 30
    weekday = (32 + 2 * leap + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def day_of(when: str, year: int) -> date:
    if when.startswith(EASTER):
        return easter(year) + timedelta(days=int(when.removeprefix(EASTER)))
    if when == REPENTANCE:  # the Wednesday before 23 November, eleven days before the first Sunday of Advent
        last = date(year, 11, 22)
        return last - timedelta(days=(last.weekday() - 2) % 7)
    return date.fromisoformat(f"{year}-{when}")
