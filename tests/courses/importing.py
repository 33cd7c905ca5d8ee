"""Import in tests as the command does it: receive, plan, and apply where no brake holds (or it is confirmed)."""

import os

from django.db import connection

from accounts.actors import SYSTEM
from courses.importing import deliveries
from courses.importing.binding import draft_provider, find_provider
from courses.models import Course, CourseRun, ImportPlan
from tests.courses.deliveries import stream


def receive(data: bytes, provider: str = "Testwerk", **options):
    organization = find_provider(provider) or draft_provider(provider)
    return deliveries.receive(file=stream(data), name="test.xml", provider=organization, by=SYSTEM, **options)


def plan(data: bytes, provider: str = "Testwerk", **options) -> list[ImportPlan]:
    return deliveries.plan_delivery(delivery=receive(data, provider, **options), by=SYSTEM)


def deliver(data: bytes, provider: str = "Testwerk", *, confirm: bool = False, all_plans: bool = False, **options):
    """The plan after what could be applied was applied; with several suppliers ask for `all_plans`."""
    plans = [_settle(each, confirm=confirm) for each in plan(data, provider, **options)]
    return plans if all_plans else plans[0]


def _settle(plan: ImportPlan, *, confirm: bool) -> ImportPlan:
    if plan.state == ImportPlan.State.FAILED or plan.is_blocked or (plan.brakes and not confirm):
        return plan
    deliveries.approve(plan=plan, by=SYSTEM)
    plan = deliveries.apply_plan(plan=plan, by=SYSTEM)
    assert plan.state == ImportPlan.State.APPLIED, plan.error
    return plan


def database_url() -> str:
    """The test database, which is not the one that the environment names: for a process of its own."""
    head, _slash, tail = os.environ["DATABASE_URL"].rpartition("/")
    return f"{head}/{connection.settings_dict['NAME']}{'?' + tail.partition('?')[2] if '?' in tail else ''}"


def published() -> set:
    """What the public sees: courses and runs with all that an import could change."""
    courses = Course.objects.visible().values_list("pk", "title", "description", "external_id", "digest")
    runs = CourseRun.objects.public().values_list("pk", "course_id", "starts_on", "price", "digest")
    return {("course", *row) for row in courses} | {("run", *row) for row in runs}
