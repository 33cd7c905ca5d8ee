"""The SQL search answers what a plain reading of the models would: three hundred random catalogues and questions."""

import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import time, timedelta
from decimal import Decimal

import pytest

from courses.models import Course, CourseRun
from courses.models.run import VOUCHER
from courses.search import Facet, SearchQuery, SearchResult, analyser, glance, search
from courses.search.query import funding_code
from kit.geo import distance_km
from tests.courses.random_catalogue import TIMES, TODAY, catalogue, question, scene

CATALOGUES = 300
QUESTIONS = 3


# ── The plain reading
@dataclass
class Reading:
    """A course with its visible runs and its words."""

    course: Course
    runs: list
    words: list


def read() -> list[Reading]:
    vouchers = set(CourseRun.objects.with_valid_voucher().values_list("pk", flat=True))
    found = []
    for course in Course.objects.prefetch_related("runs__location", "runs__sessions", "keywords").select_related(
        "topic__parent", "provider"
    ):
        runs = [run for run in course.runs.all() if visible(run)]
        for run in runs:
            run.course, run.counts_voucher = course, run.pk in vouchers
        if course.is_visible:
            found.append(Reading(course, runs, words(course)))
    return found


def expected(readings: list[Reading], query: SearchQuery) -> tuple[set, dict]:
    """Courses with the number of their runs that fit; counts per facet."""
    asked = analyser.stems(query.text) if query.text else []
    courses = [(reading.course, reading.runs) for reading in readings if says(reading.words, asked)]
    hits = {(course.pk, len(fit(course, runs, query))) for course, runs in courses if matches(course, runs, query)}
    counts = {facet: facet_counts(courses, query, facet) for facet in Facet}
    return hits, counts


def visible(run: CourseRun) -> bool:
    if run.withdrawn_at or (run.announced_from and run.announced_from > TODAY):
        return False
    if run.registration_until and run.registration_until >= TODAY:
        return True
    if run.starts_on:
        return run.starts_on >= TODAY - timedelta(days=14)
    return run.announced_until is None or run.announced_until >= TODAY


def words(course: Course) -> list[str]:
    topics = " ".join(topic.name for topic in [course.topic, course.topic and course.topic.parent] if topic)
    return analyser.stems(f"{course.title} {course.description[3:-4]} {topics} {course.provider.name}")


def says(known: list[str], asked: list[str]) -> bool:
    """Every word is a word of the course, or the beginning of one if it is long enough."""
    return all(
        any(word == stem or (len(stem) >= analyser.PREFIX_FROM and word.startswith(stem)) for word in known)
        for stem in asked
    )


def matches(course: Course, runs: list, query: SearchQuery) -> bool:
    if not course_fits(course, query):
        return False
    return bool(fit(course, runs, query)) if asks_about_runs(query) else True


def fit(course: Course, runs: list, query: SearchQuery) -> list:
    return [run for run in runs if run_fits(run, query)]


def asks_about_runs(query: SearchQuery) -> bool:
    of_courses = set(COURSE_FACETS)
    others = [
        query.position,
        query.starts_from,
        query.starts_until,
        query.free_places or None,
        query.price_up_to,
        query.week or None,
    ]
    return bool(set(query.chosen) - of_courses) or any(value is not None for value in others)


def course_fits(course: Course, query: SearchQuery) -> bool:
    return all(query.chosen[facet] & values(course, None, facet) for facet in COURSE_FACETS if facet in query.chosen)


def run_fits(run: CourseRun, query: SearchQuery) -> bool:
    chosen = [facet for facet in query.chosen if facet not in COURSE_FACETS]
    if not all(query.chosen[facet] & values(run.course, run, facet) for facet in chosen):
        return False
    any_time = run.begin == "any_time"
    if query.starts_from and not (any_time or (run.starts_on and run.starts_on >= query.starts_from)):
        return False
    if query.starts_until and not (any_time or (run.starts_on and run.starts_on <= query.starts_until)):
        return False
    if query.price_up_to is not None and (price(run) is None or price(run) > query.price_up_to):
        return False
    if query.free_places and not (run.places is None or run.places_taken is None or run.places > run.places_taken):
        return False
    if query.week and not all(query.week >> 3 * day + part & 1 for day, part in when(run)):
        return False
    return query.position is None or near(run, query)


def when(run: CourseRun) -> set[tuple[int, int]]:
    """Weekdays with the part of the day in which there is something, or may be."""
    sessions = list(run.sessions.all())
    if sessions:
        return {(session.day.weekday(), part) for session in sessions for part in parts(session)}
    names = {"morning": {0}, "afternoon": {1}, "evening": {2}, "all_day": {0, 1}, "weekend": set()}
    known = set().union(*(names[name] for name in run.times_of_day)) or {0, 1, 2}
    days = {day for day in range(7) if run.weekdays >> day & 1}
    if "weekend" in run.times_of_day and not days & {5, 6}:
        days |= {5, 6}
    return {(day, part) for day in days or range(7) for part in known}


def parts(session) -> set[int]:
    """Morning (0) until two, afternoon (1) until seven, evening (2)."""
    if session.starts is None:
        return {0, 1, 2}
    begins = 0 if session.starts < time(12) else 1 if session.starts < time(17) else 2
    ends = session.ends or session.starts
    return {begins} | ({1} if begins == 0 and ends > time(14) else set()) | ({2} if ends > time(19) else set())


def near(run: CourseRun, query: SearchQuery) -> bool:
    if query.with_online and run.mode in ("online", "distance"):
        return True
    where, at = query.position, run.location
    return bool(at) and distance_km(where.latitude, where.longitude, at.latitude, at.longitude) <= where.km


def price(run: CourseRun) -> Decimal | None:
    if run.price_kind == "free":
        return Decimal(0)
    if run.special_price is not None and run.special_price_until >= TODAY:
        return run.special_price
    return run.price


COURSE_FACETS = [Facet.TOPIC, Facet.LEVEL, Facet.AUDIENCE, Facet.PROVIDER]


def values(course: Course, run: CourseRun | None, facet: Facet) -> set:
    """What a row has in a facet."""
    if facet == Facet.TOPIC:
        return {course.topic_id, course.topic and (course.topic.parent_id or course.topic_id)} - {None}
    if facet == Facet.LEVEL:
        return {course.level} - {""}
    if facet == Facet.PROVIDER:
        return {course.provider_id}
    if facet == Facet.AUDIENCE:
        return {keyword.pk for keyword in course.keywords.all()}
    if run is None:
        return set()
    return {
        Facet.COST: lambda: (
            {{"free": 1, "known": 4, "on_request": 8}[run.price_kind]} | ({2} if funding(run) else set())
        ),
        Facet.START: lambda: begins(run),
        Facet.TIME: lambda: {TIMES[name] for name in run.times_of_day},
        Facet.MODE: lambda: {run.mode} - {""},
        Facet.WEEKDAY: lambda: {1 << bit for bit in range(7) if run.weekdays >> bit & 1},
        Facet.WORKLOAD: lambda: {run.instruction_time} & {1, 2},
        Facet.FUNDING: lambda: funding(run),
        Facet.ACCESS: lambda: access(run),
        Facet.LANGUAGE: lambda: set(run.languages),
    }[facet]()


def begins(run: CourseRun) -> set:
    said = {1} if run.begin == "any_time" else set()
    if run.starts_on is None:
        return said
    days = (run.starts_on - TODAY).days
    return said | {16 if days < 0 else 2 if days < 28 else 4 if days < 91 else 8}


def access(run: CourseRun) -> set:
    step_free = run.location and run.location.is_barrier_free and run.mode not in ("online", "distance")
    said = {1: step_free, 2: run.digitally_accessible, 4: run.course.handicaps}
    return {bit for bit, holds in said.items() if holds}


def funding(run: CourseRun) -> set:
    codes = {*run.funding_federal, *(funding_code("regional", number) for number in run.funding_regional)}
    codes -= {VOUCHER}
    return codes | ({VOUCHER} if run.counts_voucher else set())


def facet_counts(courses: list, query: SearchQuery, facet: Facet) -> dict:
    """Each value as if it alone were ticked."""
    others = {name: ticks for name, ticks in query.chosen.items() if name != facet}
    counts: Counter = Counter()
    for course, runs in courses:
        possible = {value for run in [None, *runs] for value in values(course, run, facet)}
        for value in possible:
            alone = replace_chosen(query, {**others, facet: frozenset([value])})
            counts[value] += matches(course, runs, alone)
    return {value: number for value, number in counts.items() if number}


def without(readings: list[Reading], query: SearchQuery) -> dict:
    """How many there would be if one condition were dropped."""
    fields = {"ort": "position", "ab": "starts_from", "bis": "starts_until", "preis": "price_up_to"}
    dropped = {key: replace(query, **{name: None}) for key, name in fields.items() if getattr(query, name) is not None}
    if query.free_places:
        dropped["frei"] = replace(query, free_places=False)
    if query.week:
        dropped["woche"] = replace(query, week=0)
    for facet in query.chosen:
        others = {name: ticks for name, ticks in query.chosen.items() if name != facet}
        dropped[facet] = replace_chosen(query, others)
    return {str(key): len(expected(readings, less)[0]) for key, less in dropped.items()}


def replace_chosen(query: SearchQuery, chosen: dict) -> SearchQuery:
    return replace(query, chosen=chosen)


@pytest.mark.django_db
def test_search_equals_a_plain_reading_of_the_models(at, settings):
    settings.SIMPLE_HISTORY_ENABLED = False  # deleting writes history, which nobody reads here
    at("2026-05-12 10:00")
    topics, places, providers = scene()
    for seed in range(CATALOGUES):
        chance = random.Random(seed)
        catalogue(chance, topics, providers)
        readings = read()
        for _ in range(QUESTIONS):
            query = question(chance, topics, places, [provider.pk for provider in providers])
            result = search(query)
            hits, counts = expected(readings, query)
            assert {(hit.course, hit.runs) for hit in result.hits} == hits, (seed, query)
            assert result.total == len(hits), (seed, query)
            assert result.counts == counts, (seed, query)
            assert result.without == ({} if hits else without(readings, query)), (seed, query)
            assert glance(query) == SearchResult(result.total, result.hits), (seed, query)
