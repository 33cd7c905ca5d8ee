"""Menus as data. An entry appears when its address exists and its predicate allows it: nothing leads nowhere."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role


def everybody(request: HttpRequest) -> bool:
    return True


def signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated


def may_manage(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_staff


def in_talent_pool(request: HttpRequest) -> bool:
    """Has a profile, works for an organisation, or coordinates."""
    roles = (Role.CANDIDATE, Role.COMPANY, Role.SCHOOL, Role.COORDINATOR)
    return signed_in(request) and (request.user.has_role(*roles) or request.user.memberships.exists())


def in_internships(request: HttpRequest) -> bool:
    """Works for an organisation, or counsels."""
    return signed_in(request) and request.user.has_role(Role.COMPANY, Role.SCHOOL, Role.COUNSELLOR)


def counsels(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.has_role(Role.COUNSELLOR)


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    name: str  # of the URL pattern
    args: tuple = ()
    icon: str = ""
    hint: str | Promise = ""  # a second line, where the place has room for one
    may: Callable[[HttpRequest], bool] = field(default=everybody)

    def address(self) -> str | None:
        return _address(self.name, self.args, get_language(), get_urlconf() or settings.ROOT_URLCONF)


@lru_cache(maxsize=500)  # thirty of them stand on every page
def _address(name: str, args: tuple, _language: str | None, _urlconf: str) -> str | None:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None


@dataclass(frozen=True)
class Link:
    label: str | Promise
    address: str
    icon: str
    hint: str | Promise
    is_here: bool


MAIN = [
    Entry(_("Courses"), "courses:list", icon="mortarboard"),
    Entry(_("Providers"), "providers:list", icon="building"),
    Entry(_("Counselling"), "counseling:start", icon="chat-dots"),
    Entry(_("Internships"), "internships:list", icon="briefcase"),
    Entry(_("Calendar"), "events:calendar", icon="calendar3"),
    Entry(_("Talent pool"), "talentpool:pools", icon="people"),
    Entry(_("News"), "news:list", icon="journal-text"),
]

DOORS = [
    Entry(_("I am looking for a course"), "courses:list", icon="search", hint=_("German, work, school, computers")),
    Entry(
        _("I want advice"),
        "counseling:start",
        icon="chat-dots",
        hint=_("In person, by phone, by video"),
    ),
    Entry(_("I am looking for an internship"), "internships:list", icon="briefcase", hint=_("For school and training")),
    Entry(_("Who offers courses here?"), "providers:list", icon="building", hint=_("All providers of the region")),
    Entry(_("What suits me?"), "assessment:start", icon="compass", hint=_("A short test, without an account")),
    Entry(_("I run a company"), "talentpool:pools", icon="people", hint=_("Recommend good applicants, find talent")),
    Entry(
        _("I do not know yet"), "counseling:orientation", icon="compass", hint=_("Four questions, then the next step")
    ),
    Entry(_("I have a question"), "counseling:callback", icon="telephone", hint=_("Have us call you")),
]

HELP = [
    Entry(_("Leichte Sprache"), "page", ("leichte-sprache",), icon="chat-left-text"),
    Entry(_("Sign language"), "page", ("gebaerdensprache",), icon="person-raised-hand"),
]

SERVICE = [
    Entry(_("Courses by topic"), "topics"),
    Entry(_("Courses by place"), "places"),
    Entry(_("Offer an internship"), "internships:register"),
    Entry(_("Check a certificate"), "certificates:find"),
    Entry(_("Report an error or a gap"), "page", ("kontakt",)),
    Entry(_("Leichte Sprache"), "page", ("leichte-sprache",)),
    Entry(_("Sign language"), "page", ("gebaerdensprache",)),
    Entry(_("Languages"), "language"),
]

LAW = [
    Entry(_("Accessibility statement"), "page", ("barrierefreiheit",)),
    Entry(_("Privacy"), "page", ("datenschutz",)),
    Entry(_("Legal notice"), "page", ("impressum",)),
    Entry(_("Data and licences"), "page", ("daten",)),
    Entry(_("Components"), "components"),
]

ACCOUNT = [
    Entry(_("My talent pool"), "talentpool:mine", icon="people", may=in_talent_pool),
    Entry(_("My internships"), "internships:mine", icon="briefcase", may=in_internships),
    Entry(_("My counselling"), "counseling_desk:week", icon="chat-dots", may=counsels),
    Entry(_("Administration"), "admin:index", icon="gear", may=may_manage),
    Entry(_("E-mail address"), "account_email", icon="envelope", may=signed_in),
    Entry(_("Sign-in security"), "mfa_index", icon="shield-lock", may=signed_in),
]


def links(entries: Iterable[Entry], request: HttpRequest) -> list[Link]:
    """What of these entries this person may see and this installation has."""
    found = []
    for entry in entries:
        address = entry.address()
        if address is None or not entry.may(request):
            continue
        found.append(Link(entry.label, address, entry.icon, entry.hint, _is_here(address, request.path)))
    return found


def places(path: str) -> tuple[str, ...]:
    """The addresses of the header that a page is below: what else its menus show is the same on every page."""
    addresses = (entry.address() for entry in [*MAIN, *HELP])
    return tuple(address for address in addresses if address and _is_here(address, path))


def _is_here(address: str, path: str) -> bool:
    return address != "/" and path.startswith(address)
