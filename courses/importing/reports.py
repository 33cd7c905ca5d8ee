"""Plans in words and tables: the same for the command, the page and the CSV file."""

from collections.abc import Iterator
from typing import NamedTuple

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Course, CourseRun, ImportItem, ImportPlan
from kit import csv
from providers.models import Contact, Location

Action = ImportItem.Action
SHOWN_KINDS = [
    (Action.REJECTED, gettext_lazy("Rejected")),
    (Action.WITHDRAWN, gettext_lazy("Withdrawn")),
    (Action.CHANGED, gettext_lazy("Changed")),
    (Action.NEW, gettext_lazy("New")),
    (Action.NOTICE, gettext_lazy("Notices")),
]
ROWS = [
    ("new", gettext_lazy("New")),
    ("changed", gettext_lazy("Changed")),
    ("withdrawn", gettext_lazy("Withdrawn")),
    ("unchanged", gettext_lazy("Unchanged")),
]
State = ImportPlan.State
_UNTOUCHED = gettext_lazy("The catalogue is as it was.")
_RUNNING = gettext_lazy("When it is done, the result stands here.")
VERDICTS = {
    State.PLANNING: ("info", gettext_lazy("Step 1 of 2: the file is compared with the catalogue"), _UNTOUCHED),
    State.QUEUED: ("info", gettext_lazy("Step 2 of 2: the import is about to begin"), _RUNNING),
    State.APPLYING: ("info", gettext_lazy("Step 2 of 2: the courses are being written"), _RUNNING),
    State.APPLIED: ("success", gettext_lazy("Done: the import was applied"), ""),
    State.FAILED: ("error", gettext_lazy("The import failed"), ""),
    State.DISCARDED: ("info", gettext_lazy("The import was discarded"), _UNTOUCHED),
}
EXPLAIN = (
    "warning",
    gettext_lazy("Please say what the columns mean"),
    gettext_lazy("Then the file is read anew. The portal remembers it for the next file of this provider."),
)
_ASK = gettext_lazy("Nothing has changed yet. Look at the numbers, then apply or discard.")
WAITING = ("info", gettext_lazy("Please decide: shall this be applied?"), _ASK)
WAITING_BRAKED = ("warning", gettext_lazy("Please look closely before you apply this"), _ASK)
BLOCKED = ("error", gettext_lazy("This delivery cannot be applied"), _UNTOUCHED)


class Verdict(NamedTuple):
    """How an import stands; `tone` is info, success, warning or error."""

    tone: str
    title: str
    text: str


class Row(NamedTuple):
    name: str
    label: str
    courses: int
    runs: int


def verdict(plan: ImportPlan) -> Verdict:
    if plan.asks_for_columns:
        return Verdict(*EXPLAIN)
    if plan.state != State.WAITING:
        return Verdict(*VERDICTS[plan.state])
    if plan.is_blocked:
        return Verdict(*BLOCKED)
    return Verdict(*(WAITING_BRAKED if plan.brakes else WAITING))


def kind_of(plan: ImportPlan) -> str:
    if plan.sequence is not None:
        return _("Update no. %(number)s") % {"number": plan.sequence}
    return (
        _("Full catalogue: what is missing is withdrawn")
        if plan.is_full
        else _("Part of the catalogue: nothing is withdrawn")
    )


def numbers(plan: ImportPlan) -> list[Row]:
    return [
        Row(name, str(label), plan.counts.get("course", {}).get(name, 0), plan.counts.get("run", {}).get(name, 0))
        for name, label in ROWS
    ]


def summary(plan: ImportPlan) -> Iterator[str]:
    """Plain lines for a terminal."""
    delivery = plan.delivery
    name = plan.provider.name if plan.provider else _("%(name)s (new, becomes a draft)") % {"name": plan.supplier_name}
    yield _("Plan for %(provider)s") % {"provider": name}
    yield f"  {delivery.file_name}: {delivery.get_format_display()}, {delivery.encoding}. {kind_of(plan)}."
    for _name, label, courses, runs in numbers(plan):
        counted = _("courses: %(courses)s, course runs: %(runs)s") % {"courses": courses, "runs": runs}
        yield f"  {label + ':':<14} {counted}"
    yield f"  {_('Rejected') + ':':<14} " + _("records: %(count)s") % {"count": plan.count_rejected}


def field_label(name: str) -> str:
    """A field as people know it. "location.is_barrier_free" is a fact about the venue."""
    above, _dot, below = name.rpartition(".")
    models = {"location": (Location,), "contact": (Contact,)}.get(above, (Course, CourseRun))
    for model in models:
        try:
            label = getattr(model._meta.get_field(below), "verbose_name", "")
        except FieldDoesNotExist:
            continue
        if label:
            return str(label)
    return _("dates") if below == "sessions" else below


def change_lines(item: ImportItem) -> Iterator[str]:
    for name, (before, after) in item.changes.items():
        yield f"{field_label(name)}: {_value(before)} → {_value(after)}"


def line(item: ImportItem) -> dict:
    """What a page shows of a line; the field stands there only where no change names it."""
    changes = changes_of(item)
    return {"item": item, "changes": changes, "field": "" if changes or not item.field else field_label(item.field)}


def changes_of(item: ImportItem) -> list[tuple[str, str, str]]:
    return [(field_label(name), _value(before), _value(after)) for name, (before, after) in item.changes.items()]


def _value(value) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def to_csv(plan: ImportPlan) -> bytes:
    """The whole report for a spreadsheet; one line for each changed field."""
    header = [
        _("Action"),
        _("Kind"),
        _("Line"),
        _("Number"),
        _("Title"),
        _("Field"),
        _("Before"),
        _("After"),
        _("Reason"),
    ]
    return csv.write(header, _csv_rows(plan))


def _csv_rows(plan: ImportPlan) -> Iterator[list]:
    for item in plan.items.order_by("pk").iterator(chunk_size=2000):
        head = [item.get_action_display(), item.get_kind_display(), item.line, item.external_id, item.title]
        for field, before, after in changes_of(item) or [(item.field, "", "")]:
            yield [*head, field, before, after, item.reason]
