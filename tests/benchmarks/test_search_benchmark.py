"""What `./dev bench search` compares does the same work: both forms answer every question of the mix alike."""

from collections import Counter
from dataclasses import replace

import pytest

from benchmarks import _naive, search
from benchmarks._mix import WEIGHTS, Case, mix
from courses.search import Facet, Order, SearchQuery
from courses.search import search as ours

QUESTIONS = 100


pytestmark = [pytest.mark.usefixtures("demo_region", "db")]


def answers(query: SearchQuery) -> list[tuple]:
    return [(found.total, found.hits, found.counts) for found in (ours(query), _naive.search(query))]


def test_naive_form_answers_as_the_search_does():
    for case in mix(40):
        mine, naive = answers(case.asked())
        assert mine == naive, case


@pytest.mark.parametrize("order", [Order.BEGIN, Order.PRICE])
@pytest.mark.parametrize(
    "chosen",
    [
        {Facet.ACCESS: frozenset([1, 2])},
        {Facet.COST: frozenset([2, 8])},
        {Facet.FUNDING: frozenset([2, 10_057])},
        {Facet.LANGUAGE: frozenset(["deu"]), Facet.WORKLOAD: frozenset([1])},
        {},
    ],
    ids=str,
)
def test_naive_form_answers_alike_beyond_the_mix(order, chosen):
    query = SearchQuery(chosen=chosen, order=order, free_places=order == Order.PRICE, price_up_to=500, page=2)
    mine, naive = answers(query)
    assert mine == naive
    assert mine[0] > 0


def test_mix_has_all_kinds_in_their_proportions_and_is_the_same_each_time():
    kinds = Counter(case.kind for case in mix(QUESTIONS))
    assert kinds == WEIGHTS
    assert mix(QUESTIONS) == mix(QUESTIONS)
    assert mix(QUESTIONS) != mix(QUESTIONS, seed=1)


def test_comparison_ends_where_the_answers_differ():
    """Control: a wrong count, a wrong order and a wrong total are noticed."""
    right = ours(SearchQuery())
    case = Case("browse", SearchQuery())
    search.compare(case, right, right)
    for wrong in (
        replace(right, total=right.total - 1),
        replace(right, hits=right.hits[::-1]),
        replace(right, counts={**right.counts, Facet.COST: {1: 1}}),
    ):
        with pytest.raises(SystemExit, match="differ"):
            search.compare(case, right, wrong)
