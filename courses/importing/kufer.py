"""KuferSQL ("internet.xml"), the administration software of many Volkshochschulen.

A `kurs` is one run; there is no course above it. Runs with the same title in the same Fachbereich are one course here.
Only the elements below are read: a full export also names lecturers with their private phone numbers.
"""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from django.utils.translation import gettext as _

from courses.importing import addresses, level, markup, mode, money, schedule, values, xml
from courses.importing.fields import Notes, compact, remembered, unique
from courses.importing.opening import open_delivery
from courses.importing.periods import duration_class
from courses.importing.records import DeliveryRefused, Header, Item, Problem, Recall, Record, Supplier, nothing
from kit import text as kit_text

# What is read. Several names for one thing are what different versions and templates of the export call it.
NUMBER = ("knr", "kursnr", "kursnummer")
STAND_IN = ("untertitel", "titel2", "fachbtext")  # where a course has no title
TITLE = ("haupttitel", "titellang_bf", "titel", "kurstitel", "titelkurz", "kurztitel", "titellang")
SUBTITLE = ("untertitel", "titel2", "titellang")
TEXT = ("inhalt", "web_info", "webinfo", "inhaltlang", "beschreibung", "kursinhalt", "internettext")
PRICE = (
    "gebnorm", "kursgeb", "gebuehr", "kursgebuehr", "gebvoll", "gebnormal", "kosten", "gebuehrnormal",
    "gebuehr_normal", "gebuehrbetrag", "preis", "entgelt",
)  # fmt: skip
REDUCED = (
    "geberm", "ermaessigung", "kursgeberm", "gebuehrerm", "gebuehrermaessigt", "gebuehr_erm", "gebuehr_ermaessigt",
    "preis_ermaessigt", "gebermaessigt", "ermaessigt", "ermgebuehr",
)  # fmt: skip
PRICE_NOTE = (
    "gebuehrergaenztext", "gebergaenztext", "gebtext", "gebuehrtext", "gebuehr_text", "gebuehrinfo",
    "gebuehrhinweis", "preistext",
)  # fmt: skip
HOURS = (
    "ustd", "ustdn", "ueinheiten", "anzahlue", "unterrichtsstunden", "uestunden", "ue", "unterrichtseinheiten",
    "stunden",
)  # fmt: skip
REGISTER_UNTIL = (
    "anm_ende", "anmende", "anmeldungbis", "anmeldeschluss", "anmeldeschlussdat", "anmeldeende", "anmeldbis",
)  # fmt: skip
REQUIREMENTS = ("voraussetzung", "voraussetzungen", "vorkenntnisse")
AUDIENCE = ("zielgruppe", "zielgruppen", "zielgruppentext")
HINT = (
    "hinweis", "hinweise", "bemerkung", "bemerkungen", "mitbringen", "material", "materialkosten",
)  # fmt: skip
STEP_FREE = (
    "barrierefrei", "ortbarrierefrei", "rollstuhlgerecht", "ortrollstuhl", "behindertengerecht",
    "ortbehindertengerecht",
)  # fmt: skip
MODE = ("veranstaltungsform", "kursform", "lernform", "unterrichtsform", "durchfuehrungsform")
DEGREE = ("abschluss", "zertifikat", "pruefung")
CANCELLED = ("ausfall", "ausgefallen", "abgesagt", "storniert")
LINK = (
    "kursurl", "weblink", "detaillink", "anmeldeurl", "url", "link", "kurslink", "internetlink", "anmeldelink",
)  # fmt: skip
KEYWORDS = (
    "keywords", "suchworte", "schlagwort", "schlagworte", "schlagwoerter", "stichwort", "stichworte",
)  # fmt: skip
PLACE = (
    "ort", "ortraumname", "ortgebaeude", "ortaussenstelle", "ortstr", "ortplz", "ortname", "ortstrasse", "ortstadt",
    "ortraumnr", "ortbezeichnung", "raum", "gebaeude",
)  # fmt: skip
PLAIN = (
    "knr", "fachb", "fachbtext", "beginndat", "endedat", "beginnuhr", "endeuhr", "dauer", "tnmax", "tnmin",
    "tnanmeldungen", "termine", "wochentag", "kategorien", "maxteilnehmer", "minteilnehmer", "tnbelegt", "beginn",
    "ende", "begindat", "enddat", "kursnr", "kursnummer", "tnwarteliste", "keinewebanmeldung", "beginnzeit",
    "endezeit",
)  # fmt: skip
# Known, and left out for a reason.
PERSONAL = {"mitarbeiter_planend", "mitarbeiter", "dozenten", "dozent", "kursleiter", "kursleitung", "leitung", "hpm"}
# About the processing of the administration itself.
INTERNAL = {"guid", "semester", "halbjahr", "kursid", "id", "ortid", "bezirk", "geaendert", "aenderungsdatum"}
READ = {
    *TITLE, *SUBTITLE, *TEXT, *PRICE, *REDUCED, *PRICE_NOTE, *HOURS, *REGISTER_UNTIL, *REQUIREMENTS, *AUDIENCE, *HINT,
    *LINK, *KEYWORDS, *PLACE, *PLAIN, *STEP_FREE, *MODE, *DEGREE, *CANCELLED,
}  # fmt: skip


class Kufer:
    """Reads `kurse/kurs`."""

    def __init__(self, recall: Recall = nothing):
        self.recall = recall

    def read(self, stream: BinaryIO) -> Iterator[Item]:
        opened = open_delivery(stream)
        if opened.format != "kufer":
            raise DeliveryRefused("wrong-format", _("This is no KuferSQL file."))
        yield Header("kufer", opened.encoding, [Supplier()], is_full=True)
        unknown: Counter = Counter()
        for _event, _path, element in xml.walk(opened.stream, {"kurs"}, set(), key="knr", any_case=True):
            yield from _items(element, unknown, self.recall)
        if unknown:
            names = ", ".join(f"{name} ({count})" for name, count in unknown.most_common(20))
            yield Problem(
                None, "", "kurs", str(_("Elements that are not read here: %(names)s.") % {"names": names})[:500]
            )


def _items(element, unknown: Counter, recall: Recall) -> Iterator[Item]:
    if isinstance(element, xml.Excess):
        yield Problem(element.line, element.key, element.field or "kurs", xml.excess_reason(element), is_fatal=True)
        return
    unknown.update({child.tag for child in element} - READ - PERSONAL - INTERNAL)
    fields = {child.tag: child for child in reversed(element)}
    number, title = values.tidy(_first(fields, NUMBER)), values.line(_first(fields, (*TITLE, *STAND_IN)))
    notes = Notes(element.sourceline, number, title)
    if number and values.yes(_first(fields, CANCELLED)):
        notes.notice(CANCELLED[0], _("The provider has cancelled the course: it is not offered."))
        yield from notes.problems
        return
    record = remembered(xml.digest(element), notes, recall, lambda: _Course(fields, notes).record(number, title))
    yield from notes.problems
    if not notes.is_rejected:
        yield record


def _first(fields: dict, names: tuple[str, ...]) -> str:
    """Text of the first of these elements that says something."""
    for name in names:
        if name in fields and (found := _words(fields[name]).strip()):
            return found
    return ""


def _words(element) -> str:
    return "".join(element.itertext()) if len(element) else element.text or ""


class _Course:
    """Reads one `kurs`."""

    def __init__(self, fields: dict, notes: Notes):
        self.fields, self.notes = fields, notes

    def get(self, *names: str) -> str:
        return _first(self.fields, names)

    def markup(self, *names: str) -> str:
        """Clean HTML of the first of these elements that says something; a list in it becomes a line."""
        node = next((self.fields[name] for name in names if self.get(name)), None)
        if node is not None and len(node) and not {child.tag for child in node} & kit_text.TAGS:
            return markup.to_html(", ".join(filter(None, (values.line(_words(child)) for child in node))))
        return markup.to_html(xml.inner(node))

    def record(self, number: str, title: str) -> Record:
        if not number:
            self.notes.reject("knr", _("The course number is missing."))
        if not title:
            self.notes.reject("haupttitel", _("The title is missing."))
        elif not self.get(*TITLE):
            reason = _("The title is missing; “%(title)s” stands in for it.") % {"title": title[:120]}
            self.notes.notice("haupttitel", reason)
        field_code, field_name = values.tidy(self.get("fachb")), values.tidy(self.get("fachbtext"))
        return Record(
            line=self.notes.line, external_id=number[:255], course_id=course_key(title, field_code or field_name),
            course=self.course(title, field_code, field_name), run=self.run(number),
        )  # fmt: skip

    # ── Course

    def course(self, title: str, field_code: str, field_name: str) -> dict:
        notes = self.notes
        title = notes.fit("haupttitel", title, 255)
        subtitle = values.line(self.get(*SUBTITLE))
        derived = level.guess(f"{title} {subtitle}")
        text = self.markup(*TEXT)
        intro = markup.to_html(subtitle) if kit_text.fold(subtitle) not in kit_text.fold(title) else ""
        words = re.split(r"[,;\n]", "\n".join([self.get(*KEYWORDS), *self.categories()]))
        words = [word for raw in words if (word := values.line(raw)[:255])]
        link = addresses.url(self.get(*LINK), longest=2000)
        links = [{"url": link, "label": "", "purpose": ""}] if link else []
        system = {"system": "Fachbereich", "code": field_code, "label": field_name}
        return compact(
            {
                "title": title,
                "description": intro + text,
                "requirements": self.markup(*REQUIREMENTS),
                "audience": self.markup(*AUDIENCE),
                "terms": "".join(self.markup(name) for name in HINT),
                "degree_title": values.line(self.get(*DEGREE))[:2000],
                "level": derived,
                "level_is_derived": bool(derived) or None,
                "keywords": unique([["subject", word] for word in [field_name[:255], *words] if word]),
                "systematics": [system] if field_code or field_name else [],
                "links": links,
            }
        )

    def categories(self) -> list[str]:
        """Names of the categories of a full export."""
        parent = self.fields.get("kategorien")
        nodes = [] if parent is None else parent.iter("kategorie")
        found = []
        for node in nodes:
            inner = {child.tag: child for child in reversed(node)}
            found.append(_first(inner, ("bezeichnung", "name", "bezeichnungstruktur")) or (node.text or "").strip())
        return [values.tidy(name).replace(",", " ") for name in found]

    # ── Run

    def run(self, number: str) -> dict:
        notes = self.notes
        sessions = self.sessions()
        days = sorted(session["day"] for session in sessions)
        begins, closes = self.get("beginndat", "begindat", "beginn"), self.get("endedat", "enddat", "ende")
        starts = notes.read("beginndat", values.day, begins) or (days[0] if days else None)
        ends = notes.read("endedat", values.day, closes) or (days[-1] if days else None)
        ends = notes.end("endedat", starts, ends)
        count = self.count_of_dates()
        place = self.place()
        weekdays, times = self.times(sessions)
        return compact(
            {
                "external_id": number[:255],
                "number": notes.fit("knr", number, 60),
                "starts_on": starts,
                "ends_on": ends,
                "begin": "fixed" if starts else "open",
                "date_note": "" if starts else values.tidy(begins),
                "sessions": [self.own_venue(session, place) for session in sessions],
                "weekdays": weekdays,
                "times_of_day": times,
                "schedule_note": self.schedule_note(count, sessions),
                "duration_class": duration_class(starts, ends),
                "hours": self.hours(),
                "mode": self.mode(place),
                "location": place,
                "room": self.room(),
                "places": notes.read("tnmax", values.count, self.get("tnmax", "maxteilnehmer")) or None,
                "places_min": notes.read("tnmin", values.count, self.get("tnmin", "minteilnehmer"), last=False),
                "places_taken": notes.read("tnanmeldungen", values.count, self.get("tnanmeldungen", "tnbelegt")),
                "note": self.registration(),
                "registration_until": notes.read("anmeldeschluss", values.day, self.get(*REGISTER_UNTIL)),
                **self.money(),
            }
        )

    def registration(self) -> str:
        """What a full export says about how to register: not on the web, people who wait."""
        by_phone = values.yes(self.get("keinewebanmeldung"))
        return markup.to_html("Anmeldung nur direkt beim Anbieter, nicht im Internet.") if by_phone else ""

    def count_of_dates(self) -> int | None:
        """ "dauer" is how many dates there are, in some templates with words around the number."""
        raw = self.get("dauer")
        return self.notes.read("dauer", values.count, raw) if re.search(r"\d", raw) else None

    def sessions(self) -> list[dict]:
        """Single dates with their own venue. One whose day cannot be read is left out with a notice."""
        found = []
        parent = self.fields.get("termine")
        for node in [] if parent is None else parent.iter("termin"):
            fields = {child.tag: child for child in reversed(node)}
            day = self.notes.read("tag", values.day, _first(fields, ("tag", "datum", "beginndat")))
            if day is None:
                continue
            starts = self.notes.read("zeitvon", values.clock, _first(fields, ("zeitvon", "von", "beginnuhr")))
            ends = self.notes.read("zeitbis", values.clock, _first(fields, ("zeitbis", "bis", "endeuhr")))
            if starts and ends and ends <= starts:
                self.notes.notice("zeitbis", _("The end of a date lies before its beginning; the end was left out."))
                ends = None
            venue = {name.removeprefix("termin_"): child for name, child in fields.items() if "ort" in name}
            found.append(compact({"day": day, "starts": starts, "ends": ends, "venue": venue}))
        return sorted(found, key=lambda session: (session["day"], session.get("starts") or ""))

    def own_venue(self, session: dict, place: dict | None) -> dict:
        """The venue of a date, kept only where it differs from the venue of the course."""
        fields = session.pop("venue", {})
        if not fields:
            return session
        there = _Course(fields, self.notes)
        found, room = there.place(), there.room()
        if found and found != place and (place is None or not found.items() <= place.items()):
            session["location"] = found
        if room and room != self.room():
            session["room"] = room
        return session

    def place(self) -> dict | None:
        """Building, else branch, else "ort", with street, postcode and town."""
        name = values.tidy(self.get("ortgebaeude", "gebaeude", "ortaussenstelle", "ort", "ortbezeichnung"))[:255]
        branch = values.tidy(self.get("ortaussenstelle"))
        found = compact(
            {
                "name": name,
                "street": values.tidy(self.get("ortstr", "ortstrasse"))[:255],
                "postcode": addresses.postcode(self.get("ortplz")),
                "city": values.tidy(self.get("ortname", "ortstadt"))[:120],
                "is_barrier_free": addresses.step_free(self.get(*STEP_FREE)),
                "remarks": branch[:255] if kit_text.fold(branch) not in kit_text.fold(name) else "",
            }
        )
        return found | {"country": "DE"} if found.keys() - {"is_barrier_free"} else None

    def room(self) -> str:
        """The room; "ort" repeats it or names what the building does not."""
        room = values.tidy(self.get("ortraumname", "raum", "ortraumnr", "ort"))[:120]
        return "" if kit_text.fold(room) == kit_text.fold(self.get("ortgebaeude")) else room

    def mode(self, place: dict | None) -> str:
        if said := mode.named(self.get(*MODE)):
            return said
        where = [self.get(name) for name in ("ort", "ortraumname", "ortgebaeude", "ortaussenstelle", "ortname")]
        if addresses.names_online(*where) or (not place and addresses.names_online(self.get(*TITLE))):
            return "online"
        return "on_site" if place else ""

    def times(self, sessions: list[dict]) -> tuple[int, list[str]]:
        """From the single dates; without them from the hours of the course and its first and last day."""
        if sessions:
            return schedule.from_sessions(sessions)
        starts = self.notes.read("beginnuhr", values.clock, self.get("beginnuhr", "beginnzeit"))
        ends = self.notes.read("endeuhr", values.clock, self.get("endeuhr", "endezeit"))
        read = schedule.parse(self.get("wochentag"))
        times = [schedule.time_of_day(starts, ends)] if starts else list(read.times_of_day)
        if schedule.is_weekend(read.weekdays):
            times = schedule.in_order({*times, "weekend"})
        return read.weekdays, times

    def schedule_note(self, count: int | None, sessions: list[dict]) -> str:
        """How many dates, from when to when: said only where the single dates do not say it."""
        if sessions and (count is None or count == len(sessions)):
            return ""
        hours = "–".join(filter(None, [values.tidy(self.get("beginnuhr")), values.tidy(self.get("endeuhr"))]))
        parts = [
            values.tidy(self.get("wochentag")),
            f"{hours} Uhr" if hours else "",
            f"{count} Termine" if count else "",
        ]
        return ", ".join(filter(None, parts))

    def hours(self) -> str | None:
        hours = self.notes.read("ustd", money.amount, self.get(*HOURS), german=True)
        return str(hours.quantize(Decimal("0.1"))) if hours and hours < 100_000 else None

    def money(self) -> dict:
        """Prices are not part of the plain export; where a template adds them they are read."""
        raw = self.get(*PRICE)
        amount, cheaper, words = money.prices(raw, german=True)
        special, _none, more = money.prices(self.get(*REDUCED), german=True)
        reduced = cheaper or special
        note = "\n".join(
            filter(None, [words, f"ermäßigt: {more}" if more else "", values.multiline(self.get(*PRICE_NOTE))])
        )
        if amount:
            kind = "known"
        else:
            kind = "free" if money.says_free(f"{raw} {note}") else "on_request"
        return {
            "price": str(amount) if amount else None, "price_kind": kind, "price_note": note,
            "special_price": str(reduced) if amount and reduced and reduced < amount else None,
        }  # fmt: skip


def course_key(title: str, field: str) -> str:
    """Key of the course that runs of this title in this Fachbereich belong to."""
    return kit_text.digest(kit_text.fold(title), kit_text.fold(field))
