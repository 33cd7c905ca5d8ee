"""What was read for a plan is applied from there: the same items, kept as long as somebody may need them."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.actors import SYSTEM
from courses.importing import adapters, deliveries, readings
from courses.models import Course, Delivery, ImportPlan
from kit import clock
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


def left(folder: Path) -> list[str]:
    return [path.suffix for path in folder.iterdir()]


@pytest.mark.parametrize("kind", DELIVERIES)
def test_reading_says_what_the_file_says(kind):
    delivery = receive(DELIVERIES[kind])
    with delivery.file.open("rb") as stream:
        first = list(readings.items(delivery, stream))
        again = list(readings.items(delivery, stream))
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
def test_reading_goes_when_nobody_waits_for_it(folder, end):
    row = planned(DELIVERIES["catalogue"])
    assert left(folder) == [".jsonl"]
    end(row)
    assert left(folder) == []


def test_refused_delivery_leaves_no_reading(folder):
    assert planned(DELIVERIES["catalogue"][:-30]).state == ImportPlan.State.FAILED
    assert left(folder) == []


def test_other_meaning_of_a_column_is_another_reading():
    delivery = receive(DELIVERIES["table"])
    with delivery.file.open("rb") as stream:
        list(readings.items(delivery, stream))
        delivery.columns = {"Preis": "note"}
        assert list(readings.items(delivery, stream)) == list(adapters.read(stream, delivery.columns))


def test_old_readings_go(folder):
    planned(DELIVERIES["catalogue"])
    old = (clock.now() - readings.KEEP - timedelta(hours=1)).timestamp()
    for path in folder.iterdir():
        os.utime(path, (old, old))
    deliveries.forget_old_deliveries()
    assert left(folder) == []
    assert Delivery.objects.get().file
