"""Keeps people whose role asks for a second factor out of everything but its set-up, until they have shown it."""

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode

ALWAYS_OPEN = {
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
}
"""Pages on which a second factor is set up or shown. Taking one away is not among them."""


def has_shown_second_factor(request: HttpRequest) -> bool:
    """Whether this login session carries the proof, in allauth's own record of how the person logged in."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


class SecondFactor:
    """Must stand behind LoginRequired: on public pages and without a session cookie it does not read request.user,
    because reading it makes the answer `Vary: Cookie` and no cache may keep it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: list, kwargs: dict) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not getattr(view, "login_required", True):
            return None
        if request.resolver_match.url_name in ALWAYS_OPEN:
            return None
        if not request.user.is_authenticated or not request.user.needs_second_factor:
            return None
        if has_shown_second_factor(request):
            return None
        if not is_mfa_enabled(request.user):
            return redirect("mfa_activate_totp")
        return redirect(f"{resolve_url('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
