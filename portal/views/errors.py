"""Error pages: what happened, what to do now, and whom to call. They render even when the database is away."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Context, Engine

log = logging.getLogger(__name__)

BARE = """<!doctype html><html lang="de"><meta charset="utf-8"><title>{{ status }}</title>
<h1>Das hat gerade nicht geklappt</h1><p>Bitte versuchen Sie es in einigen Minuten noch einmal.</p>
<p lang="en">Something went wrong. Please try again in a few minutes.</p></html>"""
"""The last resort, for when the page around the message cannot be rendered either."""


def answer(request: HttpRequest, status: int, context: dict | None = None) -> HttpResponse:
    try:
        return render(request, f"{status}.html", context, status=status)
    except Exception:
        log.exception("error page %s could not be rendered", status)
        return HttpResponse(Engine().from_string(BARE).render(Context({"status": status})), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 403, {"reason": str(exception) if exception else ""})


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return answer(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Named by settings.CSRF_FAILURE_VIEW."""
    try:
        return render(request, "403_csrf.html", status=403)
    except Exception:
        log.exception("error page 403_csrf could not be rendered")
        return HttpResponse(Engine().from_string(BARE).render(Context({"status": 403})), status=403)


def gone(request: HttpRequest, context: dict | None = None) -> HttpResponse:
    """For things that were public once; the caller may give `similar` as a list of objects with an address."""
    return answer(request, 410, context)


def too_many_requests(request: HttpRequest, minutes: int = 5) -> HttpResponse:
    response = answer(request, 429, {"minutes": minutes})
    response["Retry-After"] = str(minutes * 60)
    return response


def unavailable(request: HttpRequest, minutes: int = 5) -> HttpResponse:
    return _later(request, minutes, is_slow=False)


def too_slow(request: HttpRequest, minutes: int = 5) -> HttpResponse:
    """The portal is well; this one question was too much for it."""
    return _later(request, minutes, is_slow=True)


def _later(request: HttpRequest, minutes: int, *, is_slow: bool) -> HttpResponse:
    response = answer(request, 503, {"minutes": minutes, "is_slow": is_slow})
    response["Retry-After"] = str(minutes * 60)
    return response
