"""J12: a coordinator uploads a delivery, sees the plan, decides, and sees the result."""

from html import unescape
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses import tasks
from courses.models import Course, CourseRun, Delivery, ImportPlan
from providers.models import Organization
from tests import make
from tests.courses import deliveries as d
from tests.courses.importing import deliver

pytestmark = pytest.mark.django_db
State = ImportPlan.State


@pytest.fixture
def desk(login, coordinator):
    make.make_region()
    return login(coordinator)


def upload(desk, data: bytes, **fields):
    file = SimpleUploadedFile("kurse.xml", data)
    response = desk.post(reverse("admin:courses_importplan_add"), {"new_provider": "Testwerk", "file": file, **fields})
    assert response.status_code == 302, response.content.decode()[:2000]
    plan = ImportPlan.objects.latest("pk")
    tasks.work_on(plan.pk)
    return plan


def page(desk, plan) -> str:
    return desk.get(reverse("admin:courses_importplan_change", args=[plan.pk])).content.decode()


def test_nothing_changes_before_somebody_applies(desk):
    plan = upload(desk, d.catalog(d.service("1", title="Schweißen")))
    assert Course.objects.count() == 0
    assert "Schweißen" in page(desk, plan)
    desk.post(reverse("admin:courses_importplan_approve", args=[plan.pk]))
    assert "<progress" in page(desk, plan)
    tasks.work_on(plan.pk)
    plan.refresh_from_db()
    assert (plan.state, Course.objects.visible().count()) == (State.APPLIED, 1)
    assert Organization.objects.get(name="Testwerk").state == "draft"
    assert 'http-equiv="refresh"' not in page(desk, plan)


def test_a_braked_plan_needs_the_tick(desk):
    deliver(d.catalog(*(d.service(str(number)) for number in range(4))))
    provider = Organization.objects.get(name="Testwerk")
    plan = upload(desk, d.catalog(d.service("1")), new_provider="", provider=provider.pk)
    approve = reverse("admin:courses_importplan_approve", args=[plan.pk])
    desk.post(approve)
    plan.refresh_from_db()
    assert plan.state == State.WAITING
    desk.post(approve, {"confirmed": "1"})
    tasks.work_on(plan.pk)
    assert Course.objects.visible().count() == 1


def test_what_is_no_delivery_is_said_beside_the_field(desk):
    file = SimpleUploadedFile("kurse.xml", b"<html><body>502 Bad Gateway</body></html>")
    response = desk.post(reverse("admin:courses_importplan_add"), {"new_provider": "Testwerk", "file": file})
    assert response.context["form"].errors["file"]
    assert (Delivery.objects.count(), Organization.objects.count()) == (0, 0)


def test_what_breaks_off_is_said_plainly(desk):
    plan = upload(desk, d.catalog(d.service("1"))[:-200])
    plan.refresh_from_db()
    assert plan.state == State.FAILED
    assert plan.error in unescape(page(desk, plan))


def test_an_upload_needs_one_provider(desk):
    file = SimpleUploadedFile("kurse.xml", d.catalog(d.service("1")))
    response = desk.post(reverse("admin:courses_importplan_add"), {"file": file})
    assert response.status_code == 200
    assert Delivery.objects.count() == 0


def test_the_report_can_be_downloaded_and_carries_no_formula(desk):
    plan = upload(desk, d.catalog(d.service("1", title="=cmd|calc")))
    content = desk.get(reverse("admin:courses_importplan_csv", args=[plan.pk])).content.decode("utf-8-sig")
    assert "'=cmd|calc" in content


def test_the_template_reads_itself(desk):
    content = desk.get(reverse("admin:courses_importplan_template_xlsx")).content
    assert openpyxl.load_workbook(BytesIO(content)).sheetnames[0] == "Kurse"
    assert deliver(content).count_rejected == 0
    assert Course.objects.get().runs.get().price == 120
    assert desk.get(reverse("admin:courses_importplan_template_csv")).status_code == 200


def test_an_import_is_undone_by_the_delivery_before(desk):
    first = deliver(d.catalog(d.service("1", title="Richtig")))
    deliver(d.catalog(d.service("1", title="Falsch")))
    desk.post(reverse("admin:courses_importplan_again", args=[first.pk]))
    again = ImportPlan.objects.latest("pk")
    tasks.work_on(again.pk)
    desk.post(reverse("admin:courses_importplan_approve", args=[again.pk]))
    tasks.work_on(again.pk)
    assert Course.objects.get().title == "Richtig"


def test_a_plan_can_be_discarded(desk):
    plan = upload(desk, d.catalog(d.service("1")))
    desk.post(reverse("admin:courses_importplan_discard", args=[plan.pk]))
    plan.refresh_from_db()
    assert plan.state == State.DISCARDED
    desk.post(reverse("admin:courses_importplan_approve", args=[plan.pk]))
    plan.refresh_from_db()
    assert plan.state == State.DISCARDED


@pytest.mark.parametrize("name", ["add", "changelist", "template_csv"])
def test_only_coordinators_import(login, editor, name):
    response = login(editor).get(reverse(f"admin:courses_importplan_{name}"))
    assert response.status_code in {302, 403, 404} or name == "template_csv"


def form_data(response) -> dict:
    """What a browser would send for an untouched form."""
    form = response.context["adminform"].form
    data = {}
    for name, field in form.fields.items():
        value = form[name].value()
        shown = value if isinstance(value, list | bool) else field.widget.format_value(value)
        if shown not in (None, "", False):
            data[name] = shown
        if field.show_hidden_initial:
            data[f"initial-{name}"] = "" if shown is None else shown
    for formset in response.context["inline_admin_formsets"]:
        data |= {f"{formset.formset.prefix}-TOTAL_FORMS": "0", f"{formset.formset.prefix}-INITIAL_FORMS": "0"}
    return data


def test_what_is_corrected_by_hand_survives_every_import(desk):
    deliver(d.catalog(d.service("1", title="Schweisen")))
    course = Course.objects.get()
    url = reverse("admin:courses_course_change", args=[course.pk])
    data = form_data(desk.get(url)) | {"title": "Schweißen"}
    response = desk.post(url, data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    course.refresh_from_db()
    assert (course.title, course.locked_fields) == ("Schweißen", ["title"])
    assert [record.title for record in course.history.all()] == ["Schweißen", "Schweisen"]
    plan = deliver(d.catalog(d.service("1", title="Schweisen neu")))
    course.refresh_from_db()
    assert course.title == "Schweißen"
    assert plan.items.get(field="title").changes == {"title": ["Schweißen", "Schweisen neu"]}
    data = form_data(desk.get(url)) | {"kept_locks": []}
    desk.post(url, data)
    deliver(d.catalog(d.service("1", title="Schweisen neu")))
    course.refresh_from_db()
    assert (course.title, course.locked_fields) == ("Schweisen neu", [])


def test_courses_are_published_and_given_back_after_a_question(desk):
    course = make.make_course(state="submitted")
    url = reverse("admin:courses_course_changelist")
    data = {"action": "publish", "_selected_action": course.pk}
    assert desk.post(url, data).status_code == 200
    course.refresh_from_db()
    assert course.state == "submitted"
    desk.post(url, data | {"confirmed": "1"})
    course.refresh_from_db()
    assert course.state == "published"
    desk.post(url, {"action": "give_back", "_selected_action": course.pk, "confirmed": "1", "reason": "Preis fehlt"})
    course.refresh_from_db()
    assert course.state == "returned"


@pytest.mark.parametrize("name", ["course", "courserun", "keyword", "source", "importplan"])
def test_lists_open_and_are_searched(desk, name):
    deliver(d.catalog(d.service("1"), d.service("2")))
    url = reverse(f"admin:courses_{name}_changelist")
    assert desk.get(url).status_code == 200
    assert desk.get(url, {"q": "kurs"}).status_code == 200
    assert desk.get(url, {"zurueckgezogen": "1", "korrigiert": "1"}).status_code in {200, 302}


def test_a_run_can_be_opened_and_saved(desk):
    deliver(d.kurse(d.kurs("K1")), "VHS")
    run = CourseRun.objects.get()
    response = desk.get(reverse("admin:courses_courserun_change", args=[run.pk]))
    assert response.status_code == 200
