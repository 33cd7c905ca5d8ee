"""A pool, the municipalities that run it, and the companies and schools that take part."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from kit import clock
from kit.models import Timestamped
from providers.models import Membership, Organization


class Pool(Timestamped):
    """A closed list of recommended people, for a region, an industry or people with experience.

    The periods may be changed within bounds that keep the promise: nobody is erased who was not asked twice.
    """

    class Kind(models.TextChoices):
        REGION = "region", _("for a region")
        INDUSTRY = "industry", _("for an industry")
        EXPERIENCED = "experienced", _("for people with experience")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("part of the address"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=11, choices=Kind, default=Kind.REGION)
    is_open = models.BooleanField(_("takes invitations"), default=True)
    introduction = models.TextField(_("what the pool is for"), blank=True)
    rejection_text = models.TextField(
        _("text for a friendly rejection"), blank=True, help_text=_("Companies may copy it into their letter.")
    )
    consent_text = models.TextField(_("text of the consent"))
    consent_version = models.CharField(_("version of the consent"), max_length=40)
    consent_since = models.DateTimeField(_("this version holds since"), default=clock.now)
    agreement_text = models.TextField(_("agreement on joint responsibility (Art. 26 GDPR)"))
    agreement_version = models.CharField(_("version of the agreement"), max_length=40)
    ask_after = models.PositiveSmallIntegerField(
        _("days until the first question"),
        default=90,
        validators=[MinValueValidator(60), MaxValueValidator(180)],
    )
    answer_within = models.PositiveSmallIntegerField(
        _("days for each answer"),
        default=14,
        validators=[MinValueValidator(14), MaxValueValidator(28)],
    )
    undo_within = models.PositiveSmallIntegerField(
        _("days between hiding and erasing"),
        default=7,
        validators=[MinValueValidator(7), MaxValueValidator(14)],
    )

    class Meta:
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="pool_periods_keep_the_promise",
                condition=Q(ask_after__range=(60, 180), answer_within__range=(14, 28), undo_within__range=(7, 14)),
            )
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # texts and periods

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("talentpool:pool", args=[self.slug])

    @property
    def shown_for(self) -> timedelta:
        """How long an answer keeps an entry visible, whatever the worker does."""
        return timedelta(days=self.ask_after + 2 * self.answer_within + self.undo_within)

    @property
    def answer_time(self) -> timedelta:
        return timedelta(days=self.answer_within)

    @property
    def undo_time(self) -> timedelta:
        return timedelta(days=self.undo_within)

    @property
    def contact(self) -> "Operator | None":
        """Whom everybody may ask: the first municipality of the pool."""
        return self.operators.select_related("organization").first()


class OperatorQuerySet(models.QuerySet):
    def run_by(self, user: User):
        """Those whose companies this person lets in."""
        if user.has_role(Role.COORDINATOR):
            return self
        managed = Membership.objects.filter(user=user, role=Membership.Role.ADMIN)
        return self.filter(organization__in=managed.values("organization"), organization__blocked_at=None)


class Operator(models.Model):
    """A municipality that runs a pool together with others: it lets companies in and names a person to ask.

    Its administrators are the people who manage the municipality in `providers.Membership`.
    """

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="operators", verbose_name=_("pool"))
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="operated_pools", verbose_name=_("municipality")
    )
    introduction = models.TextField(_("words to its companies"), blank=True)
    contact_name = models.CharField(_("contact person"), max_length=120)
    contact_phone = models.CharField(_("phone"), max_length=60)
    contact_email = models.EmailField(_("e-mail"))
    contact_away_until = models.DateField(_("away until"), null=True, blank=True)
    standin_name = models.CharField(_("stand-in"), max_length=120)
    standin_phone = models.CharField(_("phone of the stand-in"), max_length=60)
    standin_email = models.EmailField(_("e-mail of the stand-in"))

    objects = OperatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("operator")
        verbose_name_plural = _("operators")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="operator_once_per_pool", fields=["pool", "organization"])]

    class Privacy:
        personal = {
            "contact_name",
            "contact_phone",
            "contact_email",
            "standin_name",
            "standin_phone",
            "standin_email",
        }
        keep = None  # as long as the municipality names these people
        erase = "blank"  # the municipality goes on, a name is filled in anew

    def __str__(self):
        return f"{self.organization} – {self.pool}"

    def get_absolute_url(self):
        return reverse("talentpool:operator", args=[self.pk])

    @property
    def is_contact_away(self) -> bool:
        return self.contact_away_until is not None and self.contact_away_until >= clock.today()

    @property
    def person(self) -> dict[str, str]:
        """Name, phone and e-mail of whoever answers today."""
        who = "standin" if self.is_contact_away or not self.contact_name else "contact"
        return {part: getattr(self, f"{who}_{part}") for part in ("name", "phone", "email")}


STAMP_OUTLIVES = timedelta(days=180)
"""How long the stamps of a member that has left still count; shown as those of a former member."""


CLEANED_AFTER = timedelta(days=30)
"""From the end of a membership to the end of what it had asked people."""


class MemberQuerySet(models.QuerySet):
    def waiting(self):
        """Want to take part, and nobody has decided yet."""
        return self.filter(approved_at=None, ended_at=None)

    def active(self):
        """May read the pool at this moment: approved, with the agreement on record, neither ended nor blocked."""
        return self.filter(
            approved_at__isnull=False, ended_at=None, organization__blocked_at=None, agreement_signed_on__isnull=False
        )

    def vouching(self, now=None):
        """Whose stamps count: active members, and for half a year those that were."""
        left_lately = Q(ended_at__gt=(now or clock.now()) - STAMP_OUTLIVES)
        return self.filter(Q(ended_at=None) | left_lately, approved_at__isnull=False, organization__blocked_at=None)

    def to_clean_up(self, now=None):
        """Left some time ago: what they had asked people goes."""
        return self.filter(ended_at__lte=(now or clock.now()) - CLEANED_AFTER)

    def of(self, user: User):
        """Those for which this person may act."""
        return self.filter(organization__memberships__user=user) if user.is_authenticated else self.none()


class Member(Timestamped):
    """A company or school takes part in a pool. Companies read, schools only recommend."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("company")
        SCHOOL = "school", _("school")

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="members", verbose_name=_("pool"))
    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="members", verbose_name=_("responsible municipality")
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="pool_members", verbose_name=_("organisation")
    )
    kind = models.CharField(_("takes part as"), max_length=7, choices=Kind)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=160, blank=True)
    agreement_version = models.CharField(_("version of the agreement"), max_length=40, blank=True)
    agreement_signed_on = models.DateField(_("agreement signed on"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("reason of the end"), max_length=255, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("pool member")
        verbose_name_plural = _("pool members")
        ordering = ["organization__sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="member_once_at_a_time", fields=["pool", "organization"], condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="member_approved_by_and_at",
                condition=Q(approved_at=None, approved_by="") | Q(approved_at__isnull=False) & ~Q(approved_by=""),
            ),
            models.CheckConstraint(
                name="member_approval_needs_agreement",
                condition=Q(approved_at=None) | Q(agreement_signed_on__isnull=False) & ~Q(agreement_version=""),
            ),
            models.CheckConstraint(
                name="member_ends_after_approval",
                condition=Q(ended_at=None) | Q(approved_at=None) | Q(ended_at__gte=F("approved_at")),
            ),
        ]

    class Privacy:
        personal = {"approved_by"}
        keep = None
        erase = "blank"  # the membership stays, the name of who approved it goes

    def __str__(self):
        return f"{self.organization} – {self.pool}"

    def get_absolute_url(self):
        return reverse("talentpool:member", args=[self.pk])

    @property
    def is_active(self) -> bool:
        return self.approved_at is not None and self.ended_at is None and self.organization.blocked_at is None

    @property
    def may_search(self) -> bool:
        return self.kind == self.Kind.COMPANY and self.is_active
