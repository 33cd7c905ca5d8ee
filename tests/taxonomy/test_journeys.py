"""The sweep finds what trying everything finds."""

from collections.abc import Iterator
from random import Random

from taxonomy.importing.journeys import events, shortest
from taxonomy.importing.timetable import Call

STOPS = "abcdefg"
MINUTE = 60
NOON = 12 * 60 * MINUTE
CHANGE = {stop: [(stop, MINUTE)] for stop in STOPS}


# ── Everything tried


def everything(trips, start, changes) -> Iterator[tuple[int, int, str, int]]:
    """Each journey as time of leaving, time of arrival, last stop, rides: board anything, alight anywhere."""

    def ride(trip: int, boarded: int, leaving: int, rides: int):
        for call in trips[trip][boarded + 1 :]:
            if not call.may_alight:
                continue
            yield leaving, call.arrival, call.stop, rides
            if rides < len(trips) + 1:
                for other, takes in changes[call.stop]:
                    for following, index in boardings(other):
                        if trips[following][index].departure >= call.arrival + takes:
                            yield from ride(following, index, leaving, rides + 1)

    def boardings(stop: str):
        for number, trip in enumerate(trips):
            for index, call in enumerate(trip[:-1]):
                if call.stop == stop and call.may_board:
                    yield number, index

    for stop, walk in start.items():
        for number, index in boardings(stop):
            yield from ride(number, index, trips[number][index].departure - walk, 1)


def tried(trips, *, starts, ends, changes, window, longest) -> dict[int, tuple[int, int]]:
    best: dict[int, tuple[int, int]] = {}
    for leaving, arrival, stop, rides in everything(trips, starts, changes):
        for goal, walk in ends.get(stop, ()):
            takes = arrival + walk - leaving
            if window[0] <= arrival + walk <= window[1] and takes <= longest:
                best[goal] = min(best.get(goal, (takes, rides)), (takes, rides))
    return best


# ── Small timetables: few stops, few minutes, so that much happens at the same moment


class Small:
    """A timetable and a question by chance, dense enough that people change (strategies of hypothesis draw others)."""

    def __init__(self, seed: int):
        self.rng = Random(seed)
        self.trips = [self.trip() for _each in range(self.rng.randint(8, 16))]
        opens = NOON + self.minutes(0, 8)
        self.question = {
            "starts": {stop: self.minutes(0, 2) for stop in self.rng.sample(STOPS, self.rng.choice((1, 1, 2)))},
            "ends": {stop: [(goal, self.minutes(0, 2)) for goal in (1, 2)] for stop in self.rng.sample(STOPS, 2)},
            "changes": {stop: self.ways(stop) for stop in STOPS},
            "window": (opens, opens + self.minutes(15, 40)),
            "longest": self.minutes(10, 40),
        }

    def minutes(self, least: int, most: int) -> int:
        return self.rng.randint(least, most) * MINUTE

    def trip(self) -> list[Call]:
        """Passes a stop twice at times; nobody may board or alight at one call of eight."""
        time, calls = NOON + self.minutes(0, 20), []
        for stop in self.way():
            arrival = time + self.minutes(0, 4)
            time = arrival + self.minutes(0, 1)
            calls.append(Call(stop, arrival, time, self.rng.random() < 0.88, self.rng.random() < 0.88))
        return calls

    def way(self) -> list[str]:
        """From a stop to one of its neighbours, there or back: for farther ones somebody has to change."""
        at, way = self.rng.randrange(len(STOPS)), []
        for _each in range(self.rng.choice((2, 2, 2, 3, 4))):
            way.append(STOPS[at])
            at = (at + self.rng.choice((1, 1, 2, -1))) % len(STOPS)
        return way

    def ways(self, stop: str) -> list[tuple[str, int]]:
        """At one stop of five one cannot change from one vehicle to the next."""
        here = [(stop, self.minutes(1, 2))] if self.rng.random() < 0.8 else []
        return here + [(self.rng.choice(STOPS), self.minutes(1, 4)) for _each in range(self.rng.randint(0, 2))]


def test_the_sweep_finds_what_trying_everything_finds():
    for seed in range(3_000):
        small = Small(seed)
        assert shortest(events(small.trips), **small.question) == tried(small.trips, **small.question), seed


def test_those_timetables_ask_for_changes():
    answers = [tried(small.trips, **small.question) for small in map(Small, range(1_000))]
    assert sum(any(rides > 1 for _seconds, rides in each.values()) for each in answers) > 100
    assert any(rides > 2 for each in answers for _seconds, rides in each.values())


def test_the_shortest_is_not_the_first():
    slow = [Call("a", NOON, NOON), Call("b", NOON + 40 * MINUTE, NOON + 40 * MINUTE)]
    quick = [Call("a", NOON + 60 * MINUTE, NOON + 60 * MINUTE), Call("b", NOON + 70 * MINUTE, NOON + 70 * MINUTE)]
    found = shortest(
        events([slow, quick]), starts={"a": 0}, ends={"b": [(1, MINUTE)]}, changes=CHANGE,
        window=(NOON, NOON + 100 * MINUTE), longest=100 * MINUTE,
    )  # fmt: skip
    assert found == {1: (11 * MINUTE, 1)}


def test_of_equally_short_ones_that_with_fewer_rides_is_meant():
    through = [Call("a", NOON, NOON), Call("c", NOON + 10 * MINUTE, NOON + 10 * MINUTE)]
    first = [Call("a", NOON, NOON), Call("b", NOON + 4 * MINUTE, NOON + 4 * MINUTE)]
    second = [Call("b", NOON + 5 * MINUTE, NOON + 5 * MINUTE), Call("c", NOON + 10 * MINUTE, NOON + 10 * MINUTE)]
    found = shortest(
        events([first, second, through]), starts={"a": 0}, ends={"c": [(1, 0)]}, changes=CHANGE,
        window=(NOON, NOON + 100 * MINUTE), longest=100 * MINUTE,
    )  # fmt: skip
    assert found == {1: (10 * MINUTE, 1)}
