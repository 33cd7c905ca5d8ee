"""Contacts in both senses: the pool asks a person "still looking?", and a company asks a person for a talk."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kit import clock, tokens
from kit.models import OutboxMail
from talentpool.models.entry import Document, Entry
from talentpool.models.pool import Member

REQUEST_VALID_FOR = timedelta(days=30)
MOST_OPENED = 40  # profiles that one person may open on one day
MOST_ASKED = 10  # people that one person may ask on one day


class CheckInQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at=None)

    def delivered(self):
        """Accepted by a mail server, and not come back since. Nothing else counts as asked."""
        return self.filter(mail__state=OutboxMail.State.ACCEPTED)

    def lost(self):
        """Refused or come back: these were no questions."""
        return self.filter(mail__in=OutboxMail.objects.undeliverable())

    def ripe(self, moment):
        """Open, delivered, and running since this moment at least."""
        running_since = Coalesce("counted_from", "mail__accepted_at")
        return self.open().delivered().alias(running_since=running_since).filter(running_since__lte=moment)


class CheckIn(models.Model):
    """The pool asks "still looking?". Two of them without an answer end an entry, the second only after the first.

    Whether it counts is written in the outbox: `mail.accepted_at`, when a mail server took it.
    """

    class Answer(models.TextChoices):
        LOOKING = "looking", _("Yes, I am still looking")
        FOUND = "found", _("I have found something")
        ERASE = "erase", _("Please erase everything")

    entry = models.ForeignKey(  # the constraint below begins with it: no index of its own
        Entry, on_delete=models.CASCADE, related_name="check_ins", db_index=False, verbose_name=_("entry")
    )
    cycle = models.PositiveIntegerField(_("round"))
    ordinal = models.PositiveSmallIntegerField(_("first or second"))
    asked_at = models.DateTimeField(_("written"), default=clock.now)
    mail = models.OneToOneField(
        OutboxMail,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="pool_check_in",
        verbose_name=_("mail"),
    )
    counted_from = models.DateTimeField(_("answer time counted anew since"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=7, choices=Answer, blank=True)
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["entry", "cycle", "ordinal"]
        constraints = [
            models.UniqueConstraint(name="check_in_once", fields=["entry", "cycle", "ordinal"]),
            models.CheckConstraint(name="check_in_first_or_second", condition=Q(ordinal__in=[1, 2])),
            models.CheckConstraint(
                name="check_in_answer_closes_it", condition=Q(answer="") | Q(closed_at__isnull=False)
            ),
        ]

    class Privacy:
        personal = {"entry", "asked_at", "counted_from", "closed_at", "answer", "mail"}
        keep = None  # with the entry
        hidden = {"nonce"}
        erase = "delete"
        person = "entry__user"

    def __str__(self):
        return f"check-in {self.cycle}.{self.ordinal}"

    @property
    def audit_label(self) -> str:
        return f"check-in {self.pk}"

    @property
    def answer_until(self) -> datetime:
        """When the time for an answer is over, as far as one can say today: pauses of the portal make it later."""
        running_since = self.counted_from or (self.mail and self.mail.accepted_at) or clock.now()
        return running_since + self.entry.pool.answer_time

    @property
    def hidden_after(self) -> datetime:
        """When nobody sees the entry any more if there is no answer; after the first question comes a second."""
        return self.answer_until if self.ordinal == 2 else self.answer_until + self.entry.pool.answer_time

    @property
    def erased_after(self) -> datetime:
        return self.hidden_after + self.entry.pool.undo_time


CHECK_IN = tokens.purpose("pool_check_in", model="talentpool.CheckIn")


class ContactRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=ContactRequest.State.ASKED)

    def accepted(self):
        return self.filter(state=ContactRequest.State.ACCEPTED)

    def run_out(self, now=None):
        return self.open().filter(asked_at__lte=(now or clock.now()) - REQUEST_VALID_FOR)

    def to_forget(self, now=None):
        """Answered long ago: what was written has to go."""
        return self.filter(answered_at__lte=(now or clock.now()) - ContactRequest.Privacy.keep)

    def of(self, member: Member):
        """What a company has asked, without those people who have excluded it since or are on their way out."""
        return self.filter(member=member, entry__in=Entry.objects.not_closed_to(member).filter(left_at=None))


class ContactRequest(models.Model):
    """A company wants to talk to a person. Name, address and phone open with the person's yes, for this company."""

    class Purpose(models.TextChoices):
        INTERNSHIP = "internship", _("internship")
        INTERVIEW = "interview", _("job interview")
        TALK = "talk", _("to get to know each other")

    class State(models.TextChoices):
        ASKED = "asked", _("waits for an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("not answered")

    class Outcome(models.TextChoices):
        INTERNSHIP = "internship", _("an internship came of it")
        HIRED = "hired", _("a contract came of it")
        NOTHING = "nothing", _("nothing came of it")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="requests", verbose_name=_("entry"))
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="requests", verbose_name=_("company"))
    asked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    message = models.TextField(_("message"), max_length=600)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=10, choices=Outcome, blank=True)
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)

    objects = ContactRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact request")
        verbose_name_plural = _("contact requests")
        ordering = ["-asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="contact_request_one_open",
                fields=["entry", "member"],
                condition=Q(state__in=["asked", "accepted"]),
            ),
            models.CheckConstraint(
                name="contact_request_answer_has_time",
                condition=Q(state="asked", answered_at=None) | ~Q(state="asked") & Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="contact_request_outcome_after_yes", condition=Q(outcome="") | Q(state="accepted")
            ),
        ]

    class Privacy:
        personal = {"entry", "asked_by", "message", "purpose", "state", "asked_at", "answered_at", "outcome"}
        keep = timedelta(days=180)  # after the answer
        hidden = {"nonce", "asked_by"}
        erase = "delete"
        person = "entry__user"

    def __str__(self):
        return f"{self.member.organization}: {self.get_purpose_display()}"

    @property
    def audit_label(self) -> str:
        return f"request {self.pk}"

    @property
    def ends_at(self):
        return self.asked_at + REQUEST_VALID_FOR

    @property
    def is_answerable(self) -> bool:
        """Open, in time, and of a member that still takes part."""
        return self.state == self.State.ASKED and clock.now() < self.ends_at and self.member.is_active


REQUEST = tokens.purpose("pool_request", model="talentpool.ContactRequest")


class ProfileViewQuerySet(models.QuerySet):
    def of_day(self, user: User, day):
        """What this person has opened on a German day."""
        return self.filter(user=user, day=day)

    def seen_by_day(self):
        """Which organisation has looked on which day, and into how many papers: all that a candidate is told."""
        rows = self.order_by("-day", "member__organization__sort_key").values("day", "member__organization__name")
        return rows.annotate(papers=models.Count("document", distinct=True))

    def to_forget(self, today=None):
        return self.filter(day__lte=(today or clock.today()) - ProfileView.Privacy.keep)


class ProfileView(models.Model):
    """Somebody of a company has opened a profile or a document: Art. 15 GDPR names recipients, CJEU C-154/21.

    The candidate sees the organisation and the day, never the name of whoever looked.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="views", verbose_name=_("entry"))
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("company"))
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("seen by")
    )
    document = models.ForeignKey(
        Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    at = models.DateTimeField(_("at"), default=clock.now)
    day = models.DateField(_("day"))

    objects = ProfileViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("profile view")
        verbose_name_plural = _("profile views")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(name="profile_view_of_day", fields=["user", "day"])]

    class Privacy:
        personal = {"entry", "user", "document"}
        keep = timedelta(days=365)
        hidden = {"user"}  # the company is named to the candidate, the person who looked is not
        erase = "delete"
        person = "entry__user"

    def __str__(self):
        return f"{self.member.organization} {self.day}"


class OpeningLimitQuerySet(models.QuerySet):
    def open(self):
        return self.filter(seen_at=None)

    def to_forget(self, today=None):
        return self.filter(day__lte=(today or clock.today()) - OpeningLimit.Privacy.keep)


class OpeningLimit(models.Model):
    """Somebody wanted to open more profiles than a day allows: a coordinator has a look, and asks why."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+", verbose_name=_("company"))
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("at"), default=clock.now)
    seen_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    seen_by = models.CharField(_("looked at by"), max_length=160, blank=True)

    objects = OpeningLimitQuerySet.as_manager()

    class Meta:
        verbose_name = _("limit reached")
        verbose_name_plural = _("limits reached")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="opening_limit_once_a_day", fields=["user", "day"]),
            models.CheckConstraint(
                name="opening_limit_seen_by_and_at",
                condition=Q(seen_at=None, seen_by="") | Q(seen_at__isnull=False) & ~Q(seen_by=""),
            ),
        ]

    class Privacy:
        personal = {"user"}
        keep = timedelta(days=365)
        erase = "blank"  # that a company tried remains

    def __str__(self):
        return f"{self.member.organization} {self.day}"

    @property
    def audit_label(self) -> str:
        return f"limit {self.pk}"
