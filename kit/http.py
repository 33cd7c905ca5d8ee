"""What is true of every request and every answer: no unreadable input, no page of a person in a shared cache."""

import re
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import UnreadablePostError
from django.middleware.locale import LocaleMiddleware
from django.utils.http import parse_header_parameters
from django.utils.translation import get_language

UNREADABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL stores no NUL, UTF-8 has no lone surrogates
LONGEST_QUERY = 8_000
LONGEST_VALUE = 2_000
MOST_PARAMETERS = 200
CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii"}
UNKNOWN_CHARSET = "application/x-unknown-charset"


def known_charset(application: Callable) -> Callable:
    """Around the WSGI application: a strange charset in Content-Type decides how Django decodes the address.

    Some (`rot13`, a made-up one after RFC 2231) fail while Django builds the request, where no middleware and no
    error page of ours is reached. They come in under a type that `RefuseBadInput` answers with 400.
    """

    def guarded(environ, start_response):
        if not _is_known(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = UNKNOWN_CHARSET
        return application(environ, start_response)

    return guarded


def _is_known(content_type: str) -> bool:
    try:
        _kind, parameters = parse_header_parameters(content_type)
    except Exception:  # the parser of the standard library has many ways to fail
        return False
    return parameters.get("charset", "utf-8").lower() in CHARSETS


class RefuseBadInput:
    """400 for what no form could take: it would otherwise surface as an error deep in the database driver."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        _check_address(request)
        _check_headers(request)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Fields of a form are read late, so that answers which need no body (404) do not wait for it."""
        if request.method in {"POST", "PUT", "PATCH"}:
            _check_fields(request)


def _check_address(request) -> None:
    _refuse_unless(_readable(request.path), "path")
    query = request.META.get("QUERY_STRING", "")
    _refuse_unless(len(query) <= LONGEST_QUERY and query.count("&") < MOST_PARAMETERS, "query")
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset != "utf-8":
        request.encoding = "utf-8"  # the page that says no reads the query too
    _refuse_unless(request.content_type != UNKNOWN_CHARSET and charset.lower() in CHARSETS, "charset")
    for name, values in request.GET.lists():
        _refuse_unless(_readable(name, *values) and max(map(len, values)) <= LONGEST_VALUE, "query")


def _check_headers(request) -> None:
    """Cookies can spell a NUL as an octal escape, which the parser then resolves."""
    _refuse_unless(_readable(*request.COOKIES, *request.COOKIES.values()), "cookie")
    headers = (value for name, value in request.META.items() if name.startswith("HTTP_"))
    _refuse_unless(_readable(*(value for value in headers if isinstance(value, str))), "header")


def _check_fields(request) -> None:
    try:
        fields, files = request.POST, request.FILES
    except UnreadablePostError as error:  # the visitor went away in the middle
        raise BadRequest("body") from error
    for name, values in fields.lists():
        _refuse_unless(_readable(name, *values), "field")
    for name, uploads in files.lists():
        _refuse_unless(_readable(name, *(upload.name or "" for upload in uploads)), "file name")


def _readable(*texts: str) -> bool:
    return not any(UNREADABLE.search(text) for text in texts)


def _refuse_unless(good: bool, where: str) -> None:
    if not good:
        raise BadRequest(f"unreadable or oversized {where}")


class Language(LocaleMiddleware):
    """Django's middleware without its `Vary: Accept-Language`: the address alone decides about the language here."""

    def process_response(self, request, response):
        response.headers.setdefault("Content-Language", get_language())
        return response


class PageHeaders:
    """Says who may keep a page. Stands outside of the session so that it sees what an answer depended on."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        access = _access(request)
        if response.status_code >= 400 or access != "public" or _depends_on_visitor(response):
            response["Cache-Control"] = "private, no-store"
        if access != "public":
            response["X-Robots-Tag"] = "noindex, nofollow"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


def _access(request) -> str | None:
    match = getattr(request, "resolver_match", None)
    return getattr(match.func, "access", None) if match else None


def _depends_on_visitor(response) -> bool:
    return bool(response.cookies) or "cookie" in response.get("Vary", "").lower()
