"""The search in memory: the same answers as courses.search.sql, at a cost that hardly grows with the catalogue.

A segment holds the courses of one day in the order in which they begin, so that a set of courses is a bitmap of
positions and a page is a slice of it. Words and facets of courses (topic, level, audience, provider) are such bitmaps.

What is asked about runs (place, day, price, time of day …) must hold for one and the same run. The runs of a course lie
side by side; those that fit make a `View` of the course space: which courses have one, and what these courses offer
through fitting runs alone. Behind a view everything is bitmaps again, so a facet is counted by the size of two sets'
intersection, whatever the number of hits; a view that is asked for the first time counts the bits of its courses
instead. Views for whole catalogues are kept, since people ask the same few; where few courses contain the words, only
the runs of those are looked at.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from pyroaring import BitMap

from courses.search.bitmaps import bitmap, count_bits, positions, union
from courses.search.columns import ANY_TIME, EPOCH, HAS_PLACES, NEVER, REMOTE, VOUCHER_HOLDS, Columns
from courses.search.postings import Term
from courses.search.query import Facet, Order, SearchQuery
from courses.search.result import Hit
from courses.search.sql import COLUMNS, FACETS
from courses.search.words import Asked, both

FEW = 2_000  # courses with the words: below it their runs alone are looked at
KEPT = 4  # times the runs of the segment: how many rows the kept views may have together
NOWHERE = np.inf
WEIGHTS = {"A": 0, "ABC": 1, "": 2}  # places in a Term's bitmaps
STEPS = (("A", False), ("A", True), ("ABC", True))  # how well words fit, see courses.search.sql._tier

Key = tuple  # what hits are sorted by, comparable between segments


@dataclass(frozen=True)
class Condition:
    """Something asked about runs: its key in the address, what makes it equal to another, and which rows meet it."""

    name: str
    value: object
    fits: Callable[["Segment", np.ndarray | slice], np.ndarray]


class View:
    """The courses with a fitting run, and what they are through their fitting runs."""

    def __init__(self, segment: "Segment", rows: np.ndarray):
        courses = segment.course_of[rows]
        self.segment, self.rows = segment, rows
        self.starts = np.flatnonzero(np.diff(courses, prepend=-1))
        self.ids = courses[self.starts]
        self.courses = bitmap(self.ids)
        self.is_asked_again = False
        self._best: dict[Order, np.ndarray] = {}

    def count(self, hits: BitMap) -> list[int]:
        """For each bit, which is a value of a facet of runs, how many of these courses have it: by masks or, where it
        is worth while to make them, by sets."""
        if self.is_asked_again:
            return [hits.intersection_cardinality(of) for of in self.values]
        return count_bits(self.masks[self.places(hits)]).tolist()

    @cached_property
    def masks(self) -> np.ndarray:
        """The bits of each course."""
        bits = self.segment.columns.bits[self.rows]
        return np.bitwise_or.reduceat(bits, self.starts, axis=0) if len(bits) else bits

    @cached_property
    def values(self) -> list[BitMap]:
        """For each value of a facet of runs the courses that have it."""
        return [
            bitmap(self.ids[self.masks[:, place >> 6] >> np.uint64(place & 63) & np.uint64(1) == 1])
            for place in range(len(self.segment.columns.names))
        ]

    @cached_property
    def rows_of(self) -> np.ndarray:
        """How many rows each course has."""
        return np.diff(self.starts, append=len(self.rows))

    def best(self, order: Order) -> np.ndarray:
        """Per course the key of its first fitting row in this order; the row is the key modulo their number."""
        if order not in self._best:
            keys = self.segment.keys(self.rows, order)
            self._best[order] = np.minimum.reduceat(keys, self.starts) if len(keys) else keys
        return self._best[order]

    def places(self, courses: BitMap) -> np.ndarray | slice:
        """Where these courses stand in the arrays of this view."""
        return slice(None) if len(courses) == len(self.ids) else np.searchsorted(self.ids, positions(courses))


class Segment:
    """One day's catalogue (or the part of it that has changed), see Columns; `postings` know its words."""

    def __init__(self, columns: Columns, postings):
        self.columns, self.postings = columns, postings
        self.count = len(columns.course)
        self.all = BitMap(range(self.count))
        self.course_of = np.repeat(np.arange(self.count), np.diff(columns.first))
        self.today = (columns.day - EPOCH).days
        self.row_of_rank = np.argsort(columns.rank)
        self.bits: dict[Facet, dict] = {facet: {} for facet in FACETS}
        for bit, (facet, value) in enumerate(columns.names):
            self.bits[facet][value] = bit
        self.facets = {facet: {value: bitmap(of) for value, of in columns.members(facet)} for facet in COLUMNS}
        self.providers, self.provider_of = columns.provider()
        self.base = View(self, np.arange(len(columns.run)))
        self.base.is_asked_again = True
        self._kept: OrderedDict[tuple, View] = OrderedDict()

    def having(self, facet: Facet, values: Iterable) -> BitMap:
        """The courses with one of these values of a facet of courses."""
        return union(*(self.facets[facet].get(value, BitMap()) for value in values))

    def named(self, ids: Iterable[int]) -> BitMap:
        """The positions of these courses, as far as they are here."""
        order = np.argsort(self.columns.course)
        known, wanted = self.columns.course[order], np.array(sorted(ids), np.int64)
        at = np.searchsorted(known, wanted)
        inside = at < len(known)
        return bitmap(order[at[inside]][known[at[inside]] == wanted[inside]])

    def per_value(self, facet: Facet, hits: BitMap) -> dict:
        """The values of a facet of courses with how many of these have them."""
        if facet == Facet.PROVIDER:  # thousands of sets, and each course is in one of them
            numbers = np.bincount(self.provider_of[positions(hits)])
            found = np.flatnonzero(numbers)
            return dict(zip(self.providers[found].tolist(), numbers[found].tolist(), strict=True))
        members = self.facets[facet].items()
        return {value: number for value, of in members if (number := hits.intersection_cardinality(of))}

    # ── Words

    def said(self, asked: Asked, terms: dict[str, Term], weights: str = "", *, prefix: bool = True) -> BitMap:
        """The courses that answer every group of words, as Asked.tsquery says it to PostgreSQL."""
        return BitMap.intersection(
            *(
                union(
                    *(
                        BitMap.intersection(
                            *(terms[lexeme].within(WEIGHTS[marks], prefix=prefix) for lexeme in way.lexemes)
                        )
                        for way in ways
                        if (marks := both(way.weights, weights)) is not None
                    )
                )
                for ways in asked.groups
            )
        )

    # ── Runs

    def view(self, conditions: list[Condition], within: BitMap | None = None) -> View:
        """Of all courses, or of some that are few enough to be looked at one by one."""
        if not conditions:
            return self.base
        if within is not None:
            return View(self, self._fitting(conditions, self._rows_of(within)))
        key = tuple(sorted((each.name, each.value) for each in conditions))
        if key in self._kept:
            self._kept[key].is_asked_again = True
        else:
            self._kept[key] = View(self, self._fitting(conditions, slice(None)))
            self._forget()
        self._kept.move_to_end(key)
        return self._kept[key]

    def _fitting(self, conditions: list[Condition], rows: np.ndarray | slice) -> np.ndarray:
        fits = np.logical_and.reduce([each.fits(self, rows) for each in conditions])
        return np.flatnonzero(fits) if isinstance(rows, slice) else rows[fits]

    def _rows_of(self, courses: BitMap) -> np.ndarray:
        at = positions(courses)
        begins, lengths = self.columns.first[at], self.columns.first[at + 1] - self.columns.first[at]
        return np.repeat(begins - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())

    def _forget(self) -> None:
        """The views that were not asked for the longest time, until the others fit."""
        while (
            sum(len(view.rows) for view in self._kept.values()) > KEPT * len(self.columns.run) and len(self._kept) > 1
        ):
            self._kept.popitem(last=False)

    def keys(self, rows: np.ndarray, order: Order) -> np.ndarray:
        """Numbers that sort rows as an order does, each of them once."""
        rank, count = self.columns.rank[rows], len(self.columns.run)
        if order == Order.PRICE:
            price = self.columns.price[rows]
            return np.where(price < 0, np.iinfo(np.int64).max // count - 1, price) * count + rank
        return rank.astype(np.int64)


# ── One question to one segment


class Search:
    """What a segment says to a question; `dead` are positions that another segment answers for."""

    def __init__(self, segment: Segment, query: SearchQuery, dead: BitMap | None = None):
        self.segment, self.query = segment, query
        asked = query.words
        self.terms = segment.postings.load({lexeme for ways in asked.groups for way in ways for lexeme in way.lexemes})
        self.pool = segment.said(asked, self.terms) if asked.groups else segment.all
        if dead:
            self.pool = self.pool - dead
        self.few = self.pool if asked.groups and len(self.pool) < FEW else None
        self.conditions = list(conditions(segment, query))
        self.ticked = {facet: segment.having(facet, query.ticked(facet)) for facet in COLUMNS if query.ticked(facet)}
        self.view = self._view()
        self.hits = self._courses() & self.view.courses
        self.total = len(self.hits)

    def _view(self, without: str = "") -> View:
        return self.segment.view([each for each in self.conditions if each.name != without], self.few)

    def _courses(self, without: str = "") -> BitMap:
        return BitMap.intersection(self.pool, *(having for facet, having in self.ticked.items() if facet != without))

    def _left(self, without: str) -> tuple[BitMap, View]:
        """The hits if this condition were dropped, and the view behind them."""
        if without in self.ticked:
            return self._courses(without) & self.view.courses, self.view
        view = self._view(without)
        return self._courses() & view.courses, view

    def counts(self) -> dict[Facet, dict]:
        """Per facet and value, the facet's own ticks aside."""
        names = {*self.ticked, *(each.name for each in self.conditions)}
        numbers, found = self.view.count(self.hits), {}
        for facet in FACETS:
            hits, view = self._left(facet) if facet in names else (self.hits, self.view)
            if facet in COLUMNS:
                found[facet] = self.segment.per_value(facet, hits)
            else:
                found[facet] = self._of_runs(facet, view.count(hits) if facet in names else numbers)
        return found

    def _of_runs(self, facet: Facet, numbers: list[int]) -> dict:
        return {value: numbers[bit] for value, bit in self.segment.bits[facet].items() if numbers[bit]}

    def without(self) -> dict[str, int]:
        """How many there would be if one condition were dropped."""
        return {
            str(name): len(self._left(name)[0]) for name in [*self.ticked, *(each.name for each in self.conditions)]
        }

    def fitting(self) -> tuple[np.ndarray, np.ndarray]:
        """All hits as ids: of courses, and of each of their runs that fits (0: none that is visible)."""
        inside = np.zeros(self.segment.count, bool)
        inside[positions(self.hits)] = True
        courses = self.segment.course_of[self.view.rows]
        rows, courses = self.view.rows[inside[courses]], courses[inside[courses]]
        return self.segment.columns.course[courses], self.segment.columns.run[rows]

    # ── The page

    def page(self, first: int, last: int) -> list[tuple[Key, Hit]]:
        """The hits from one place in their order to another, with keys that compare them to those of other segments."""
        found, start = [], 0
        for tier, group in self._tiers():
            found += self._hits(tier, self._slice(group, max(0, first - start), max(0, last - start)))
            start += len(group)
        return found

    def _tiers(self) -> Iterator[tuple[int, BitMap]]:
        """The hits by how well the words fit them, if that is how they are sorted."""
        rest = self.hits
        if self.query.order == Order.RELEVANCE and self.query.words.groups:
            for tier, (weights, prefix) in enumerate(STEPS):
                fitting = rest & self.segment.said(self.query.words, self.terms, weights, prefix=prefix)
                yield tier, fitting
                rest = rest - fitting
        yield len(STEPS), rest

    def _slice(self, group: BitMap, first: int, last: int) -> np.ndarray:
        """Keys of a part of a group, sorted."""
        last = min(last, len(group))
        if first >= last:
            return np.empty(0, np.int64)
        if self.view is self.segment.base and self.query.order in (Order.BEGIN, Order.RELEVANCE):
            return self._best()[np.array(group[first:last], np.int64)]  # positions are in this order themselves
        keys = self._best()[self.view.places(group)]
        return np.sort(np.partition(keys, last - 1)[:last])[first:]

    def _best(self) -> np.ndarray:
        if self.query.order != Order.DISTANCE or not self.query.position:
            return self.view.best(self.query.order)
        ranks = np.unique(self._km, return_inverse=True)[1].astype(np.int64)  # the last one is nowhere
        rows, count = self.view.rows, len(self.segment.columns.run)
        keys = ranks[self.segment.columns.venue[rows]] * count + self.segment.columns.rank[rows]
        return np.minimum.reduceat(keys, self.view.starts)

    @cached_property
    def _km(self) -> np.ndarray:
        return self.segment.columns.distances(self.query.position)

    def _hits(self, tier: int, keys: np.ndarray) -> Iterator[tuple[Key, Hit]]:
        columns, view = self.segment.columns, self.view
        rows = self.segment.row_of_rank[keys % len(columns.run)] if len(keys) else keys
        courses = self.segment.course_of[rows]
        found = (
            columns.course[courses],
            columns.run[rows],
            view.rows_of[np.searchsorted(view.ids, courses)],
            self._km[columns.venue[rows]] if self.query.position else np.full(len(rows), NOWHERE),
            columns.flags[rows] & VOUCHER_HOLDS > 0,
            columns.start[rows],
            columns.price[rows],
        )
        for course, run, runs, km, takes_voucher, start, price in zip(*(part.tolist() for part in found), strict=True):
            hit = Hit(course, run or None, runs if run else 0, None if km == NOWHERE else km, takes_voucher)
            first = {Order.RELEVANCE: tier, Order.DISTANCE: km, Order.PRICE: price if price >= 0 else NOWHERE}
            phase = 3 if not run else 1 if start == NEVER else 0 if start >= self.segment.today else 2
            yield (first.get(self.query.order, 0), phase, start, run, course), hit


def conditions(segment: Segment, query: SearchQuery) -> Iterator[Condition]:
    """Everything that is asked about runs; the same as courses.search.sql._conditions."""
    for facet in FACETS:
        if facet not in COLUMNS and (ticks := query.ticked(facet)):
            yield Condition(facet, tuple(ticks), _has_one_of(segment, facet, ticks))
    if query.position:
        km = segment.columns.distances(query.position)
        inside, online = km <= query.position.km, REMOTE if query.with_online else 0
        yield Condition("ort", (query.position, online), _near(inside, online))
    if query.starts_from:
        yield Condition("ab", query.starts_from, _starts(query.starts_from, np.greater_equal))
    if query.starts_until:
        yield Condition("bis", query.starts_until, _starts(query.starts_until, np.less_equal))
    if query.price_up_to is not None:
        cents = int(query.price_up_to * 100)
        yield Condition(
            "preis", cents, lambda of, rows: (of.columns.price[rows] >= 0) & (of.columns.price[rows] <= cents)
        )
    if query.week:
        elsewhere = np.int32(~query.week)
        yield Condition("woche", query.week, lambda of, rows: of.columns.week[rows] & elsewhere == 0)
    if query.free_places:
        yield Condition("frei", True, lambda of, rows: of.columns.flags[rows] & HAS_PLACES > 0)


def _has_one_of(segment: Segment, facet: Facet, ticks: list) -> Callable:
    wanted = np.zeros(segment.columns.bits.shape[1], np.uint64)
    for place in (segment.bits[facet][tick] for tick in ticks if tick in segment.bits[facet]):
        wanted[place >> 6] |= np.uint64(1 << (place & 63))
    words = np.flatnonzero(wanted)

    def fits(of: Segment, rows: np.ndarray | slice) -> np.ndarray:
        bits = of.columns.bits[rows]
        return np.logical_or.reduce(
            [bits[:, word] & wanted[word] != 0 for word in words] or [np.zeros(len(bits), bool)]
        )

    return fits


def _near(inside: np.ndarray, online: int) -> Callable:
    return lambda of, rows: inside[of.columns.venue[rows]] | (of.columns.flags[rows] & online > 0)


def _starts(day: date, compare: Callable) -> Callable:
    number = (day - EPOCH).days
    return lambda of, rows: (
        compare(of.columns.start[rows], number) & (of.columns.start[rows] != NEVER)
        | (of.columns.flags[rows] & ANY_TIME > 0)
    )
