"""The search in memory answers what SQL answers, while the catalogue changes under it; a planted error is seen."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from threading import Thread

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from courses import tasks
from courses.models import Course, CourseRun, SearchChange, SearchGeneration, SearchPosting
from courses.search import (
    Order,
    SearchQuery,
    SearchResult,
    bitmaps,
    columns,
    generations,
    glance,
    index,
    search,
    segment,
    sql,
)
from kit import clock
from tests import make
from tests.courses.random_catalogue import TODAY, catalogue, certification, course, question, runs, scene

QUESTIONS = 2_000
BETWEEN = 7  # questions from one change of the catalogue to the next
REBUILT = 150  # and from one generation to the next


@pytest.fixture(autouse=True)
def in_memory(settings, monkeypatch, at):
    settings.SEARCH_IN_MEMORY = True
    settings.SIMPLE_HISTORY_ENABLED = False
    monkeypatch.setattr(generations, "FRESH_SECONDS", -1)  # each question looks
    at("2026-05-12 10:00")
    generations.forget()
    yield
    generations.forget()


class Region:
    """A random catalogue that goes on changing."""

    def __init__(self, seed: int):
        self.chance = random.Random(seed)
        self.topics, self.places, self.providers = scene()
        catalogue(self.chance, self.topics, self.providers)
        for _number in range(60):
            self.publish()
        generations.build(TODAY)

    def question(self) -> SearchQuery:
        asked = question(self.chance, self.topics, self.places, [provider.pk for provider in self.providers])
        orders = [
            Order.BEGIN,
            Order.PRICE,
            *[Order.RELEVANCE] * bool(asked.text),
            *[Order.DISTANCE] * bool(asked.position),
        ]
        return replace(
            asked,
            order=self.chance.choice(orders),
            page=self.chance.choice([1, 1, 2, 3, 99]),
            per_page=self.chance.choice([1, 3, 20]),
        )

    def change(self) -> None:
        self.chance.choice([self.publish, self.edit, self.withdraw, self.sell, self.block, self.certify, self.remove])()

    def publish(self) -> None:
        made = course(self.chance, self.topics, self.chance.choice(self.providers))
        made.save()
        runs(self.chance, [made] * self.chance.randint(0, 4))
        index.refresh([made.pk])

    def _some(self) -> Course:
        return self.chance.choice(Course.objects.order_by("pk"))

    def edit(self) -> None:
        found, other = self._some(), course(self.chance, self.topics, self.providers[0])
        for name in ("title", "description", "topic", "level"):
            setattr(found, name, getattr(other, name))
        found.save()
        index.refresh([found.pk])

    def withdraw(self) -> None:
        found = self._some()
        CourseRun.objects.filter(course=found).update(withdrawn_at=clock.now())
        index.refresh([found.pk])

    def sell(self) -> None:
        found = self._some()
        CourseRun.objects.filter(course=found).update(places=5, places_taken=self.chance.choice([0, 5]))
        index.refresh([found.pk])

    def remove(self) -> None:
        found = self._some()
        Course.objects.filter(pk=found.pk).update(withdrawn_at=clock.now())
        index.refresh([found.pk])

    def block(self) -> None:
        """Without a word to the search."""
        provider = self.chance.choice(self.providers)
        provider.blocked_at = None if provider.blocked_at else clock.now()
        type(provider).objects.filter(pk=provider.pk).update(blocked_at=provider.blocked_at, blocked_reason="x")

    def certify(self) -> None:
        certification(self.chance, self.providers[2]).save()


def rounded(result: SearchResult) -> SearchResult:
    """Sines differ in their last digit."""
    hits = [replace(hit, km=None if hit.km is None else round(hit.km, 9)) for hit in result.hits]
    return replace(result, hits=hits)


def differing(region: Region, questions: int) -> Iterator[SearchQuery]:
    """The questions that the two ways do not answer alike."""
    for number in range(questions):
        if number % REBUILT == REBUILT - 1:
            generations.build(TODAY)
        if number % BETWEEN == 0:
            region.change()
        query = region.question()
        exact = rounded(sql.search(query))
        if any(rounded(search(query)) != exact for _time in range(2 if is_kept(query) else 1)):
            yield query
        first = replace(query, page=1)
        if rounded(glance(first)) != rounded(sql.glance(first)):
            yield first


def is_kept(query: SearchQuery) -> bool:
    """Whether there is a view behind it that is kept, and counts otherwise when it is asked for again. Behind words,
    which few courses contain here, stands a new one each time."""
    return not query.words.groups


@pytest.mark.django_db
def test_answers_are_those_of_sql_while_the_catalogue_changes():
    region = Region(seed=1)
    assert list(differing(region, QUESTIONS)) == []
    assert generations.current().delta


PLANTED = {
    "a condition is forgotten": lambda patch: patch.setattr(segment, "HAS_PLACES", 0),
    "days are off by one": lambda patch: patch.setattr(segment, "EPOCH", segment.EPOCH + timedelta(days=1)),
    "what changed is answered twice": lambda patch: patch.setattr(
        segment.Search,
        "__init__",
        lambda self, of, query, dead=None, make=segment.Search.__init__: make(self, of, query),
    ),
    "few courses are looked at wrongly": lambda patch: patch.setattr(
        segment.Segment, "_rows_of", lambda self, courses: self.columns.first[segment.positions(courses)]
    ),
    "bits are counted from the wrong end": lambda patch: patch.setattr(bitmaps, "BITS", bitmaps.BITS[:, ::-1]),
    "a view that is asked for again has other sets": lambda patch: patch.setattr(
        segment.View,
        "values",
        property(
            lambda self, of=segment.View.values.func: (
                of(self) if self is self.segment.base else [self.courses] * len(self.segment.columns.names)
            )
        ),
    ),
    "providers are those of other courses": lambda patch: patch.setattr(
        columns.Columns, "provider", lambda self, of=columns.Columns.provider: (of(self)[0], np.roll(of(self)[1], 1))
    ),
    "a course without a run fits every week": lambda patch: patch.setitem(columns.ROWS, "week", "COALESCE(r.week, 0)"),
    "SQL counts another price": lambda patch: patch.setattr(sql, "EVERYTHING", sql.EVERYTHING ^ sql.BIT["preis"]),
}


@pytest.mark.django_db
@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_error_is_seen(monkeypatch, planted):
    region = Region(seed=2)
    PLANTED[planted](monkeypatch)
    assert any(differing(region, 150))


# ── Generations


def titles(result: SearchResult) -> set[str]:
    return set(Course.objects.filter(pk__in=[hit.course for hit in result]).values_list("title", flat=True))


def published(title: str, **fields) -> Course:
    made = make.make_course(title=title, **fields)
    make.make_run(made)
    index.refresh([made.pk])
    return made


@pytest.mark.django_db
class TestGenerations:
    def test_without_one_sql_answers(self):
        published("Töpfern")
        assert generations.current() is None
        assert titles(search(SearchQuery())) == {"Töpfern"}

    def test_a_question_without_words_asks_the_database_nothing_but_whether_it_has_changed(self):
        published("Töpfern")
        generations.build(TODAY)
        search(SearchQuery())
        with CaptureQueriesContext(connection) as asked:
            assert titles_of(search(SearchQuery())) == 1
        assert len(asked) == 1

    def test_another_day_needs_another_one(self, at):
        published("Töpfern")
        generations.build(TODAY)
        assert generations.current()
        at("2026-05-13 00:00")
        assert generations.current() is None
        assert generations.wanted() == [TODAY + timedelta(days=1)]

    def test_tomorrows_is_made_in_the_evening(self, at):
        published("Töpfern")
        tasks.build_search()
        assert generations.wanted() == []
        at("2026-05-12 22:30")
        tasks.build_search()
        assert list(SearchGeneration.objects.values_list("day", flat=True)) == [TODAY + timedelta(days=1), TODAY]
        found = published("Filzen")
        assert "Filzen" in titles(search(SearchQuery()))
        at("2026-05-13 00:01")
        assert generations.current().dead == generations.current().main.named([found.pk])
        assert titles(search(SearchQuery())) == {"Töpfern", "Filzen"}

    def test_what_was_taken_in_by_tomorrows_is_still_seen_today(self, at):
        generations.build(TODAY)
        published("Filzen")
        generations.build(TODAY + timedelta(days=1))
        assert titles(search(SearchQuery())) == {"Filzen"}

    def test_too_many_changes_are_left_to_sql(self, monkeypatch):
        generations.build(TODAY)
        monkeypatch.setattr(generations, "MOST_CHANGED", 1)
        published("Töpfern")
        assert generations.current()
        published("Filzen")
        assert generations.current() is None
        assert titles(search(SearchQuery())) == {"Töpfern", "Filzen"}

    def test_a_renewal_of_all_rows_waits_for_the_next_one(self):
        published("Töpfern")
        generations.build(TODAY)
        index.refresh()
        assert generations.current() is None
        tasks.build_search()
        assert generations.current()

    def test_many_changes_want_a_new_one(self, monkeypatch):
        generations.build(TODAY)
        monkeypatch.setattr(generations, "REBUILD_FROM", 2)
        published("Töpfern")
        assert generations.wanted() == []
        published("Filzen")
        assert generations.wanted() == [TODAY]

    def test_old_ones_go(self, at):
        for _number in range(4):
            generations.build(TODAY)
        assert SearchGeneration.objects.count() == generations.KEPT
        at("2026-05-13 09:00")
        generations.build(clock.today())
        assert [each.day for each in SearchGeneration.objects.all()] == [clock.today()]
        assert SearchPosting.objects.exclude(generation__in=SearchGeneration.objects.all()).count() == 0

    def test_tomorrows_knows_what_todays_took_in_however_often_that_is_made(self, at):
        at("2026-05-12 22:30")
        generations.build(TODAY + timedelta(days=1))
        published("Filzen")
        for _number in range(4):
            generations.build(TODAY)
        at("2026-05-13 00:01")
        assert generations.current()
        assert titles(search(SearchQuery())) == {"Filzen"}

    def test_a_provider_blocked_meanwhile_spoils_it(self, monkeypatch):
        provider = published("Töpfern").provider
        store = generations.postings.store

        def interrupted(*arguments):
            type(provider).objects.filter(pk=provider.pk).update(blocked_at=clock.now(), blocked_reason="x")
            store(*arguments)

        monkeypatch.setattr(generations.postings, "store", interrupted)
        with pytest.raises(generations.Unsettled), transaction.atomic():
            generations.build(TODAY)
        assert not SearchGeneration.objects.exists()

    def test_views_that_nobody_asks_for_go(self):
        for _number in range(3):
            published("Töpfern")
        generations.build(TODAY)
        for minimum in range(40):
            search(SearchQuery(price_up_to=1000 + minimum))
        kept = generations.current().main._kept
        assert len(kept) < 40
        assert sum(len(view.rows) for view in kept.values()) <= segment.KEPT * 3

    def test_pages_follow_each_other_across_what_has_changed(self):
        for number in range(12):
            published(f"Kurs {number}")
        generations.build(TODAY)
        for number in range(12, 20):
            published(f"Kurs {number}")
        pages = [search(SearchQuery(page=page, per_page=3)).hits for page in range(1, 8)]
        whole = sql.search(SearchQuery(per_page=50)).hits
        assert [hit for page in pages for hit in page] == whole
        assert all(first != second for first, second in pairwise(pages))


def titles_of(result: SearchResult) -> int:
    return result.total


@pytest.mark.django_db(transaction=True)
def test_two_builders_make_one(django_db_blocker):
    """The second one leaves it to the first."""
    published("Töpfern")
    made = []
    with transaction.atomic():
        made.append(generations.build(TODAY))
        other = Thread(target=lambda: (made.append(generations.build(TODAY)), connection.close()))
        other.start()
        other.join()
    assert made[0] is not None
    assert made[1] is None
    assert SearchChange.objects.filter(taken_in=made[0]).exists()
