"""What a SERVICE says about a run: dates, form, phases, venue, times."""

import re

from django.utils.translation import gettext as _

from courses.importing import addresses, markup, schedule, values
from courses.importing.fields import compact, language, unique
from courses.importing.openqcat import reading
from courses.importing.openqcat.conditions import Conditions
from courses.importing.periods import begin, duration_class
from taxonomy import codes

SERVICE_TIMES = ("SERVICETIME", "INSTRUCTOR_SERVICETIME", "MANDATORY_LEARNINGTIME")
EXECUTION_MODES = {1: "on_site", 2: "online", 3: "blended"}


class RunFields(Conditions):
    """Reads the fields of a run."""

    def run(self, product: str) -> dict:
        notes, extended, details = self.notes, self.extended, self.details
        fields = {
            "external_id": product,
            "number": values.tidy(reading.text(details, "SUPPLIER_ALT_PID"))[:60],
            **self.dates(),
            **self.money(),
            **self.funding(),
            **self.certificate(),
            **self.form(),
            **self.phases(),
            "registration_until": notes.read(
                "REGISTRATION_DATE", values.day, reading.text(self.education, "REGISTRATION_DATE")
            ),
            "announced_from": notes.read("ANNOUNCEMENT", values.day, reading.text(details, "ANNOUNCEMENT/START_DATE")),
            "announced_until": notes.read("ANNOUNCEMENT", values.day, reading.text(details, "ANNOUNCEMENT/END_DATE")),
            "practical_part": values.yes(reading.text(extended, "PRACTICAL_PART")),
            "for_trainees": values.yes(reading.text(extended, "TRAINEE_SUITABLE")),
            "for_employees": values.yes(reading.text(extended, "EMPLOYEE_SUITABLE")),
            "beside_job": values.yes(reading.text(extended, "EXTRA_OCCUPATIONAL")),
            "digitally_accessible": values.yes(reading.text(extended, "DIGITAL_ACCESSIBILITY")),
            "digitally_accessible_note": values.multiline(reading.text(extended, "DIGITAL_ACCESSIBILITY_REMARKS")),
            "languages": self.languages(),
            "languages_note": notes.fit(
                "TEACHING_LANGUAGES_REMARKS", values.tidy(reading.text(extended, "TEACHING_LANGUAGES_REMARKS")), 500
            ),
            "measure_number": notes.fit("MEASURE_NUMBER", values.tidy(reading.text(extended, "MEASURE_NUMBER")), 30),
            "methods": unique(
                [values.tidy(text)[:255] for module in self.modules for text in reading.texts(module, "METHOD")]
            ),
            "media": unique(
                [values.tidy(text)[:255] for module in self.modules for text in reading.texts(module, "MEDIA")]
            ),
            "note": "".join(
                markup.to_html(text) for module in self.modules for text in reading.texts(module, "MARKETINGTEXT")
            ),
        }
        return compact(fields | self.times(fields))

    def dates(self) -> dict:
        notes = self.notes
        period = reading.first(self.details, "SERVICE_DATE")
        durations = [node for module in self.modules for node in reading.every(module, "DURATION")]
        starts = notes.read("START_DATE", values.day, reading.text(period, "START_DATE"))
        ends = notes.read("END_DATE", values.day, reading.text(period, "END_DATE"))
        if not starts and not ends:
            found = [notes.read("DURATION", values.day, reading.text(node, "START_DATE")) for node in durations]
            starts = min(filter(None, found), default=None)
            found = [notes.read("DURATION", values.day, reading.text(node, "END_DATE")) for node in durations]
            ends = max(filter(None, found), default=None)
        ends = notes.end("END_DATE", starts, ends)
        remarks = [reading.text(period, "DATE_REMARKS"), *(reading.text(node, "DATE_REMARKS") for node in durations)]
        remarks.append(reading.text(reading.first(self.details, "ANNOUNCEMENT"), "DATE_REMARKS"))
        remarks.append(reading.text(self.extended, "LECTURE_PERIOD"))
        written = [values.tidy(reading.text(period, name)) for name in ("START_DATE", "END_DATE")]
        remarks += [raw for raw in written if raw and not re.search(r"\d{4}-\d\d", raw) and not starts]
        note = "\n".join(unique([values.multiline(text) for text in remarks]))
        flexible = any(values.yes(reading.text(module, "FLEXIBLE_START")) for module in self.modules)
        return {
            "starts_on": starts, "ends_on": ends, "date_note": note,
            "begin": begin(starts, note, flexible=flexible), "sessions": self.single_day(period, starts, ends),
        }  # fmt: skip

    def single_day(self, period, starts: str | None, ends: str | None) -> list[dict]:
        """A run of one day with clock times is that one date; otherwise times of SERVICE_DATE say nothing (trap 2)."""
        begins, closes = (
            values.time_in(reading.text(period, "START_DATE")),
            values.time_in(reading.text(period, "END_DATE")),
        )
        if not starts or starts != ends or not begins or not closes or begins >= closes:
            return []
        return [{"day": starts, "starts": begins, "ends": closes}]

    def form(self) -> dict:
        extended = self.extended
        form = self.code("instruction_form", reading.first(extended, "INSTRUCTION_FORM"), "INSTRUCTION_FORM")
        execution = self.code("execution_form", reading.first(extended, "EXECUTION_FORM"), "EXECUTION_FORM")
        time = self.code("instruction_time", reading.first(extended, "INSTRUCTION_TIME"), "INSTRUCTION_TIME")
        in_house = values.yes(reading.text(extended, "INHOUSE_SEMINAR"))
        return {
            "mode": self.mode(form, execution),
            "instruction_form": form,
            "instruction_form_name": self.notes.fit(
                "INSTRUCTION_FORM_NAME", values.tidy(reading.text(extended, "INSTRUCTION_FORM_NAME")), 60
            ),
            "instruction_time": {1: 1, 2: 2}.get(form) if time is None else time,
            "execution_form": execution,
            "in_house": True if form == 7 and in_house is None else in_house,
        }

    def mode(self, form: int | None, execution: int | None) -> str:
        """As the form says; measures of activation say it in EXECUTION_FORM."""
        if found := codes.mode(form):
            return found
        if execution in EXECUTION_MODES:
            return EXECUTION_MODES[execution]
        tags = {module.tag for module in self.modules}
        places = [
            reading.text(module, f"LOCATION/{name}") for module in self.modules for name in ("NAME", "NAME2", "CITY")
        ]
        if addresses.names_online(*places):
            return "online"
        return "online" if tags and "MODULE_COURSE" not in tags else ""

    def languages(self) -> list[str]:
        raw = reading.texts(self.extended, "TEACHING_LANGUAGES") or reading.texts(self.education, "LANGUAGE")
        raw = [word for text in raw for word in re.split(r"[,;/\s]+|\bund\b", text) if word]
        found = unique([language(text) for text in raw])
        for text in raw:
            if text and text != "0" and not language(text):
                self.notes.notice("TEACHING_LANGUAGES", _("“%(value)s” cannot be read.") % {"value": text[:80]})
        return found

    def phases(self) -> dict:
        """Each MODULE_COURSE is a phase; the run takes venue, places and class from the first that says them."""
        phases = [self.phase(module) for module in self.modules]
        first = {}
        for phase in phases:
            first = phase | compact(first)
        classes = [phase.get("duration_class") for phase in phases if phase.get("duration_class")]
        remarks = unique([phase.get("note", "") for phase in phases])
        kept = [
            {name: value for name, value in phase.items() if name not in {"places", "places_min", "location"}}
            | ({"location": _line(phase["location"])} if phase.get("location") else {})
            for phase in phases
        ]
        is_one = len(phases) < 2 and not any(phase.get("segment_type") for phase in phases)
        return {
            "location": first.get("location"),
            "places_min": first.get("places_min"),
            "places": first.get("places"),
            "duration_class": max(classes, default=None),
            "schedule_note": "\n".join(remarks),
            "phases": [] if is_one else [compact(phase) for phase in kept],
        }

    def phase(self, module) -> dict:
        notes, duration = self.notes, reading.first(module, "DURATION")
        segment = self.code("segment_type", reading.first(module, "EXTENDED_INFO/SEGMENT_TYPE"), "SEGMENT_TYPE")
        kind = self.code("duration", duration, "DURATION")
        most = notes.read("MAX_PARTICIPANTS", values.count, reading.text(module, "MAX_PARTICIPANTS"))
        least = notes.read("MIN_PARTICIPANTS", values.count, reading.text(module, "MIN_PARTICIPANTS"), last=False)
        return compact(
            {
                "segment_type": segment,
                "duration_class": kind or None,
                "starts_on": notes.read("DURATION", values.day, reading.text(duration, "START_DATE")),
                "ends_on": notes.read("DURATION", values.day, reading.text(duration, "END_DATE")),
                "date_note": values.multiline(reading.text(duration, "DATE_REMARKS")),
                "note": "\n".join(unique([*reading.texts(module, "INSTRUCTION_REMARKS"), *_effort(module)])),
                "location": reading.address(reading.first(module, "LOCATION")),
                "places_min": least,
                "places": most or None,
            }
        )

    def times(self, fields: dict) -> dict:
        """Weekdays and times of day from the dates, or from what is written about them; the class from the dates."""
        found = {"duration_class": self.duration_class(fields)}
        if fields["sessions"]:
            weekdays, times = schedule.from_sessions(fields["sessions"])
            return found | {"weekdays": weekdays, "times_of_day": times}
        read = schedule.parse(fields["schedule_note"]) or schedule.parse(fields["date_note"])
        times = list(read.times_of_day)
        if fields["instruction_form"] == 3 and "weekend" not in times:
            times.append("weekend")
        if not read.ranges and not times:
            times = self.times_of_period(fields)
        return found | {
            "weekdays": read.weekdays or None, "times_of_day": times, "times_from_text": bool(read) or None,
        }  # fmt: skip

    def times_of_period(self, fields: dict) -> list[str]:
        period = reading.first(self.details, "SERVICE_DATE")
        begins, closes = (
            values.time_in(reading.text(period, "START_DATE")),
            values.time_in(reading.text(period, "END_DATE")),
        )
        return [schedule.time_of_day(begins, closes)] if begins and closes and begins < closes else []

    def duration_class(self, fields: dict) -> int | None:
        """A class that the dates contradict gives way to them (trap 15); at the border of two classes it may stand."""
        computed = duration_class(fields["starts_on"], fields["ends_on"])
        written = fields["duration_class"]
        if not computed or not written:
            return computed or written
        if abs(computed - written) <= 1:
            return written
        self.notes.notice("DURATION", _("The class of duration contradicts the dates. The dates count."))
        return computed


def _effort(module) -> list[str]:
    """What a learning programme says about the time that it takes."""
    match = re.fullmatch(
        r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?.*)?", values.tidy(reading.text(module, "EST_DURATION"))
    )
    units = zip(match.groups() if match else (), ("Tage", "Stunden", "Minuten"), strict=False)
    parts = [f"{int(number)} {unit}" for number, unit in units if number and int(number)]
    served = [text for tag in SERVICE_TIMES for text in reading.texts(module, f"{tag}/DATE_REMARKS")]
    return [f"Dauer etwa {' '.join(parts)}" if parts else "", *served]


def _line(location: dict) -> str:
    place = f"{location.get('postcode', '')} {location.get('city', '')}".strip()
    return ", ".join(filter(None, [location.get("name"), location.get("street"), place]))
