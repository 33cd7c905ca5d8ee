"""The mails about logins: each can be written, in both languages, with the subject in the first line."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from accounts.adapter import MAILS, on_our_address

FOLDER = Path(settings.BASE_DIR) / "templates" / "accounts" / "email"
CONTEXT = {
    "code": "ABC-123",
    "activate_url": "https://portal.example/a/",
    "password_reset_url": "https://portal.example/r/",
    "login_url": "https://portal.example/l/",
    "change": "password_changed",
}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.txt")))
def test_a_mail_has_a_subject_and_a_text(name, language):
    with translation.override(language):
        subject, _, body = render_to_string(f"accounts/email/{name}", CONTEXT).partition("\n")
    assert 10 < len(subject.strip()) < 70
    assert len(body.strip()) > 80


@pytest.mark.parametrize("name", sorted({*MAILS.values(), "security_notice"}))
def test_every_mail_of_the_adapter_has_its_text(name):
    assert (FOLDER / f"{name}.txt").exists()


@pytest.mark.parametrize(
    "change", ["password_changed", "email_changed", "recovery_codes_generated", "totp_activated", "totp_deactivated"]
)
def test_a_notice_says_what_changed(change):
    with translation.override("en"):
        texts = {
            render_to_string("accounts/email/security_notice.txt", {"change": each})
            for each in (change, "password_set")
        }
    assert len(texts) == (1 if change == "password_changed" else 2)


def test_a_link_of_a_foreign_host_becomes_ours(settings):
    settings.SITE_BASE_URL = "https://portal.example"
    assert on_our_address("http://evil.example/konto/?a=1#b") == "https://portal.example/konto/?a=1#b"
