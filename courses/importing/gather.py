"""Puts the records of a delivery together to courses with their runs, however big the delivery is.

Records wait in a file on disk; the memory holds where they stand. A delivery that breaks off is noticed here, before
anything is compared with the catalogue.
"""

import json
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _

from courses.importing import markup
from courses.importing.fields import unique
from courses.importing.opening import scratch
from courses.importing.records import (
    MAPPING,
    Deletion,
    DeliveryRefused,
    Header,
    Item,
    Problem,
    Record,
    Supplier,
    from_line,
)
from kit import text

UNITED = ("keywords", "handicaps", "systematics", "links", "references", "contacts")
# What a run takes over from the record of its course where it says nothing itself.
INHERITED = (
    "mode", "instruction_form", "instruction_form_name", "instruction_time", "execution_form", "location", "languages",
    "languages_note", "funding_federal", "funding_regional", "funding_note", "subsidies", "certificate_status",
    "certifier_number", "certificate_number", "certificate_from", "certificate_until", "certificate_note",
    "measure_number", "schedule_note", "weekdays", "times_of_day", "times_from_text", "duration_class", "in_house",
    "beside_job", "practical_part", "for_trainees", "for_employees", "methods", "media", "phases", "places",
    "places_min", "digitally_accessible", "digitally_accessible_note",
)  # fmt: skip
PRICE = ("price", "price_kind", "price_note", "special_price")
TOO_MANY_PROBLEMS = 5_000


@dataclass(slots=True)
class Run:
    """A run as delivered, ready to be compared."""

    line: int
    external_id: str
    fields: dict
    rule: str
    title: str = ""

    @property
    def digest(self) -> str:
        return digest(self.fields)


@dataclass(slots=True)
class Bundle:
    """A course with its runs. `course` is empty where the delivery has a run only."""

    course_id: str
    line: int
    course: dict
    has_own_record: bool
    runs: list[Run]
    codes: list[list]

    @property
    def digest(self) -> str:
        return digest(self.course)


def digest(fields: dict) -> str:
    return text.digest(str(MAPPING), json.dumps(fields, sort_keys=True, ensure_ascii=False))


@dataclass
class Part:
    """What a delivery holds for one supplier."""

    header: Header
    supplier: Supplier
    spool: BinaryIO
    offsets: array = field(default_factory=lambda: array("Q"))
    lines: array = field(default_factory=lambda: array("L"))
    by_course: dict[str, list[int]] = field(default_factory=dict)
    by_id: dict[str, int] = field(default_factory=dict)  # record → its position; the later of two wins
    deletions: dict[str, int] = field(default_factory=dict)  # id → line
    problems: list[Problem] = field(default_factory=list)
    kept_ids: set[str] = field(default_factory=set)  # rejected: what the catalogue has of them stays
    count_rejected: int = 0
    has_nameless_reject: bool = False

    def add(self, record: Record, line: bytes) -> None:
        known = self.by_id.get(record.external_id)
        position = len(self.offsets)
        if known is not None:
            self.tell_twice(record, known)
            self.by_course[self.course_of(known)].remove(known)
        self.offsets.append(self.spool.seek(0, 2))
        self.lines.append(record.line or 0)
        self.spool.write(line)
        self.by_course.setdefault(record.course_id, []).append(position)
        self.by_id[record.external_id] = position

    def tell_twice(self, record: Record, known: int) -> None:
        """The same number twice (trap 17): the later one wins, the report says where both stand."""
        lines = {"first": self.lines[known], "second": record.line}
        reason = _("The number stands twice, in lines %(first)s and %(second)s. The later one counts.") % lines
        title = record.course.get("title", "")
        self.tell(Problem(record.line, record.external_id, "PRODUCT_ID", reason, title))

    def tell(self, problem: Problem) -> None:
        if problem.is_fatal:
            self.count_rejected += 1
            self.kept_ids.add(problem.external_id)
            self.has_nameless_reject |= not problem.external_id
        if len(self.problems) < TOO_MANY_PROBLEMS:
            self.problems.append(problem)

    def course_of(self, position: int) -> str:
        return self.read(position).course_id

    def read(self, position: int) -> Record:
        self.spool.seek(self.offsets[position])
        return from_line(self.spool.readline())

    def __len__(self) -> int:
        return len(self.by_id)

    def bundles(self) -> Iterator[Bundle]:
        for course_id, positions in self.by_course.items():
            if positions:
                yield bundle(course_id, [self.read(position) for position in positions])


@contextmanager
def gathered(items: Iterator[tuple[Item, bytes]]) -> Iterator[list[Part]]:
    """Parts by supplier, as long as the block lasts, from items with their lines.

    DeliveryRefused when the delivery as a whole cannot be used.
    """
    with scratch() as spool:
        yield _gather(items, spool)


def _gather(items: Iterator[tuple[Item, bytes]], spool: BinaryIO) -> list[Part]:
    parts: dict[str, Part] = {}
    early: list[Problem] = []
    rejected: set[tuple[str, int | None]] = set()
    for item, line in items:
        if isinstance(item, Header):
            parts = {supplier.id: Part(item, supplier, spool) for supplier in item.suppliers}
        elif isinstance(item, Record):
            parts[item.supplier_id].add(item, line)
        elif isinstance(item, Deletion):
            parts[item.supplier_id].deletions.setdefault(item.external_id, item.line)
        elif isinstance(item, Problem):
            _sort_in(item, parts, early, rejected)
    if not parts:
        raise DeliveryRefused("no-catalog", _("The file holds no courses."))
    for problem in early:
        next(iter(parts.values())).tell(problem)
    return list(parts.values())


def _sort_in(problem: Problem, parts: dict[str, Part], early: list[Problem], rejected: set) -> None:
    """A record with three mistakes is one rejected record: the further ones are told as notices."""
    key = (problem.external_id, problem.line)
    if problem.is_fatal and key in rejected:
        problem.is_fatal = False
    elif problem.is_fatal:
        rejected.add(key)
    if problem.supplier_id in parts:
        parts[problem.supplier_id].tell(problem)
    else:
        early.append(problem)


# ── From records to a bundle


def bundle(course_id: str, records: list[Record]) -> Bundle:
    own = next((record for record in records if record.external_id == course_id), None)
    course = _course(own, records)
    runs = [_run(record, own, course) for record in records]
    others = any(run.rule == "own" for run in runs)
    runs = [run for run in runs if run.rule == "own" or (run.rule == "alone" and not others)]
    codes = unique([code for record in records for code in record.codes])
    line = (own or records[0]).line
    return Bundle(course_id, line, course, own is not None, runs, codes)


def _course(own: Record | None, records: list[Record]) -> dict:
    """Fields of the course: its own record first, gaps filled from its runs; lists united."""
    ordered = ([own] if own else []) + [record for record in records if record is not own]
    course: dict = {}
    for record in ordered:
        for name, value in record.course.items():
            if name in UNITED:
                course[name] = unique([*course.get(name, []), *value])
            elif name not in course and not (own and record is not own and name in {"number", "title", "level"}):
                course[name] = value
    if own and not course.get("title"):
        course |= _titled(records)
    if course.get("level_is_derived") and not course.get("level"):
        del course["level_is_derived"]
    return course


def _titled(records: list[Record]) -> dict:
    """Title and level for a course whose own record leaves the title empty: those of its first run that has one."""
    found = next((record.course for record in records if record.course.get("title")), {})
    return {name: found[name] for name in ("title", "level", "level_is_derived") if name in found}


def stand_in_title(course: dict) -> str:
    """What to call a course that has no title anywhere: its degree, its place in a classification, its keywords."""
    labels = [entry.get("label", "") for entry in course.get("systematics", [])]
    words = [word for _kind, word in course.get("keywords", [])]
    return text.truncate(next(filter(None, [course.get("degree_title", ""), *labels, *words]), ""), 255)


def _run(record: Record, own: Record | None, course: dict) -> Run:
    fields = dict(record.run or {})
    if own and record is not own:
        _inherit(fields, own.run or {})
    title = record.course.get("title", "")
    if title and text.fold(title) != text.fold(course.get("title", "")):
        fields["title"] = title
    words = record.course.get("description", "")
    if words and words != course.get("description"):
        fields["note"] = markup.joined(words, fields.get("note", ""))
    rule = record.run_rule if fields.get("external_id") else "never"
    return Run(record.line, record.external_id, fields, rule, title or course.get("title", ""))


def _inherit(fields: dict, above: dict) -> None:
    has_times = any(name in fields for name in ("schedule_note", "sessions"))
    times = {"schedule_note", "weekdays", "times_of_day", "times_from_text"}
    dated = "starts_on" in fields
    for name in INHERITED:
        if name in above and not (has_times and name in times) and not (dated and name == "duration_class"):
            fields.setdefault(name, above[name])
    if fields.get("price_kind") == "on_request" and not fields.get("price_note"):
        fields |= {name: above[name] for name in PRICE if name in above}
