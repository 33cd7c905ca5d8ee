"""Segments through time: made for a day, loaded by every web process, corrected by what has changed since.

A generation is whole with its commit, so switching to it is one statement's view of the database. What was published,
changed or withdrawn since stands in SearchChange; every process reads it within a second and answers for those courses
from a second, small segment. Providers that were blocked, admitted or whose admission ran out are noticed likewise.
A process knows one state of things, so all of this is read from the primary, never from a replica.
Where there is no generation for today, or too much has changed, the search asks courses.search.sql, which is always
right and only slower.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from time import monotonic

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from pyroaring import BitMap

from courses.models import SearchChange, SearchGeneration
from courses.search import columns, postings
from courses.search.columns import Columns
from courses.search.query import Facet
from courses.search.segment import Segment
from courses.search.sql import ADMISSIONS
from kit import clock, db

FRESH_SECONDS = 1.0  # how long a process answers without asking whether something has changed
MOST_CHANGED = 3_000  # courses; beyond it SQL answers until the next generation
REBUILD_FROM = 300  # changed courses; below it the next generation can wait for the night
ONE_BUILDER = 7_140_001  # advisory lock
EVENING = 22  # o'clock, from when on tomorrow's is made
KEPT = 2  # generations of a day: some process may still be loading the older one

PROVIDERS = f"""
    SELECT COALESCE(array_agg(id ORDER BY id) FILTER (WHERE blocked_at IS NOT NULL), '{{}}') AS blocked,
        COALESCE(array_agg(id ORDER BY id) FILTER (WHERE holds IS FALSE), '{{}}') AS lapsed
    FROM providers_organization o LEFT JOIN ({ADMISSIONS}) a ON a.organization_id = o.id"""  # noqa: S608 - our own words
STATE = f"""
    SELECT g.id, c.changes, c.newest, c.everything, p.blocked, p.lapsed
    FROM (SELECT id FROM courses_searchgeneration WHERE day = %s ORDER BY id DESC LIMIT 1) g,
    LATERAL (SELECT count(*) AS changes, COALESCE(max(id), 0) AS newest, COALESCE(bool_or(courses IS NULL), FALSE)
        AS everything FROM courses_searchchange WHERE taken_in_id IS NULL OR taken_in_id > g.id) c,
    LATERAL ({PROVIDERS}) p"""  # noqa: S608 - our own words
SOME = "(s.course_id = ANY(%s) OR s.provider = ANY(%s))"


@dataclass(frozen=True)
class State:
    """What an answer depends on: as long as it is the same, so is every answer."""

    generation: int
    changes: int
    newest: int
    everything: bool
    blocked: tuple[int, ...]
    lapsed: tuple[int, ...]


@dataclass(frozen=True)
class Loaded:
    """A generation in memory; `delta` answers for the courses that are `dead` in `main`."""

    state: State
    day: date
    main: Segment
    at_build: tuple[frozenset, frozenset]  # blocked and lapsed providers
    dead: BitMap
    delta: Segment | None


# ── In a web process


@dataclass(frozen=True)
class _Known:
    database: str
    asked_at: float
    loaded: Loaded | None

    def is_for(self, day: date) -> bool:
        return self.loaded is None or self.loaded.day == day


_lock = Lock()  # one thread loads, the others go on with what is there
_known = _Known("", 0, None)


def current() -> Loaded | None:
    """What to search in, a second old at most; None where SQL has to answer."""
    global _known
    known, today, database = _known, clock.today(), connection.settings_dict["NAME"]
    if not settings.SEARCH_IN_MEMORY:
        return None
    is_usable = known.database == database and known.is_for(today)
    if is_usable and monotonic() - known.asked_at < FRESH_SECONDS:
        return known.loaded
    if not _lock.acquire(blocking=False):
        return known.loaded if is_usable else None
    try:
        _known = _Known(database, monotonic(), _renewed(known.loaded if is_usable else None, today))
        return _known.loaded
    finally:
        _lock.release()


def forget() -> None:
    """The next question looks whether something has changed."""
    global _known
    _known = _Known("", 0, None)


def _renewed(loaded: Loaded | None, day: date) -> Loaded | None:
    state = _state(day)
    if state is None or state.everything:
        return None
    if loaded and loaded.state == state:
        return loaded
    main, at_build = (
        (loaded.main, loaded.at_build)
        if loaded and loaded.state.generation == state.generation
        else _load(state.generation)
    )
    ids = _changed(state.generation)
    providers = (at_build[0] ^ frozenset(state.blocked)) | (at_build[1] ^ frozenset(state.lapsed))
    dead = main.named(ids) | main.having(Facet.PROVIDER, providers)
    if len(ids) + len(dead) > MOST_CHANGED:
        return None
    delta = _segment_of(day, [sorted(ids), sorted(providers)]) if ids or providers else None
    return Loaded(state, day, main, at_build, dead, delta)


def _state(day: date) -> State | None:
    with connection.cursor() as cursor:
        cursor.execute(STATE, [day, day, day])
        row = cursor.fetchone()
    return State(*row[:4], tuple(row[4]), tuple(row[5])) if row else None


def _load(generation: int) -> tuple[Segment, tuple[frozenset, frozenset]]:
    row = SearchGeneration.objects.using(db.PRIMARY).get(pk=generation)
    segment = Segment(Columns.load(row.day, bytes(row.columns)), postings.Stored(generation))
    return segment, (frozenset(row.blocked), frozenset(row.lapsed))


def _changed(generation: int) -> set[int]:
    changes = SearchChange.objects.using(db.PRIMARY).filter(Q(taken_in=None) | Q(taken_in__gt=generation))
    return {course for courses in changes.values_list("courses", flat=True) for course in courses or ()}


def _segment_of(day: date, some: list[list[int]]) -> Segment:
    made = columns.read(day, SOME, some)
    return Segment(made, postings.InMemory(dict(postings.read(made.course, SOME, some))))


# ── Making them


class Unsettled(Exception):
    """A provider was blocked or admitted while a generation was being made."""


@transaction.atomic
def build(day: date) -> SearchGeneration | None:
    """Make the segment of a day. None: somebody else is at it. Raises Unsettled, and then nothing is made.

    First the known changes are taken in, then the rows are read: what changes in between is read anew by everybody.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_BUILDER])
        if not cursor.fetchone()[0]:
            return None
    blocked, lapsed = _providers(day)
    generation = SearchGeneration.objects.create(
        day=day, courses=0, runs=0, columns=b"", blocked=blocked, lapsed=lapsed
    )
    SearchChange.objects.filter(taken_in=None).update(taken_in=generation)
    made = columns.read(day)
    postings.store(generation.pk, postings.read(made.course))
    if (blocked, lapsed) != _providers(day):
        raise Unsettled
    generation.courses, generation.runs = len(made.course), int((made.run > 0).sum())
    generation.columns = made.dump()
    generation.save(update_fields=["courses", "runs", "columns"])
    _forget_old()
    return generation


def _providers(day: date) -> tuple[list[int], list[int]]:
    with connection.cursor() as cursor:
        cursor.execute(PROVIDERS, [day, day])
        return cursor.fetchone()


def _forget_old() -> None:
    """Those that are older than all that somebody may still load: with a generation go the changes that it took in, and
    an older one, of tomorrow, needs them."""
    days = SearchGeneration.objects.filter(day__gte=clock.today())
    latest: dict[date, list[int]] = {}
    for day, pk in days.order_by("-pk").values_list("day", "pk"):
        latest.setdefault(day, []).append(pk)
    kept = [pk for pks in latest.values() for pk in pks[:KEPT]]
    SearchGeneration.objects.filter(pk__lt=min(kept)).delete()


def note(courses: Iterable[int] | None) -> None:
    """The rows of these courses (or of all) were made anew, in the same transaction."""
    SearchChange.objects.create(courses=None if courses is None else sorted(courses))


def wanted() -> list[date]:
    """The days whose generation is missing or has fallen behind; tomorrow is one of them in the evening."""
    now = clock.local(clock.now())
    days = [now.date(), now.date() + timedelta(days=1)] if now.hour >= EVENING else [now.date()]
    return [day for day in days if _is_behind(day)]


def _is_behind(day: date) -> bool:
    state = _state(day)
    return state is None or state.everything or len(_changed(state.generation)) >= REBUILD_FROM
