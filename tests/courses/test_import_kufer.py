"""Every element of KuferSQL that is known here, under each of its names, and what becomes of it.

One file holds a kurs for each element; nothing that the adapter names may be missing in the tables.
"""

# ruff: noqa: E501  a table reads better in lines

from datetime import date, time
from decimal import Decimal
from html import escape

import pytest
from lxml import etree

from courses.importing import kufer
from courses.models import CourseRun
from tests import shared
from tests.courses import deliveries as d
from tests.courses.importing import deliver

REAL = shared.DATA / "kufer/kurse-40.xml"

TERMIN = "<termin><tag>05.04.2027</tag><zeitvon>18:00</zeitvon><zeitbis>19:30</zeitbis>{}</termin>"
OTHER = TERMIN.format(
    "<termin_ortgebaeude>Rathaus</termin_ortgebaeude><termin_ortplz>99734</termin_ortplz><termin_ortraumname>Saal</termin_ortraumname>"
)
CATEGORY = "<kategorie><bezeichnung>Bewegung</bezeichnung></kategorie>"

# (names, what stands inside, further elements, what of ours holds it, value there)
STORED = [
    (kufer.NUMBER, "Z-7", "", "run.number", "Z-7"),
    (kufer.TITLE, "Englisch B1", "", "course.title", "Englisch B1"),
    (("untertitel", "titel2"), "Sanft", "<haupttitel>Yoga</haupttitel>", "course.description", "<p>Sanft</p>"),
    (kufer.TEXT, "Sie lernen.", "", "course.description", "<p>Sie lernen.</p>"),
    (kufer.REQUIREMENTS, "Mut", "", "course.requirements", "<p>Mut</p>"),
    (kufer.AUDIENCE, "Alle", "", "course.audience", "<p>Alle</p>"),
    (kufer.HINT, "Matte", "", "course.terms", "<p>Matte</p>"),
    (kufer.DEGREE, "Zeugnis", "", "course.degree_title", "Zeugnis"),
    (kufer.KEYWORDS, "Rücken; Fitness", "", "keywords", ["Fitness", "Rücken"]),
    (("kategorien",), CATEGORY, "", "keywords", ["Bewegung"]),
    (kufer.LINK, "https://vhs.example/1", "", "course.links", [{"url": "https://vhs.example/1", "label": "", "purpose": ""}]),
    (("fachb",), "G3", "", "course.systematics", [{"system": "Fachbereich", "code": "G3", "label": ""}]),
    (("fachbtext",), "Gesundheit", "", "keywords", ["Gesundheit"]),
    (kufer.PRICE, "89,50", "", "run.price", Decimal("89.50")),
    (kufer.REDUCED, "44,50", "<gebnorm>89,00</gebnorm>", "run.special_price", Decimal("44.50")),
    (kufer.PRICE_NOTE, "inkl. Matte", "", "run.price_note", "inkl. Matte"),
    (kufer.HOURS, "16,5", "", "run.hours", Decimal("16.5")),
    (kufer.REGISTER_UNTIL, "30.03.2027", "", "run.registration_until", date(2027, 3, 30)),
    (("beginndat", "begindat", "beginn"), "05.04.2027", "", "run.starts_on", date(2027, 4, 5)),
    (("endedat", "enddat", "ende"), "12.04.2027", "<beginndat>05.04.2027</beginndat>", "run.ends_on", date(2027, 4, 12)),
    (("beginnuhr", "beginnzeit"), "18:30", "<beginndat>05.04.2027</beginndat>", "run.times_of_day", ["evening"]),
    (("endeuhr", "endezeit"), "14:00", "<beginndat>05.04.2027</beginndat><beginnuhr>10:00</beginnuhr>", "run.times_of_day", ["morning"]),
    (("wochentag",), "Di", "", "run.weekdays", 2),
    (("dauer",), "12", "", "run.schedule_note", "12 Termine"),
    (("termine",), TERMIN.format(""), "", "sessions", [(date(2027, 4, 5), time(18), time(19, 30), "")]),
    (("termine",), OTHER, "<ortgebaeude>Haus A</ortgebaeude>", "sessions", [(date(2027, 4, 5), time(18), time(19, 30), "Rathaus")]),
    (("tnmax", "maxteilnehmer"), "12", "", "run.places", 12),
    (("tnmin", "minteilnehmer"), "6", "", "run.places_min", 6),
    (("tnanmeldungen", "tnbelegt"), "4", "<tnmax>12</tnmax>", "run.places_taken", 4),
    (("ortgebaeude", "gebaeude", "ort", "ortbezeichnung", "ortaussenstelle"), "Haus A", "", "location.name", "Haus A"),
    (("ortaussenstelle",), "Außenstelle Süd", "<ortgebaeude>Haus A</ortgebaeude>", "location.remarks", "Außenstelle Süd"),
    (("ortstr", "ortstrasse"), "Ring 1", "", "location.street", "Ring 1"),
    (("ortplz",), "04315", "", "location.postcode", "04315"),
    (("ortname", "ortstadt"), "Leipzig", "", "location.city", "Leipzig"),
    (("ortraumname", "raum", "ortraumnr"), "Saal 2", "<ortgebaeude>Haus A</ortgebaeude>", "run.room", "Saal 2"),
    (kufer.STEP_FREE, "W", "<ortgebaeude>Haus A</ortgebaeude>", "location.is_barrier_free", True),
    (kufer.MODE, "Online-Kurs", "", "run.mode", "online"),
    (kufer.CANCELLED, "F", "", "run.number", None),  # "F": not cancelled, so the run is there
    (("keinewebanmeldung",), "W", "", "run.note", "<p>Anmeldung nur direkt beim Anbieter, nicht im Internet.</p>"),
]  # fmt: skip
# Known and not stored: how many people wait says little without the places.
SILENT = {"tnwarteliste"}

CASES = [(name, *rest) for names, *rest in STORED for name in names]


def number_of(case: int) -> str:
    return f"Z-{case}"


def one(case: int) -> str:
    """A kurs that holds the element, and a number and a title of its own where it is not about them."""
    name, inside, others, _holder, _value = CASES[case]
    content = inside if "<" in inside else escape(inside)
    fixed = "" if name in kufer.NUMBER else f"<knr>{number_of(case)}</knr>"
    if name not in kufer.TITLE and "<haupttitel>" not in others:
        fixed += f"<haupttitel>Kurs {case}</haupttitel>"
    return f"<kurs>{fixed}{others}<{name}>{content}</{name}></kurs>"


@pytest.fixture
def runs(db) -> dict[int, CourseRun]:
    """Each case with its run: each in a file of its own provider, because several are about the number."""
    found = {}
    plans = [deliver(d.kurse(*(one(case) for case in numbered)), provider) for provider, numbered in files().items()]
    assert [plan.count_rejected for plan in plans] == [0] * len(plans)
    rows = CourseRun.objects.select_related("course__provider", "location").prefetch_related("course__keywords")
    by_key = {(row.course.provider.name, row.external_id): row for row in rows}
    for provider, numbered in files().items():
        for case in numbered:
            external = CASES[case][1] if CASES[case][0] in kufer.NUMBER else number_of(case)
            found[case] = by_key[provider, external]
    return found


def files() -> dict[str, list[int]]:
    """Elements that say the same go into different files: their courses must not become one."""
    sorted_in: dict[str, list[int]] = {}
    for case, (name, *_rest) in enumerate(CASES):
        names = next(names for names, *_rest in STORED if name in names)
        sorted_in.setdefault(f"Haus {names.index(name)}", []).append(case)
    return sorted_in


def held(run: CourseRun, holder: str):
    if holder == "keywords":
        return sorted(keyword.word for keyword in run.course.keywords.all())
    if holder == "sessions":
        return [
            (each.day, each.starts, each.ends, each.location.name if each.location else "")
            for each in run.sessions.select_related("location")
        ]
    home, _dot, field = holder.partition(".")
    return getattr({"run": run, "course": run.course, "location": run.location}[home], field)


def test_every_element_arrives(runs):
    wrong = []
    for case, (name, _inside, _others, holder, value) in enumerate(CASES):
        expected = number_of(case) if value is None else value
        if held(runs[case], holder) != expected:
            wrong.append((name, holder, held(runs[case], holder)))
    assert wrong == []


def test_no_element_is_forgotten():
    """What the adapter reads stands in the table, and what it leaves out, it does not read."""
    assert {name for name, *_rest in CASES} | SILENT == kufer.READ
    assert not kufer.READ & (kufer.PERSONAL | kufer.INTERNAL)


def test_every_element_of_the_real_file_is_known():
    if not REAL.exists():
        pytest.skip(f"there is no {REAL}")
    used = {element.tag for course in etree.parse(REAL).getroot() for element in course}
    assert used <= kufer.READ | kufer.PERSONAL | kufer.INTERNAL
