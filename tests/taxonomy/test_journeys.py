"""The sweep finds what trying everything finds."""

from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taxonomy.importing.journeys import events, shortest
from taxonomy.importing.timetable import Call

STOPS = "abcde"
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


@st.composite
def trips(draw) -> list[Call]:
    time, calls = NOON + draw(st.integers(0, 12)) * MINUTE, []
    for stop in draw(st.lists(st.sampled_from(STOPS), min_size=2, max_size=4)):
        arrival = time + draw(st.integers(0, 3)) * MINUTE
        time = arrival + draw(st.integers(0, 1)) * MINUTE
        calls.append(Call(stop, arrival, time, draw(st.integers(0, 5)) > 0, draw(st.integers(0, 5)) > 0))
    return calls


@st.composite
def ways(draw) -> dict[str, list[tuple[str, int]]]:
    """Where one may change; not even at every stop to the same stop."""
    pairs = draw(st.dictionaries(st.tuples(st.sampled_from(STOPS), st.sampled_from(STOPS)), st.integers(1, 4)))
    found = {stop: [(stop, MINUTE)] if draw(st.integers(0, 4)) else [] for stop in STOPS}
    for (one, other), minutes in pairs.items():
        if one != other:
            found[one].append((other, minutes * MINUTE))
    return found


WALKS = st.dictionaries(st.sampled_from(STOPS), st.integers(0, 3).map(lambda minutes: minutes * MINUTE), max_size=3)
ENDS = st.dictionaries(
    st.sampled_from(STOPS),
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3).map(lambda minutes: minutes * MINUTE)), max_size=2),
)
WINDOWS = st.tuples(st.integers(0, 10), st.integers(5, 40)).map(
    lambda pair: (NOON + pair[0] * MINUTE, NOON + (pair[0] + pair[1]) * MINUTE)
)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(trips(), max_size=5), WALKS, ENDS, ways(), WINDOWS, st.integers(1, 40))
def test_the_sweep_finds_what_trying_everything_finds(lines, starts, ends, changes, window, longest):
    asked = {"starts": starts, "ends": ends, "changes": changes, "window": window, "longest": longest * MINUTE}
    assert shortest(events(lines), **asked) == tried(lines, **asked)


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
