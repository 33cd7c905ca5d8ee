"""`./dev manage import_courses FILE --provider NAME [--confirm] [--dry-run] [--partial] [--column HEADING=COLUMN]`"""

import sys
from argparse import ArgumentTypeError
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import SYSTEM
from courses.importing import deliveries, table
from courses.importing.binding import draft_provider, find_provider
from courses.importing.reports import SHOWN_KINDS, change_lines, summary
from courses.models import ImportItem, ImportPlan

APPLIED, REJECTED, WAITS, REFUSED = 0, 1, 2, 3
LINES = 40  # of each kind; --verbosity 2 prints all


NAMES = {"names": ", ".join(name for _key, name, *_rest in table.COLUMNS)}


def _column(raw: str) -> tuple[str, str]:
    """(heading, key of our column) of "Bezeichner=Titel"; nothing behind the sign means that it is not read."""
    name, sign, column = raw.rpartition("=")
    key = table.key_of(column) if column.strip() else ""
    if not sign or not table.heading(name) or key is None:
        raise ArgumentTypeError(
            _("“%(value)s” is no HEADING=COLUMN. Columns are: %(names)s.") % ({"value": raw} | NAMES)
        )
    return table.heading(name), key


class Command(BaseCommand):
    help = (
        "Plans the import of a delivery (open-Q-cat, KuferSQL, CSV, XLSX), prints the plan and applies it. "
        "Exit codes: 0 applied or nothing to change, 1 applied but records were rejected, 2 waits for a person "
        "(look, then repeat with --confirm), 3 refused or failed."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the delivery")
        parser.add_argument("--provider", required=True, help="name of the provider; an unknown one becomes a draft")
        parser.add_argument("--confirm", action="store_true", help="apply even where a person should look")
        parser.add_argument("--dry-run", action="store_true", help="print the plan, keep nothing")
        parser.add_argument(
            "--column", action="append", default=[], metavar="HEADING=COLUMN", dest="columns", type=_column,
            help="what a heading of a table means, for example 'Bezeichner=Titel'; remembered for this provider",
        )  # fmt: skip
        parser.add_argument("--partial", action="store_true", help="the file holds some courses only: withdraw nothing")

    def handle(self, *, file: Path, provider: str, confirm: bool, dry_run: bool, **options):
        if not file.is_file():
            raise CommandError(_("There is no file %(file)s.") % {"file": file}, returncode=REFUSED)
        if not provider.strip() or len(provider) > 255:
            raise CommandError(_("Please name the provider."), returncode=REFUSED)
        self.lines = None if options["verbosity"] > 1 else LINES
        self.options = {"is_partial": options["partial"], "columns": dict(options["columns"])}
        try:
            code = self.rehearse(file, provider) if dry_run else self.carry_out(file, provider, confirm)
        except deliveries.NotPossible as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        if code:
            sys.exit(code)

    def rehearse(self, file: Path, provider: str) -> int:
        """Plans as if, and leaves nothing behind: neither rows nor the file."""
        with transaction.atomic():
            plans = self.plan(file, provider)
            codes = [self.show(plan) for plan in plans]
            self.forget(plans)
        self.say(_("Dry run: nothing was kept or changed."))
        return max(codes)

    def forget(self, plans: list[ImportPlan]) -> None:
        stored = plans[0].delivery.file
        stored.storage.delete(stored.name)
        transaction.set_rollback(True)

    def carry_out(self, file: Path, provider: str, confirm: bool) -> int:
        with transaction.atomic():
            plans = self.plan(file, provider)
            codes = [self.show(plan) for plan in plans]
            if self.is_new and set(codes) == {REFUSED}:
                self.forget(plans)  # a wrong file makes no new provider
                return REFUSED
        return max(self.settle(plan, code, confirm) for plan, code in zip(plans, codes, strict=True))

    def plan(self, file: Path, provider: str) -> list[ImportPlan]:
        organization = find_provider(provider)
        self.is_new = organization is None
        if organization is None:
            organization = draft_provider(" ".join(provider.split()))
            self.say(_("The provider “%(name)s” is new and was noted as a draft.") % {"name": organization.name})
        with file.open("rb") as stream:
            delivery = deliveries.receive(file=stream, name=file.name, provider=organization, by=SYSTEM, **self.options)
        return deliveries.plan_delivery(delivery=delivery, by=SYSTEM)

    def settle(self, plan: ImportPlan, code: int, confirm: bool) -> int:
        if code == REFUSED or (code == WAITS and not confirm):
            if code == WAITS:
                self.say(
                    _("The import waits for a person: look at it in the administration, or repeat it with --confirm.")
                )
            return code
        deliveries.approve(plan=plan, by=SYSTEM)
        plan = deliveries.apply_plan(plan=plan, by=SYSTEM)
        if plan.state != ImportPlan.State.APPLIED:
            self.say(plan.error)
            return WAITS if plan.state == ImportPlan.State.WAITING else REFUSED
        self.say(_("Applied.") if plan.changes_anything else _("Nothing to change: all courses are as delivered."))
        return REJECTED if plan.count_rejected else APPLIED

    # ── Printing

    def say(self, text: str) -> None:
        self.stdout.write(str(text))

    def show(self, plan: ImportPlan) -> int:
        """Print a plan; the code with which the command would end if it went no further."""
        self.say("")
        if plan.state == ImportPlan.State.FAILED:
            self.say(_("Refused: %(reason)s") % {"reason": plan.error})
            if plan.asks_for_columns:
                self.say(
                    _("Say what they mean, one by one: --column 'HEADING=COLUMN'. Columns are: %(names)s.") % NAMES
                )
            return REFUSED
        for line in summary(plan):
            self.say(line)
        for action, label in SHOWN_KINDS:
            self.show_items(plan, action, str(label))
        for brake in plan.brakes:
            self.say("  ! " + brake["text"])
        if plan.brakes:
            return REFUSED if plan.is_blocked else WAITS
        return REJECTED if plan.count_rejected else APPLIED

    def show_items(self, plan: ImportPlan, action: str, label: str) -> None:
        items = plan.items.filter(action=action).order_by("pk")
        total = items.count()
        if not total:
            return
        self.say(f"  {label} ({total})")
        for item in items[: self.lines]:
            self.show_item(item)
        if self.lines and total > self.lines:
            more = total - self.lines
            self.say("    " + ngettext("… and %(count)d more", "… and %(count)d more", more) % {"count": more})

    def show_item(self, item: ImportItem) -> None:
        place = _("line %(line)s") % {"line": item.line} if item.line else ""
        parts = [place, item.get_kind_display(), item.external_id, item.title, item.field, item.reason]
        self.say("    " + " | ".join(str(part) for part in parts if part))
        for line in change_lines(item):
            self.say("        " + line)
