"""What a pupil wishes, and what others propose to one."""

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from internships.models.offer import Offer, Scheme
from internships.models.pupil import Pupil
from kit import clock, tokens
from kit.models import Timestamped
from providers.models import Organization
from taxonomy.models import JobFamily, Place

MOST_FIELDS = 3
WISH_OUTLIVES = timedelta(days=30)  # its last day
PROPOSAL_VALID_FOR = timedelta(days=21)


class WishQuerySet(models.QuerySet):
    def open(self):
        """Somebody may match it: confirmed, with a parent's yes, and not over. A query, never a job."""
        return self.filter(state=Wish.State.OPEN, last_day__gte=clock.today())

    def unmet(self):
        """Open without any proposal that is still to be answered."""
        pending = Proposal.objects.filter(wish=models.OuterRef("pk"), state=Proposal.State.SENT)
        return self.open().filter(~models.Exists(pending))


class Wish(Timestamped):
    """What a pupil looks for. Counsellors read it with the name, approved employers as a pseudonym."""

    class State(models.TextChoices):
        DRAFT = "draft", _("waits for the confirmation by mail")
        GUARDIAN = "guardian", _("waits for a parent")
        OPEN = "open", _("open")
        MATCHED = "matched", _("place found")
        WITHDRAWN = "withdrawn", _("taken back")
        EXPIRED = "expired", _("time is over")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="wishes", verbose_name=_("pupil"))
    job_families = ArrayField(models.CharField(max_length=3, choices=JobFamily), verbose_name=_("fields of work"))
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("model")
    )
    first_day = models.DateField(_("not before"))
    last_day = models.DateField(_("not after"))
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("from where"))
    radius = models.PositiveSmallIntegerField(_("how far (km)"), default=20)
    words = models.CharField(_("in my words"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = _("internship wish")
        verbose_name_plural = _("internship wishes")
        ordering = ["first_day", "created_at", "pk"]
        constraints = [
            models.CheckConstraint(name="wish_runs_forward", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(name="wish_few_fields", condition=Q(job_families__len__range=(1, MOST_FIELDS))),
            models.UniqueConstraint(
                name="wish_one_at_a_time", fields=["pupil"], condition=Q(state__in=["draft", "guardian", "open"])
            ),
        ]

    class Privacy:
        personal = {"job_families", "place", "radius", "words", "first_day", "last_day"}
        keep = WISH_OUTLIVES  # after its last day
        erase = "keep"  # with the pupil

    def __str__(self):
        return self.code

    @property
    def audit_label(self) -> str:
        return f"internship wish {self.pk}"

    @property
    def code(self) -> str:
        """How companies speak about somebody who has no name for them."""
        return str(self.pk)[:4].upper()

    @property
    def field_labels(self) -> list[str]:
        return [str(JobFamily(each).label) for each in self.job_families]


class ProposalQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=Proposal.State.SENT)

    def lapsed(self):
        return self.open().filter(created_at__lte=clock.now() - PROPOSAL_VALID_FOR)


class Proposal(Timestamped):
    """Somebody shows an offer to a pupil: a teacher to an address, a counsellor or a company to a wish.

    The company learns nothing from it. The sender sees numbers of a group; who answered what only if the pupil allows.
    """

    class State(models.TextChoices):
        SENT = "sent", _("sent")
        TAKEN = "taken", _("taken up")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("time is over")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="proposals", verbose_name=_("offer"))
    wish = models.ForeignKey(
        Wish, on_delete=models.CASCADE, null=True, blank=True, related_name="proposals", verbose_name=_("wish")
    )
    sender = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("sender")
    )
    organization = models.ForeignKey(  # school, centre or company that stands behind it
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    group = models.CharField(_("class or group"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    words = models.CharField(_("a few words"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.SENT)
    is_told = models.BooleanField(_("the sender may see the answer"), default=False)
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="proposal_open_has_somebody",
                condition=~Q(state="sent") | ~Q(email="") | Q(wish__isnull=False),
            ),
            models.UniqueConstraint(
                name="proposal_once_per_wish", fields=["offer", "wish"], condition=Q(wish__isnull=False)
            ),
            models.UniqueConstraint(
                name="proposal_once_per_address", fields=["offer", "email"], condition=~Q(email="")
            ),
        ]

    class Privacy:
        personal = {"sender", "email", "words"}
        keep = PROPOSAL_VALID_FOR  # then the address goes, the number stays
        hidden = {"nonce"}
        erase = "blank"

    def __str__(self):
        return f"{self.offer}: {self.get_state_display()}"

    @property
    def audit_label(self) -> str:
        return f"proposal {self.pk}"

    @property
    def is_answerable(self) -> bool:
        return self.state == self.State.SENT and clock.now() < self.created_at + PROPOSAL_VALID_FOR


PROPOSAL = tokens.purpose("internship_proposal", model="internships.Proposal")
