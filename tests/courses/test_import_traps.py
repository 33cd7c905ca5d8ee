"""The seventeen traps that real open-Q-cat files hold (numbers as in the list of traps), from file to catalogue."""

# ruff: noqa: E501  values of one case stand in one line

from datetime import date
from decimal import Decimal

import pytest

from courses.models import Course, CourseRun, ImportItem, ImportPlan
from providers.models import Location
from taxonomy.models import Code
from tests.courses import deliveries as d
from tests.courses.importing import deliver

pytestmark = pytest.mark.django_db


def run(product: str) -> CourseRun:
    return CourseRun.objects.get(external_id=product)


@pytest.mark.parametrize(
    ("amount", "remarks", "kind", "value"),
    [
        ("0.0", "auf Anfrage", "on_request", None),
        ("0.0", "", "on_request", None),
        ("0", "kostenlos", "free", None),
        ("0.0", "Die Teilnahme ist kostenfrei.", "free", None),
        ("0.00", "gebührenfrei", "free", None),
        ("0.0", "nicht kostenlos", "on_request", None),
        ("0.0", "Kostenlose Beratung vorab", "on_request", None),
        ("0.0", "kostenfrei mit Bildungsgutschein", "on_request", None),
        ("245.5", "inkl. Material", "known", Decimal("245.50")),
        ("1.5E2", "", "known", Decimal("150.00")),
        ("0.001", "", "on_request", None),
    ],
)
def test_01_zero_means_on_request_unless_the_remarks_say_free(amount, remarks, kind, value):
    deliver(d.catalog(d.service("1", price=d.price(amount, remarks))))
    assert (run("1").price_kind, run("1").price, run("1").price_note) == (kind, value, remarks)


def test_02_times_stand_in_the_remarks_because_dates_are_always_midnight():
    deliver(d.catalog(d.service("1", module="<INSTRUCTION_REMARKS>Mo-Fr 08.00 - 15.00 Uhr</INSTRUCTION_REMARKS>")))
    assert (run("1").weekdays, run("1").times_of_day) == (31, ["all_day"])
    assert run("1").times_from_text
    assert run("1").sessions.count() == 0


def test_03_an_empty_date_is_a_regular_start():
    flexible = "<FLEXIBLE_START>true</FLEXIBLE_START>"
    place = "<LOCATION><NAME>Haus</NAME><ZIP>99734</ZIP><CITY>Nordhausen</CITY></LOCATION>"
    deliver(d.catalog(d.service("1", starts="", module=flexible), d.service("2", starts="", module=place)))
    assert (run("1").starts_on, run("1").begin) == (None, "any_time")
    assert (run("2").starts_on, run("2").begin) == (None, "open")
    assert CourseRun.objects.public().count() == 2


def test_04_an_empty_title_of_a_run_is_the_title_of_its_course():
    deliver(
        d.catalog(d.service("1", title="Schweißen", starts=""), d.service("2", title="-", course="1", type="false"))
    )
    assert Course.objects.get().title == "Schweißen"
    assert (run("2").title, str(run("2"))) == ("", "Schweißen (2027-03-01)")


def test_05_deleted_and_new_in_one_file_is_an_update():
    deliver(d.catalog(d.service("1", title="Alt")))
    deliver(d.update(1, d.service("1", title="Neu"), delete=("1",)))
    course = Course.objects.get()
    assert (course.title, course.withdrawn_at, run("1").withdrawn_at) == ("Neu", None, None)


def test_06_codes_that_no_list_has_are_kept_and_flagged():
    old = d.service("1").replace('INSTITUTION type="105"', 'INSTITUTION type="38"').replace('"104"', '"14"')
    plan = deliver(d.catalog(old.replace("<COURSE_TYPE>1</COURSE_TYPE>", "")))
    course = Course.objects.get()
    assert (course.institution, course.education_type, course.course_type) == (38, 14, None)
    assert plan.count_rejected == 0
    assert not Code.objects.get(list="institution", number=38).is_known
    assert plan.items.filter(action="notice", field="institution").exists()


def test_07_a_reference_to_another_supplier_is_a_slip_where_there_is_only_one():
    plan = deliver(d.catalog(d.service("1", ref="4189"), d.service("2", ref="4189"), suppliers=d.supplier("21752")))
    assert Course.objects.count() == 2
    assert plan.source.supplier_id == "21752"
    assert plan.items.filter(field="SUPPLIER_ID_REF").count() == 1


def test_07_with_two_suppliers_it_is_a_mistake():
    two = d.supplier("1", "Eins") + d.supplier("2", "Zwei")
    plans = deliver(d.catalog(d.service("a", ref="1"), d.service("b", ref="9"), suppliers=two), all_plans=True)
    assert Course.objects.count() == 1
    assert sum(plan.count_rejected for plan in plans) == 1


@pytest.mark.parametrize(("written", "code"), [("DE", "DE"), ("D", "DE"), ("deutschland", "DE"), ("Österreich", "AT")])
def test_08_countries_are_written_in_many_ways(written, code):
    place = f"<LOCATION><NAME>H</NAME><CITY>X</CITY><STATE>Deutschland</STATE><COUNTRY>{written}</COUNTRY></LOCATION>"
    deliver(d.catalog(d.service("1", module=place)))
    assert (run("1").location.country, run("1").location.state_name) == (code, "")


def test_09_mini_markup_becomes_clean_html():
    text = "! Inhalte\n* Lesen\n* Schreiben\n\nEin Satz."
    deliver(
        d.catalog(
            d.service("1", details=f"<DESCRIPTION_LONG>{text}</DESCRIPTION_LONG>"),
            d.service("2", details="<DESCRIPTION_LONG>&lt;p onclick='x'&gt;Ja&lt;/p&gt;&lt;script&gt;1&lt;/script&gt;</DESCRIPTION_LONG>"),
        )
    )  # fmt: skip
    first, second = Course.objects.order_by("external_id")
    assert first.description == "<h3>Inhalte</h3><ul><li>Lesen</li><li>Schreiben</li></ul><p>Ein Satz.</p>"
    assert second.description == "<p>Ja</p>"


def test_10_a_postcode_keeps_its_leading_zero():
    deliver(d.catalog(d.service("1", module="<LOCATION><NAME>H</NAME><ZIP>04315</ZIP><CITY>Leipzig</CITY></LOCATION>")))
    assert run("1").location.postcode == "04315"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2027-02-05T00:00:00.000+01:00", date(2027, 2, 5)),
        ("2027-02-05T00:00:00+01:00", date(2027, 2, 5)),
        ("2027-02-05T00:00:00", date(2027, 2, 5)),
        ("2027-02-05T00:00:00Z", date(2027, 2, 5)),
        ("2027-02-04T23:00:00Z", date(2027, 2, 5)),
        ("2027-07-04T22:00:00.000Z", date(2027, 7, 5)),
        ("2027-07-05T00:00:00+01:00", date(2027, 7, 5)),
        ("2027-02-05+01:00", date(2027, 2, 5)),
        ("2027-02-05", date(2027, 2, 5)),
    ],
)
def test_11_dates_come_with_and_without_zone_and_milliseconds(written, day):
    deliver(d.catalog(d.service("1").replace("2027-03-01T00:00:00+01:00", written).replace("2027-03-05", "2027-12-31")))
    assert run("1").starts_on == day


def test_12_keywords_that_repeat_the_title_are_dropped():
    words = "".join(f"<KEYWORD>{word}</KEYWORD>" for word in ("Schweißen", "Schweißen Grundkurs", "Metall", "Metall"))
    deliver(d.catalog(d.service("1", title="Schweißen Grundkurs", details=words)))
    assert [keyword.word for keyword in Course.objects.get().keywords.all()] == ["Metall"]


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("GUT Certifizierungsgesellschaf", "t für Managementsysteme mbH"), "GUT Certifizierungsgesellschaft für Managementsysteme mbH"),
        (("Akademie für Weiterbildung und", "berufliche Bildung"), "Akademie für Weiterbildung und berufliche Bildung"),
        (("Haus A", "Haus A"), "Haus A"),
        (("Bildungswerk", "Standort Nord"), "Bildungswerk Standort Nord"),
    ],
)  # fmt: skip
def test_13_names_cut_after_thirty_characters_are_joined(parts, name):
    names = "".join(
        f"<NAME{number or ''}>{part}</NAME{number or ''}>" for number, part in zip(("", 2), parts, strict=True)
    )
    deliver(d.catalog(d.service("1", module=f"<LOCATION>{names}<ZIP>99734</ZIP><CITY>Nordhausen</CITY></LOCATION>")))
    assert Location.objects.get(runs__isnull=False).name == name


def test_14_a_header_inside_a_record_binds_nothing():
    inner = f"<HEADER>{d.supplier('999', 'Fremd')}</HEADER>"
    plan = deliver(d.catalog(d.service("1", more=inner)))
    assert (plan.source.supplier_id, plan.count_rejected) == ("4711", 0)
    assert plan.items.filter(field="HEADER", action="notice").exists()


def test_15_dates_count_where_the_class_of_duration_contradicts_them():
    plan = deliver(d.catalog(d.service("1", ends="2029-02-01", module='<DURATION type="1"/>')))
    assert run("1").duration_class == 7
    assert plan.items.filter(field="DURATION", action="notice").exists()


def test_15_a_class_at_the_border_stays_as_written():
    deliver(d.catalog(d.service("1", ends="2029-02-01", module='<DURATION type="8"/>')))
    assert run("1").duration_class == 8


def test_16_the_course_id_decides_what_is_a_run_and_not_the_flag():
    deliver(d.catalog(d.service("1", title="Umschulung"), d.service("2", title="Umschulung", course="1", type="true")))
    course = Course.objects.get()
    assert course.external_id == "1"
    assert sorted(course.runs.values_list("external_id", flat=True)) == ["1", "2"]


def test_16_a_run_whose_course_is_missing_makes_it():
    deliver(d.catalog(d.service("2", title="Umschulung", course="1", type="false")))
    course = Course.objects.get()
    assert (course.external_id, course.title, course.runs.get().external_id) == ("1", "Umschulung", "2")


def test_17_the_later_of_two_equal_numbers_wins_and_the_report_names_both_lines():
    plan = deliver(d.catalog(d.service("1", title="Erster"), "\n\n", d.service("1", title="Zweiter")))
    assert Course.objects.get().title == "Zweiter"
    assert (plan.count_rejected, plan.state) == (0, ImportPlan.State.APPLIED)
    item = plan.items.get(action=ImportItem.Action.NOTICE, field="PRODUCT_ID")
    lines = {line for line in range(1, 20) if f" {line} " in f" {item.reason} ".replace(".", " ")}
    assert len(lines) == 2
