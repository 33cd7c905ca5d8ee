"""Where allauth meets the portal: nobody signs up by himself, and every mail goes through the outbox."""

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from kit import outbox

MAILS = {
    "account/email/login_code": "login_code",
    "account/email/password_reset_key": "password_reset",
    "account/email/email_confirmation": "email_confirmation",
    "account/email/email_confirmation_signup": "email_confirmation",
    "account/email/unknown_account": "unknown_account",
}
"""allauth's mails with a text of their own; all others tell of a change and share `security_notice`."""

PASSED_ON = {"code", "activate_url", "password_reset_url"}
"""What our texts use of allauth's context: the outbox stores plain values, no people and no requests."""


def on_our_address(url: str) -> str:
    """The same page under SITE_BASE_URL: allauth takes the address from the request, which anybody can forge."""
    return settings.SITE_BASE_URL + urlsplit(url)._replace(scheme="", netloc="").geturl()


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        passed = {key: value for key, value in context.items() if key in PASSED_ON}
        passed |= {key: on_our_address(value) for key, value in passed.items() if key.endswith("_url")}
        name = MAILS.get(template_prefix, "security_notice")
        if name == "security_notice":
            passed["change"] = template_prefix.rpartition("/")[2]
        outbox.send(f"accounts/email/{name}.txt", email, passed, purpose="account")
