"""The only way in: a member recommends somebody, and the person decides."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
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
TOLD_WITHIN = timedelta(days=28)
MAIL_EVERY = timedelta(days=7)  # no address gets mail about the pools more often


def address_digest(email: str, *, key: str | None = None) -> str:
    """What remains of an address when it has gone: whoever has our key and the address recognises it, nobody else."""
    return salted_hmac("talentpool.address", email.strip().lower(), secret=key, algorithm="sha256").hexdigest()


def address_digests(email: str) -> list[str]:
    """With each key that is or was in use: "never again" outlives a change of keys."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [address_digest(email, key=key) for key in keys]


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """May still be accepted."""
        return self.filter(state__in=[Invitation.State.QUEUED, Invitation.State.SENT])

    def to_send(self):
        return self.filter(state=Invitation.State.QUEUED)

    def run_out(self, now=None):
        """Read in time by nobody. The time runs from the moment at which a mail server took the mail, not earlier."""
        now = now or clock.now()
        taken = Q(mail__accepted_at__lte=now - VALID_FOR)
        on_its_way = Q(mail__state__in=[OutboxMail.State.QUEUED, OutboxMail.State.SENDING])
        never_taken = Q(mail__accepted_at=None, expires_at__lte=now) & ~on_its_way
        return self.filter(taken | never_taken, state=Invitation.State.SENT)

    def undelivered(self):
        """Their mail came back, or nobody took it."""
        gone = [OutboxMail.State.FAILED, OutboxMail.State.BOUNCED]
        return self.filter(state=Invitation.State.SENT, mail__state__in=gone)

    def to_erase(self, now=None):
        """Ended some days ago: name and address have to go."""
        return self.filter(ended_at__lte=(now or clock.now()) - ERASED_AFTER).exclude(email="")

    def to_forget(self, now=None):
        """Ended long ago: the limits need no trace of the address any more. "Never again" does."""
        old = self.filter(ended_at__lte=(now or clock.now()) - DIGEST_KEPT, is_final=False)
        return old.exclude(address_digest="")

    def overdue(self, now=None):
        """Nobody could write to them within the month in which Art. 14 (3) GDPR wants people to be told."""
        return self.to_send().filter(created_at__lte=(now or clock.now()) - TOLD_WITHIN)

    def to_address(self, email: str):
        return self.filter(address_digest__in=address_digests(email))


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
    address_digest = models.CharField(max_length=64, blank=True, editable=False)  # keyed, made in save()
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
    mailed_at = models.DateTimeField(_("mail written"), null=True, blank=True)
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

    def save(self, *args, **kwargs):
        if self.email and not self.address_digest:
            self.address_digest = address_digest(self.email)
        super().save(*args, **kwargs)

    @property
    def audit_label(self) -> str:
        return f"invitation {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.SENT)

    @property
    def ends_at(self):
        """Until when it can be accepted; while its mail waits, counted from this moment."""
        taken_at = self.mail.accepted_at if self.mail else None
        return (taken_at or clock.now()) + VALID_FOR

    @property
    def is_answerable(self) -> bool:
        """Sent, in time, and of a member that still takes part: otherwise its link opens nothing."""
        return self.state == self.State.SENT and clock.now() < self.ends_at and self.member.is_active

    @property
    def mailed_code(self) -> bool:
        """Somebody has said yes on the page of the link, and was sent a code (or is locked out because of it)."""
        return self.code_until is not None or self.locked_until is not None

    @property
    def masked_email(self) -> str:
        """Enough for its owner to know which mailbox, too little for anybody else: m•••@e•••.org"""
        name, _at, domain = self.email.rpartition("@")
        host, _dot, ending = domain.rpartition(".")
        return f"{name[:1]}•••@{host[:1]}•••.{ending}"

    @property
    def strength_labels(self) -> list[str]:
        return [str(Strength(strength).label) for strength in self.strengths]


INVITED = tokens.purpose("pool_invitation", model="talentpool.Invitation")
