"""The shortest journeys of a morning, by one sweep over all arrivals and departures in the order of time.

A connection scan (Dibbelt, Pajor, Strasser, Wagner, "Connection Scan Algorithm", 2018) that asks the other way round.
Not "when does one arrive, leaving at eight", but for everything reached: how late can one have left? A journey that
reaches the same stop at the same time having left later is better in every continuation, so that one number for a stop
and one for a trip suffice, and one sweep finds the shortest of all journeys, whenever they begin. Of equally short ones
that with fewer rides is meant: the number is the time of leaving times STEP, less the rides.
"""

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from typing import NamedTuple

from taxonomy.importing.timetable import Call

STEP = 64  # more rides than anybody takes on one journey
NOWHERE = -(10**9)


class Event(NamedTuple):
    """A vehicle comes or goes. In the order of time; at one moment each vehicle by itself, in the order of its way."""

    time: int
    trip: int
    order: int
    stop: str
    is_departure: bool


def events(trips: Iterable[list[Call]]) -> list[Event]:
    """All at which somebody may board or alight."""
    found = []
    for trip, calls in enumerate(trips):
        for index, call in enumerate(calls):
            if call.may_alight and index:
                found.append(Event(call.arrival, trip, 2 * index, call.stop, False))
            if call.may_board and index < len(calls) - 1:
                found.append(Event(call.departure, trip, 2 * index + 1, call.stop, True))
    return sorted(found)


def shortest(
    sweep: list[Event],
    *,
    starts: Mapping[str, int],
    ends: Mapping[str, list[tuple[int, int]]],
    changes: Mapping[str, list[tuple[str, int]]],
    window: tuple[int, int],
    longest: int,
) -> dict[int, tuple[int, int]]:
    """Goal → seconds and rides of the shortest journey that arrives in the window and takes at most `longest` seconds.

    `starts`: seconds on foot to the stops around. `ends`: stop → goals around it with the seconds on foot. `changes`:
    stop → stops where one may board next, with the seconds it takes (at least one), the same stop among them.
    """
    opens, closes = window
    left: dict[str, int] = {}  # stop → latest leaving with which one is ready to board there
    aboard: dict[int, int] = {}  # trip → latest leaving with which one sits in it
    ready: list[tuple[int, str, int]] = []  # changes under way: when they are done, where, and the leaving
    best: dict[int, int] = {}
    for time, trip, _order, stop, is_departure in sweep:
        while ready and ready[0][0] <= time:
            _done, at, leaving = heappop(ready)
            if leaving > left.get(at, NOWHERE):
                left[at] = leaving
        if is_departure:
            leaving = left.get(stop, NOWHERE)
            if stop in starts:
                leaving = max(leaving, (time - starts[stop]) * STEP)
            if leaving - 1 > aboard.get(trip, NOWHERE):
                aboard[trip] = leaving - 1
            continue
        leaving = aboard.get(trip, NOWHERE)
        if leaving < (time - longest - 1) * STEP:  # nobody is in it, or for too long already
            continue
        for goal, walk in ends.get(stop, ()):
            cost = (time + walk) * STEP - leaving
            if opens <= time + walk <= closes and cost < best.get(goal, (longest + 1) * STEP):
                best[goal] = cost
        for other, takes in changes[stop]:
            if leaving > left.get(other, NOWHERE):
                heappush(ready, (time + takes, other, leaving))
    return {goal: divmod(cost, STEP) for goal, cost in best.items()}
