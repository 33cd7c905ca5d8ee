"""The import as good Django developers write it on their second day: everything by bulk_create(update_conflicts).

It reads the same records and writes the same rows, and makes their search rows. It has no plan that a person could look
at, no brakes, no report, no locks of fields, and it does not know what has changed: all is written every time.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.db import connection, transaction

from benchmarks._feed import SUPPLIER
from courses.importing import adapters, assigning
from courses.importing.assigning import contact_key, location_key
from courses.importing.gather import Bundle, Part, gathered
from courses.importing.records import Item, to_line
from courses.models import Course, CourseRun, Keyword, Session, Source
from courses.search import index
from kit import bulk, clock
from providers.models import Contact, Location, Organization
from taxonomy.geo import position_of
from taxonomy.topics import Guesser

BATCH = 1000
FIXED = {"id", "created_at", "history", "source", "external_id", "provider", "course"}


def prepare() -> Source:
    """ON CONFLICT needs indexes without a condition."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX ON courses_course (source_id, external_id)")
        cursor.execute("CREATE UNIQUE INDEX ON courses_courserun (course_id, external_id)")
    provider = Organization.objects.create(name=SUPPLIER, slug="messwerk", kinds=["provider"], state="draft")
    return Source.objects.create(provider=provider, format="openqcat", supplier_id="1")


def write(path: Path, source: Source) -> None:
    with path.open("rb") as stream, gathered(_lined(stream)) as parts, transaction.atomic():
        touched = _Writer(source).write(parts[0])
        index.refresh(touched)


def _lined(stream: BinaryIO) -> Iterator[tuple[Item, bytes]]:
    return ((item, to_line(item)) for item in adapters.read(stream))


class _Writer:
    def __init__(self, source: Source):
        self.source, self.now = source, clock.now()
        self.guesser, self.positions = Guesser.load(), {}

    def write(self, part: Part) -> list[int]:
        """Primary keys of all courses."""
        touched = []
        for batch in bulk.batches(part.bundles(), BATCH):
            touched += self.write_batch(batch)
        return touched

    def write_batch(self, bundles: list[Bundle]) -> list[int]:
        self.keep_belongings(bundles)
        courses = _upsert(Course, [self.course(bundle) for bundle in bundles], ["source", "external_id"])
        pairs = [(run, course) for bundle, course in zip(bundles, courses, strict=True) for run in bundle.runs]
        runs = _upsert(CourseRun, [self.run(run, course) for run, course in pairs], ["course", "external_id"])
        Session.objects.filter(run__in=runs).delete()
        rows = [row for (run, _course), kept in zip(pairs, runs, strict=True) for row in self.sessions(run, kept)]
        Session.objects.bulk_create(rows, batch_size=2000)
        self.link_keywords(bundles, courses)
        return [course.pk for course in courses]

    def keep_belongings(self, bundles: list[Bundle]) -> None:
        """Venues, contacts and keywords of a batch."""
        places = [place for bundle in bundles for run in bundle.runs if (place := run.fields.get("location"))]
        contacts = [contact for bundle in bundles for contact in bundle.course.get("contacts", [])]
        words = {tuple(pair) for bundle in bundles for pair in bundle.course.get("keywords", [])}
        owner = {"organization": self.source.provider}
        rows = [Location(key=key, **owner, **self.placed(row)) for key, row in _by_key(places, location_key)]
        self.places = {row.key: row for row in _upsert(Location, rows, ["organization", "key"])}
        rows = [Contact(key=key, **owner, **row) for key, row in _by_key(contacts, contact_key)]
        self.contacts = {row.key: row for row in _upsert(Contact, rows, ["organization", "key"])}
        rows = [Keyword(kind=kind, word=word) for kind, word in sorted(words)]
        self.keywords = {(row.kind, row.word): row for row in _upsert(Keyword, rows, ["kind", "word"])}

    def placed(self, delivered: dict) -> dict:
        where = (delivered.get("postcode", ""), delivered.get("city", ""))
        if where not in self.positions:
            self.positions[where] = position_of(*where)
        position = self.positions[where]
        found = {"place": position[0], "latitude": position[1], "longitude": position[2]} if position else {}
        return {name: delivered[name] for name in assigning.LOCATION_KEY if name in delivered} | found

    def course(self, bundle: Bundle) -> Course:
        fields, source = bundle.course, self.source
        given = assigning.fields_of(Course, fields, assigning.COURSE_FIELDS)
        row = Course(provider=source.provider, source=source, external_id=bundle.course_id, state="published", **given)
        row.digest, row.checked_at, row.created_at, row.updated_at = bundle.digest, self.now, self.now, self.now
        words = [word for _kind, word in fields.get("keywords", [])]
        row.topic = self.guesser.guess(
            fields.get("title", ""), words, fields.get("systematics", []), fields.get("education_type")
        )
        row.contact = next((self.contacts[contact_key(contact)] for contact in fields.get("contacts", [])), None)
        row.derive()
        return row

    def run(self, run, course: Course) -> CourseRun:
        given = assigning.fields_of(CourseRun, run.fields, assigning.RUN_FIELDS)
        row = CourseRun(course=course, external_id=run.external_id, digest=run.digest, **given)
        row.created_at = row.updated_at = self.now
        place = run.fields.get("location")
        row.location = self.places[location_key(place)] if place else None
        return row

    def sessions(self, run, row: CourseRun) -> Iterator[Session]:
        make = Session._meta.get_field
        for session in run.fields.get("sessions", []):
            starts, ends = (make(name).to_python(session.get(name)) for name in ("starts", "ends"))
            yield Session(run=row, day=make("day").to_python(session["day"]), starts=starts, ends=ends)

    def link_keywords(self, bundles: list[Bundle], courses: list[Course]) -> None:
        through = Course.keywords.through
        links = [
            through(course=course, keyword=self.keywords[kind, word])
            for bundle, course in zip(bundles, courses, strict=True)
            for kind, word in bundle.course.get("keywords", [])
        ]
        through.objects.bulk_create(links, ignore_conflicts=True)


def _by_key(delivered: list[dict], key) -> list[tuple[str, dict]]:
    return sorted({key(each): each for each in delivered}.items())


def _upsert(kind, rows: list, unique: list[str]) -> list:
    names = [field.name for field in kind._meta.concrete_fields if field.name not in {*FIXED, *unique}]
    return kind.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=unique, update_fields=names or unique, batch_size=BATCH
    )
