"""“Did it help?” No way leads back from the answer: the link carries month, audience and subject, nothing else."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing
from django.db import IntegrityError, transaction

from counseling.models import Appointment, Audience, FollowUp, SpentAnswer, Subject
from kit import clock

SALT = "counseling.follow_up"
GOOD_FOR = timedelta(days=60)


class Spent(Exception):
    """This invitation has been answered."""


@dataclass(frozen=True)
class Invitation:
    """What a link says about a talk."""

    month: date
    audience: str
    subject: Subject
    digest: str

    @property
    def is_spent(self) -> bool:
        return SpentAnswer.objects.filter(pk=self.digest).exists()


def invitation(talk: Appointment) -> str:
    """Made at the moment of writing and kept nowhere; chance makes it single."""
    month = clock.local(talk.starts_at).date().replace(day=1)
    words = [month.isoformat(), talk.audience, talk.subject_id, secrets.token_urlsafe(9)]
    return signing.dumps(words, salt=SALT, compress=True)


def read(token: str) -> Invitation | None:
    """None for what we have not signed, or too long ago."""
    try:
        month, audience, subject, _chance = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    found = Subject.objects.filter(pk=subject).first()
    digest = hashlib.sha256(token.encode()).hexdigest()
    return Invitation(date.fromisoformat(month), audience, found, digest) if found and audience in Audience else None


@transaction.atomic
def answer(*, invitation: Invitation, helped: str, next_step: bool | None) -> FollowUp:
    """Raises Spent the second time."""
    try:
        with transaction.atomic():
            SpentAnswer.objects.create(digest=invitation.digest)
    except IntegrityError as error:
        raise Spent from error
    return FollowUp.objects.create(
        month=invitation.month,
        audience=invitation.audience,
        subject=invitation.subject,
        helped=helped,
        next_step=next_step,
    )
