"""The only way in: a member recommends somebody, and the person decides."""

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kit import clock, tokens
from kit.models import OutboxMail
from talentpool.models.choices import Criterion, Strength
from talentpool.models.pool import Member, Pool
from taxonomy.models import JobFamily

VALID_FOR = timedelta(days=14)
ERASED_AFTER = timedelta(days=3)  # from the end of an invitation to the end of name and address
DIGEST_KEPT = timedelta(days=90)  # for the limits against flooding


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """May still be accepted."""
        return self.filter(state__in=[Invitation.State.QUEUED, Invitation.State.SENT])

    def to_send(self):
        return self.filter(state=Invitation.State.QUEUED)

    def run_out(self, now=None):
        return self.open().filter(expires_at__lte=now or clock.now())

    def to_erase(self, now=None):
        """Ended some days ago: name and address have to go."""
        return self.filter(ended_at__lte=(now or clock.now()) - ERASED_AFTER).exclude(email="")

    def to_address(self, digest: str):
        return self.filter(address_digest=digest)


class Invitation(models.Model):
    """A member recommends a person. Each ends, and with its end go name and address; what remains is a number.

    The inviter learns nothing about a single invitation: whether somebody is in the pool already, has accepted or
    declined looks the same from outside.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waits for its mail")
        SENT = "sent", _("on its way")
        ADDED = "added", _("added to an entry that was there")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        MISTAKEN = "mistaken", _("reached somebody else")
        EXPIRED = "expired", _("not answered in time")
        REVOKED = "revoked", _("taken back")
        BOUNCED = "bounced", _("could not be delivered")

    ENDED = ("added", "accepted", "declined", "mistaken", "expired", "revoked", "bounced")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("pool"))
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("recommended by")
    )
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address_digest = models.CharField(max_length=64, blank=True, editable=False)  # keyed, see actions.inviting
    job_family = models.CharField(_("field of work"), max_length=3, choices=JobFamily)
    rejected_on = models.DateField(_("date of the rejection"), null=True, blank=True)
    criterion = models.CharField(_("what convinced you"), max_length=9, choices=Criterion)
    strengths = ArrayField(
        models.CharField(max_length=11, choices=Strength), default=list, blank=True, verbose_name=_("strengths")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    expires_at = models.DateTimeField(_("valid until"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    is_final = models.BooleanField(_("the person wants no further invitation"), default=False)
    mail = models.ForeignKey(
        OutboxMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("mail")
    )
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)
    # The second proof: a code that is mailed to the invited address when somebody opens the link.
    code_digest = models.CharField(max_length=64, blank=True, editable=False)
    code_until = models.DateTimeField(null=True, blank=True, editable=False)
    code_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "pk"]
        indexes = [
            models.Index(name="invitation_address", fields=["address_digest", "created_at"]),
            models.Index(name="invitation_open", fields=["expires_at"], condition=Q(state__in=["queued", "sent"])),
        ]
        constraints = [
            models.CheckConstraint(
                name="invitation_end_has_time",
                condition=Q(state__in=["queued", "sent"], ended_at=None)
                | Q(
                    state__in=["added", "accepted", "declined", "mistaken", "expired", "revoked", "bounced"],
                    ended_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="invitation_open_has_address",
                condition=~Q(state__in=["queued", "sent"]) | (~Q(email="") & ~Q(name="")),
            ),
        ]

    class Privacy:
        personal = {"name", "email", "invited_by", "address_digest", "mail"}
        keep = VALID_FOR + ERASED_AFTER
        erase = "blank"  # as a number it stays

    def __str__(self):
        return f"{self.member.organization}: {self.get_state_display()}"

    @property
    def audit_label(self) -> str:
        return f"invitation {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.SENT)


INVITED = tokens.purpose("pool_invitation", model="talentpool.Invitation")
