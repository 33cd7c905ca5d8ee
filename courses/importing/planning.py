"""A delivery becomes plans, one for each supplier: numbers, lines of the report, brakes. The catalogue is only read."""

from collections import Counter
from typing import BinaryIO

from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from courses.importing import assigning, brakes, readings
from courses.importing.assigning import Difference
from courses.importing.binding import bind
from courses.importing.comparing import CHANGED, NEW, UNCHANGED, Comparison, CourseStep, Known, RunStep, fingerprint
from courses.importing.gather import Part, gathered
from courses.importing.opening import open_delivery
from courses.importing.records import DeliveryRefused, Problem
from courses.models import Course, CourseRun, Delivery, ImportItem, ImportPlan
from kit import bulk, copying, text
from taxonomy.models import Code, CodeList, FundingType

BATCH = 200  # courses, and lines of the report, that are in memory at once: their texts may be long
ITEMS = 60_000  # lines of a report that are kept; the numbers count all
COLUMNS = ["plan_id", "action", "kind", "line", "external_id", "title", "field", "reason", "changes"]  # of ImportItem
Action, Kind = ImportItem.Action, ImportItem.Kind


def plan(delivery: Delivery, stream: BinaryIO, *, known_plans: list[ImportPlan] | None = None) -> list[ImportPlan]:
    """Plans of a delivery. A file that cannot be used becomes one failed plan that says why.

    With `known_plans` these rows are filled instead of others being made: a plan that the catalogue overtook is made
    anew for its supplier only; one that has not been read yet takes the first supplier that no other row stands for.
    """
    try:
        opened = open_delivery(stream)
        delivery.format, delivery.encoding = opened.format, opened.encoding[:40]
        with gathered(readings.items(delivery, stream)) as parts:
            return _plan_parts(delivery, parts, known_plans or [])
    except DeliveryRefused as refusal:
        return [_failed(delivery, refusal, known_plans)]


def _plan_parts(delivery: Delivery, parts: list[Part], known_plans: list[ImportPlan]) -> list[ImportPlan]:
    delivery.encoding = parts[0].header.encoding[:40]
    delivery.save(update_fields=["format", "encoding"])
    is_only = len(parts) == 1
    unread = [row for row in known_plans if row.state == ImportPlan.State.PLANNING]
    rows = {row.supplier_id: row for row in known_plans if row not in unread}
    if rows:
        parts = [part for part in parts if part.supplier.id in rows]
    return [
        _plan_part(delivery, part, rows.get(part.supplier.id) or (unread.pop() if unread else None), is_only=is_only)
        for part in parts
    ]


def _failed(delivery: Delivery, refusal: DeliveryRefused, known_plans: list[ImportPlan] | None) -> ImportPlan:
    delivery.save(update_fields=["format", "encoding"])
    row = known_plans[0] if known_plans else ImportPlan(delivery=delivery, provider=delivery.provider)
    if row.pk:
        row.items.all().delete()
    row.state, row.error = ImportPlan.State.FAILED, str(refusal)
    row.brakes = [{"rule": refusal.rule, "text": str(refusal), "hard": True}]
    row.save()
    return row


def prepare(part: Part, delivery: Delivery) -> Part:
    """A delivery that says of itself that it is only a part withdraws nothing."""
    if delivery.is_partial:
        part.header.is_full = False
    return part


def _plan_part(delivery: Delivery, part: Part, row: ImportPlan | None, *, is_only: bool) -> ImportPlan:
    prepare(part, delivery)
    binding = bind(part, delivery.provider, is_only=is_only)
    row = row or ImportPlan(delivery=delivery)
    row.provider, row.source = binding.provider, binding.source
    row.supplier_id, row.supplier_name = part.supplier.id, part.supplier.name
    row.is_full, row.sequence = part.header.is_full, part.header.sequence
    row.state, row.error, row.decided_by, row.decided_at = ImportPlan.State.PLANNING, "", "", None
    row.fingerprint = fingerprint(binding.source)
    row.save()
    row.items.all().delete()
    report = _Report(row, part)
    report.fill()
    row.counts = report.counts()
    row.count_new, row.count_changed, row.count_unchanged, row.count_withdrawn = (
        sum(row.counts[kind][name] for kind in ("course", "run"))
        for name in ("new", "changed", "unchanged", "withdrawn")
    )
    row.count_rejected = report.rejected
    found = [*binding.brakes, *brakes.look(part, report.known, report.comparison, binding.source)]
    row.brakes = [brake.to_json() for brake in found if not _is_harmless(brake, row)]
    row.state = ImportPlan.State.WAITING
    row.save()
    return row


def _is_harmless(brake: brakes.Brake, row: ImportPlan) -> bool:
    """The same update once more changes nothing: nobody has to look."""
    return brake.rule == "sequence-replay" and not row.changes_anything


class _Report:
    """Walks a comparison and writes the lines of the report."""

    def __init__(self, row: ImportPlan, part: Part):
        self.row, self.part = row, part
        self.known = Known(row.source)
        self.comparison = Comparison(part, self.known)
        self.tally: Counter = Counter()
        self.items: list[tuple] = []  # values of COLUMNS
        self.written = 0
        self.rejected = 0
        self.codes: dict[tuple[str, int], tuple[int, str]] = {}

    def counts(self) -> dict:
        return {
            kind: {name: self.tally[kind, name] for name in ("new", "changed", "unchanged", "withdrawn")}
            for kind in ("course", "run")
        }

    def fill(self) -> None:
        for batch in bulk.batches(self.comparison.steps(), BATCH):
            self.compare(batch)
        self.withdraw()
        self.tell_codes()
        for problem in [*self.part.problems, *self.comparison.problems]:
            self.tell(problem)
        self.rejected = self.part.count_rejected + sum(problem.is_fatal for problem in self.comparison.problems)
        self.flush()

    def add(
        self, action: str, kind: str, line: int | None, external_id: str, title: str, *, field: str = "",
        reason: str = "", changes: dict | None = None,
    ) -> None:  # fmt: skip
        if self.written + len(self.items) >= ITEMS:
            return
        title, changes = text.truncate(title, 255), Jsonb(changes or {})
        self.items.append(
            (self.row.pk, action, kind, line or None, external_id[:255], title, field[:80], reason[:500], changes)
        )
        if len(self.items) >= BATCH:
            self.flush()

    def flush(self) -> None:
        copying.insert_columns(ImportItem, COLUMNS, self.items)
        self.written += len(self.items)
        self.items.clear()

    def number_of(self, course_id: str) -> str:
        """The number of a course as its provider knows it; where we group runs ourselves, there is none."""
        return course_id if self.part.header.format == "openqcat" else ""

    # ── New, changed, unchanged

    def compare(self, steps: list[CourseStep]) -> None:
        courses = _load_courses([step for step in steps if _needs_look(step)])
        runs = _load_runs([run for step in steps for run in step.runs if _needs_look(run)])
        for step in steps:
            self.note_codes(step)
            self.compare_course(step, courses)
            for run in step.runs:
                self.compare_run(run, step, runs)

    def note_codes(self, step: CourseStep) -> None:
        for name, number, label in step.bundle.codes:
            self.codes.setdefault((name, number), (step.bundle.line, label))

    def compare_course(self, step: CourseStep, courses: dict[int, Course]) -> None:
        title = step.bundle.course.get("title") or (step.known.title if step.known else "")
        if step.action == NEW:
            self.tally["course", "new"] += 1
            self.add(Action.NEW, Kind.COURSE, step.bundle.line, self.number_of(step.bundle.course_id), title)
            return
        row = courses.get(step.known.pk)
        difference = Difference()
        if row is not None and self.comparison.speaks_of(step):
            difference = course_difference(row, step)
        elif row is not None and row.withdrawn_at:
            difference.note("withdrawn_at", row.withdrawn_at, None, is_locked=False)
        self.settle(Kind.COURSE, step.bundle.line, self.number_of(step.bundle.course_id), title, difference)

    def compare_run(self, step: RunStep, course: CourseStep, runs: dict[int, CourseRun]) -> None:
        title = step.run.title or course.bundle.course.get("title") or (course.known.title if course.known else "")
        if step.action == NEW:
            self.tally["run", "new"] += 1
            shown = " ".join(filter(None, [title, _day(step.run.fields.get("starts_on"))]))
            self.add(Action.NEW, Kind.RUN, step.run.line, step.run.external_id, shown)
            return
        row = runs.get(step.known.pk)
        difference = Difference() if row is None else run_difference(row, step)
        if row is not None and (course.known is None or row.course_id != course.known.pk):
            difference.note("course", step.known.course.title, title, is_locked=False)
        self.settle(Kind.RUN, step.run.line, step.run.external_id, title, difference)

    def settle(self, kind: str, line: int, external_id: str, title: str, difference: Difference) -> None:
        action = CHANGED if difference.changes else UNCHANGED
        self.tally[kind.value, action] += 1
        if difference.changes:
            reason = _("is offered again") if "withdrawn_at" in difference.changes else ""
            self.add(Action.CHANGED, kind, line, external_id, title, changes=difference.changes, reason=reason)
        if difference.conflicts:
            reason = _("Corrected by hand: the portal's value stays (first), the delivered one is not taken (second).")
            fields = ", ".join(difference.conflicts)
            self.add(
                Action.NOTICE, kind, line, external_id, title, field=fields, reason=reason, changes=difference.conflicts
            )

    # ── Gone, problems, codes

    def withdraw(self) -> None:
        reason = _("is no longer in the delivery") if self.row.is_full else _("was deleted by the provider")
        for course in self.comparison.gone_courses:
            self.tally["course", "withdrawn"] += 1
            self.add(Action.WITHDRAWN, Kind.COURSE, None, self.number_of(course.key), course.title, reason=reason)
        for key, run in self.comparison.gone_runs:
            self.tally["run", "withdrawn"] += 1
            self.add(Action.WITHDRAWN, Kind.RUN, None, key, run.course.title, reason=reason)

    def tell(self, problem: Problem) -> None:
        action = Action.REJECTED if problem.is_fatal else Action.NOTICE
        self.add(
            action, "", problem.line, problem.external_id, problem.title, field=problem.field, reason=problem.reason
        )

    def tell_codes(self) -> None:
        """Numbers that no official list has: kept, flagged, no reason to reject anything (trap 6)."""
        for (name, number), (line, label) in unknown_codes(self.codes).items():
            reason = _("The list “%(list)s” has no number %(number)s (%(label)s). It is kept and marked as unknown.")
            names = {"list": _list_label(name), "number": number, "label": label or "–"}
            self.add(Action.NOTICE, "", line, "", "", field=name, reason=reason % names)


def unknown_codes(named: dict[tuple[str, int], tuple[int, str]]) -> dict[tuple[str, int], tuple[int, str]]:
    known = set(Code.objects.filter(is_known=True).values_list("list", "number"))
    funding = FundingType.objects.filter(is_known=True).values_list("level", "number")
    known |= {(f"funding_{level}", number) for level, number in funding}
    return {key: found for key, found in named.items() if key not in known}


def _list_label(name: str) -> str:
    return str(CodeList(name).label) if name in CodeList.values else name


def _day(iso: str | None) -> str:
    return f"({iso[8:10]}.{iso[5:7]}.{iso[:4]})" if iso else ""


# ── What would change


def _needs_look(step: CourseStep | RunStep) -> bool:
    """Rows whose record differs, and those with locks, whose report shows both values each time."""
    return step.known is not None and (step.action == CHANGED or step.known.is_locked)


def _load_courses(steps: list[CourseStep]) -> dict[int, Course]:
    rows = Course.objects.select_related("contact").prefetch_related("keywords")
    return rows.in_bulk([step.known.pk for step in steps]) if steps else {}


def _load_runs(steps: list[RunStep]) -> dict[int, CourseRun]:
    rows = CourseRun.objects.select_related("location").prefetch_related("sessions__location")
    return rows.in_bulk([step.known.pk for step in steps]) if steps else {}


def course_difference(row: Course, step: CourseStep) -> Difference:
    """What the delivery does to a course; values are set on `row`, nothing is saved."""
    delivered = step.bundle.course
    difference = assigning.assign(row, delivered, assigning.COURSE_FIELDS)
    assigning.differ_contact(difference, row, next(iter(delivered.get("contacts", [])), None))
    assigning.differ_keywords(difference, row, delivered.get("keywords", []))
    if row.withdrawn_at:
        difference.note("withdrawn_at", row.withdrawn_at, None, is_locked=False)
    return difference


def run_difference(row: CourseRun, step: RunStep) -> Difference:
    difference = assigning.assign(row, step.run.fields, assigning.RUN_FIELDS)
    assigning.differ_location(difference, row, step.run.fields.get("location"))
    assigning.differ_sessions(difference, row, step.run.fields.get("sessions", []))
    if row.withdrawn_at:
        difference.note("withdrawn_at", row.withdrawn_at, None, is_locked=False)
    return difference
