"""What people type and what they should find in the first five, over the demo."""

import pytest

from courses.models import SearchWord
from courses.search import SearchQuery, glance
from courses.views import cards
from tests.courses.searching import found, named, rows

WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
WITHOUT = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})


def test_there_are_enough_questions_of_each_kind():
    kinds = {row["why"] for row in rows("demo")}
    assert len(rows("demo")) >= 60
    assert {"stem", "umlaut", "compound", "typo", "synonym", "number", "provider", "place"} <= kinds


@pytest.mark.parametrize("row", rows("demo"), ids=named)
def test_question_over_the_demo_finds(demo_region, db, row):
    titles = found(row)
    assert any(title.startswith(row["expected"]) for title in titles), titles


def test_cards_of_the_whole_catalogue_take_one_query(demo_region, db, django_assert_num_queries):
    """With those of courses without a date."""
    hits = glance(SearchQuery(per_page=10_000)).hits
    with django_assert_num_queries(1):
        made = cards.make(hits)
    assert len(made) == len(hits) > 100


def test_every_word_with_an_umlaut_finds_the_same_however_it_is_spelled(demo_region, db):
    words = [word for word in SearchWord.objects.values_list("word", flat=True) if set(word) & set("äöüß")]
    assert len(words) > 100
    different = {}
    for word in words:
        spellings = [word, word.translate(WRITTEN_OUT), word.translate(WITHOUT)]
        numbers = [glance(SearchQuery(text=spelling, per_page=1)).total for spelling in spellings]
        if len(set(numbers)) > 1:
            different[word] = numbers
    assert not different
