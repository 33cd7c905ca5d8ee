"""A mail server, the mails of these tests, and a way to Django's real SMTP."""

from pathlib import Path

import pytest

from kit import outbox
from tests.kit.mailserver import Script, mail_server

OURS = Path(__file__).parent / "templates"


@pytest.fixture
def mails(tmp_path, settings):
    """`mails(name, text)` writes a template that exists in this test only."""
    folder = tmp_path / "templates"
    engine = {**settings.TEMPLATES[0], "DIRS": [folder, OURS, *settings.TEMPLATES[0]["DIRS"]]}
    settings.TEMPLATES = [engine]

    def write(name: str, text: str) -> str:
        (folder / "kit/email").mkdir(parents=True, exist_ok=True)
        (folder / "kit/email" / name).write_text(text)
        return f"kit/email/{name}"

    return write


@pytest.fixture
def smtp(settings):
    """A running mail server to which the outbox delivers."""
    script = Script()
    with mail_server(script) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 5
        yield script


@pytest.fixture
def queue(mails, db):
    """`queue(to)` writes one mail into the outbox."""

    def write(to: str = "mara@example.org", *, template: str = "kit/email/hello.txt", **fields):
        context = fields.pop("context", {"name": "Mara"})
        return outbox.send(template, to, context, purpose="test", **fields)

    return write
