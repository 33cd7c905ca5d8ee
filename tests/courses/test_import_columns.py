"""Tables whose headings nobody knows: people say what they mean once, and the portal remembers it for the provider."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.actors import SYSTEM
from courses import tasks
from courses.actions import NotPossible
from courses.importing import deliveries
from courses.importing.table import Column, Table
from courses.models import Course, CourseRun, Delivery, ImportPlan
from tests import make
from tests.courses import deliveries as d
from tests.courses.importing import deliver, receive

pytestmark = pytest.mark.django_db
State = ImportPlan.State
STRANGE = "Lfd;Worum es geht;Los geht es am;Wo;Leitung\n1;Nähen;07.09.2027;Nordhausen;Frau X\n2;Kochen;08.09.2027;;Y\n"
MEANING = {"Lfd": "number", "Worum es geht": "title", "Los geht es am": "starts_on", "Wo": "city", "Leitung": ""}


@pytest.fixture
def desk(login, coordinator):
    make.make_region()
    return login(coordinator)


def upload(desk, data: str = STRANGE) -> ImportPlan:
    provider = deliveries_of("Nähwerk")
    desk.post(
        reverse("admin:courses_importplan_add"),
        {"provider": provider.pk, "file": SimpleUploadedFile("kurse.csv", data.encode())},
    )
    plan = ImportPlan.objects.latest("pk")
    tasks.work_on(plan.pk)
    plan.refresh_from_db()
    return plan


def deliveries_of(name: str):
    return receive(STRANGE.encode(), name).provider


def explain(desk, plan: ImportPlan, meaning: dict[str, str] = MEANING):
    """Fills the form as it stands on the page."""
    url = reverse("admin:courses_importplan_columns", args=[plan.pk])
    form = desk.get(url).context["form"]
    return desk.post(url, {name: meaning.get(heading, "") for name, heading in form.headings.items()})


# ── On the pages of the administration


def test_the_report_names_the_headings_and_leads_to_the_question(desk):
    plan = upload(desk)
    page = desk.get(reverse("admin:courses_importplan_change", args=[plan.pk])).content.decode()
    assert (plan.state, plan.asks_for_columns) == (State.FAILED, True)
    assert "Worum es geht" in page
    assert reverse("admin:courses_importplan_columns", args=[plan.pk]) in page


def test_a_table_read_anew_does_not_call_itself_another_provider(desk):
    first = upload(desk)
    explain(desk, first)
    tasks.work_on(ImportPlan.objects.latest("pk").pk)
    response = desk.get(reverse("admin:courses_importplan_change", args=[ImportPlan.objects.latest("pk").pk]))
    assert list(response.context["siblings"]) == []


def test_columns_are_shown_with_an_example(desk):
    page = desk.get(reverse("admin:courses_importplan_columns", args=[upload(desk).pk])).content.decode()
    assert "Los geht es am" in page
    assert "07.09.2027" in page


def test_what_the_columns_mean_is_said_once(desk):
    first = upload(desk)
    explain(desk, first)
    plan = ImportPlan.objects.latest("pk")
    tasks.work_on(plan.pk)
    plan.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, plan.state, plan.counts["run"]["new"]) == (State.DISCARDED, State.WAITING, 2)
    desk.post(reverse("admin:courses_importplan_approve", args=[plan.pk]))
    tasks.work_on(plan.pk)
    run = CourseRun.objects.select_related("course", "location").get(external_id="1")
    assert (run.course.title, run.starts_on, run.location.city) == ("Nähen", date(2027, 9, 7), "Nordhausen")
    assert not plan.items.filter(action="notice").exists()  # "Leitung" is not read because somebody has said so
    again = upload(desk, STRANGE.replace("Kochen", "Kochen für zwei"))
    assert (again.state, again.counts["run"]["new"], again.counts["course"]["changed"]) == (State.WAITING, 0, 1)


@pytest.mark.parametrize(
    ("meaning", "field"),
    [({**MEANING, "Worum es geht": ""}, "__all__"), ({**MEANING, "Leitung": "title"}, "column_4")],
)
def test_a_table_needs_one_title_and_only_one(desk, meaning, field):
    plan = upload(desk)
    response = explain(desk, plan, meaning)
    assert list(response.context["form"].errors) == [field]
    assert plan.delivery.plans.count() == 1


def test_a_delivery_that_is_being_applied_is_left_alone(desk):
    deliver(STRANGE.encode(), "Nähwerk", columns=MEANING)
    plan = ImportPlan.objects.latest("pk")
    ImportPlan.objects.filter(pk=plan.pk).update(state=State.APPLYING)
    with pytest.raises(NotPossible):
        deliveries.explain_columns(delivery=plan.delivery, columns={"Wo": "venue"}, by=SYSTEM)


@pytest.mark.parametrize("data", [b"<kurse></kurse>", b"ein Brief\nohne Tabelle\n"])
def test_what_is_no_table_has_no_columns(desk, data):
    plan = ImportPlan.objects.create(delivery=receive(data), state=State.FAILED, brakes=[])
    response = desk.get(reverse("admin:courses_importplan_columns", args=[plan.pk]))
    assert response.url == reverse("admin:courses_importplan_change", args=[plan.pk])


# ── In the reader


def test_what_people_say_comes_before_what_a_heading_seems_to_say():
    """ "Thema" is a spelling of the title, and here it is a keyword."""
    data = "Thema;Worum es geht;Beginn\nTextil;Nähen;07.09.2027\n"
    deliver(data.encode(), columns={"Thema": "keywords", "Worum es geht": "title"})
    course = Course.objects.get()
    assert (course.title, [keyword.word for keyword in course.keywords.all()]) == ("Nähen", ["Textil"])


def test_others_tables_are_not_read_like_this_one():
    deliver(STRANGE.encode(), "Nähwerk", columns=MEANING)
    assert deliver(STRANGE.encode(), "Kochwerk").asks_for_columns


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_headings_are_found_below_other_rows(delimiter):
    text = f"Unser Angebot\n\n{STRANGE}".replace(";", delimiter)
    found = Table().columns(d.stream(text.encode("cp1252")))
    assert found[:2] == [Column("Lfd", "1", ""), Column("Worum es geht", "Nähen", "")]


def test_a_workbook_tells_its_columns_too():
    book = openpyxl.Workbook()
    book.active.title = "Deckblatt"
    sheet = book.create_sheet("Liste")
    sheet.append(["Worum es geht", "Los geht es am"])
    sheet.append(["Nähen", date(2027, 9, 7)])
    out = BytesIO()
    book.save(out)
    assert Table().columns(out)[1] == Column("Los geht es am", "2027-09-07", "")
    assert deliver(out.getvalue(), columns=MEANING).counts["run"]["new"] == 1


# ── By command


def call(file, *arguments) -> int:
    try:
        call_command("import_courses", str(file), "--provider", "Nähwerk", *arguments)
    except SystemExit as end:
        return end.code
    return 0


def test_the_command_names_the_headings_and_takes_their_meaning(tmp_path, capsys):
    file = tmp_path / "kurse.csv"
    file.write_text(STRANGE)
    assert call(file) == 3
    told = capsys.readouterr().out
    assert ("Worum es geht" in told, "--column" in told) == (True, True)
    said = ["--column", "Worum es geht=Titel", "--column", "Los geht es am=beginn", "--column", "Leitung="]
    assert call(file, *said) == 0
    assert sorted(Course.objects.values_list("title", flat=True)) == ["Kochen", "Nähen"]
    assert call(file) == 0  # remembered
    assert Delivery.objects.latest("pk").columns == {
        "Worum es geht": "title",
        "Los geht es am": "starts_on",
        "Leitung": "",
    }


@pytest.mark.parametrize("said", ["Worum es geht", "Worum es geht=Quatsch", "=Titel"])
def test_the_command_refuses_columns_that_are_none(tmp_path, said):
    file = tmp_path / "kurse.csv"
    file.write_text(STRANGE)
    with pytest.raises(CommandError, match=r"HEADING=COLUMN|ÜBERSCHRIFT=SPALTE"):
        call(file, "--column", said)
