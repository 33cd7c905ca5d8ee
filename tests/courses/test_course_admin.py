"""The form of a course in the administration: rich text, state buttons, runs."""

import pytest
from django.urls import reverse

from courses.models import Course
from kit.richtext import normal_form
from tests import make
from tests.courses import deliveries as d
from tests.courses.importing import deliver
from tests.courses.test_import_admin import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(login, coordinator):
    make.make_region()
    return login(coordinator)


def address(course) -> str:
    return reverse("admin:courses_course_change", args=[course.pk])


def test_text_is_cleaned_when_it_is_saved(desk):
    course = make.make_course()
    data = form_data(desk.get(address(course))) | {"description": "<p>Gut</p><script>schlecht()</script>"}
    assert desk.post(address(course), data).status_code == 302
    course.refresh_from_db()
    assert course.description == "<p>Gut</p>"


def test_what_the_editor_spells_anew_is_no_correction(desk):
    deliver(d.catalog(d.service("1")))
    course = Course.objects.get()
    stored = "<p>Sie lernen:</p>\n<ul><li>Lesen</li><li>Schreiben<br>und Rechnen</li></ul>"
    Course.objects.update(description=stored)
    spelled = "<p>Sie lernen:</p><ul><li><p>Lesen</p></li><li><p>Schreiben<br />und Rechnen</p></li></ul>"
    data = form_data(desk.get(address(course))) | {"description": spelled}
    assert desk.post(address(course), data).status_code == 302
    course.refresh_from_db()
    assert (course.locked_fields, course.description) == ([], stored)
    desk.post(address(course), data | {"description": spelled.replace("Lesen", "Zuhören")})
    course.refresh_from_db()
    assert course.locked_fields == ["description"]


def test_a_new_paragraph_is_a_change():
    assert normal_form("<p>eins zwei</p>") != normal_form("<p>eins</p><p>zwei</p>")


@pytest.mark.parametrize(
    ("state", "offered"),
    [("draft", ["publish"]), ("submitted", ["publish", "give_back"]), ("published", ["give_back", "take_out"])],
)
def test_buttons_follow_the_state(desk, state, offered):
    response = desk.get(address(make.make_course(state=state)))
    assert [deed.action for deed in response.context["deeds"]] == offered


def test_a_button_asks_before_it_acts(desk):
    course = make.make_course(state="submitted")
    deed = {"action": "give_back", "_selected_action": course.pk}
    response = desk.post(reverse("admin:courses_course_changelist"), deed)
    assert 'name="reason"' in response.content.decode()
    course.refresh_from_db()
    assert course.state == "submitted"


def test_the_form_leads_to_the_runs(desk):
    run = make.make_run()
    assert reverse("admin:courses_courserun_change", args=[run.pk]) in desk.get(address(run.course)).content.decode()


def test_a_new_course_can_be_written(desk):
    response = desk.get(reverse("admin:courses_course_add"))
    data = form_data(response) | {"title": "Neu", "provider": make.make_organization().pk}
    assert desk.post(reverse("admin:courses_course_add"), data).status_code == 302
    assert Course.objects.get().title == "Neu"
