"""What Django calls when something went wrong: pages that promise to come without the database.

Django turns every exception into handler500, whether it arose in a view or in a middleware. Here it is decided
whether it is our fault (500), whether the database or the cache is away for the moment, or whether a question took
longer than STATEMENT_TIMEOUT_MS (both 503).
"""

import sys

from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from psycopg.errors import QueryCanceled
from redis.exceptions import ConnectionError as CacheAway
from redis.exceptions import TimeoutError as CacheSlow

from portal.views import errors

AWAY = (OperationalError, InterfaceError, CacheAway, CacheSlow)
MINUTES = 1  # a restart of the database takes seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After for what passes by itself, else 500."""
    fault = sys.exc_info()[1]
    _forget_visitor(request)
    if isinstance(fault, OperationalError) and isinstance(fault.__cause__, QueryCanceled):
        return errors.too_slow(request, minutes=MINUTES)
    if isinstance(fault, AWAY):
        return errors.unavailable(request, minutes=MINUTES)
    return errors.server_error(request)


def _forget_visitor(request: HttpRequest) -> None:
    """Who somebody is stands in the database, so the page is that of a stranger."""
    request.COOKIES = {}
    request.user = AnonymousUser()
