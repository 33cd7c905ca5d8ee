"""Logins of the demo region: one invented person per role, with a password and a code that stand in the open.

Refused outside the demo: whoever knows this file could enter.
"""

import time
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from accounts.roles import Role

PASSWORD = "lernregion-vorfuehrung"  # noqa: S105  shown to everybody on purpose
TOTP_SECRET = "LERNREGIONDEMOHARZKYFFHAUSER2345"  # noqa: S105  32 characters of base32
DOMAIN = "lernregion.example"


class NotADemoError(RuntimeError):
    """Demo logins were asked of an installation that is none."""


@dataclass(frozen=True)
class Login:
    local: str
    full_name: str
    roles: tuple[Role, ...]

    @property
    def email(self) -> str:
        return f"{self.local}@{DOMAIN}"

    @property
    def key(self) -> str:
        """The first role; without any the name before the @."""
        return self.roles[0].value if self.roles else self.local


LOGINS = (
    Login("koordination", "Karla Beispiel", (Role.COORDINATOR,)),
    Login("redaktion", "Rolf Beispiel", (Role.EDITOR,)),
    Login("moderation", "Mona Beispiel", (Role.MODERATOR,)),
    Login("datenschutz", "Dana Beispiel", (Role.DATA_PROTECTION,)),
    Login("beratung", "Berta Beispiel", (Role.COUNSELLOR,)),
    Login("anbieter", "Anton Beispiel", (Role.PROVIDER,)),
    Login("betrieb", "Bodo Beispiel", (Role.COMPANY,)),
    Login("schule", "Selma Beispiel", (Role.SCHOOL,)),
    Login("lernen", "Lena Beispiel", (Role.LEARNER,)),
    Login("kandidatin", "Kaja Beispiel", (Role.CANDIDATE,)),
    Login("traeger", "Trude Beispiel", ()),  # manages a municipality, which gives no portal role
)


def refuse_outside_demo() -> None:
    if not settings.DEMO:
        raise NotADemoError("Demo logins exist only where DEMO=1.")


@transaction.atomic
def create_logins() -> dict[str, User]:
    """Makes the demo logins anew, or mends those that stand; returns them by their key."""
    refuse_outside_demo()
    password = make_password(PASSWORD)
    return {login.key: create_login(login, password) for login in LOGINS}


def create_login(login: Login, password: str) -> User:
    fields = {"full_name": login.full_name, "roles": list(login.roles), "password": password, "is_active": True}
    user, _ = User.objects.update_or_create(email=login.email, defaults=fields)
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    if user.needs_second_factor and not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, TOTP_SECRET)
    return user


def current_code() -> str:
    """The six digits that an authenticator app with the demo secret shows now. Real time: so do the apps."""
    refuse_outside_demo()
    return format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))
