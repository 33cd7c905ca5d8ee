"""What can happen to a login."""

from django.contrib.sessions.models import Session
from django.db import transaction

from accounts import audit
from accounts.actors import System
from accounts.models import Consent, User
from accounts.roles import Role
from kit import clock


@transaction.atomic
def grant_role(*, user: User, role: Role, by: User | System) -> User:
    """Gives a role; without effect, and without an entry, where the person has it."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if role in user.roles:
        return user
    user.roles = sorted([*user.roles, role])
    user.save(update_fields=["roles"])
    audit.record("role granted", user, by=by, role=role)
    return user


@transaction.atomic
def revoke_role(*, user: User, role: Role, by: User | System) -> User:
    """Takes a role; it counts from the person's next request on, because roles are read anew with each."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if role not in user.roles:
        return user
    user.roles = [held for held in user.roles if held != role]
    user.save(update_fields=["roles"])
    audit.record("role revoked", user, by=by, role=role)
    return user


def end_sessions(*, user: User) -> int:
    """Ends every running login of the person; returns how many there were."""
    running = Session.objects.filter(expire_date__gte=clock.now()).iterator()
    theirs = [
        session.pk
        for session in running
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return Session.objects.filter(pk__in=theirs).delete()[0]


@transaction.atomic
def deactivate(*, user: User, by: User | System, reason: str) -> User:
    """Closes a login without erasing the person; what runs ends at once."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    audit.record(
        "deactivated", user, by=by, reason=reason, sessions=end_sessions(user=user)
    )
    return user


@transaction.atomic
def give_consent(
    *, user: User, purpose: str, text_version: str, text_hash: str
) -> Consent:
    """Notes what the person agreed to; a consent to an older text is withdrawn with it."""
    user.consents.given().to(purpose).update(withdrawn_at=clock.now())
    return Consent.objects.create(
        user=user, purpose=purpose, text_version=text_version, text_hash=text_hash
    )


def withdraw_consent(*, user: User, purpose: str) -> int:
    return user.consents.given().to(purpose).update(withdrawn_at=clock.now())
