"""Where courses come from: sources of providers, their deliveries, and the plan that each delivery becomes."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit.models import Timestamped
from providers.models import Organization


class Source(Timestamped):
    """A system of a provider that delivers its catalogue in one format; the first import binds its id to that one."""

    class Format(models.TextChoices):
        OPENQCAT = "openqcat", "open-Q-cat 1.1"
        KUFER = "kufer", "KuferSQL"
        TABLE = "table", _("table (CSV, XLSX)")

    provider = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="sources", verbose_name=_("provider")
    )
    format = models.CharField(_("format"), max_length=12, choices=Format)
    supplier_id = models.CharField(_("id of the provider at the source"), max_length=80, blank=True)
    sequence = models.PositiveIntegerField(_("last update number"), null=True, blank=True)  # UPDATE_CATALOG

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["provider", "format", "pk"]
        constraints = [
            models.UniqueConstraint(name="source_once_per_provider", fields=["provider", "format", "supplier_id"]),
            models.UniqueConstraint(
                name="source_supplier_bound_once", fields=["format", "supplier_id"], condition=~Q(supplier_id="")
            ),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"

    def __str__(self):
        return f"{self.provider}: {self.get_format_display()}"


class Delivery(Timestamped):
    """A file as it came in. Kept for 24 months; "undo" is a plan made again from the delivery before."""

    provider = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("provider")
    )
    file = models.FileField(_("file"), upload_to="deliveries/%Y/%m/", max_length=255)
    file_name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    format = models.CharField(_("format"), max_length=12, choices=Source.Format, blank=True)
    encoding = models.CharField(_("encoding"), max_length=40, blank=True)
    is_partial = models.BooleanField(_("only some of the courses: nothing is withdrawn"), default=False)
    columns = models.JSONField(_("columns of the table"), default=dict, blank=True)  # {heading: our column or ""}
    received_at = models.DateTimeField(_("received at"))
    received_by = models.CharField(_("received by"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-received_at", "-pk"]

    class Privacy:
        personal = {"received_by"}
        keep = timedelta(days=730)
        erase = "blank"

    def __str__(self):
        return self.file_name


class ImportPlanQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=ImportPlan.State.WAITING)


class ImportPlan(Timestamped):
    """What a delivery would change, for one supplier. Nothing reaches the catalogue before somebody applies it."""

    class State(models.TextChoices):
        PLANNING = "planning", _("is being read")
        WAITING = "waiting", _("waits for a person")
        QUEUED = "queued", _("is about to be applied")
        APPLYING = "applying", _("is being applied")
        APPLIED = "applied", _("applied")
        FAILED = "failed", _("failed")
        DISCARDED = "discarded", _("discarded")

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="plans", verbose_name=_("delivery"))
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="plans", verbose_name=_("source")
    )
    provider = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plans",
        verbose_name=_("provider"),
    )  # None: nobody knows this supplier yet; applying makes a draft of it
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNING)
    is_full = models.BooleanField(_("full catalogue"), default=True)  # what is missing in it is withdrawn
    sequence = models.PositiveIntegerField(_("update number"), null=True, blank=True)
    supplier_id = models.CharField(_("id of the provider in the file"), max_length=80, blank=True)
    supplier_name = models.CharField(_("name of the provider in the file"), max_length=255, blank=True)
    count_new = models.PositiveIntegerField(_("new"), default=0)
    count_changed = models.PositiveIntegerField(_("changed"), default=0)
    count_unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    count_withdrawn = models.PositiveIntegerField(_("withdrawn"), default=0)
    count_rejected = models.PositiveIntegerField(_("rejected"), default=0)
    counts = models.JSONField(_("counts"), default=dict, blank=True)  # {"course": {"new": 3, …}, "run": {…}}
    fingerprint = models.CharField(max_length=120, blank=True, editable=False)  # state of the catalogue it was made for
    brakes = models.JSONField(_("why a person has to look"), default=list, blank=True)  # [{"rule", "text", "hard"}]
    new_courses_wait = models.BooleanField(_("new courses wait for approval"), default=False)
    error = models.TextField(_("error"), blank=True)
    decided_by = models.CharField(_("decided by"), max_length=160, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = ImportPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="import_plan_decided_by_and_at",
                condition=Q(decided_by="", decided_at=None) | (~Q(decided_by="") & Q(decided_at__isnull=False)),
            ),
        ]

    class Privacy:
        personal = {"decided_by"}
        keep = timedelta(days=730)
        erase = "blank"

    def __str__(self):
        return f"{self.delivery} – {self.get_state_display()}"

    @property
    def changes_anything(self) -> bool:
        return bool(self.count_new or self.count_changed or self.count_withdrawn)

    @property
    def is_blocked(self) -> bool:
        """Whether nobody can confirm it: the file belongs elsewhere or cannot be read."""
        return any(brake.get("hard") for brake in self.brakes)

    @property
    def asks_for_columns(self) -> bool:
        """Whether the delivery is a table that can be read once somebody says what its headings mean."""
        return self.state == self.State.FAILED and any(brake["rule"] == "unknown-columns" for brake in self.brakes)


class ImportItem(models.Model):
    """One line of the report: what happens to one record, and why. Unchanged records are only counted."""

    class Action(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REJECTED = "rejected", _("rejected")
        NOTICE = "notice", _("notice")

    class Kind(models.TextChoices):
        COURSE = "course", _("course")
        RUN = "run", _("course run")

    plan = models.ForeignKey(ImportPlan, on_delete=models.CASCADE, related_name="items", verbose_name=_("import"))
    action = models.CharField(_("action"), max_length=10, choices=Action)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind, blank=True)
    line = models.PositiveIntegerField(_("line"), null=True, blank=True)
    external_id = models.CharField(_("id at the source"), max_length=255, blank=True)
    title = models.CharField(_("title"), max_length=255, blank=True)
    field = models.CharField(_("field"), max_length=80, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    changes = models.JSONField(_("changes"), default=dict, blank=True)  # {field: [before, after]}

    class Meta:
        verbose_name = _("line of an import report")
        verbose_name_plural = _("lines of an import report")
        ordering = ["plan", "pk"]
        indexes = [models.Index(name="import_item_plan_action", fields=["plan", "action"])]

    class Privacy:
        personal: set[str] = set()
        keep = timedelta(days=730)
        erase = "keep"

    def __str__(self):
        return f"{self.get_action_display()}: {self.external_id}"
