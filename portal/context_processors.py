"""What the shell of every page needs. Reads no session and no user unless the browser has shown a session cookie:
a public page that reads them is `Vary: Cookie` and no cache may keep it."""

from functools import cache, lru_cache, partial

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.urls import get_urlconf, translate_url
from django.utils.functional import SimpleLazyObject, lazy
from django.utils.translation import get_language, get_language_info

from kit import kept
from portal import navigation
from taxonomy.models import Region

REGION = "taxonomy_region"
_last_known: dict[str, Region] = {}  # error pages still show the phone number when the database is away


def current_region() -> Region:
    """The region of this installation; without a database the one seen last."""
    return _seen()[0]


def _seen() -> tuple[Region, tuple | None]:
    """The region, and what tells it from itself before and after a change; None without a database."""
    try:
        state = kept.stamp(REGION)  # first: a part of a page may be newer than its state, never older
        region = _last_known["region"] = _stored_region()
    except DatabaseError:
        return _last_known.get("region") or Region.unnamed(), None
    return region, state


@kept.by(REGION)
def _stored_region() -> Region:
    return Region.objects.current()


def languages(request: HttpRequest) -> list[dict]:
    """This page in every language of the installation, each named in its own words."""
    path, mark, question = request.get_full_path().partition("?")
    state = get_language(), get_urlconf() or settings.ROOT_URLCONF
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "address": _in_language(path, code, *state) + mark + question,
            "path": _in_language(request.path, code, *state),  # without what is asked: for search engines
            "is_current": code == get_language(),
        }
        for code, _label in settings.LANGUAGES
    ]


@lru_cache(maxsize=2_000)  # finding out costs a look at every address of the site
def _in_language(path: str, code: str, _language: str | None, _urlconf: str) -> str:
    return translate_url(path, code)


def shell(request: HttpRequest) -> dict:
    """Whatever a page uses of it is made once, however often it is used."""

    def menu(entries):
        return SimpleLazyObject(partial(navigation.links, entries, request=request))

    seen = cache(_seen)
    region = SimpleLazyObject(lambda: seen()[0])
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return {
        "region": region,
        "phone": lazy(lambda: region.phone, str)(),
        "navigation": menu(navigation.MAIN),
        "doors": menu(navigation.DOORS),
        "help_links": menu(navigation.HELP),
        "service_links": menu(navigation.SERVICE),
        "law_links": menu(navigation.LAW),
        "account_links": menu(navigation.ACCOUNT),
        "languages": SimpleLazyObject(partial(languages, request)),
        "has_session": has_session,
        "shell_state": cache(lambda: None if has_session else _shell_state(seen()[1])),
        "is_here": lambda: navigation.places(request.path),
        "is_demo": settings.DEMO,
        "site_base_url": settings.SITE_BASE_URL,
    }


def _shell_state(region: tuple | None) -> tuple | None:
    """What the shell of a stranger depends on, beside the address; None where it must not be kept."""
    return region and (get_language(), get_urlconf(), settings.DEMO, settings.SITE_BASE_URL, *region)
