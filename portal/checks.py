"""What must not go into production; compose asks before it migrates (`manage.py check --deploy`)."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

SHORTEST_KEY = 50  # characters
PLACEHOLDERS = ("only-for", "change", "secret", "example")


def production(app_configs=None, **kwargs) -> list[CheckMessage]:
    findings = [
        (not settings.DEBUG, Error("DEBUG shows source code to everybody.", id="portal.E001")),
        (not settings.DEMO, Error("DEMO opens mails and moves the clock; set it to 0.", id="portal.E002")),
        (_is_secret(settings.SECRET_KEY), Error("SECRET_KEY is short or a placeholder.", id="portal.E003")),
        (settings.HTTPS, Error("SITE_BASE_URL does not begin with https://.", id="portal.E004")),
        (
            not settings.HTTPS or settings.PROXY_COUNT,
            Error("PROXY_COUNT is 0, so that every request would be redirected to https for ever.", id="portal.E005"),
        ),
        (
            ".example" not in settings.DEFAULT_FROM_EMAIL,
            Warning("DEFAULT_FROM_EMAIL is the default; replies will not reach you.", id="portal.W001"),
        ),
    ]
    return [finding for is_well, finding in findings if not is_well]


def _is_secret(key: str) -> bool:
    return len(key) >= SHORTEST_KEY and not key.lower().startswith(PLACEHOLDERS)
