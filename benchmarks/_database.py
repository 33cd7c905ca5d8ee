"""Throw-away databases, filled with the demo region at any size, on the servers that `./dev` starts apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from benchmarks._machine import say
from courses.search import generations
from kit import text
from portal.demo import days, loading
from portal.demo.profiles import PROFILES, Profile
from taxonomy.loading import load_vocabulary

PREFIX = "bench_"
VOCABULARY = "vocabulary"  # migrated, with places and code lists: what all others begin with
# One backend does all the work of a statement, so that its CPU time is all of it.
ONE_PROCESS = "-c max_parallel_workers_per_gather=0 -c jit=off"


def profile(size: str) -> Profile:
    """A demo profile by its name, or one of that many runs in the proportions and the area of M: "100k"."""
    if size in PROFILES:
        return PROFILES[size]
    medium = PROFILES["M"]
    share = _number(size) / medium.runs
    sizes = {name: round(getattr(medium, name) * share) for name in ("providers", "courses", "runs", "sessions")}
    return replace(medium, **sizes)


def _number(size: str) -> int:
    return int(size[:-1]) * 1000 if size.endswith("k") else int(size)


@contextmanager
def region(size: str, *, keep: bool = False) -> Iterator[None]:
    """The demo region in a database of its own, which goes afterwards unless it is to be kept for the next time."""
    with database(size.lower(), keep=keep) as is_new:
        if is_new:
            say(f"{size}: making the demo region …")
            loading.load(profile(size), say=lambda line: None)
            _execute("VACUUM ANALYZE")
        for day in generations.wanted():
            generations.build(day)
        yield


@contextmanager
def database(name: str, *, keep: bool = False) -> Iterator[bool]:
    """Work in a database with nothing but the vocabulary; tells whether it is new."""
    usual = connection.settings_dict["NAME"]
    try:
        _use(usual)
        vocabulary, wanted = _named(VOCABULARY), _named(name)
        _drop_outdated()
        _ensure_vocabulary(usual, vocabulary)
        is_new = not _exists(wanted)
        if is_new:
            _execute(f'CREATE DATABASE "{wanted}" TEMPLATE "{vocabulary}" STRATEGY FILE_COPY')
        _use(wanted)
        yield is_new
    finally:
        _use(usual)
        if not keep:
            _drop(_named(name))


def _named(name: str) -> str:
    return f"{PREFIX}{name}_{_version()}"


@cache
def _version() -> str:
    """Of the tables and of the week, in which the demo is the same: another one needs databases of its own."""
    leaves = sorted(MigrationLoader(None).graph.leaf_nodes())
    return text.digest(str(leaves), days.monday(datetime.now(UTC).date()).isoformat())[:8]


def _drop_outdated() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        kept = [name for (name,) in cursor.fetchall()]
    for name in kept:
        if not name.endswith(_version()):
            _drop(name)


def _drop(name: str) -> None:
    _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _ensure_vocabulary(usual: str, name: str) -> None:
    """Made under another name first: a half-made one would be taken for whole."""
    if _exists(name):
        return
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


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    plain = settings.DATABASES["default"]["OPTIONS"]["options"].removesuffix(f" {ONE_PROCESS}")
    connection.settings_dict["OPTIONS"]["options"] = f"{plain} {ONE_PROCESS}"
