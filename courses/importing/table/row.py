"""One row of the table becomes a record."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from courses.importing import addresses, level, markup, mode, money, schedule, values
from courses.importing.fields import Notes, compact, language, unique
from courses.importing.periods import BEGINS, duration_class
from courses.importing.records import Item, Record
from courses.importing.table.columns import column_name
from kit import text as kit_text

FEDERAL = [
    (1, re.compile(r"aufstiegs-?baf|meister-?baf|afbg", re.I)),
    (2, re.compile(r"bildungsgutschein|\bbgs\b|azav", re.I)),
    (4, re.compile(r"aufstiegsstipendium", re.I)),
    (5, re.compile(r"weiterbildungsstipendium", re.I)),
    (8, re.compile(r"qualifizierungsgeld", re.I)),
    (9, re.compile(r"transfergesellschaft", re.I)),
    (10, re.compile(r"kompass", re.I)),
    (11, re.compile(r"qualifizierungschancengesetz|zuschuss bei der qualifizierung", re.I)),
]
CELL = 64_000
_SESSION = re.compile(
    r"(\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}|\d{4}-\d{2}-\d{2})[\s,]*(?:(\d{1,2}[:.]\d{2})\s*(?:Uhr)?\s*(?:-|–|bis)\s*(\d{1,2}[:.]\d{2}))?"
)


class Groups:
    """Which course a row belongs to: the one that had this number before, else the one with this title."""

    def __init__(self):
        self.by_number: dict[str, str] = {}

    def key(self, number: str, title: str) -> str:
        key = self.by_number.get(number) or kit_text.digest("table", kit_text.fold(title))
        if number:
            self.by_number[number] = key
        return key


class TableRow:
    """Reads one row."""

    def __init__(self, line: int, row: dict[str, str], encoding: str):
        self.row = row
        number = values.tidy(row.get("number"))
        self.notes = Notes(line, number, values.tidy(row.get("title")))
        self.is_workbook = encoding == "xlsx"

    def get(self, key: str) -> str:
        return values.tidy(self.row.get(key))

    def items(self, groups: Groups, numbers: Counter, taken: Counter) -> Iterator[Item]:
        number, title = self.get("number"), self.notes.fit(column_name("title"), values.line(self.get("title")), 255)
        too_long = next((key for key, cell in self.row.items() if len(cell) > CELL), None)
        if not title:
            self.notes.reject(column_name("title"), _("The title is missing."))
        if too_long:
            self.notes.reject(column_name(too_long), _("A text is longer than %(limit)s characters.") % {"limit": CELL})
        course, run = ({}, {}) if self.notes.is_rejected else (self.course(title), self.run())
        external = self.external_id(number, title, run, numbers[self.row.get("number", "")] < 2)
        taken[external] += 1
        if taken[external] > 1:
            external = f"{external}#{taken[external]}"
        self.notes.external_id = external
        yield from self.notes.problems
        if not self.notes.is_rejected:
            run |= {"external_id": external}
            yield Record(
                line=self.notes.line, external_id=external, course_id=groups.key(number, title), course=course, run=run
            )

    def external_id(self, number: str, title: str, run: dict, is_unique: bool) -> str:
        """The number where it names one row; else number and beginning; without a number title, beginning and place."""
        if number and is_unique:
            return number[:240]
        place = run.get("location") or {}
        parts = [number or kit_text.digest(kit_text.fold(title))[:16], run.get("starts_on") or ""]
        if not number:
            parts += [self.get("starts"), kit_text.fold(place.get("city", ""))]
        return "/".join(part for part in parts if part)[:240]

    # ── Course

    def course(self, title: str) -> dict:
        derived = level.guess(title)
        words = [values.tidy(word)[:255] for word in re.split(r"[,;\n]", self.row.get("keywords", ""))]
        url = addresses.url(self.get("link"))
        if self.get("link") and not url:
            self.notes.notice(
                column_name("link"), _("“%(value)s” is no web address.") % {"value": self.get("link")[:80]}
            )
        return compact(
            {
                "title": title,
                "description": markup.to_html(self.row.get("description")),
                "requirements": markup.to_html(self.row.get("requirements")),
                "audience": markup.to_html(self.row.get("audience")),
                "degree_title": self.notes.fit(column_name("degree"), self.get("degree"), 2000),
                "level": derived,
                "level_is_derived": bool(derived) or None,
                "keywords": unique([["subject", word] for word in words if word]),
                "links": [{"url": url, "label": "", "purpose": ""}] if url else [],
                "contacts": self.contacts(),
            }
        )

    def contacts(self) -> list[dict]:
        name = self.get("contact")
        first, _space, last = name.rpartition(" ")
        found = compact(
            {
                "first_name": first[:60], "last_name": last[:60], "phone": addresses.phone(self.get("phone")),
                "email": addresses.email(self.get("email")),
            }
        )  # fmt: skip
        return [found | {"role": 1}] if found else []

    # ── Run

    def run(self) -> dict:
        notes = self.notes
        starts_on, ends_on, starts, ends = self.period()
        sessions = self.sessions(starts_on, ends_on, starts, ends)
        if sessions:
            starts_on, ends_on = starts_on or sessions[0]["day"], ends_on or sessions[-1]["day"]
        place = self.place()
        hours = notes.read(column_name("hours"), money.amount, self.get("hours"), german=True)
        return compact(
            {
                "number": notes.fit(column_name("number"), self.get("number"), 60),
                "starts_on": starts_on,
                "ends_on": ends_on,
                "begin": self.begin(starts_on),
                "date_note": "" if starts_on else self.row.get("starts_on", "")[:500],
                "sessions": sessions,
                "registration_until": notes.read(
                    column_name("registration_until"), values.day, self.get("registration_until")
                ),
                "duration_class": duration_class(starts_on, ends_on),
                "hours": str(hours.quantize(Decimal("0.1"))) if hours and hours < 100_000 else None,
                "mode": self.mode(place),
                "location": place,
                "room": self.get("room")[:120],
                "languages": self.languages(),
                "measure_number": notes.fit(column_name("measure_number"), self.get("measure_number"), 30),
                "note": markup.to_html(self.row.get("note")),
                **self.times(sessions, starts, ends),
                **self.places(),
                **self.money(),
                **self.funding(),
            }
        )

    def period(self) -> tuple[str | None, str | None, str | None, str | None]:
        notes = self.notes
        starts_on = self.day("starts_on")
        ends_on = self.day("ends_on")
        starts = notes.read(column_name("starts"), values.clock, _of_day(self.get("starts")))
        ends = notes.read(column_name("ends"), values.clock, _of_day(self.get("ends")))
        ends_on = notes.end(column_name("ends_on"), starts_on, ends_on or self.other_end("starts_on", values.last_day))
        ends = ends or self.other_end("starts", values.last_clock)
        if starts and ends and ends <= starts:
            notes.notice(column_name("ends"), _("The end of a date lies before its beginning; the end was left out."))
            ends = None
        return starts_on, ends_on, starts, ends

    def other_end(self, key: str, how: Callable) -> str | None:
        """The end that stands in the column of the beginning: "18:00-19:30"."""
        try:
            return how(self.get(key))
        except values.BadValue:
            return None

    def day(self, key: str) -> str | None:
        """A date; words such as "laufend" or "auf Anfrage" are none and no mistake."""
        raw = self.get(key)
        if not raw or any(pattern.search(raw) for _begin, pattern in BEGINS) or raw in {"-", "–", "?"}:
            return None
        if re.fullmatch(r"[34]\d{4}", raw):  # a spreadsheet's count of days since 30.12.1899
            return (date(1899, 12, 30) + timedelta(days=int(raw))).isoformat()
        return self.notes.read(column_name(key), values.day, raw)

    def begin(self, starts_on: str | None) -> str:
        if starts_on:
            return "fixed"
        raw = self.get("starts_on")
        return next((name for name, pattern in BEGINS if pattern.search(raw)), "open")

    def sessions(self, starts_on: str | None, ends_on: str | None, starts: str | None, ends: str | None) -> list[dict]:
        """The dates that are listed; a run of one day with times is that one date."""
        found = []
        for day, begins, closes in _SESSION.findall(self.row.get("sessions", "")):
            iso = self.notes.read(column_name("sessions"), values.day, day)
            if iso:
                first = self.notes.read(column_name("sessions"), values.clock, begins) or starts
                last = self.notes.read(column_name("sessions"), values.clock, closes) or ends
                found.append(
                    compact({"day": iso, "starts": first, "ends": last if first and last and last > first else None})
                )
        if not found and starts_on and starts and ends_on in (None, starts_on):
            found.append(compact({"day": starts_on, "starts": starts, "ends": ends}))
        return sorted(found, key=lambda session: (session["day"], session.get("starts") or ""))

    def times(self, sessions: list[dict], starts: str | None, ends: str | None) -> dict:
        note = values.multiline(self.row.get("schedule_note"))
        clock = "–".join(filter(None, [starts, ends]))
        days = self.get("weekdays")
        shown = note or " ".join(filter(None, [days, f"{clock} Uhr" if clock else ""]))
        weekdays, times = schedule.from_sessions(sessions)
        read = schedule.parse(f"{days} {note}".strip())
        named = schedule.parse(days).weekdays or _bare_days(days)
        if not sessions or not times:
            times = [schedule.time_of_day(starts, ends)] if starts else list(read.times_of_day)
        weekdays = weekdays if sessions else named or read.weekdays
        if schedule.is_weekend(weekdays):
            times = schedule.in_order({*times, "weekend"})
        from_text = bool(note and not sessions and not starts and read) or None
        return {
            "weekdays": weekdays, "times_of_day": times, "times_from_text": from_text,
            "schedule_note": "" if sessions and not note else shown,
        }  # fmt: skip

    def place(self) -> dict | None:
        street, postcode, city = self.street()
        country = (
            addresses.country(self.get("country")) if self.get("country") else addresses.postcode_country(postcode)
        )
        found = compact(
            {
                "name": self.get("venue")[:255],
                "street": street[:255],
                "postcode": addresses.postcode(postcode, country or "DE"),
                "city": city[:120],
                "is_barrier_free": addresses.step_free(self.get("is_barrier_free")),
            }
        )
        if set(found) <= {"is_barrier_free"} or (set(found) == {"city"} and addresses.names_online(found["city"])):
            return None
        return found | {"country": country or "DE"}

    def country(self, postcode: str) -> str:
        """Two letters of most are a Land in such a column ("BE" is Berlin), so that only names count."""
        named = self.get("country")
        if len(named) > 2 or named.upper() in {"A", "AT", "CH"}:
            return addresses.country(named)
        return addresses.postcode_country(postcode)

    def street(self) -> tuple[str, str, str]:
        """Street, postcode and town, each from its column or from one that holds them all."""
        street, postcode, city = (self.get(name) for name in ("street", "postcode", "city"))
        if not postcode and street and not city:
            return addresses.street_and_city(street)
        if not postcode and city:
            in_city = addresses.street_and_city(city)
            return (street or in_city[0], *in_city[1:]) if in_city[1] else (street, "", city)
        return street, postcode, city

    def mode(self, place: dict | None) -> str:
        raw = self.get("mode")
        found = mode.named(raw)
        if raw and not found:
            self.notes.notice(column_name("mode"), _("“%(value)s” cannot be read.") % {"value": raw[:80]})
        if not found and addresses.names_online(self.get("venue"), self.get("room"), self.get("city")):
            return "online"
        return found or ("on_site" if place else "")

    def languages(self) -> list[str]:
        words = re.split(r"[,;/+]|\bund\b", self.row.get("languages", ""))
        return unique([language(word) for word in words])

    def places(self) -> dict:
        found = {
            key: self.notes.read(column_name(key), values.count, self.get(key), last=key != "places_min")
            for key in ("places", "places_min", "places_taken", "places_free")
        }
        free = found.pop("places_free")
        if free is not None and found["places"] is not None and found["places_taken"] is None:
            found["places_taken"] = max(found["places"] - free, 0)
        if free is not None and found["places"] is None:
            found |= {"places": free, "places_taken": 0}
        return found

    def money(self) -> dict:
        amount, cheaper, words = money.prices(self.get("price"), german=True)
        special, _none, more = money.prices(self.get("special_price"), german=True)
        special = cheaper or special
        notes = [words, f"ermäßigt: {more}" if more else "", values.multiline(self.row.get("price_note"))]
        note = "\n".join(filter(None, notes))
        is_free = (amount is not None and not amount) or (not amount and money.says_free(note))
        return {
            "price": str(amount) if amount else None,
            "price_kind": "known" if amount else "free" if is_free else "on_request",
            "price_note": note,
            "special_price": str(special) if special and amount and special < amount else None,
        }

    def funding(self) -> dict:
        raw = values.multiline(self.row.get("funding"))
        if raw.casefold() in {"", "nein", "keine", "-", "–"}:
            return {}
        return {"funding_federal": [number for number, pattern in FEDERAL if pattern.search(raw)], "funding_note": raw}


def _of_day(raw: str) -> str:
    """A time that a spreadsheet wrote as a share of the day ("0,75")."""
    if not re.fullmatch(r"0[.,]\d+", raw):
        return raw
    minutes = round(float(raw.replace(",", ".")) * 24 * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _bare_days(raw: str) -> int:
    """ "mo mi" or "MO;MI": small and capital letters that prose never means as days."""
    mask = 0
    for word in re.split(r"[^A-Za-z]+", raw):
        if word.title() in schedule.SHORT:
            mask |= 1 << schedule.SHORT.index(word.title())
    return mask
