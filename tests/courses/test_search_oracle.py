"""The SQL search answers what a plain reading of the models would: three hundred random catalogues and questions."""

import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from courses.models import Course, CourseRun, Keyword
from courses.models.run import VOUCHER
from courses.search import Facet, Order, Position, SearchQuery, SearchResult, analyser, glance, index, search
from courses.search.query import funding_code
from kit import clock
from kit.geo import distance_km
from providers.models import Certification
from tests import make

CATALOGUES = 300
QUESTIONS = 3
TIMES = {"morning": 1, "afternoon": 2, "evening": 4, "all_day": 8, "weekend": 16}
WORDS = ["Pflege", "Deutsch", "Kurs", "Kurse", "Praktikum", "Übung", "Büro", "Excel", "Workshops"]
TODAY = date(2026, 5, 12)


# ── A random catalogue
def scene() -> tuple[list, list, list]:
    """What stays the same: topics, places, and providers (one open, one blocked, one to be certified) with venues."""
    root = make.make_topic("Pflege und Soziales")
    topics = [root, make.make_topic("Altenhilfe", parent=root), make.make_topic("Sprachen")]
    places = [make.make_place(), make.make_place("Kassel", latitude=51.31, longitude=9.49, postcodes=())]
    blocked = make.make_organization(blocked_at=clock.now(), blocked_reason="x")
    providers = [make.make_organization(), blocked, make.make_organization()]
    Keyword.objects.bulk_create(Keyword(kind="audience", word=word) for word in ["Eltern", "Ältere"])
    for provider in providers:
        provider.venues = [
            make.make_location(provider, place=place, is_barrier_free=free)
            for place, free in zip(places, [True, None], strict=True)
        ]
    return topics, places, providers


def catalogue(chance: random.Random, topics: list, providers: list) -> None:
    Course.objects.all().delete()
    Certification.objects.all().delete()
    if chance.random() < 0.5:
        Certification.objects.bulk_create(certification(chance, providers[2]) for _ in range(chance.randint(1, 2)))
    courses = [course(chance, topics, chance.choice(providers)) for _ in range(chance.randint(1, 6))]
    Course.objects.bulk_create(courses)
    groups = list(Keyword.objects.filter(kind="audience").order_by("pk"))
    Course.keywords.through.objects.bulk_create(
        Course.keywords.through(course=given, keyword=group)
        for given in courses
        for group in chance.sample(groups, k=chance.randint(0, len(groups)))
    )
    CourseRun.objects.bulk_create(
        run(chance, given, given.provider.venues) for given in courses for _ in range(chance.randint(0, 4))
    )
    index.refresh()


def course(chance: random.Random, topics: list, provider) -> Course:
    made = Course(
        provider=provider,
        title=" ".join(chance.choices(WORDS, k=2)),
        description=f"<p>{chance.choice(WORDS)}</p>",
        topic=chance.choice([None, *topics]),
        level=chance.choice(["", "a1", "b2"]),
        handicaps=chance.choice([[], [], [4]]),
        state=chance.choices(["published", "draft"], [9, 1])[0],
        withdrawn_at=chance.choices([None, clock.now()], [9, 1])[0],
    )
    made.derive()
    return made


def certification(chance: random.Random, provider) -> Certification:
    begins = day(chance)
    ends = begins + timedelta(days=chance.randint(0, 40))
    checked = chance.choice([clock.now(), clock.now(), None])
    return Certification(
        organization=provider,
        kind=Certification.Kind.AZAV_PROVIDER,
        valid_from=begins,
        valid_to=ends,
        checked_at=checked,
        checked_by="x" if checked else "",
    )


def day(chance: random.Random) -> date:
    return TODAY + timedelta(days=chance.choice([chance.randint(-25, 25)] * 4 + [27, 28, 90, 91]))


def run(chance: random.Random, course: Course, venues: list) -> CourseRun:
    kind = chance.choice(["free", "known", "on_request"])
    starts = chance.choice([None, day(chance), day(chance), day(chance)])
    certificate = sorted([day(chance), day(chance)])
    return CourseRun(
        course=course,
        starts_on=starts,
        begin=chance.choice(["fixed", "any_time"]),
        registration_until=chance.choice([None, None, day(chance)]),
        announced_from=chance.choice([None, None, day(chance)]),
        announced_until=chance.choice([None, None, day(chance)]),
        withdrawn_at=chance.choices([None, clock.now()], [9, 1])[0],
        times_of_day=chance.sample(list(TIMES), k=chance.randint(0, 2)),
        weekdays=chance.randint(0, 127),
        digitally_accessible=chance.choice([None, True, False]),
        languages=chance.sample(["deu", "eng", "ara"], k=chance.randint(0, 2)),
        mode=chance.choice(["", "on_site", "online", "blended", "distance"]),
        instruction_time=chance.choice([None, 0, 1, 2]),
        location=chance.choice([None, *venues]),
        price_kind=kind,
        price=Decimal(chance.randint(1, 200)) if kind == "known" else None,
        special_price=Decimal(chance.randint(1, 50)) if kind == "known" and chance.random() < 0.3 else None,
        special_price_until=day(chance),
        funding_federal=chance.sample([1, 2, 8], k=chance.randint(0, 2)),
        funding_regional=chance.sample([1, 5], k=chance.randint(0, 1)),
        certificate_status=chance.choice([None, 0, 1]),
        certificate_from=chance.choice([None, certificate[0]]),
        certificate_until=chance.choice([None, certificate[1]]),
        places=chance.choice([None, 5]),
        places_taken=chance.choice([None, 0, 5]),
    )


def question(chance: random.Random, topics: list, places: list, providers: list) -> SearchQuery:
    pool = {
        Facet.TOPIC: [topic.pk for topic in topics],
        Facet.COST: [1, 2, 4, 8],
        Facet.START: [1, 2, 4, 8, 16],
        Facet.TIME: list(TIMES.values()),
        Facet.MODE: CourseRun.Mode.values,
        Facet.WEEKDAY: [1, 2, 32, 64],
        Facet.WORKLOAD: [1, 2],
        Facet.FUNDING: [1, 2, 8, 10_001],
        Facet.LEVEL: ["a1", "b2"],
        Facet.AUDIENCE: list(Keyword.objects.filter(kind="audience").values_list("pk", flat=True)),
        Facet.ACCESS: [1, 2, 4],
        Facet.LANGUAGE: ["deu", "eng"],
        Facet.PROVIDER: providers,
    }
    facets = chance.sample(list(pool), k=chance.choice([0, 0, 1, 2]))
    place = chance.choice(places)
    near = Position(place.latitude + 0.01, place.longitude, chance.choice([1, 5, 30, 200]))
    return SearchQuery(
        text=chance.choice(["", "", *WORDS]),
        position=near if chance.random() < 0.3 else None,
        with_online=chance.random() < 0.3,
        chosen={facet: frozenset(chance.choices(pool[facet], k=2)) for facet in facets},
        starts_from=day(chance) if chance.random() < 0.2 else None,
        starts_until=day(chance) if chance.random() < 0.2 else None,
        price_up_to=Decimal(chance.randint(0, 200)) if chance.random() < 0.2 else None,
        free_places=chance.random() < 0.2,
        order=Order.BEGIN,
        per_page=50,
    )


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
    for course in Course.objects.prefetch_related("runs__location", "keywords").select_related(
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
    others = [query.position, query.starts_from, query.starts_until, query.free_places or None, query.price_up_to]
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
    return query.position is None or near(run, query)


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
