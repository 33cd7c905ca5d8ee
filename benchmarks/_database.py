"""Throw-away databases, filled with the demo region at any size, on the servers that `./dev` starts apart."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from benchmarks._machine import say
from courses.search import generations
from portal.demo import days, loading
from portal.demo.profiles import PROFILES, Profile
from taxonomy.loading import load_vocabulary

PREFIX = "bench_"
VOCABULARY = "vocabulary"  # migrated, with places and code lists: what all others begin with
WHOLE = "whole"  # the comment on a database that was filled to its end
EVERY = 20  # seconds between two lines on the making
# One backend does all the work of a statement, so that its CPU time is all of it.
ONE_PROCESS = "-c max_parallel_workers_per_gather=0 -c jit=off"


def profile(size: str) -> Profile:
    """A demo profile by its name, or one of that many runs in the proportions and the area of M: "100k", "1M"."""
    if size in PROFILES:
        return PROFILES[size]
    medium = PROFILES["M"]
    share = _number(size) / medium.runs
    sizes = {name: round(getattr(medium, name) * share) for name in ("providers", "courses", "runs", "sessions")}
    return replace(medium, **sizes)


def is_within(size: str, largest: str) -> bool:
    """Is this size small enough for somebody slow?"""
    return profile(size).runs <= profile(largest).runs


def _number(size: str) -> int:
    factor = {"k": 1_000, "M": 1_000_000}.get(size[-1:], 1)
    return int(size if factor == 1 else size[:-1]) * factor


@contextmanager
def region(size: str, *, keep: bool = False) -> Iterator[None]:
    """The demo region in a database of its own, which goes afterwards unless it is to be kept for the next time."""
    with database(size.lower(), keep=keep) as is_new:
        if is_new:
            say(f"{size}: making the demo region …")
            loading.load(profile(size), say=_now_and_then())
            _execute("VACUUM ANALYZE")
            _mark_whole(connection.settings_dict["NAME"])
        for day in generations.wanted():
            generations.build(day)
        yield


@contextmanager
def database(name: str, *, keep: bool = False) -> Iterator[bool]:
    """Work in a database with nothing but the vocabulary, or in one marked as whole; tells whether it is new.

    What a killed run left behind is made anew.
    """
    usual = connection.settings_dict["NAME"]
    try:
        _use(usual)
        vocabulary, wanted = _named(VOCABULARY), _named(name)
        _drop_outdated()
        _ensure_vocabulary(usual, vocabulary)
        is_new = not (_is_whole(wanted) and _is_brought_up(wanted))
        if is_new:
            _use(usual)
            _drop(wanted)
            _execute(f'CREATE DATABASE "{wanted}" TEMPLATE "{vocabulary}" STRATEGY FILE_COPY')
        _use(wanted)
        yield is_new
    finally:
        _use(usual)
        if not keep:
            _drop(_named(name))


@contextmanager
def foreign(name: str, fill: Callable[[str], None], *, keep: bool = False) -> Iterator[str]:
    """The address of a database with somebody else's tables on the same server, filled once; ours stays in use."""
    wanted = _named(name)
    url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{wanted}"
    try:
        if not _is_whole(wanted):
            _drop(wanted)
            _execute(f'CREATE DATABASE "{wanted}"')
            fill(url)
            _mark_whole(wanted)
        yield url
    finally:
        if not keep:
            _drop(wanted)


def _named(name: str) -> str:
    return f"{PREFIX}{name}_{_week()}"


def _week() -> str:
    """In which the demo is the same: another week needs databases of its own."""
    return f"{days.monday(datetime.now(UTC).date()):%Yw%V}"


def _drop_outdated() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        kept = [name for (name,) in cursor.fetchall()]
    for name in kept:
        if not name.endswith(_week()):
            _drop(name)


def _is_brought_up(name: str) -> bool:
    """Migrate a kept database, for a million runs take long to make; False where it is ahead of this checkout."""
    _use(name)
    loader = MigrationLoader(connection)
    if _is_ahead(loader):
        return False
    if loader.disk_migrations.keys() - loader.applied_migrations.keys():
        say(f"{name}: migrating …")
        call_command("migrate", verbosity=0, interactive=False)
    return True


def _is_ahead(loader: MigrationLoader) -> bool:
    """It knows migrations that this checkout does not have."""
    return bool(loader.applied_migrations.keys() - loader.disk_migrations.keys())


def _drop(name: str) -> None:
    _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _ensure_vocabulary(usual: str, name: str) -> None:
    """Made under another name first: a half-made one would be taken for whole."""
    is_there = _exists(name) and _is_brought_up(name)
    _use(usual)
    if is_there:
        return
    _drop(name)
    say("making a database with the vocabulary …")
    half = f"{name}_half"
    _drop(half)
    _execute(f'CREATE DATABASE "{half}"')
    _use(half)
    call_command("migrate", verbosity=0, interactive=False)
    load_vocabulary()
    _use(usual)
    _execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')


def _exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _is_whole(name: str) -> bool:
    """It was filled to its end, and not killed on the way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() == (WHOLE,)


def _mark_whole(name: str) -> None:
    _execute(f"COMMENT ON DATABASE \"{name}\" IS '{WHOLE}'")


def _now_and_then() -> Callable[[str], None]:
    """Say a line where the last one was said long ago."""
    said = monotonic()

    def say_rarely(line: str) -> None:
        nonlocal said
        if monotonic() - said > EVERY:
            said = monotonic()
            say(f"  {line}")

    return say_rarely


def disk_bytes() -> int:
    """Of the database in use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    plain = settings.DATABASES["default"]["OPTIONS"]["options"].removesuffix(f" {ONE_PROCESS}")
    connection.settings_dict["OPTIONS"]["options"] = f"{plain} {ONE_PROCESS}"
