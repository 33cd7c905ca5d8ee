"""Sizes are demo profiles or numbers of runs, and a kept database is known by its week."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from benchmarks import _database
from benchmarks._database import profile


@pytest.mark.parametrize(("size", "runs"), [("M", 85_000), ("10k", 10_000), ("100k", 100_000), ("1M", 1_000_000)])
def test_sizes(size, runs):
    made = profile(size)
    assert made.runs == runs
    assert made.courses == pytest.approx(21_000 * runs / 85_000, abs=1)


def test_names_change_with_the_week(monkeypatch):
    class Sunday(datetime):
        @classmethod
        def now(cls, tz):
            return cls(2026, 11, 29, tzinfo=UTC)

    class Monday(Sunday):
        @classmethod
        def now(cls, tz):
            return cls(2026, 11, 30, tzinfo=UTC)

    monkeypatch.setattr(_database, "datetime", Sunday)
    before = _database._named("1m")
    monkeypatch.setattr(_database, "datetime", Monday)
    assert before == "bench_1m_2026w48"
    assert _database._named("1m") == "bench_1m_2026w49"


@pytest.mark.django_db
def test_a_database_that_was_filled_to_its_end_is_known_by_its_comment():
    name = connection.settings_dict["NAME"]
    assert not _database._is_whole(name)
    _database._mark_whole(name)
    assert _database._is_whole(name)
    assert not _database._is_whole("no such database")


@pytest.mark.django_db
def test_a_database_ahead_of_the_code_is_not_taken():
    """Its migrations are those of another checkout."""
    assert not _database._is_ahead(MigrationLoader(connection))
    MigrationRecorder(connection).record_applied("courses", "9999_of_tomorrow")
    assert _database._is_ahead(MigrationLoader(connection))
