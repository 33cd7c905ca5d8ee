"""An appointment from the first hold to what came of it."""

import uuid
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate, TruncTime
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from counseling.models.offer import Audience, Counsellor, Language, Mode, Room, Service, Subject
from counseling.models.time import DayException
from kit import clock, text, tokens
from kit.models import OutboxMail, Timestamped
from providers.models import Organization

HELD_FOR = timedelta(minutes=15)
CONFIRM_WITHIN = timedelta(minutes=60)
OFFERED_FOR = timedelta(hours=24)
MOST_OFFERS = 3
CALL_WITHIN = timedelta(days=3)  # for those who give no mail address; never later than the talk itself
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without what one mishears or misreads on the phone


def new_reference() -> str:
    """What people say on the phone."""
    return text.random_code(ALPHABET, 6)


def digits(phone: str) -> str:
    """A phone number without spelling: 0049, +49 and 0 in front are the same."""
    found = "".join(sign for sign in phone.replace("+49", "0").replace("(0)", "") if sign.isdigit())
    return "0" + found.removeprefix("0049").lstrip("0")


class AppointmentQuerySet(models.QuerySet):
    def holding(self):
        """Those whose time nobody else can have."""
        return self.filter(state__in=Appointment.HOLDING)

    def run_out(self, now=None):
        """Held or asked for, and not confirmed in time."""
        now = now or clock.now()
        held = Q(state=Appointment.State.HELD, held_until__lte=now)
        return self.filter(held | Q(state__in=Appointment.UNCONFIRMED, confirm_until__lte=now))

    def to_call(self):
        """Asked for without a mail address: the office confirms by phone."""
        return self.filter(state=Appointment.State.PENDING)

    def known_as(self, number: str, contact: str) -> "Appointment | None":
        """By what one reads out on the phone, and the address or number that was given with it, in any spelling.

        Only what has been confirmed once: else a made-up address would confirm itself.
        """
        reference = "".join(sign for sign in number.upper() if sign.isalnum())
        found = self.filter(reference=reference, confirmed_at__isnull=False).first()
        if found is None or not contact.strip():
            return None
        is_mail = contact.strip().lower() == found.email.lower()
        is_phone = bool(found.phone) and digits(contact) == digits(found.phone)
        return found if is_mail or is_phone else None

    def to_remind(self, kind: str, *, first: datetime, last: datetime, settled_by: datetime):
        """Booked, to begin between these moments, known in this version long enough, and not reminded of it yet."""
        done = Reminder.objects.filter(appointment=OuterRef("pk"), sequence=OuterRef("sequence"), kind=kind)
        rows = self.filter(state=Appointment.State.CONFIRMED, changed_at__lte=settled_by).exclude(email="")
        return rows.filter(~Exists(done), starts_at__gt=first, starts_at__lte=last)

    def unresolved(self, now=None):
        """Past, and nobody has said what came of it. Never a no-show by itself."""
        return self.filter(state=Appointment.State.CONFIRMED, ends_at__lte=now or clock.now())

    def upcoming(self, now=None):
        return self.filter(state=Appointment.State.CONFIRMED, starts_at__gt=now or clock.now())

    def of(self, counsellor: Counsellor):
        return self.filter(counsellor=counsellor)

    def covered_by(self, counsellor: Counsellor):
        """Own talks, and those of whom one stands in for."""
        return self.filter(Q(counsellor=counsellor) | Q(counsellor__standin=counsellor))

    def at_desk_of(self, counsellor: Counsellor):
        """What a counsellor may open: what one covers, what one booked for a caller, what a house has to call back."""
        to_call = Q(state=Appointment.State.PENDING, counsellor__center=counsellor.center_id)
        own = Q(counsellor=counsellor) | Q(counsellor__standin=counsellor) | Q(booked_by=counsellor.user_id)
        return self.filter(own | to_call)

    def on_days(self, first_day: date, last_day: date):
        """Beginning on these days by a German wall clock."""
        begin = datetime.combine(first_day, time.min, tzinfo=clock.BERLIN)
        end = datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=clock.BERLIN)
        return self.filter(starts_at__gte=begin, starts_at__lt=end)

    def unattended(self, now=None):
        """Booked for a time at which the counsellor is ill or away: somebody has to find another way."""
        local = {"tzinfo": clock.BERLIN}
        absence = DayException.objects.filter(
            Q(starts=None) | Q(starts__lt=OuterRef("ends_local"), ends__gt=OuterRef("starts_local")),
            counsellor=OuterRef("counsellor"), kind__in=[DayException.Kind.ILL, DayException.Kind.AWAY],
            first_day__lte=OuterRef("day"), last_day__gte=OuterRef("day"),
        )  # fmt: skip
        return (
            self.upcoming(now)
            .annotate(
                day=TruncDate("starts_at", **local),
                starts_local=TruncTime("starts_at", **local),
                ends_local=TruncTime("ends_at", **local),
            )
            .filter(Exists(absence))
        )

    def without_mail(self):
        """Whom only the phone reaches."""
        return self.filter(email="")


class Appointment(Timestamped):
    """A talk at a time. Moving it changes this row and raises `sequence`; the link and the number stay for life."""

    class State(models.TextChoices):
        HELD = "held", _("held while the form is filled in")
        REQUESTED = "requested", _("waits for confirmation by mail")
        PENDING = "pending", _("waits for a call by the office")
        CONFIRMED = "confirmed", _("booked")
        COMPLETED = "completed", _("took place")
        NO_SHOW = "no_show", _("client did not come")
        CANCELLED_CLIENT = "cancelled", _("cancelled by the client")
        CANCELLED_LATE = "cancelled_late", _("cancelled late by the client")
        CANCELLED_OFFICE = "cancelled_office", _("cancelled by the office")
        EXPIRED = "expired", _("not confirmed in time")

    HOLDING = ("held", "requested", "pending", "confirmed", "completed", "no_show")
    UNCONFIRMED = ("requested", "pending")
    CLIENT = ("name", "email", "phone", "organization_name", "address", "on_site_needs", "question", "mail_language")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("number"), max_length=9, unique=True, default=new_reference, editable=False)
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("service")
    )
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", verbose_name=_("subject"))
    counsellor = models.ForeignKey(
        Counsellor, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("counsellor")
    )
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("room")
    )
    mode = models.CharField(_("mode"), max_length=9, choices=Mode)
    language = models.CharField(_("language"), max_length=7, choices=Language, default=Language.GERMAN)
    mail_language = models.CharField(_("language of the mails"), max_length=10, default=settings.LANGUAGE_CODE)
    starts_at = models.DateTimeField(_("begin"))
    ends_at = models.DateTimeField(_("end"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.HELD)
    sequence = models.PositiveIntegerField(_("version"), default=0)  # rises with each change; ICS calls it SEQUENCE
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    confirm_until = models.DateTimeField(_("to be confirmed until"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("booked on"), null=True, blank=True)
    changed_at = models.DateTimeField(_("this version holds since"), default=clock.now)  # reminders and ICS ask for it
    ended_at = models.DateTimeField(_("cancelled or closed on"), null=True, blank=True)
    booked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("booked by")
    )  # staff, for people who call
    # The client
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    organization_name = models.CharField(_("company or institution"), max_length=160, blank=True)
    address = models.CharField(_("address for a visit"), max_length=255, blank=True)
    on_site_needs = models.CharField(_("what you need on site"), max_length=255, blank=True)
    question = models.TextField(_("what it is about"), max_length=1_000, blank=True)
    erased_at = models.DateTimeField(_("client's data erased on"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(name="appointment_of_counsellor", fields=["counsellor", "starts_at"]),
            models.Index(
                name="appointment_open", fields=["held_until"], condition=Q(state__in=["held", "requested", "pending"])
            ),
        ]
        constraints = [
            models.CheckConstraint(name="appointment_ends_after_begin", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="appointment_hold_has_end", condition=~Q(state="held") | Q(held_until__isnull=False)
            ),
            models.CheckConstraint(
                name="appointment_booked_client_reachable",
                condition=~Q(state__in=["requested", "pending", "confirmed"])
                | Q(erased_at__isnull=False)
                | (~Q(name="") & (~Q(email="") | ~Q(phone=""))),
            ),
            models.CheckConstraint(
                name="appointment_asked_by_mail",
                condition=~Q(state="requested") | Q(confirm_until__isnull=False) & ~Q(email=""),
            ),
            models.CheckConstraint(
                name="appointment_asked_by_phone",
                condition=~Q(state="pending") | Q(confirm_until__isnull=False) & ~Q(phone=""),
            ),
        ]

    class Privacy:
        personal = {
            "name", "email", "phone", "organization_name", "address", "on_site_needs", "question", "booked_by",
            "counsellor",
        }  # fmt: skip
        keep = timedelta(days=183)  # after the date; the coded record stays
        hidden = {"nonce"}
        erase = "keep"  # by counseling.actions.erasing: a client has no account, a counsellor is protected by PROTECT

    def __str__(self):
        return self.number

    @property
    def number(self) -> str:
        """The reference as people read it: 7K4-M2P."""
        return f"{self.reference[:3]}-{self.reference[3:]}"

    @property
    def audit_label(self) -> str:
        return f"appointment {self.reference}"

    @property
    def is_form_open(self) -> bool:
        """Held for somebody who has not asked for it yet; perhaps longer ago than planned."""
        return self.state == self.State.HELD or (self.state == self.State.EXPIRED and self.confirm_until is None)

    @property
    def is_past(self) -> bool:
        return self.starts_at <= clock.now()

    @property
    def is_booked(self) -> bool:
        return self.state == self.State.CONFIRMED

    @property
    def is_waiting(self) -> bool:
        """For the client's confirmation, or for a call by the office."""
        return self.state in self.UNCONFIRMED

    @property
    def is_open(self) -> bool:
        """Booked and still to come: it can be changed."""
        return self.is_booked and not self.is_past

    @property
    def is_late(self) -> bool:
        """Too late to cancel without a word: the limit of the service is over."""
        return clock.now() > self.starts_at - timedelta(hours=self.service.cancel_hours)

    @property
    def is_cancelled(self) -> bool:
        return self.state in {self.State.CANCELLED_CLIENT, self.State.CANCELLED_LATE, self.State.CANCELLED_OFFICE}

    @property
    def client(self) -> dict[str, str]:
        """What the client has said about itself."""
        return {name: getattr(self, name) for name in self.CLIENT}

    @property
    def video_address(self) -> str:
        """A room of its own for each talk, on the counsellor's server; nobody can guess it."""
        if self.mode != Mode.VIDEO or not self.counsellor.video_url:
            return ""
        room = salted_hmac("counseling.video", f"{self.pk}{self.nonce}", algorithm="sha256").hexdigest()[:24]
        return f"{self.counsellor.video_url.rstrip('/')}/{room}"

    @property
    def is_video_open(self) -> bool:
        """From a quarter of an hour before until an hour after."""
        return self.starts_at - timedelta(minutes=15) <= clock.now() <= self.ends_at + timedelta(hours=1)

    @property
    def audience(self) -> str:
        return self.service.audience

    @property
    def is_for_company(self) -> bool:
        return self.audience == Audience.COMPANY


APPOINTMENT = tokens.purpose("appointment", model="counseling.Appointment")
"""The one link of an appointment, for life: it shows the present state, and lets the client change or cancel."""

APPOINTMENT_FORM = tokens.purpose("appointment_form", model="counseling.Appointment")
"""What carries a held time through the pages of the form. It confirms nothing: that takes the link in the mail."""


class Reminder(models.Model):
    """A reminder has been written for this version of an appointment: each kind once, a moved one again."""

    class Kind(models.TextChoices):
        DAY = "day", _("a day before")
        HOURS = "hours", _("two hours before")
        AFTER = "after", _("some weeks after")

    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="reminders", verbose_name=_("appointment")
    )
    sequence = models.PositiveIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    mail = models.ForeignKey(
        OutboxMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("mail")
    )

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(name="reminder_once_per_version", fields=["appointment", "sequence", "kind"])
        ]

    class Privacy:
        personal: set[str] = set()
        keep = timedelta(days=183)
        erase = "keep"  # with the appointment

    def __str__(self):
        return f"{self.appointment} {self.sequence} {self.kind}"


class Record(models.Model):
    """What a talk was about and what came of it, in codes: for statistics, without a person, to the month."""

    class Result(models.TextChoices):
        INFORMED = "informed", _("informed")
        COURSE = "course", _("course chosen")
        REFERRED = "referred", _("referred to a provider")
        SIGNPOSTED = "signposted", _("sent on to another office")
        AGAIN = "again", _("another talk agreed")
        NEED = "need", _("need noted, nothing suitable on offer")
        OPEN = "open", _("open")

    appointment = models.OneToOneField(
        Appointment, on_delete=models.SET_NULL, null=True, related_name="record", verbose_name=_("appointment")
    )
    month = models.DateField(_("month"))  # its first day
    audience = models.CharField(_("for whom"), max_length=11, choices=Audience)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", verbose_name=_("subject"))
    mode = models.CharField(_("mode"), max_length=9, choices=Mode)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    result = models.CharField(_("result"), max_length=10, choices=Result)

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        ordering = ["-month", "pk"]
        constraints = [models.CheckConstraint(name="record_month_only", condition=Q(month__day=1))]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # codes; the link to the appointment goes with the client's data

    def __str__(self):
        return f"{self.month:%Y-%m} {self.get_result_display()}"


class NoteQuerySet(models.QuerySet):
    def readable_by(self, counsellor: Counsellor):
        """One's own, and as stand-in those where the client agreed. Nobody else reads any."""
        agreed = Q(counsellor__standin=counsellor, for_standin=True)
        return self.filter(Q(counsellor=counsellor) | agreed)


class Note(Timestamped):
    """What the counsellor writes for the next talk. Nobody else reads it: § 203 StGB for school social workers.

    The stand-in does where the client agreed. No search, no report and no coordinator reaches this table.
    """

    appointment = models.OneToOneField(
        Appointment, on_delete=models.CASCADE, related_name="note", verbose_name=_("appointment")
    )
    counsellor = models.ForeignKey(
        Counsellor, on_delete=models.CASCADE, related_name="notes", verbose_name=_("written by")
    )
    text = models.TextField(_("note"), max_length=10_000)
    for_standin = models.BooleanField(_("the client agreed that the stand-in reads it"), default=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-created_at", "pk"]

    class Privacy:
        personal = {"text", "counsellor"}
        keep = timedelta(days=730)
        hidden = {"text"}  # not in the disclosure of the counsellor: it speaks of somebody else
        erase = "delete"
        person = "counsellor__user"

    def __str__(self):
        return f"note to {self.appointment}"

    @property
    def audit_label(self) -> str:
        return f"note {self.pk}"


class WaitingQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=Waiting.State.WAITING, until__gte=clock.today(), offers__lt=MOST_OFFERS)

    def lapsed(self):
        """Has let its offer pass."""
        return self.filter(state=Waiting.State.OFFERED, offered__held_until__lte=clock.now())


class Waiting(models.Model):
    """Somebody would come earlier: the next time that becomes free is offered to one person after the other."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        OFFERED = "offered", _("has an offer")
        TAKEN = "taken", _("has taken it")
        ENDED = "ended", _("ended")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="waiting", verbose_name=_("service"))
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", verbose_name=_("subject"))
    mode = models.CharField(_("mode"), max_length=9, choices=Mode)
    language = models.CharField(_("language"), max_length=7, choices=Language, default=Language.GERMAN)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    since = models.DateTimeField(_("waits since"), default=clock.now)
    until = models.DateField(_("waits until"))
    offered = models.OneToOneField(
        Appointment, on_delete=models.SET_NULL, null=True, blank=True, related_name="waiting",
        verbose_name=_("offered appointment"),
    )  # fmt: skip
    offers = models.PositiveSmallIntegerField(_("offers so far"), default=0)
    mail_language = models.CharField(_("language of the mails"), max_length=10, default=settings.LANGUAGE_CODE)
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)

    objects = WaitingQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiting person")
        verbose_name_plural = _("waiting list")
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(name="waiting_few_offers", condition=Q(offers__lte=MOST_OFFERS)),
            models.CheckConstraint(
                name="waiting_offer_has_appointment", condition=~Q(state="offered") | Q(offered__isnull=False)
            ),
        ]

    class Privacy:
        personal = {"name", "email", "phone"}
        keep = timedelta(days=30)  # after its end
        hidden = {"nonce"}
        erase = "delete"

    def __str__(self):
        return f"{self.service} {self.since:%d.%m.%Y}"

    @property
    def has_offer(self) -> bool:
        return self.state == self.State.OFFERED and self.offered.held_until > clock.now()

    @property
    def audit_label(self) -> str:
        return f"waiting {self.pk}"


WAITING = tokens.purpose("appointment_waiting", model="counseling.Waiting")


class RoomBookingQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(cancelled_at=None)

    def upcoming(self, now=None):
        return self.standing().filter(ends_at__gt=now or clock.now())

    def public(self):
        """What everybody may see in the calendar of the house."""
        return self.standing().filter(is_public=True)


class RoomBooking(Timestamped):
    """A room of the house is used for something else than a talk: a meeting, a workshop, a learning corner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("room"))
    title = models.CharField(_("what for"), max_length=120)
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    booked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("booked by")
    )
    starts_at = models.DateTimeField(_("begin"))
    ends_at = models.DateTimeField(_("end"))
    is_public = models.BooleanField(_("shown in the calendar of the house"), default=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    objects = RoomBookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("room booking")
        verbose_name_plural = _("room bookings")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(name="room_booking_ends_after_begin", condition=Q(ends_at__gt=F("starts_at")))
        ]

    class Privacy:
        personal = {"booked_by"}
        keep = timedelta(days=365)
        erase = "blank"

    def __str__(self):
        return f"{self.room}: {self.title}"
