"""What was read for a plan is applied from there: the same items, kept as long as somebody may need them."""

import os
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from accounts.actors import SYSTEM
from courses.importing import adapters, deliveries, markup, openqcat, readings
from courses.importing.openqcat.service import Service
from courses.importing.records import Item
from courses.models import Course, Delivery, ImportPlan
from kit import clock, text
from taxonomy import codes
from taxonomy.models import Code
from tests.courses import deliveries as d
from tests.courses.importing import plan, receive

pytestmark = pytest.mark.django_db
SERVICES = [d.service(str(number), title=f"Kurs Nr. {number} für Müller & Söhne") for number in range(3)]
DELIVERIES = {
    "catalogue": d.catalog(*SERVICES),
    "update": d.update(1, *SERVICES[:2], delete=("2",)),
    "with a broken record": d.catalog(*SERVICES, d.service("", title="Ohne Nummer")),
    "Kufer": d.kurse(d.kurs("K1"), d.kurs("K2", dates=("05.04.2027", "12.04.2027"))),
    "table": b"Kursnummer;Titel;Beginn;Preis\nT1;Kurs 1;01.03.2027;12,00\n",
}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.STATE_DIR = tmp_path
    return tmp_path / "readings"


def planned(data: bytes) -> ImportPlan:
    return plan(data)[0]


def applied(row: ImportPlan) -> ImportPlan:
    deliveries.approve(plan=row, by=SYSTEM)
    return deliveries.apply_plan(plan=row, by=SYSTEM)


def said(delivery: Delivery, stream: BinaryIO) -> list[Item]:
    return [item for item, _line in readings.items(delivery, stream)]


def left(folder: Path) -> list[str]:
    return [path.suffix for path in folder.iterdir()]


@pytest.mark.parametrize("kind", DELIVERIES)
def test_reading_says_what_the_file_says(kind):
    delivery = receive(DELIVERIES[kind])
    with delivery.file.open("rb") as stream:
        first = said(delivery, stream)
        again = said(delivery, stream)
        fresh = list(adapters.read(stream, delivery.columns))
    assert first == again == fresh
    assert len(fresh) > 1


def test_delivery_is_read_once_for_plan_and_apply(monkeypatch):
    reads = []
    read = adapters.read
    monkeypatch.setattr(adapters, "read", lambda *asked: reads.append(1) or read(*asked))
    assert applied(planned(DELIVERIES["catalogue"])).state == ImportPlan.State.APPLIED
    assert (len(reads), Course.objects.count()) == (1, 3)


def test_without_a_reading_the_file_is_read_anew(folder):
    row = planned(DELIVERIES["catalogue"])
    for path in folder.iterdir():
        path.unlink()
    assert applied(row).state == ImportPlan.State.APPLIED
    assert Course.objects.count() == 3


@pytest.mark.parametrize(
    "end", [applied, lambda row: deliveries.discard(plan=row, by=SYSTEM)], ids=["apply", "discard"]
)
@pytest.mark.parametrize(("kind", "kept"), [("catalogue", 1), ("Kufer", 1), ("update", 0), ("table", 0)])
def test_only_that_of_the_last_catalogue_stays_when_nobody_waits_for_it(folder, end, kind, kept):
    for _time in range(2):
        row = planned(DELIVERIES[kind])
        end(row)
        assert left(folder) == [".jsonl"] * kept


def test_refused_delivery_leaves_no_reading(folder):
    assert planned(DELIVERIES["catalogue"][:-30]).state == ImportPlan.State.FAILED
    assert left(folder) == []


def test_other_meaning_of_a_column_is_another_reading():
    delivery = receive(DELIVERIES["table"])
    with delivery.file.open("rb") as stream:
        said(delivery, stream)
        delivery.columns = {"Preis": "note"}
        assert said(delivery, stream) == list(adapters.read(stream, delivery.columns))


def test_old_readings_go(folder):
    planned(DELIVERIES["catalogue"])
    old = (clock.now() - readings.KEEP - timedelta(hours=1)).timestamp()
    for path in folder.iterdir():
        os.utime(path, (old, old))
    deliveries.forget_old_deliveries()
    assert left(folder) == []
    assert Delivery.objects.get().file


# ── The reading of the catalogue before


def services(**changes: str) -> list[str]:
    """Four offers of which one names a number that no list has, and one has a price that cannot be read."""
    institution = changes.pop("institution", "38")
    return [
        d.service("1", title="Kurs 1", details="<DESCRIPTION_LONG>Ein Text über *Müller*.</DESCRIPTION_LONG>"),
        d.service("2", title="Kurs 2").replace('type="105"', f'type="{institution}"'),
        d.service("3", title="Kurs 3", price=d.price("teuer")),
        d.service(
            "4",
            title="Kurs 4",
            more="<MIME_INFO><MIME_ELEMENT><MIME_SOURCE>a.pdf</MIME_SOURCE></MIME_ELEMENT></MIME_INFO>",
        ),
    ]


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """Numbers of the offers that were read, and not recalled."""
    numbers = []
    record = Service.record

    def noted(self):
        numbers.append(self.notes.external_id)
        return record(self)

    monkeypatch.setattr(Service, "record", noted)
    return numbers


def imported(data: bytes, read: list[str]) -> tuple[ImportPlan, list[str]]:
    """The plan as it was applied, and which offers had to be read for it."""
    read.clear()
    return applied(planned(data)), list(read)


def reasons(row: ImportPlan) -> list[str]:
    return [item.reason for item in row.items.filter(action="notice")]


def test_what_stands_there_as_before_is_not_read_again(read):
    assert imported(d.catalog(*services()), read)[1] == ["1", "2", "3", "4"]
    before = set(Course.objects.values_list("pk", "title", "description", "digest"))
    row, numbers = imported(d.catalog(*services()), read)
    assert numbers == ["3"]  # of which something has to be told each time
    assert (row.count_unchanged, row.changes_anything) == (8, False)
    assert set(Course.objects.values_list("pk", "title", "description", "digest")) == before


def test_report_tells_the_same_each_time(read):
    first, again = imported(d.catalog(*services()), read)[0], imported(d.catalog(*services()), read)[0]
    assert reasons(first) == reasons(again)
    assert any("teuer" in reason for reason in reasons(again))
    assert any("38" in reason for reason in reasons(again))


@pytest.mark.parametrize("kind", ["catalogue", "with a broken record", "Kufer"])
def test_recalled_records_are_those_that_are_read(kind):
    """With their lines, which are others: empty lines stand before the records now."""
    data = DELIVERIES[kind]
    applied(planned(data)) if kind != "with a broken record" else deliveries.discard(plan=planned(data), by=SYSTEM)
    delivery = receive(data.replace(b"<SERVICE>", b"\n\n<SERVICE>").replace(b"<kurs>", b"\n\n<kurs>"))
    with delivery.file.open("rb") as stream:
        delivery.format = "kufer" if kind == "Kufer" else "openqcat"
        recalled, fresh = said(delivery, stream), list(adapters.read(stream, delivery.columns))
    assert recalled == fresh
    assert [item.line for item in fresh] != [1] * len(fresh)


def test_text_that_changed_is_read(read):
    imported(d.catalog(*services()), read)
    row, numbers = imported(d.catalog(*services()).replace(b"Ein Text", b"Kein Text"), read)
    assert numbers == ["1", "3"]
    assert (row.count_changed, Course.objects.get(external_id="1").description[:12]) == (1, "<p>Kein Text")


def test_other_white_space_is_read_and_changes_nothing(read):
    imported(d.catalog(*services()), read)
    row, numbers = imported(d.catalog(*services()).replace(b"Ein Text", b"\n Ein Text"), read)
    assert (numbers, row.changes_anything) == (["1", "3"], False)


def test_root_of_the_links_counts(read):
    imported(d.catalog(*services()), read)
    root = b"<MIME_ROOT>https://neu.example/</MIME_ROOT>"
    row, _numbers = imported(d.catalog(*services()).replace(b"</CATALOG_ID>", b"</CATALOG_ID>" + root), read)
    assert row.count_changed == 1
    assert Course.objects.get(external_id="4").links[0]["url"] == "https://neu.example/a.pdf"


def test_code_list_counts_as_it_is_now(read):
    imported(d.catalog(*services()), read)
    Code.objects.filter(list="institution", number=38).update(is_known=True)
    row, numbers = imported(d.catalog(*services()), read)
    assert numbers == ["3"]
    assert not any("38" in reason for reason in reasons(row))


def test_correction_by_hand_meets_the_recalled_value(read):
    imported(d.catalog(*services()), read)
    Course.objects.filter(external_id="1").update(title="Von Hand", locked_fields=["title"])
    row, numbers = imported(d.catalog(*services()), read)
    assert numbers == ["3"]
    assert Course.objects.get(external_id="1").title == "Von Hand"
    assert row.items.get(external_id="1", action="notice").changes == {"title": ["Von Hand", "Kurs 1"]}


def test_other_rules_of_reading_trust_nothing_of_before(read, monkeypatch):
    imported(d.catalog(*services()), read)
    monkeypatch.setattr(readings, "_rules", lambda: "of a later version")
    assert imported(d.catalog(*services()), read)[1] == ["1", "2", "3", "4"]


def test_rules_are_those_of_the_code():
    """A reader that changes by one letter is another one."""
    assert Path(openqcat.__file__).parent / "run.py" in readings.SOURCES
    assert {Path(markup.__file__), Path(text.__file__), Path(codes.__file__)} <= set(readings.SOURCES)


def test_providers_do_not_share_what_was_read(read):
    imported(d.catalog(*services()), read)
    read.clear()
    plan(d.catalog(*services(), suppliers=d.supplier("5000", "Anderswerk")), provider="Anderswerk")
    assert read == ["1", "2", "3", "4"]


def test_update_leaves_the_reading_of_the_catalogue(read):
    imported(d.catalog(*services()), read)
    imported(d.update(1, d.service("5", title="Kurs 5")), read)
    assert imported(d.catalog(*services()), read)[1] == ["3"]
