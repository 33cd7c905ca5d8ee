"""The timetable: every job exists, goes to a queue somebody works on, and none thinks in local days at midnight."""

import ast

import pytest
from celery.schedules import crontab
from django.conf import settings

from kit.celery import ClockedTask
from portal.celery import app
from portal.schedule import BEAT_SCHEDULE

DAILY = [name for name, entry in BEAT_SCHEDULE.items() if isinstance(entry["schedule"], crontab)]
FREQUENT = [name for name, entry in BEAT_SCHEDULE.items() if isinstance(entry["schedule"], float)]
QUEUES = {"mail", "default", "imports"}
APPS = ["portal", "courses", "providers", "accounts", "taxonomy", "kit"]


@pytest.fixture(scope="module")
def tasks():
    app.loader.import_default_modules()
    return app.tasks


@pytest.mark.parametrize("name", BEAT_SCHEDULE)
def test_every_job_exists_and_goes_to_a_known_queue(tasks, name):
    entry = BEAT_SCHEDULE[name]
    options = app.amqp.router.route(dict(entry.get("options", {})), entry["task"])

    assert entry["task"] in tasks
    assert options["queue"].name in QUEUES


@pytest.mark.parametrize(
    "name", [name for name, entry in BEAT_SCHEDULE.items() if isinstance(entry["schedule"], crontab)]
)
def test_no_daily_job_runs_when_the_german_day_changes(name):
    assert not BEAT_SCHEDULE[name]["schedule"].hour & {22, 23, 0}


@pytest.mark.parametrize(
    "name", [name for name, entry in BEAT_SCHEDULE.items() if isinstance(entry["schedule"], float)]
)
def test_frequent_jobs_do_not_pile_up_while_no_worker_runs(name):
    assert BEAT_SCHEDULE[name]["options"]["expires"] <= 120


def test_the_timetable_is_in_utc():
    assert app.conf.timezone == "UTC"


def test_every_task_reads_the_clock_once(tasks):
    ours = [task for name, task in tasks.items() if name.split(".")[0] in APPS]

    assert ours
    assert [task.name for task in ours if not isinstance(task, ClockedTask)] == []


# ── One clock


def other_clocks(source: str) -> list[str]:
    """Calls that ask another clock than `kit.clock`."""
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    ends = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "localdate", "Now")
    return [call for call in calls if call.endswith(ends) and call != "clock.now"]


def test_nobody_asks_another_clock():
    found = {
        str(path.relative_to(settings.BASE_DIR)): calls
        for name in APPS
        for path in (settings.BASE_DIR / name).rglob("*.py")
        if "embedded" not in path.parts and (calls := other_clocks(path.read_text()))
    }

    assert found == {"kit/clock.py": ["datetime.now"]}


@pytest.mark.parametrize("line", ["timezone.now()", "datetime.now(UTC)", "date.today()", "Now()", "localdate()"])
def test_control_every_other_clock_is_seen(line):
    assert other_clocks(line)
