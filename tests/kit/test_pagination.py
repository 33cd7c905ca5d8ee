"""Pages of a list: rubbish means the first, beyond the end the last, and never too deep."""

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from kit.pagination import DEEPEST, paginate


@pytest.mark.parametrize(
    ("asked", "number"),
    [("", 1), ("1", 1), ("3", 3), ("10", 10), ("11", 10), ("999999999999999999999", 1), ("0", 1), ("-1", 1), ("abc", 1),
     ("²", 1), ("٣", 1), ("1.5", 1), ("1e3", 1), (" 2", 1)],
)  # fmt: skip
def test_every_wish_leads_to_a_page(rf, asked, number):
    page = paginate(rf.get("/", {"seite": asked}), range(100), 10)

    assert page.number == number
    assert len(page) == 10


def test_an_empty_list_has_one_empty_page(rf):
    page = paginate(rf.get("/?seite=7"), [], 10)

    assert (page.number, list(page), page.numbers) == (1, [], [1])


def test_nobody_gets_deeper_than_the_limit_but_the_count_is_true(rf):
    page = paginate(rf.get("/?seite=5000"), range(10_000), 10)

    assert page.number == page.paginator.num_pages == DEEPEST
    assert page.paginator.count == 10_000
    assert page.paginator.is_cut
    assert not paginate(rf.get("/"), range(2000), 10).paginator.is_cut


def test_many_pages_are_shown_in_part(rf):
    assert paginate(rf.get("/?seite=50"), range(1000), 10).numbers == [1, "…", 48, 49, 50, 51, 52, "…", 100]


def test_the_other_parameters_are_kept(rf):
    page = paginate(rf.get("/?q=näh+kurs&thema=1&thema=2&seite=2"), range(100), 10)

    assert page.query == "q=n%C3%A4h+kurs&thema=1&thema=2"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_no_text_breaks_a_list(asked):
    request = RequestFactory().get("/", {"seite": asked})

    assert 1 <= paginate(request, range(100), 10).number <= 10
