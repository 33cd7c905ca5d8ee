"""Writes the demo region into the database, by COPY: bulk inserts that pass no save(), with all derived fields set."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from itertools import count

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, models, transaction
from django.utils import translation

from accounts.demo import create_logins
from accounts.models import User
from courses.loading import load_synonyms
from courses.models import Course, CourseRun, Delivery, Keyword, Session, Synonym
from courses.search import generations, index
from kit import clock, text
from kit.bulk import batches
from kit.copying import insert_columns, insert_with_keys
from portal.demo import days
from portal.demo.counseling import make_counseling
from portal.demo.courses import Offer, make_offers
from portal.demo.deliveries import make_history
from portal.demo.internships import make_internships
from portal.demo.lessons import make_lessons
from portal.demo.offers import make_old_and_changed
from portal.demo.organizations import Maker, Numbers, Provider, Spot, make_providers
from portal.demo.profiles import Profile
from portal.demo.region import DISTRICTS, REGION
from portal.demo.talentpool import make_pools
from portal.demo.timetable import make_travel_times
from providers.models import Certification, Contact, Location, Membership, Organization
from talentpool.models import Document
from taxonomy.loading import load_vocabulary
from taxonomy.models import District, Place, Region, Topic

CHUNK = 2_000  # courses that are written at once
LEAST_PLACES = 10_000  # fewer places than this: the vocabulary has not been loaded
COMPANY = "Federnwerk Zorgebrücke GmbH (erfunden)"
Say = Callable[[str], None]


class Refused(RuntimeError):
    """The region was asked for where it must not be made."""


def load(profile: Profile, *, say: Say, reset: bool = False) -> dict[str, int]:
    """Makes the region; returns the counts. Small profiles are written whole or not at all."""
    if not settings.DEMO:
        raise Refused("The demo region is made only where DEMO=1: it would stand among real data.")
    if not Place.objects.all()[LEAST_PLACES:].exists():
        say("vocabulary")
        load_vocabulary()
    load_synonyms()
    if not reset and Organization.objects.exists():
        raise Refused("There are organisations already. --reset removes them, --if-empty leaves them.")
    with clock.read_once(), transaction.atomic() if profile.is_small else nullcontext():
        if reset:
            say("removing what is there")
            remove_all()
        counts = _write(profile, say)
    _analyze(say)
    return counts


def remove_all() -> None:
    """Empties the tables of courses and organisations, with all that points at them."""
    for delivery in Delivery.objects.exclude(file="").iterator():
        delivery.file.delete(save=False)
    for document in Document.objects.exclude(file="").iterator():
        document.file.delete(save=False)
    apps_of_region = ("courses", "internships", "talentpool", "certificates", "providers", "counseling")
    kinds = [kind for app in apps_of_region for kind in _models(app) if kind is not Synonym]
    tables = ", ".join(connection.ops.quote_name(kind._meta.db_table) for kind in kinds)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")


def _models(app: str) -> list[type[models.Model]]:
    return [kind for kind in apps.get_app_config(app).get_models(include_auto_created=True) if kind._meta.managed]


def make(profile: Profile) -> Maker:
    """Chance, week, towns and keys for a profile; reads the database, writes nothing."""
    numbers = Numbers(
        *(_next_keys(kind) for kind in (Organization, Location, Contact, Certification, Course, CourseRun))
    )
    return Maker(profile, days.monday(clock.today()), _spots(profile), numbers)


def _next_keys(kind: type[models.Model]) -> count:
    highest = kind._base_manager.aggregate(models.Max("pk"))["pk__max"] or 0
    return count(highest + 1)


def _spots(profile: Profile) -> list[Spot]:
    """Towns to choose from: those of the region, of two Länder, or of the whole country."""
    places = Place.objects.annotate(codes=ArrayAgg("postcodes__code", order_by="postcodes__code")).order_by("slug")
    if profile.is_small:
        places = places.filter(district__in=[each.code for each in DISTRICTS])
    elif profile.name == "M":
        places = places.filter(district__land__in=["15", "16"])
    return [
        Spot(place.pk, place.name, place.district_id, place.latitude, place.longitude, tuple(filter(None, place.codes)))
        for place in places
        if place.codes and place.codes[0]
    ]


def _write(profile: Profile, say: Say) -> dict[str, int]:
    started = time.monotonic()
    _write_region()
    maker = make(profile)
    providers = make_providers(maker)
    _write_providers(providers)
    say(f"{len(providers)} organisations")
    users = _write_people(maker, providers)
    counts = {"organisations": len(providers), "courses": 0, "runs": 0, "sessions": 0}
    topics = dict(Topic.objects.order_by("pk").values_list("slug", "pk"))
    offers = make_offers(maker, providers, topics)
    keywords: dict[tuple[str, str], int] = {}
    for chunk in batches(offers, CHUNK):
        with transaction.atomic():
            _write_offers(chunk, keywords)
        counts["courses"] += len(chunk)
        counts["runs"] += sum(len(offer.runs) for offer in chunk)
        counts["sessions"] += sum(len(offer.sessions) for offer in chunk)
        say(f"{counts['courses']} of {profile.courses} courses, {time.monotonic() - started:.0f} s")
    say("search index")
    index.refresh()
    generations.build(clock.today())
    say("counselling")
    counts["talks"] = make_counseling(users["counsellor"], [provider.organization for provider in providers])
    say("history of imports")
    with translation.override(settings.LANGUAGE_CODE):  # reports of imports are kept as text
        make_history(maker, providers, users["coordinator"])
    counts["talents"] = make_pools(maker, users)
    say(f"{counts['talents']} people in talent pools")
    counts["internships"] = make_internships(maker, users)
    say(f"{counts['internships']} internships")
    counts["travel times"] = make_travel_times(maker).pairs
    say(f"{counts['travel times']} travel times")
    counts["lessons"] = make_lessons(maker, users)
    say(f"{counts['lessons']} topics for lessons")
    make_old_and_changed(maker)
    return counts


def _write_region() -> None:
    Region(**REGION).save()
    for each in DISTRICTS:
        District.objects.filter(pk=each.code).update(
            in_region=True, contact=each.contact, enforcement_body=each.enforcement_body,
            data_protection_authority=each.data_protection_authority,
        )  # fmt: skip


def _write_providers(providers: list[Provider]) -> None:
    insert_with_keys(Organization, [provider.organization for provider in providers])
    insert_with_keys(Location, [row for provider in providers for row in provider.locations])
    insert_with_keys(Contact, [row for provider in providers for row in provider.contacts])
    insert_with_keys(Certification, [row for provider in providers for row in provider.certifications])


def _write_people(maker: Maker, providers: list[Provider]) -> dict[str, User]:
    """The demo logins by role, and where the provider, the company and the school among them work."""
    users = create_logins()
    schools = [provider.organization for provider in providers if "school" in provider.organization.kinds]
    works_at = {"provider": providers[0].organization, "company": _write_company(maker), "school": [*schools, None][0]}
    for role, organization in works_at.items():
        if organization and role in users:
            kind = Membership.Role.TEACHER if role == "school" else Membership.Role.ADMIN
            Membership.objects.create(user=users[role], organization=organization, role=kind)
    return users


def _write_company(maker: Maker) -> Organization:
    company = Organization(
        pk=next(maker.numbers.organization), name=COMPANY, sort_key=text.fold(COMPANY), slug="federnwerk-zorgebruecke",
        kinds=["company"], state=Organization.State.PUBLISHED, email="info@federnwerk-zorgebruecke.example",
        created_at=maker.anchor, updated_at=maker.anchor,
    )  # fmt: skip
    insert_with_keys(Organization, [company])
    return company


def _write_offers(offers: list[Offer], keywords: dict[tuple[str, str], int]) -> None:
    insert_with_keys(Course, [offer.course for offer in offers])
    insert_with_keys(CourseRun, [run for offer in offers for run in offer.runs])
    insert_columns(
        Session, ["run_id", "day", "starts", "ends", "room"], (row for offer in offers for row in offer.sessions)
    )
    _learn_keywords(offers, keywords)
    links = ((offer.course.pk, keywords[word]) for offer in offers for word in offer.words)
    insert_columns(Course.keywords.through, ["course_id", "keyword_id"], links)


def _learn_keywords(offers: list[Offer], keywords: dict[tuple[str, str], int]) -> None:
    """Words that are new in this chunk, in the order in which they come."""
    fresh = dict.fromkeys(word for offer in offers for word in offer.words if word not in keywords)
    rows = [Keyword(kind=kind, word=word) for kind, word in fresh]
    Keyword.objects.bulk_create(rows, ignore_conflicts=True)
    found = Keyword.objects.filter(word__in=[word for _kind, word in fresh]).values_list("kind", "word", "pk")
    keywords.update({(kind, word): pk for kind, word, pk in found})


def _analyze(say: Say) -> None:
    say("statistics for the query planner")
    with connection.cursor() as cursor:
        for kind in [
            kind for app in ("courses", "internships", "talentpool", "providers", "taxonomy") for kind in _models(app)
        ]:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(kind._meta.db_table)}")
