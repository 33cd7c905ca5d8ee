"""What can happen to a login."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language

from accounts import audit
from accounts.actors import Actor
from accounts.models import AuditEntry, Consent, ConsentText, User
from accounts.roles import BY_MEMBERSHIP, Role
from kit import clock, outbox


@transaction.atomic
def open_account(*, email: str, full_name: str = "", roles: list[Role] | None = None, by: Actor) -> User:
    """A login for somebody who did not sign up, and a mail that says so; a code by mail opens it the first time."""
    user = User.objects.create_user(email, full_name=full_name, roles=sorted(roles or []))
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    audit.record("account opened", user, by=by, roles=user.roles)
    login_url = settings.SITE_BASE_URL + reverse("account_request_login_code")
    outbox.send("accounts/email/account_opened.txt", user.email, {"login_url": login_url}, purpose="account")
    return user


class AccountClosed(Exception):
    """There is an account under this address, and a coordinator has closed it."""


@transaction.atomic
def enter_by_mailbox(*, email: str, full_name: str, role: Role, by: Actor) -> User:
    """The account of somebody who has just shown that the mailbox is theirs: the one there is, else a new one.

    Never makes a second account for an address. Raises AccountClosed.
    """
    email = email.strip().lower()
    user = User.objects.reached_by(email).first()
    if user is None:
        fresh = {"full_name": full_name, "password": make_password(None)}
        user, created = User.objects.get_or_create(email=email, defaults=fresh)
        if created:
            audit.record("account opened", user, by=by, roles=[role])
    if not user.is_active:
        raise AccountClosed
    is_primary = user.email == email
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": True}, create_defaults={"verified": True, "primary": is_primary}
    )
    return grant_role(user=user, role=role, by=by)


@transaction.atomic
def set_roles(*, user: User, roles: set[Role], by: Actor) -> User:
    """Makes the roles given by hand exactly these; roles that follow from memberships stay as they are."""
    held = {Role(role) for role in user.roles} - BY_MEMBERSHIP
    wanted = set(roles) - BY_MEMBERSHIP
    for role in sorted(wanted - held):
        user = grant_role(user=user, role=role, by=by)
    for role in sorted(held - wanted):
        user = revoke_role(user=user, role=role, by=by)
    return user


@transaction.atomic
def grant_role(*, user: User, role: Role, by: Actor) -> User:
    """Gives a role; without effect, and without an entry, where the person has it."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if role in user.roles:
        return user
    user.roles = sorted([*user.roles, role])
    user.save(update_fields=["roles"])
    audit.record("role granted", user, by=by, role=role)
    return user


@transaction.atomic
def revoke_role(*, user: User, role: Role, by: Actor) -> User:
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
    theirs = [session.pk for session in running if session.get_decoded().get("_auth_user_id") == str(user.pk)]
    return Session.objects.filter(pk__in=theirs).delete()[0]


@transaction.atomic
def deactivate(*, user: User, by: Actor, reason: str) -> User:
    """Closes a login without erasing the person; what runs ends at once."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    audit.record("deactivated", user, by=by, reason=reason, sessions=end_sessions(user=user))
    return user


@transaction.atomic
def reactivate(*, user: User, by: Actor) -> User:
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record("reactivated", user, by=by)
    return user


@transaction.atomic
def give_consent(
    *, user: User, purpose: str, text: str, text_version: str, way: str = "login", age_band: str = ""
) -> Consent:
    """Notes what the person agreed to, in which words and on which way; an older consent is withdrawn with it."""
    user.consents.given().to(purpose).update(withdrawn_at=clock.now())
    return Consent.objects.create(
        user=user,
        purpose=purpose,
        text_version=text_version,
        text_hash=ConsentText.keep(text),
        way=way,
        language=get_language() or "",
        age_band=age_band,
    )


def withdraw_consent(*, user: User, purpose: str) -> int:
    return user.consents.given().to(purpose).update(withdrawn_at=clock.now())


def purge_expired() -> dict[str, int]:
    """Removes expired sessions and log entries past their time; returns how many of each.

    Sessions run on real time (Django's clock), the audit log's age is judged on ours; the database judges again.
    """
    Session.get_session_store_class().clear_expired()
    horizon = clock.now() - AuditEntry.Privacy.keep
    newest = AuditEntry.objects.order_by("-at").values_list("at", flat=True).first()
    horizon = min(horizon, newest - AuditEntry.Privacy.keep) if newest else horizon
    old = AuditEntry.objects.filter(at__lt=horizon).delete()[0]
    return {"audit": old, "admin": LogEntry.objects.filter(action_time__lt=horizon).delete()[0]}
