"""Who answers: the segments in memory where there are some for today, else SQL. Whoever asks does not see which."""

import numpy as np

from courses.search import generations, sql
from courses.search.generations import Loaded
from courses.search.query import SearchQuery
from courses.search.result import Hit, SearchResult
from courses.search.segment import Search
from kit.pagination import DEEPEST


def search(query: SearchQuery) -> SearchResult:
    """The page of hits of a question, with the counts of every facet."""
    if not (loaded := generations.current()):
        return sql.search(query)
    searches = _ask(loaded, query)
    total = sum(each.total for each in searches)
    last = (total + query.per_page - 1) // query.per_page
    first = query.per_page * max(0, min(query.page, DEEPEST, last) - 1)
    without = _sum([each.without() for each in searches]) if not total else {}
    counts = [each.counts() for each in searches]
    return SearchResult(
        total=total,
        hits=_page(searches, first, query.per_page),
        counts={facet: _sum([each[facet] for each in counts]) for facet in counts[0]},
        without=without,
    )


def glance(query: SearchQuery) -> SearchResult:
    """The total and the first hits, as `search` has them, without counting facets."""
    if not (loaded := generations.current()):
        return sql.glance(query)
    searches = _ask(loaded, query)
    return SearchResult(total=sum(each.total for each in searches), hits=_page(searches, 0, query.per_page))


def matching(query: SearchQuery) -> tuple[str, list]:
    """All course_id and run_id that fit, as a statement for courses.search.extent to look into."""
    if not (loaded := generations.current()):
        return sql.matching(query)
    found = [each.fitting() for each in _ask(loaded, query)]
    columns = [np.concatenate(parts).tolist() for parts in zip(*found, strict=True)]
    return "SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS hit (course_id, run_id)", columns


def _ask(loaded: Loaded, query: SearchQuery) -> list[Search]:
    """The catalogue without what has changed, and what has changed."""
    main = Search(loaded.main, query, loaded.dead)
    return [main, Search(loaded.delta, query)] if loaded.delta else [main]


def _sum(counts: list[dict]) -> dict:
    if len(counts) == 1:
        return counts[0]
    return {key: sum(each.get(key, 0) for each in counts) for key in {key: None for each in counts for key in each}}


def _page(searches: list[Search], first: int, size: int) -> list[Hit]:
    """A part of one sorted list, of which each search has some.

    The few hits of the delta push the others back by their number at most: from so far before its place the long list
    is read, and what stands behind that many in both is the page.
    """
    main, *others = searches
    few = [hit for each in others for hit in each.page(0, first + size)]
    start = max(0, first - len(few))
    both = sorted([*main.page(start, first + size), *few], key=lambda found: found[0])
    return [hit for _key, hit in both[first - start : first - start + size]]
