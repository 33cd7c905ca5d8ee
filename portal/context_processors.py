"""What the shell of every page needs. Reads no session and no user unless the browser has shown a session cookie:
a public page that reads them is `Vary: Cookie` and no cache may keep it."""

from functools import partial

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject, lazy
from django.utils.translation import get_language, get_language_info

from portal import navigation
from taxonomy.models import Region

FALLBACK = Region(pk=1, name="Lernregion", office="Lernregion", address="", phone="", email="", opening_hours="")
"""What stands in the shell before a region has been set up."""

_last_known: dict[str, Region] = {}  # error pages still show the phone number when the database is away


def current_region() -> Region:
    """The region of this installation; without a database the one seen last."""
    try:
        region = Region.objects.filter(pk=1).first()
    except DatabaseError:
        return _last_known.get("region", FALLBACK)
    if region is None:
        return FALLBACK
    _last_known["region"] = region
    return region


def languages(request: HttpRequest) -> list[dict]:
    """This page in every language of the installation, each named in its own words."""
    address = request.get_full_path()
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "address": translate_url(address, code),
            "path": translate_url(request.path, code),  # without what is asked: the address for search engines
            "is_current": code == get_language(),
        }
        for code, _label in settings.LANGUAGES
    ]


def shell(request: HttpRequest) -> dict:
    """Whatever a page uses of it is made once, however often it is used."""

    def menu(entries):
        return SimpleLazyObject(partial(navigation.links, entries, request=request))

    region = SimpleLazyObject(current_region)
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
        "has_session": settings.SESSION_COOKIE_NAME in request.COOKIES,
        "is_demo": settings.DEMO,
        "site_base_url": settings.SITE_BASE_URL,
    }
