"""The import pages say at a glance how things stand and what to press."""

from html import unescape

import pytest
from django.urls import reverse

from courses import tasks
from courses.importing import deliveries, reports
from courses.models import ImportPlan
from providers.models import Organization
from tests import make
from tests.courses import deliveries as d
from tests.courses.importing import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(login, coordinator):
    make.make_region()
    return login(coordinator)


def page(desk, plan) -> str:
    return unescape(desk.get(reverse("admin:courses_importplan_change", args=[plan.pk])).content.decode())


def braked_plan() -> ImportPlan:
    deliver(d.catalog(*(d.service(str(number)) for number in range(4))))
    return deliver(d.catalog(d.service("1")))


def test_the_list_of_providers_works_without_javascript(desk):
    make.make_organization(name="Volkshochschule Probe")
    content = desk.get(reverse("admin:courses_importplan_add")).content.decode()
    assert '<select name="provider" class="searchable"' in content
    assert "Volkshochschule Probe</option>" in content


def test_reasons_to_wait_stand_beside_the_tick_of_the_button(desk):
    plan = braked_plan()
    content = page(desk, plan)
    assert reports.verdict(plan).tone == "warning"
    assert plan.brakes[0]["text"] in content
    assert 'form="approve"' in content
    assert 'id="approve"' in content


def test_every_state_has_words_of_its_own(desk):
    plan = braked_plan()
    said = {str(reports.verdict(plan).title)}
    for state in ImportPlan.State:
        plan.state = state
        said.add(str(reports.verdict(plan).title))
    assert len(said) == len(ImportPlan.State)


def test_what_was_applied_leads_to_its_courses(desk, coordinator):
    plan = braked_plan()
    deliveries.approve(plan=plan, by=coordinator)
    tasks.work_on(plan.pk)
    plan.refresh_from_db()
    provider = Organization.objects.get(name="Testwerk")
    assert reports.verdict(plan).tone == "success"
    assert f"?provider__id__exact={provider.pk}" in page(desk, plan)


def test_numbers_say_what_goes(desk):
    rows = {row.name: (row.courses, row.runs) for row in reports.numbers(braked_plan())}
    assert rows == {"new": (0, 0), "changed": (0, 0), "withdrawn": (3, 3), "unchanged": (1, 1)}
