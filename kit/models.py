"""Tables of the tools (clock, heartbeats, outbox) and what models of other apps are built from."""

from datetime import timedelta
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kit import clock


class Timestamped(models.Model):
    """Knows when it came and when it last changed, on the portal's clock."""

    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=clock.now, editable=False)

    class Meta:
        abstract = True

    def save(self, *, update_fields=None, **kwargs):
        self.updated_at = clock.now()
        if update_fields is not None:
            update_fields = {*update_fields, "updated_at"}
        super().save(update_fields=update_fields, **kwargs)


class PublishableQuerySet(models.QuerySet):
    def published(self):
        """What everybody may see, as far as its state decides."""
        return self.filter(state=Publishable.State.PUBLISHED)


class Publishable(models.Model):
    """Goes from draft over an editor's desk to the public and later to the archive."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waiting for review")
        PUBLISHED = "published", _("Published")
        RETURNED = "returned", _("Returned with remarks")
        ARCHIVED = "archived", _("Archived")

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT, db_index=True)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_state_known",
                condition=Q(state__in=["draft", "submitted", "published", "returned", "archived"]),
            )
        ]

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED


class ClockState(models.Model):
    """How far the demo's clock is ahead of real time, and the latest moment it has shown. One row at most."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    offset = models.DurationField(_("ahead by"), default=timedelta(0))
    high_water = models.DateTimeField(_("latest moment shown"), null=True, editable=False)

    class Meta:
        verbose_name = _("moved clock")
        verbose_name_plural = _("moved clock")
        constraints = [
            models.CheckConstraint(name="clock_state_one_row", condition=Q(id=1)),
            models.CheckConstraint(name="clock_state_only_ahead", condition=Q(offset__gte=timedelta(0))),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # nothing about anybody

    def __str__(self):
        return str(self.offset)

    @classmethod
    @transaction.atomic
    def advance(cls, by: timedelta) -> "ClockState":
        """Move the demo's clock ahead. ValueError outside a demo or for a step back: moved time never returns."""
        if not settings.DEMO:
            raise ValueError("only the clock of a demo can be moved")
        if by < timedelta(0):
            raise ValueError("the clock never runs backwards")
        cls.objects.get_or_create(pk=1)
        state = cls.objects.select_for_update().get(pk=1)
        state.offset += by
        state.high_water = clock.now() + by
        state.save(update_fields=["offset", "high_water"])
        return state


class HeartbeatQuerySet(models.QuerySet):
    def beat(self, name: str) -> None:
        """This part of the machinery lives. The mark of a moved clock rises with it."""
        self.update_or_create(name=name, defaults={"at": clock.now()})
        ClockState.objects.filter(high_water__lt=clock.now()).update(high_water=clock.now())


class Heartbeat(models.Model):
    """Last sign of life of a process that answers no requests."""

    name = models.CharField(_("name"), max_length=60, primary_key=True)
    at = models.DateTimeField(_("last sign of life"))

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        ordering = ["name"]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # nothing about anybody

    def __str__(self):
        return self.name


class Downtime(models.Model):
    """The portal did not work from the one moment to the other, or its clock jumped. Written by `kit.uptime`."""

    since = models.DateTimeField(_("since"), unique=True)
    until = models.DateTimeField(_("until"))
    is_explained = models.BooleanField(_("somebody knows why"), default=False)

    class Meta:
        verbose_name = _("downtime")
        verbose_name_plural = _("downtimes")
        ordering = ["-since"]
        constraints = [models.CheckConstraint(name="downtime_has_length", condition=Q(until__gt=F("since")))]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # nothing about anybody

    def __str__(self):
        return f"{self.since:%Y-%m-%d %H:%M} – {self.until:%Y-%m-%d %H:%M}"


def _message_id() -> str:
    """Made when the row is written, so that every try of a mail carries the same one."""
    return make_msgid(domain=urlsplit(settings.SITE_BASE_URL).hostname or "localhost")


OBJECT_GONE = "What this mail is about does not exist any more."


class OutboxMailQuerySet(models.QuerySet):
    def due(self, at):
        """Waiting for their turn, or in the hands of a sender whose lease has run out."""
        return self.open().filter(next_try_at__lte=at).order_by("next_try_at", "pk")

    def open(self):
        """Neither accepted nor given up."""
        return self.filter(state__in=[OutboxMail.State.QUEUED, OutboxMail.State.SENDING])

    def undeliverable(self):
        """Refused for good or come back: whoever it was for has not got it. Not those whose object was erased."""
        return self.filter(
            Q(state=OutboxMail.State.BOUNCED) | Q(state=OutboxMail.State.FAILED) & ~Q(smtp_reply=OBJECT_GONE)
        )


class OutboxMail(models.Model):
    """A mail that is to leave the house. It counts as sent when the mail server has accepted it, not earlier.

    The row keeps the template and the ids; what people read is rendered at delivery and not kept (demo: kept).
    While a sender has it in hand, `next_try_at` is the end of that lease: then it is anybody's again.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        ACCEPTED = "accepted", _("Accepted by the mail server")
        FAILED = "failed", _("Refused for good")
        QUARANTINED = "quarantined", _("Set aside: cannot be written")
        BOUNCED = "bounced", _("Came back")

    template = models.CharField(_("template"), max_length=200)
    language = models.CharField(_("language"), max_length=10)
    to = models.EmailField(_("recipient"))
    context = models.JSONField(_("ids and words for the template"), default=dict, blank=True)
    purpose = models.CharField(_("purpose"), max_length=60, db_index=True)
    key = models.CharField(_("key against doubles"), max_length=200, null=True, blank=True, unique=True)
    message_id = models.CharField(_("Message-ID"), max_length=250, unique=True, default=_message_id, editable=False)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    body = models.TextField(_("text"), blank=True)
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    next_try_at = models.DateTimeField(_("next try"), default=clock.now)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    smtp_reply = models.CharField(_("last answer"), max_length=500, blank=True)
    is_last = models.BooleanField(
        _("last mail to an erased person"),
        default=False,
        help_text=_("The address is forgotten when this mail is done."),
    )

    objects = OutboxMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("outbox")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                name="outbox_mail_open", fields=["next_try_at", "id"], condition=Q(state__in=["queued", "sending"])
            ),
            models.Index(name="outbox_mail_to", fields=["to", "created_at"], condition=~Q(to="")),
            models.Index(name="outbox_mail_undeliverable", fields=["to"], condition=Q(state__in=["failed", "bounced"])),
        ]
        constraints = [
            models.CheckConstraint(
                name="outbox_mail_accepted_has_time",
                condition=Q(accepted_at=None, state__in=["queued", "sending", "failed", "quarantined"])
                | Q(accepted_at__isnull=False, state__in=["accepted", "bounced"]),
            ),
        ]

    class Privacy:
        personal = {"to", "context", "subject", "body", "smtp_reply"}
        keep = timedelta(days=30)  # as long as a mail server may still send it back, and questions about it come
        erase = "delete"  # a mail to somebody who is gone must not leave any more

    def __str__(self):
        return f"{self.purpose} ({self.get_state_display()})"
