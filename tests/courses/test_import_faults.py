"""Deliveries that go wrong: what the public sees stays as it was unless somebody confirms; nothing half is applied."""

import gzip
import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import SYSTEM
from courses.actions import NotPossible
from courses.importing import adapters, deliveries, store
from courses.importing.opening import open_delivery
from courses.importing.records import DeliveryRefused
from courses.models import Course, CourseRun, Delivery, ImportPlan, Session, Source
from kit import clock
from providers.models import Organization
from tests.courses import deliveries as d
from tests.courses.importing import database_url, deliver, plan, published, receive

State = ImportPlan.State
SERVICES = [d.service(str(number), title=f"Kurs Nr. {number} für Müller & Söhne") for number in range(20)]
GOOD = d.catalog(*SERVICES)
KUFER = d.kurse(*(d.kurs(f"K{number}") for number in range(20)))
TABLE = (
    "Kursnummer;Titel;Beginn;Preis\n" + "".join(f"T{n};Kurs {n};01.03.2027;{n + 1},00\n" for n in range(20))
).encode()


def cut(share: float) -> bytes:
    return GOOD[: int(len(GOOD) * share)]


BOMB = GOOD.replace(b"<OPENQCAT", b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><OPENQCAT', 1)
EXTERNAL = GOOD.replace(b"<OPENQCAT", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><OPENQCAT', 1)
HIDDEN = GOOD.replace(b"<OPENQCAT", b"<!-- a --><?b c?>\n<!doctype x><OPENQCAT", 1)
LAST = GOOD.rindex(b"<SERVICE>")

REFUSED = {
    **{f"cut at {percent} %": cut(percent / 100) for percent in (5, 12, 25, 33, 50, 66, 75, 90, 97, 99)},
    "cut behind the last record": GOOD[: GOOD.rindex(b"</NEW_CATALOG>")],
    "cut in the last tag": GOOD.rstrip()[:-1],
    "cut in a character": GOOD[: GOOD.index("ü".encode()) + 1],
    "empty": b"",
    "zeros": b"\x00" * 4096,
    "blanks": b" \n\t\r\n",
    "html": b"<html><head><title>502 Bad Gateway</title></head></html>",
    "html with doctype": b"<!DOCTYPE html>\n<html><body>Fehler</body></html>",
    "json": b'{"error": "not found"}',
    "json list": b'[{"title": "Kurs"}]',
    "text": b"Der Server ist gerade nicht erreichbar.",
    "pdf": b"%PDF-1.7\n...",
    "other xml": b"<?xml version='1.0'?><rss><channel/></rss>",
    "two roots": GOOD + GOOD[GOOD.index(b"<OPENQCAT") :],
    "bomb": BOMB,
    "external entity": EXTERNAL,
    "hidden doctype": HIDDEN,
    "undefined entity": GOOD.replace(b"Kurs Nr. 3", b"Kurs &nope; 3"),
    "wrong nesting": GOOD.replace(b"</TITLE>", b"</TITEL>", 1),
    "no header": GOOD.replace(b"<HEADER>", b"<X>").replace(b"</HEADER>", b"</X>"),
    "no catalogue": GOOD.replace(b"NEW_CATALOG", b"OLD_CATALOG"),
    "no supplier id": GOOD.replace(b"4711", b""),
    "unknown encoding": d.catalog(*SERVICES, encoding="klingon-1", codec="cp1252"),
    "update without number": d.update(1, SERVICES[0]).replace(b'seq_number="1"', b""),
    "damaged gzip": gzip.compress(GOOD)[:-40],
    "gzip of nothing": gzip.compress(b""),
    "old excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "zip": b"PK\x03\x04" + b"\x00" * 600,
    "null byte inside": GOOD.replace(b"Kurs Nr. 3", b"Kurs\x00 3"),
    "table without header": b"1;2;3\n4;5;6\n",
}
BRAKED = {
    "no record": d.catalog(),
    "first tenth": d.catalog(*SERVICES[:2]),
    "15 of 20": d.catalog(*SERVICES[:15]),
    "other numbers": GOOD.replace(b"<PRODUCT_ID>", b"<PRODUCT_ID>X-").replace(b"<COURSE_ID>", b"<COURSE_ID>X-"),
    "all rejected": GOOD.replace(b"<SERVICE_DETAILS>", b"<X>").replace(b"</SERVICE_DETAILS>", b"</X>"),
    "other supplier": GOOD.replace(b"4711", b"4712"),
    "deletes": d.update(1, delete=tuple(str(number) for number in range(6))),
    "deletes everything": d.update(1, delete=tuple(str(number) for number in range(20))),
    "one number for all": d.catalog(*[SERVICES[0]] * 20),
}
HARMLESS = {
    "the same again": GOOD,
    "another order": d.catalog(*reversed(SERVICES)),
    "twice the same records": d.catalog(*SERVICES, *SERVICES),
    "gzip": gzip.compress(GOOD),
    "utf-8 with mark": b"\xef\xbb\xbf" + GOOD,
    "utf-16": GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "latin 9": d.catalog(*SERVICES, encoding="ISO-8859-15"),
    "windows called utf-8": d.catalog(*SERVICES, codec="cp1252"),
    "windows called latin 1": d.catalog(*SERVICES, encoding="ISO-8859-1", codec="cp1252"),
    "utf-8 called latin 9": d.catalog(*SERVICES, encoding="ISO-8859-15", codec="utf-8"),
    "no declaration": GOOD[GOOD.index(b"<OPENQCAT") :],
    "namespace": GOOD.replace(b"<OPENQCAT ", b'<OPENQCAT xmlns="urn:x" '),
    "comments": GOOD.replace(b"<PRODUCT_ID>", b"<!-- x --><PRODUCT_ID>").replace(b"Kurs Nr.", b"Kurs<!-- y --> Nr."),
    "windows line ends": GOOD.replace(b"\n", b"\r\n"),
    "blank before the declaration": b"\r\n " + GOOD,
    "declaration of a standalone file": GOOD.replace(b'encoding="UTF-8"', b"encoding='utf-8' standalone='yes'"),
    "latin 9 without declaration": d.catalog(*SERVICES, encoding="ISO-8859-15")[44:],
    "prefix": GOOD.replace(b"</", b"</oq:")
    .replace(b"<", b"<oq:")
    .replace(b"<oq:/oq:", b"</oq:")
    .replace(b"<oq:?", b"<?")
    .replace(b"<oq:OPENQCAT ", b'<oq:OPENQCAT xmlns:oq="urn:x" '),
    "schema location": GOOD.replace(
        b"<OPENQCAT ",
        b'<OPENQCAT xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:noNamespaceSchemaLocation="open-Qcat.V1.0.0.xsd" ',
    ),
    "processing instructions": GOOD.replace(b"<HEADER>", b"<?xml-stylesheet href='a.xsl'?><HEADER><?page break?>"),
    "cdata": GOOD.replace(b"<TITLE>", b"<TITLE><![CDATA[").replace(b"</TITLE>", b"]]></TITLE>").replace(b"&amp;", b"&"),
    "numbered characters": GOOD.replace("ü".encode(), b"&#xFC;"),
    "blanks around values": GOOD.replace(b"<PRODUCT_ID>", b"<PRODUCT_ID>\n\t ").replace(b"</TITLE>", b" \n</TITLE>"),
    "the supplier twice": GOOD.replace(b"</HEADER>", d.supplier().encode() + b"</HEADER>"),
    "numbers with blanks behind": GOOD.replace(b"</COURSE_ID>", b" </COURSE_ID>"),
    "groups that stand empty": GOOD.replace(
        b"<SERVICE_DATE>", b"<CONTACT/><TARGET_GROUP/><ANNOUNCEMENT/><TERMS_AND_CONDITIONS/><KEYWORD/><SERVICE_DATE>"
    ).replace(
        b"<EXTENDED_INFO><INST", b"<DEGREE/><SUBSIDY/><CERTIFICATE><CERT_VALIDITY/></CERTIFICATE><EXTENDED_INFO><INST"
    ),
    "unknown elements": GOOD.replace(b"<SERVICE_DETAILS>", b"<NEU a='1'><B/></NEU><SERVICE_DETAILS>"),
}


@pytest.fixture
def before(db):
    deliver(GOOD)
    return published()


@pytest.mark.parametrize("name", REFUSED)
def test_unusable_deliveries_are_refused_as_a_whole(before, name):
    result = deliver(REFUSED[name], confirm=True)
    assert result.state == State.FAILED, name
    assert len(result.error) > 20
    assert published() == before


@pytest.mark.parametrize("name", BRAKED)
def test_doubtful_deliveries_wait_for_a_person(before, name):
    result = deliver(BRAKED[name])
    assert (result.state, bool(result.brakes)) == (State.WAITING, True)
    assert published() == before
    deliveries.approve(plan=result, by=SYSTEM)
    assert deliveries.apply_plan(plan=result, by=SYSTEM).state == State.APPLIED
    assert Course.objects.count() >= 20  # withdrawn perhaps, never deleted


@pytest.mark.parametrize("name", HARMLESS)
def test_the_same_courses_in_other_clothes_change_nothing(before, name):
    result = deliver(HARMLESS[name])
    assert (result.state, result.changes_anything, result.count_rejected) == (State.APPLIED, False, 0)
    assert published() == before


@pytest.mark.parametrize(("data", "count"), [(KUFER, 20), (TABLE, 20)], ids=["kufer", "table"])
def test_other_formats_are_repeatable_too(db, data, count):
    deliver(data)
    first = published()
    assert deliver(data).changes_anything is False
    assert (Course.objects.visible().count(), published()) == (count, first)


@pytest.mark.parametrize("data", [KUFER, TABLE, GOOD], ids=["kufer", "table", "openqcat"])
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_smaller_file_waits(db, data, share):
    deliver(data)
    first = published()
    whole = {KUFER: lambda n: d.kurse(*(d.kurs(f"K{i}") for i in range(n))),
             TABLE: lambda n: b"\n".join(TABLE.split(b"\n")[: n + 1]),
             GOOD: lambda n: d.catalog(*SERVICES[:n])}[data]  # fmt: skip
    assert deliver(whole(int(20 * share))).state == State.WAITING
    assert published() == first


def test_a_file_of_a_bound_supplier_is_not_taken_for_another_provider(before):
    result = deliver(GOOD, "Anderes Haus", confirm=True)
    assert (result.state, result.is_blocked) == (State.WAITING, True)
    with pytest.raises(NotPossible):
        deliveries.approve(plan=result, by=SYSTEM)
    assert published() == before


def test_kufer_numbers_bind_a_file_to_its_provider(db):
    deliver(KUFER, "VHS A")
    first = published()
    result = deliver(KUFER.replace(b"<knr>K", b"<knr>Z"), "VHS A")
    assert "other-numbers" in {brake["rule"] for brake in result.brakes}
    assert published() == first


def test_a_fifth_may_go_without_a_question(before):
    result = deliver(d.catalog(*SERVICES[:16]))
    assert (result.state, Course.objects.visible().count()) == (State.APPLIED, 16)
    assert Course.objects.count() == 20
    deliver(GOOD, confirm=True)
    assert Course.objects.visible().count() == 20
    assert CourseRun.objects.filter(withdrawn_at=None).count() == 20


def test_a_partial_catalogue_withdraws_nothing(before):
    deliver(d.catalog(SERVICES[0], full="false"))
    deliver(d.catalog(SERVICES[0]), is_partial=True)
    assert published() == before


def test_updates_come_in_their_order(before):
    assert deliver(d.update(5, d.service("90"))).state == State.APPLIED  # the first one seen is where counting begins
    assert deliver(d.update(6, delete=("90",))).state == State.APPLIED
    assert not Course.objects.visible().filter(external_id="90").exists()
    assert [brake["rule"] for brake in deliver(d.update(9, d.service("91"))).brakes] == ["sequence-gap"]
    assert [brake["rule"] for brake in deliver(d.update(6, d.service("92"))).brakes] == ["sequence-replay"]
    assert deliver(d.update(7, d.service("93"))).state == State.APPLIED
    assert deliver(d.update(7, d.service("93"))).state == State.APPLIED  # the same once more changes nothing
    assert Source.objects.get().sequence == 7


def test_a_rejected_record_keeps_what_the_catalogue_has(before):
    broken = SERVICES[3].replace("SERVICE_DETAILS>", "SERVICE_DETAIL>")
    result = deliver(d.catalog(*SERVICES[:3], broken, *SERVICES[4:]))
    assert (result.state, result.count_rejected, result.count_withdrawn) == (State.APPLIED, 1, 0)
    item = result.items.get(action="rejected")
    assert (item.external_id, item.field, item.line > 1, bool(item.reason)) == ("3", "SERVICE_DETAILS", True, True)
    assert published() == before


@pytest.mark.parametrize(
    ("inner", "field"),
    [
        ("<DESCRIPTION_LONG>" + "x" * 70_000 + "</DESCRIPTION_LONG>", "DESCRIPTION_LONG"),
        ("<X/>" * 6_000, "SERVICE"),
        ("<X>" * 40 + "</X>" * 40, "SERVICE"),
        (f"<X a='{'x' * 70_000}'/>", "X"),
    ],
)
def test_limits_hold_for_a_record_and_the_others_go_on(before, inner, field):
    result = deliver(d.catalog(d.service("0", details=inner), *SERVICES[1:], d.service("new")))
    item = result.items.get(action="rejected")
    assert (item.field, item.external_id, item.line) == (field, "0", 4)
    assert published() >= before
    assert Course.objects.filter(external_id="new").exists()


def test_several_suppliers_are_several_plans(db):
    both = d.supplier("1", "Haus Eins") + d.supplier("2", "Haus Zwei")
    data = d.catalog(d.service("a", ref="1"), d.service("b", ref="2"), d.service("c", ref="2"), suppliers=both)
    plans = deliver(data, "Haus Eins", all_plans=True)
    assert [(plan.provider.name, plan.count_new) for plan in plans] == [("Haus Eins", 2), ("Haus Zwei", 4)]
    assert Organization.objects.get(name="Haus Zwei").state == "draft"
    assert [plan.changes_anything for plan in deliver(data, "Haus Eins", all_plans=True)] == [False, False]


# ── Stale, doubled, interrupted


def test_a_plan_that_the_catalogue_overtook_is_made_anew(before):
    [waiting] = plan(d.catalog(*SERVICES, d.service("new")))
    deliver(d.catalog(*SERVICES[:19]))
    deliveries.approve(plan=waiting, by=SYSTEM)
    waiting = deliveries.apply_plan(plan=waiting, by=SYSTEM)
    assert (waiting.state, waiting.count_new, waiting.count_changed) == (State.WAITING, 2, 2)
    assert waiting.error
    assert not Course.objects.filter(external_id="new").exists()


def test_a_changed_file_is_not_applied(before):
    [waiting] = plan(d.catalog(*SERVICES, d.service("new")))
    name = waiting.delivery.file.name
    waiting.delivery.file.storage.delete(name)
    waiting.delivery.file.storage.save(name, ContentFile(GOOD))
    deliveries.approve(plan=waiting, by=SYSTEM)
    assert deliveries.apply_plan(plan=waiting, by=SYSTEM).state == State.FAILED
    assert published() == before


def test_an_error_in_the_middle_changes_nothing(before, monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError("disk of glass")

    [waiting] = plan(d.catalog(*SERVICES[:18], *(d.service(f"n{number}") for number in range(30))))
    monkeypatch.setattr(store._Writer, "confirm", fail)
    deliveries.approve(plan=waiting, by=SYSTEM)
    assert deliveries.apply_plan(plan=waiting, by=SYSTEM).state == State.FAILED
    assert published() == before


@pytest.mark.django_db(transaction=True)
def test_others_see_how_far_an_apply_is_while_they_see_nothing_of_it(monkeypatch):
    """Progress that stood in the transaction would be invisible until it is over."""
    seen = []

    def look():
        seen.append((deliveries.progress(waiting), Course.objects.count()))
        connection.close()

    def look_in_the_middle(writer, comparison):
        other = threading.Thread(target=look)
        other.start()
        other.join()

    [waiting] = plan(GOOD)
    monkeypatch.setattr(store._Writer, "withdraw", look_in_the_middle)
    deliveries.approve(plan=waiting, by=SYSTEM)
    assert deliveries.apply_plan(plan=waiting, by=SYSTEM).state == State.APPLIED
    assert seen == [((19, 20), 0)]
    assert deliveries.progress(waiting) == (20, 20)


@pytest.mark.django_db(transaction=True)
def test_two_applies_of_one_source_do_not_mix():
    deliver(GOOD)
    plans = [plan(d.catalog(*SERVICES, d.service(f"n{number}")))[0] for number in range(2)]

    def work(each):
        deliveries.approve(plan=each, by=SYSTEM)
        deliveries.apply_plan(plan=each, by=SYSTEM)
        connection.close()

    threads = [threading.Thread(target=work, args=[each]) for each in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = sorted(ImportPlan.objects.filter(pk__in=[each.pk for each in plans]).values_list("state", flat=True))
    assert states == [State.APPLIED, State.WAITING]
    assert Course.objects.visible().count() == 21


KILLED = """
import django, os, signal
django.setup()
from accounts.actors import SYSTEM
from courses.importing import deliveries, store
from courses.models import ImportPlan
store._Writer.withdraw = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
plan = ImportPlan.objects.latest("pk")
deliveries.approve(plan=plan, by=SYSTEM)
deliveries.apply_plan(plan=plan, by=SYSTEM)
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_apply_changes_nothing_and_is_taken_up_again(settings, tmp_path):
    settings.STORAGES = settings.STORAGES
    deliver(GOOD)
    first = published()
    [waiting] = plan(d.catalog(*SERVICES, d.service("new")))
    environ = {**os.environ, "DATABASE_URL": database_url(), "PYTHONPATH": "."}
    done = subprocess.run([sys.executable, "-c", KILLED], env=environ, check=False, capture_output=True)
    assert done.returncode == -9, done.stderr.decode()[-2000:]
    waiting.refresh_from_db()
    assert (waiting.state, published()) == (State.APPLYING, first)
    deliveries.cache.delete(deliveries._alive_key(waiting.pk))  # its sign of life grows old
    assert [each.pk for each in deliveries.left_behind()] == [waiting.pk]
    assert deliveries.apply_plan(plan=waiting, by=SYSTEM).state == State.APPLIED


# ── The command


def test_the_command_tells_and_ends_as_promised(db, tmp_path, capsys):
    file = tmp_path / "kurse.xml"

    def call(*arguments, **options) -> int:
        try:
            call_command(*arguments, **options)
        except SystemExit as end:
            return end.code
        except CommandError as error:
            return error.returncode
        return 0

    def run(data: bytes, **options) -> int:
        file.write_bytes(data)
        return call("import_courses", file, provider="Testwerk", **options)

    assert run(GOOD, dry_run=True) == 0
    assert (Course.objects.count(), Delivery.objects.count(), Organization.objects.count()) == (0, 0, 0)
    assert run(GOOD) == 0
    assert Course.objects.visible().count() == 20
    assert run(GOOD) == 0
    assert run(d.catalog(*SERVICES[:2])) == 2
    assert run(d.catalog(*SERVICES[:2]), confirm=True) == 0
    assert run(d.catalog(*SERVICES[:2], d.service("x", title="-"))) == 1
    assert run(cut(0.5)) == 3
    with pytest.raises(CommandError):
        call_command("import_courses", tmp_path / "nothing.xml", provider="Testwerk")
    assert call("import_courses", file, provider="Ganz neu") == 3
    assert not Organization.objects.filter(name="Ganz neu").exists()  # a wrong file makes no new provider
    assert "4711" not in capsys.readouterr().err


# ── Keeping


def test_deliveries_are_forgotten_after_two_years(db):
    deliver(GOOD)
    old = Delivery.objects.get()
    name, storage = old.file.name, old.file.storage
    assert deliveries.forget_old_deliveries() == 0
    Delivery.objects.update(received_at=clock.now() - timedelta(days=731))
    assert deliveries.forget_old_deliveries() == 1
    old.refresh_from_db()
    assert (bool(old.file), old.received_by, storage.exists(name)) == (False, "", False)
    assert ImportPlan.objects.get().decided_by == ""
    with pytest.raises(NotPossible):
        deliveries.plan_delivery(delivery=old, by=SYSTEM)


# ── Fuzz


def consume(data: bytes) -> None:
    try:
        for _item in adapters.read(d.stream(data)):
            pass
    except DeliveryRefused:
        pass


@pytest.mark.parametrize(
    "seed", [GOOD, KUFER, TABLE, d.update(1, *SERVICES[:3], delete=("1",))], ids=["q", "k", "t", "u"]
)
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_mutated_bytes_raise_nothing_but_a_refusal(seed, data):
    mutated = bytearray(seed[:6000] if data.draw(st.booleans()) else seed)
    for _round in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(mutated)))
        piece = data.draw(
            st.one_of(st.binary(max_size=6), st.sampled_from([b"<", b"&", b"]]>", b"<!--", b"\xff", b";", b'"']))
        )
        mutated[at : at + data.draw(st.integers(0, 12))] = piece
    consume(bytes(mutated))


VALUES = st.one_of(
    st.text(max_size=40).filter(lambda text: "\x00" not in text),
    st.sampled_from(["-1", "1e400", "NaN", "2027-02-30", "0000-00-00", "99999-01-01", "31.02.2027", "25:61", "9" * 30]),
    st.sampled_from(
        ["2027-02-05T24:00:00Z", "2027-02-05T00:00:00+99:99", "٣", "½", "1.000.000,99€", "\u202e", "a" * 5000]
    ),
)


@given(values=st.lists(VALUES, min_size=10, max_size=10))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_absurd_values_raise_nothing(values):
    words = [d.escape("".join(letter for letter in value if letter.isprintable())) for value in values]
    module = (
        f"<MAX_PARTICIPANTS>{words[3]}</MAX_PARTICIPANTS>"
        f"<DURATION type='1'><START_DATE>{words[4]}</START_DATE></DURATION>"
        f"<INSTRUCTION_REMARKS>{words[5]}</INSTRUCTION_REMARKS>"
    )
    details = (
        f"<SERVICE_DATE><START_DATE>{words[6]}</START_DATE></SERVICE_DATE>"
        f"<DESCRIPTION_LONG>{words[7]}</DESCRIPTION_LONG>"
    )
    price = d.price(words[1], words[2])
    record = d.service(words[0], starts="", price=price, module=module, details=details)
    consume(d.catalog(record))
    consume(
        d.kurse(
            d.kurs("1", beginndat=values[4], tnmax=values[3], beginnuhr=values[5], gebuehr=values[1]).replace(
                "\x0b", ""
            )
        )
    )
    consume(
        ("Titel;Beginn;Ende;Preis;Uhrzeit von;Plätze\n" + ";".join(value.replace(";", "") for value in values)).encode(
            "utf-8", "ignore"
        )
    )


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_noise_is_refused(data):
    try:
        open_delivery(d.stream(data))
    except DeliveryRefused:
        return
    consume(data)


def test_sessions_of_a_changed_run_are_written_anew(db):
    deliver(d.kurse(d.kurs("K1", dates=("05.04.2027", "12.04.2027"))), "VHS")
    result = deliver(d.kurse(d.kurs("K1", dates=("05.04.2027", "19.04.2027"))), "VHS")
    assert sorted(day.isoformat() for day in Session.objects.values_list("day", flat=True)) == [
        "2027-04-05",
        "2027-04-19",
    ]
    assert "sessions" in result.items.get(action="changed").changes
    assert receive(b"x").size == 1
