"""What is handed to others, and that the comparisons over HTTP ask what they mean."""

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from django.db import connection

from benchmarks import _addresses, _slots, correctness, engine, wagtail
from benchmarks._mix import Case, mix
from courses.models import Course
from courses.search import Facet, SearchQuery, answers, generations
from courses.search.segment import Segment
from courses.search.sql import FACETS
from kit import clock

pytestmark = [pytest.mark.usefixtures("demo_region", "db")]


@pytest.fixture
def segment(monkeypatch) -> Segment:
    monkeypatch.setattr(settings, "SEARCH_IN_MEMORY", True)
    generations.build(clock.today())  # anew: what has changed since would be in no document
    generations.forget()
    yield generations.current().main
    generations.forget()


def test_documents_hold_every_course_with_its_words_and_the_values_of_its_runs(segment):
    codes = engine.Codes(segment)
    documents = list(engine.documents(segment, codes))
    assert [each["position"] for each in documents] == [[place] for place in range(segment.count)]
    found = answers.search(SearchQuery())
    for facet in FACETS:
        numbers = {}
        for each in documents:
            for code in each[facet]:
                value = codes.value[facet][code]
                numbers[value] = numbers.get(value, 0) + 1
        assert numbers == found.counts[facet], facet
    assert all(set(each["title"]) <= set(each["names"]) <= set(each["anywhere"]) for each in documents)
    assert sum(len(each["anywhere"]) for each in documents) > 10 * segment.count


def test_questions_name_ticks_by_their_code_and_days_by_their_number(segment):
    codes = engine.Codes(segment)
    query = SearchQuery(chosen={Facet.COST: frozenset([1])}, starts_from=date(2000, 1, 11), page=3)
    asked = codes.question(query)
    assert [codes.value[Facet.COST][code] for code in asked["ticks"][Facet.COST]] == [1]
    assert asked["days"] == [10, engine.FAR_FUTURE]
    assert asked["skip"] == 40


def test_conditions_that_must_meet_in_one_run_are_counted():
    assert engine.of_runs(SearchQuery(chosen={Facet.TOPIC: frozenset([1]), Facet.COST: frozenset([1])})) == 1
    assert engine.of_runs(SearchQuery(starts_from=date(2027, 1, 1), starts_until=date(2027, 2, 1))) == 1


def test_comparison_with_an_engine_ends_where_it_counts_otherwise(segment):
    right = answers.search(SearchQuery())
    engine.compare(SearchQuery(), right, right, totals=True, counts=True)
    for wrong in (replace(right, total=1), replace(right, counts={})):
        with pytest.raises(SystemExit):
            engine.compare(SearchQuery(), right, wrong, totals=True, counts=True)


def test_addresses_mean_what_their_questions_mean():
    cases = mix(60)
    found = _addresses.of(cases)
    assert len(found) > 50
    assert "/kurse/?" in found
    assert any("ort=" in each for each in found)
    assert any("seite=" in each for each in found)
    keys = {key for each in found for key in parse_qs(each.partition("?")[2])}
    assert {"q", "ort", "km", "ab", "bis"} <= keys


def test_words_alone_are_asked_of_wagtail():
    kinds = {case.kind for case in wagtail.of_words(mix(100))}
    assert kinds == {"topic word", "common word", "2 words", "rare word", "typo"}
    assert len(list(wagtail.courses())) == Course.objects.findable().count()


def test_a_planted_error_is_a_difference(segment):
    correctness.control()
    right = answers.search(SearchQuery())
    assert not correctness.differs(Case("browse", SearchQuery()), right, right)
    assert correctness.differs(Case("browse", SearchQuery()), right, replace(right, hits=right.hits[::-1]))
    assert not correctness.differences(mix(20))


@pytest.mark.parametrize("book", _slots.WAYS.values(), ids=_slots.WAYS)
def test_slots_sell_as_many_places_as_they_have(book):
    _slots.lay_out(2, cap=3)
    assert [book(0) for _try in range(5)] == [True, True, True, False, False]
    assert _slots.overbooked() == 0


def test_an_overbooked_slot_is_counted():
    _slots.lay_out(2, cap=0)
    assert not any(book(1) for book in _slots.WAYS.values())
    _slots.lay_out(2, cap=1)
    for _try in range(2):
        with connection.cursor() as cursor:
            cursor.execute(_slots.BOOK, [1])
    assert _slots.overbooked() == 1
