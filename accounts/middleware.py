"""What a login session may do: nothing without the second factor where a role asks for it, and not sleep for long."""

import time
from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode
from django.utils.translation import gettext as _

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


LAST_SEEN = "last_seen"
NOTED_EVERY = 60  # seconds; not each click writes the session


class IdleLimit:
    """Ends logins of people with a second factor that nobody has used for STAFF_IDLE_SECONDS, and tells the browser at
    sign-out to forget the pages it kept. Real time, as for all logins: the clock of a demo can be moved.

    Stands before SecondFactor and, like it, does not read request.user on public pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and _is_sign_out(request) and response.status_code < 400:
            response["Clear-Site-Data"] = '"cache"'
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: list, kwargs: dict) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated or not request.user.needs_second_factor:
            return None
        now, last = int(time.time()), request.session.get(LAST_SEEN)
        if last is not None and now - last > settings.STAFF_IDLE_SECONDS:
            return _end(request)
        if last is None or now - last >= NOTED_EVERY:
            request.session[LAST_SEEN] = now
        return None


def _is_sign_out(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name in {"account_logout", "logout"}


def _end(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, _("You were signed out because nothing happened for half an hour."))
    response = redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}")
    response["Clear-Site-Data"] = '"cache"'
    return response
