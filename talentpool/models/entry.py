"""A person in a pool and who vouches for them; whether companies see it; what is to happen to it."""

import uuid
from datetime import date, datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Value
from django.db.models.functions import MD5, Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import journal
from accounts.models import AskedParent, Consent, User, answer_has_time
from kit import clock, geo, tokens, uptime
from kit.models import Heartbeat, OutboxMail, Timestamped
from providers.models import Organization
from talentpool.models.choices import Criterion, Hours, LeaveReason, Level, Seeking, Strength, Whereabouts
from talentpool.models.pool import Member, Pool
from taxonomy.models import JobFamily, Place

CONSENT_GRACE = timedelta(days=30)  # to agree to a new text
OWN_CONSENT_AGE = 16  # Art. 8 GDPR; Germany keeps the age of 16
MOST_FAMILIES = 3
GUARDIAN_ANSWERS_WITHIN = timedelta(days=14)


class EntryQuerySet(models.QuerySet):
    def live(self):
        """In the pool and not on the way out, shown or not."""
        return self.filter(state__in=[Entry.State.ACTIVE, Entry.State.PAUSED], left_at=None)

    def in_round(self):
        """Live, or hidden because a round of questions got no answer: here it matters whether questions arrived."""
        return self.live() | self.filter(left_at__isnull=False, leave_reason=LeaveReason.NO_ANSWER)

    def unreachable(self):
        """The address does not work; a coordinator has to ask around."""
        return self.live().exclude(unreachable_since=None)

    def orphaned(self):
        """Nobody vouches any more."""
        return self.live().exclude(orphaned_since=None)

    def with_stamp(self, now=None):
        return self.filter(Exists(Endorsement.objects.valid(now).filter(entry=OuterRef("pk"))))

    def without_stamp(self, now=None):
        return self.filter(~Exists(Endorsement.objects.valid(now).filter(entry=OuterRef("pk"))))

    def visible(self, now=None):
        """Whom companies may see at this moment. A query and never a job: with a dead worker nobody stays visible.

        Every condition stands by itself: an answer of the person that is not too old, a consent to the present text,
        a stamp that counts, a clock that can be trusted, and nothing that speaks against it.
        """
        now = now or clock.now()
        return self.filter(
            _consented(now),
            Exists(Endorsement.objects.valid(now).filter(entry=OuterRef("pk"))),
            ~Exists(Heartbeat.objects.filter(name=uptime.MARK, at__gt=now + uptime.CLOCK_TOLERANCE)),
            state=Entry.State.ACTIVE,
            left_at=None,
            unreachable_since=None,
            orphaned_since=None,
            held_since=None,
            confirmed_at__lte=now,
            visible_until__gt=now,
        )

    def visible_to(self, member: Member, now=None):
        """Without those that have excluded this organisation; nobody for a member that may not search.

        Nobody either in a database that was restored, until whoever was erased since is erased again.
        """
        if not member.may_search or journal.is_behind():
            return self.none()
        return self.visible(now).not_closed_to(member).filter(pool=member.pool_id)

    def not_closed_to(self, member: Member):
        """Without those that have excluded the member's organisation."""
        excluded = Exclusion.objects.filter(entry=OuterRef("pk"), organization=member.organization_id)
        return self.filter(~Exists(excluded))

    def near(self, latitude: float, longitude: float, km: float):
        """Those who live around a point; as a square, which is good enough for "in my area"."""
        box = geo.bounding_box(latitude, longitude, km)
        return self.filter(place__latitude__range=(box.south, box.north), place__longitude__range=(box.west, box.east))

    def shuffled(self, seed: str):
        """In an order that says nothing about a person: chance, but the same for the same seed."""
        return self.order_by(MD5(Concat(Cast("pk", models.CharField()), Value(seed))), "pk")

    def for_cards(self):
        """With what a list and a profile show: the region, and the stamps that count, as `stamps`."""
        stamps = Endorsement.objects.valid().select_related("member__organization")
        return self.select_related("place__district", "pool").prefetch_related(
            Prefetch("endorsements", stamps, to_attr="stamps")
        )


def _consented(now) -> Q:
    """Agreed to the present text, or to an older one while there is time to read the new one."""
    purpose = Concat(Value("pool-"), Cast(OuterRef("pool_id"), models.CharField()))
    given = Consent.objects.given().filter(user=OuterRef("user_id"), purpose=purpose)
    to_this_text = given.filter(text_version=OuterRef("pool__consent_version"))
    return Q(Exists(to_this_text)) | Q(Exists(given), pool__consent_since__gt=now - CONSENT_GRACE)


class Entry(Timestamped):
    """A person in one pool. Only the person edits it. Two pools mean two entries, each with a clock of its own."""

    class State(models.TextChoices):
        ONBOARDING = "onboarding", _("being filled in")
        GUARDIAN = "guardian", _("waits for a parent")
        ACTIVE = "active", _("shown")
        PAUSED = "paused", _("paused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="entries", verbose_name=_("pool"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="pool_entries", verbose_name=_("person"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ONBOARDING)
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)
    # Clock: the last answer of the person, how long it carries, and which round of questions runs
    confirmed_at = models.DateTimeField(_("last answer"), default=clock.now)
    visible_until = models.DateTimeField(_("visible until at most"))
    cycle = models.PositiveIntegerField(_("round of questions"), default=1)
    # What speaks against showing it
    unreachable_since = models.DateTimeField(_("address does not work since"), null=True, blank=True)
    orphaned_since = models.DateTimeField(_("without a stamp since"), null=True, blank=True)
    held_since = models.DateTimeField(_("held after a fault of the clock since"), null=True, blank=True)
    # On the way out: hidden at once, erased later, until then it can be undone
    left_at = models.DateTimeField(_("hidden for erasure since"), null=True, blank=True)
    leave_reason = models.CharField(_("reason"), max_length=11, choices=LeaveReason, blank=True)
    # Answered of free will by whoever has found something; becomes an outcome without a name
    through_pool = models.BooleanField(_("through the pool"), null=True, blank=True)
    whereabouts = models.CharField(_("region"), max_length=7, choices=Whereabouts, default=Whereabouts.UNKNOWN)
    # What only the person itself and, after its yes, a company sees
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    # Profile
    seeking = ArrayField(
        models.CharField(max_length=10, choices=Seeking), default=list, blank=True, verbose_name=_("looks for")
    )
    job_families = ArrayField(
        models.CharField(max_length=3, choices=JobFamily), default=list, blank=True, verbose_name=_("fields of work")
    )
    level = models.CharField(_("qualification"), max_length=10, choices=Level, blank=True)
    hours = models.CharField(_("working hours"), max_length=4, choices=Hours, blank=True)
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("home town")
    )
    radius = models.PositiveSmallIntegerField(_("willing to travel (km)"), default=25)
    available_from = models.DateField(_("available from"), null=True, blank=True)
    about = models.TextField(_("about me"), max_length=1_000, blank=True)
    experience = models.TextField(_("what I have done so far"), max_length=1_000, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["-created_at", "pk"]
        indexes = [
            models.Index(
                name="entry_asked",
                fields=["pool", "confirmed_at"],
                condition=Q(state__in=["active", "paused"], left_at=None),
            ),
            models.Index(name="entry_left", fields=["left_at"], condition=Q(left_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(name="entry_once_per_pool", fields=["pool", "user"]),
            models.CheckConstraint(
                name="entry_leaves_for_a_reason",
                condition=Q(left_at=None, leave_reason="") | Q(left_at__isnull=False) & ~Q(leave_reason=""),
            ),
            models.CheckConstraint(name="entry_few_job_families", condition=Q(job_families__len__lte=MOST_FAMILIES)),
            models.CheckConstraint(name="entry_radius_sensible", condition=Q(radius__lte=200)),
            models.CheckConstraint(
                name="entry_no_answer_carries_for_ever",
                condition=Q(visible_until__gte=F("confirmed_at"))
                & Q(visible_until__lte=F("confirmed_at") + timedelta(days=180 + 2 * 28 + 14)),
            ),
        ]

    class Privacy:
        personal = {
            "user", "birth_date", "phone", "seeking", "job_families", "level", "hours", "place", "radius",
            "available_from", "about", "experience", "confirmed_at", "state", "through_pool", "whereabouts",
        }  # fmt: skip
        keep = None  # the two questions and talentpool.actions.cycle decide
        hidden = {"nonce"}
        erase = "delete"

    def __str__(self):
        return f"{self.user} – {self.pool}"

    def save(self, *args, **kwargs):
        self.visible_until = self.visible_until or self.confirmed_at + self.pool.shown_for
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("talentpool:profile", args=[self.pk])

    @property
    def audit_label(self) -> str:
        return f"entry {self.pk}"

    @property
    def consent_purpose(self) -> str:
        """Under which `accounts.Consent` keeps that the person wants to be seen in this pool."""
        return f"pool-{self.pool_id}"

    @property
    def contact_purpose(self) -> str:
        """Under which it is kept that companies of the pool may ask for a talk."""
        return f"pool-{self.pool_id}-contact"

    @property
    def statistics_purpose(self) -> str:
        """Under which it is kept that we may ask later what has become of it."""
        return f"pool-{self.pool_id}-statistics"

    @property
    def may_be_asked(self) -> bool:
        """Whether companies may ask for a talk. Nobody has to allow that in order to be seen."""
        return self.user.consents.given().to(self.contact_purpose).exists()

    @property
    def next_question_at(self):
        """When we ask "still looking?" the next time, if nothing is heard before."""
        return self.confirmed_at + timedelta(days=self.pool.ask_after)

    @property
    def erased_after(self) -> datetime | None:
        """When the entry is erased unless the person wants to stay; None while it is not on the way out."""
        if self.left_at is None:
            return None
        return self.left_at + (timedelta(days=1) if self.leave_reason == LeaveReason.WITHDRAWN else self.pool.undo_time)

    @property
    def is_complete(self) -> bool:
        """Holds what companies need at least."""
        needed = [self.seeking, self.job_families, self.level, self.hours, self.place_id, self.available_from]
        return all([*needed, self.birth_date, self.user.full_name])

    def age_on(self, day: date) -> int | None:
        """Full years; None while the date of birth is not known."""
        return clock.age(self.birth_date, day) if self.birth_date else None

    @property
    def code(self) -> str:
        """How people of a company speak about a profile that has no name for them."""
        return str(self.pk)[:4].upper()

    @property
    def seeking_labels(self) -> list[str]:
        return [str(Seeking(kind).label) for kind in self.seeking]

    @property
    def job_family_labels(self) -> list[str]:
        return [str(JobFamily(family).label) for family in self.job_families]

    @property
    def is_available(self) -> bool:
        return self.available_from is not None and self.available_from <= clock.today()

    @property
    def has_told(self) -> bool:
        """Has answered the two voluntary questions on leaving, or one of them."""
        return self.through_pool is not None or self.whereabouts != Whereabouts.UNKNOWN

    @property
    def needs_guardian(self) -> bool:
        age = self.age_on(clock.today())
        return age is not None and age < OWN_CONSENT_AGE


ENTRY = tokens.purpose("pool_entry", model="talentpool.Entry")
"""Opens one's own way out (undo, withdraw) from a mail; void with the entry."""


class EndorsementQuerySet(models.QuerySet):
    def proposed(self):
        return self.filter(state=Endorsement.State.PROPOSED)

    def accepted(self):
        return self.filter(state=Endorsement.State.ACCEPTED)

    def valid(self, now=None):
        """Accepted by the person, and of a member whose stamps count at this moment."""
        return self.accepted().filter(member__in=Member.objects.vouching(now))


class Endorsement(models.Model):
    """The stamp of suitability: a member vouches for a person. The person sees it first and decides who else does."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("please check")
        ACCEPTED = "accepted", _("shown")
        HIDDEN = "hidden", _("hidden")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="endorsements", verbose_name=_("entry"))
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="endorsements", verbose_name=_("recommended by")
    )
    criterion = models.CharField(_("what convinced you"), max_length=9, choices=Criterion)
    strengths = ArrayField(
        models.CharField(max_length=11, choices=Strength), default=list, blank=True, verbose_name=_("strengths")
    )
    month = models.DateField(_("month"))  # its first day
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PROPOSED)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        verbose_name = _("stamp of suitability")
        verbose_name_plural = _("stamps of suitability")
        ordering = ["month", "pk"]
        constraints = [
            models.UniqueConstraint(name="endorsement_once_per_member", fields=["entry", "member"]),
            models.CheckConstraint(
                name="endorsement_decision_has_time",
                condition=Q(state="proposed", decided_at=None) | ~Q(state="proposed") & Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(name="endorsement_month_only", condition=Q(month__day=1)),
        ]

    class Privacy:
        personal = {"entry", "criterion", "strengths", "month", "state"}
        keep = None  # with the entry
        erase = "delete"
        person = "entry__user"

    def __str__(self):
        return f"{self.member.organization}: {self.get_criterion_display()}"

    @property
    def audit_label(self) -> str:
        return f"stamp {self.pk}"

    @property
    def strength_labels(self) -> list[str]:
        return [str(Strength(strength).label) for strength in self.strengths]

    @property
    def is_of_former_member(self) -> bool:
        return self.member.ended_at is not None


class Exclusion(models.Model):
    """An organisation that must not see an entry; it meets the same page as for an entry that does not exist."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="exclusions", verbose_name=_("entry"))
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", verbose_name=_("organisation")
    )

    class Meta:
        verbose_name = _("excluded organisation")
        verbose_name_plural = _("excluded organisations")
        ordering = ["organization__sort_key", "pk"]
        constraints = [models.UniqueConstraint(name="exclusion_once", fields=["entry", "organization"])]

    class Privacy:
        personal = {"entry", "organization"}
        keep = None  # with the entry
        erase = "delete"
        person = "entry__user"

    def __str__(self):
        return str(self.organization)


class Guardian(AskedParent):
    """A parent who is asked for somebody under 16. Goes with the entry, or when the person comes of age."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="guardian", verbose_name=_("entry"))
    name = models.CharField(_("name"), max_length=120)
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    text_version = models.CharField(_("version of the text"), max_length=40)
    text_hash = models.CharField(_("SHA-256 of the text"), max_length=64)
    own_mail = models.ForeignKey(  # asks the person itself, who is 16 now
        OutboxMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("own mail")
    )

    class Meta(AskedParent.Meta):
        constraints = [answer_has_time("guardian_answer_has_time")]

    class Privacy:
        personal = {"entry", "name", "email", "asked_at", "answered_at", "agreed", "mail", "own_mail"}
        keep = None  # until the person is 18, or the entry ends
        hidden = {"nonce"}
        erase = "delete"
        person = "entry__user"

    def __str__(self):
        return f"parent of entry {self.entry_id}"

    @property
    def ends_at(self):
        """Until when the first answer counts; while the mail waits, counted from this moment."""
        taken_at = self.mail.accepted_at if self.mail else self.asked_at
        return (taken_at or clock.now()) + GUARDIAN_ANSWERS_WITHIN

    @property
    def is_undelivered(self) -> bool:
        return self.mail is not None and self.mail.state in (OutboxMail.State.FAILED, OutboxMail.State.BOUNCED)

    @property
    def is_answerable(self) -> bool:
        """In time for a first answer, or a yes that may be taken back as long as the person is under 16."""
        in_time = self.answered_at is None and clock.now() < self.ends_at
        return self.entry.left_at is None and (in_time or (bool(self.agreed) and self.entry.needs_guardian))


GUARDIAN = tokens.purpose("pool_guardian", model="talentpool.Guardian")


class Document(Timestamped):
    """Papers of a person, rewritten when they came in. The name of the file is chance; nothing leads to it but us."""

    class Kind(models.TextChoices):
        CV = "cv", _("curriculum vitae")
        REPORT = "report", _("school report or certificate")
        OTHER = "other", _("other")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="documents", verbose_name=_("entry"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    title = models.CharField(_("title"), max_length=80)
    file = models.FileField(_("file"), upload_to="talentpool/", max_length=200)
    media_type = models.CharField(_("format"), max_length=20)
    size = models.PositiveIntegerField(_("size in bytes"))
    is_visible = models.BooleanField(_("companies may open it"), default=False)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                name="document_known_format",
                condition=Q(media_type__in=["application/pdf", "image/jpeg", "image/png"]),
            )
        ]

    class Privacy:
        personal = {"entry", "kind", "title", "file", "media_type", "size", "is_visible"}
        keep = None  # with the entry
        erase = "delete"
        person = "entry__user"

    def __str__(self):
        return self.title

    @property
    def audit_label(self) -> str:
        return f"document {self.pk}"
