"""Public lists that a browser, or a cache of the operator, may ask about again: "is this still what you show?"

The view names the state of everything its page is made of. While that is the same, whoever has the page is told so
(304) before anything is searched or rendered. Only what is sure to be nobody's own gets such a mark: no page of a
browser with a session, none with a cookie, none that the view itself has withdrawn with `withdraw`.
"""

import os
import time
from collections.abc import Callable, Iterator
from functools import cache, wraps
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_etags

from kit import text

PRIVATE = "private, no-store"
# Everybody may keep it and asks every time: what was withdrawn is gone at once, and who has logged in gets a page anew.
SHARED = "public, no-cache"
SUFFIXES = {".py", ".html", ".mo", ".css", ".js", ".csv", ".toml"}
NOT_CODE = {"node_modules", "tests", "var", "benchmarks", "faults"}
MOST = 10_000


class _Mark(NamedTuple):
    etag: str
    since: int  # when this process first saw the state, Unix time


_first_seen: dict[tuple, int] = {}


def revalidated(state: Callable[[HttpRequest], tuple | None]) -> Callable:
    """Decorates a public view; `state` names what its pages are made of, None: not now."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if settings.SESSION_COOKIE_NAME in request.COOKIES:
                return withdraw(view(request, *args, **kwargs))
            mark = _mark(request, state(request))
            if mark and _is_known(request, mark):
                return _marked(HttpResponseNotModified(), mark)
            response = view(request, *args, **kwargs)
            return _marked(response, mark) if mark and _is_everybodys(response) else response

        return answer

    return decorate


def withdraw(response: HttpResponse) -> HttpResponse:
    """This one is for whoever asked, and for nobody else."""
    response["Cache-Control"] = PRIVATE
    return response


def _mark(request: HttpRequest, state: tuple | None) -> _Mark | None:
    if state is None or request.method not in ("GET", "HEAD"):
        return None
    state = (*state, settings.DEMO, settings.SITE_BASE_URL, version())
    if state not in _first_seen:
        if len(_first_seen) > MOST:
            _first_seen.clear()
        _first_seen[state] = int(time.time())
    wanted = (request.get_full_path(), request.headers.get("HX-Request", ""), repr(state))
    return _Mark(f'W/"{text.digest(*wanted)[:32]}"', _first_seen[state])


def _is_known(request: HttpRequest, mark: _Mark) -> bool:
    """By the mark alone: two states of one second have the same time."""
    return mark.etag in parse_etags(request.headers.get("If-None-Match", ""))


def _is_everybodys(response: HttpResponse) -> bool:
    is_free = not response.cookies and "cookie" not in response.get("Vary", "").lower()
    return response.status_code == 200 and is_free and not response.has_header("Cache-Control")


def _marked(response: HttpResponse, mark: _Mark) -> HttpResponse:
    response["ETag"] = mark.etag
    response["Last-Modified"] = http_date(mark.since)
    response["Cache-Control"] = SHARED
    patch_vary_headers(response, ["HX-Request"])
    return response


@cache
def version() -> str:
    """Of the code: what a page looks like changes with it."""
    return text.digest(*sorted(_files(settings.BASE_DIR)))


def _files(folder: Path) -> Iterator[str]:
    for each in os.scandir(folder):
        if each.name in NOT_CODE or each.name.startswith((".", "__")):
            continue
        if each.is_dir(follow_symlinks=False):
            yield from _files(Path(each.path))
        elif Path(each.name).suffix in SUFFIXES:
            status = each.stat()
            yield f"{each.path} {status.st_size} {status.st_mtime_ns}"
