"""Random catalogues and questions, the same for the same seed: what the ways to search are compared over."""

import random
from datetime import date, time, timedelta
from decimal import Decimal

from courses.models import Course, CourseRun, Keyword, Session
from courses.search import Facet, Order, Position, SearchQuery, index
from kit import clock
from providers.models import Certification
from tests import make

TIMES = {"morning": 1, "afternoon": 2, "evening": 4, "all_day": 8, "weekend": 16}
WORDS = ["Pflege", "Deutsch", "Kurs", "Kurse", "Praktikum", "Übung", "Büro", "Excel", "Workshops"]
TODAY = date(2026, 5, 12)


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
    runs(chance, [given for given in courses for _ in range(chance.randint(0, 4))])
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


def runs(chance: random.Random, courses: list[Course]) -> None:
    """One of each of these courses, some with single dates."""
    made = CourseRun.objects.bulk_create(run(chance, course, course.provider.venues) for course in courses)
    Session.objects.bulk_create(session(chance, each) for each in made for _ in range(chance.choice([0, 0, 1, 2])))


def session(chance: random.Random, of: CourseRun) -> Session:
    starts = chance.choice([None, time(8), time(11, 59), time(12), time(16, 30), time(17), time(18)])
    ends = chance.choice([None, time(13), time(14), time(14, 1), time(19), time(19, 1), time(21)])
    return Session(
        run=of, day=day(chance), starts=starts, ends=ends if starts is None or not ends or ends > starts else None
    )


def week(chance: random.Random) -> int:
    """When somebody has time: some parts of the day on most days, now and then always."""
    if chance.random() < 0.1:
        return 2**21 - 1
    parts = chance.randint(1, 7)
    return sum(parts << 3 * day for day in range(7) if chance.random() < 0.8) or parts


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
        week=week(chance) if chance.random() < 0.3 else 0,
        free_places=chance.random() < 0.2,
        order=Order.BEGIN,
        per_page=50,
    )
