"""Which database answers a read: the primary, or a streaming replica for strangers on pages of published things.

The primary is the rule and the replica the exception, of one kind alone: a view that is declared `access.published`,
asked with GET or HEAD by somebody whose browser has neither session nor form token of ours. Everything else (posts,
staff, tasks, commands, transactions) never meets the replica. What the replica cannot answer is asked of the primary.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import Http404, HttpRequest, HttpResponse
from psycopg.errors import QueryCanceled

log = logging.getLogger(__name__)

PRIMARY = DEFAULT_DB_ALIAS
REPLICA = "replica"  # an alias that exists only where DATABASE_REPLICA_URL is set
LOOK_AGAIN = 2  # seconds until a replica that answered is looked at again, per process
TRY_AGAIN = 5  # seconds until one that did not answer is tried again: each try may cost a visitor its connect_timeout

OK = "ok"
AWAY = "away"

_on_replica: ContextVar[bool] = ContextVar("on_replica", default=False)


def reading() -> BaseDatabaseWrapper:
    """The connection for SQL of ours that only reads. Django's own `connection` is always the primary's."""
    return connections[_alias()]


def _alias() -> str:
    """Inside of a transaction it is the primary: whoever opens one is about to write, or has written."""
    may = _on_replica.get() and not connections[PRIMARY].in_atomic_block
    return REPLICA if may else PRIMARY


@contextmanager
def from_primary() -> Iterator[None]:
    """For what is kept under a state that was read from the primary: a replica may be a little older."""
    token = _on_replica.set(False)
    try:
        yield
    finally:
        _on_replica.reset(token)


class Router:
    """Each answer is explicit: without one Django would write an object to where it was read."""

    def db_for_read(self, model, **hints) -> str:
        return _alias()

    def db_for_write(self, model, **hints) -> str:
        return PRIMARY

    def allow_relation(self, one, other, **hints) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints) -> bool | None:
        return False if db == REPLICA else None


# ── One request


def answer(request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of a view that shows published things alone; where the replica fails, the primary is asked once."""
    if not may_read_replica(request):
        return view()
    return _from_replica(view) or view()


def may_read_replica(request: HttpRequest) -> bool:
    """Deny by default. The look at the replica comes last, for it may cost something."""
    return has_replica() and request.method in {"GET", "HEAD"} and _is_stranger(request) and replica.is_fit()


def has_replica() -> bool:
    return REPLICA in connections.settings


def _is_stranger(request: HttpRequest) -> bool:
    """Nobody who has logged in, and nobody who could have sent a form: each form of ours sets the token's cookie.

    Looks at the names of cookies alone, so that the answer does not become `Vary: Cookie`.
    """
    return not request.COOKIES.keys() & {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}


def _from_replica(view: Callable[[], HttpResponse]) -> HttpResponse | None:
    """None where the replica gave no answer that counts.

    A 404 is none: what has just been published may not have arrived. An error that somebody has caught on the way is
    none either: the page around it shows less than it should. A statement that took too long stays one, for the
    primary would take as long.
    """
    token = _on_replica.set(True)
    try:
        response = view()
    except Http404:
        return None
    except Error as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise
        _note(error)
        return None
    finally:
        _on_replica.reset(token)
    if not connections[REPLICA].errors_occurred:
        return response
    replica.lose()
    return None


def _note(error: Error) -> None:
    """A replica that is away is left alone for a while; one that only lacks something (a new column) is not."""
    log.warning("the replica gave no answer: %s", type(error.__cause__ or error).__name__)
    if isinstance(error, OperationalError | InterfaceError):
        replica.lose()


# ── The replica


class Trail:
    """Where the primary was in the last seconds: a replica that has come as far is no later than that."""

    def __init__(self):
        self._steps: deque[tuple[float, str]] = deque()

    def oldest(self, position: str, *, now: float, seconds: float) -> str:
        """Note a position at a moment; the oldest that is no older than so many seconds, at least this one."""
        self._steps.append((now, position))
        while self._steps[0][0] < now - seconds:
            self._steps.popleft()
        return self._steps[0][1]


class Replica:
    """What this process knows about the replica: one of its threads looks every few seconds, the others believe it."""

    def __init__(self):
        self.state = AWAY
        self._trail = Trail()
        self._next_look = 0.0  # of time.monotonic
        self._looking = Lock()

    def is_fit(self) -> bool:
        return self.look() == OK

    def look(self) -> str:
        """Its state in words, at most LOOK_AGAIN seconds old (TRY_AGAIN where it did not answer)."""
        if time.monotonic() >= self._next_look and self._looking.acquire(blocking=False):
            try:
                self._learn(_measure(self._trail))
            finally:
                self._looking.release()
        return self.state

    def lose(self) -> None:
        """It failed in the middle of a request."""
        self._learn(AWAY)

    def _learn(self, state: str) -> None:
        if state != self.state:
            log.warning("the replica is %s", state)
        self.state = state
        self._next_look = time.monotonic() + (TRY_AGAIN if state == AWAY else LOOK_AGAIN)


replica = Replica()

# Both servers tell who they are, so that an address of another database is never read from.
NOW = "SELECT pg_current_wal_lsn()::text, clock_timestamp()::text, system_identifier FROM pg_control_system()"
SINCE = """
    SELECT pg_is_in_recovery(), system_identifier, pg_last_wal_replay_lsn() >= %s::pg_lsn,
        extract(epoch FROM %s::timestamptz - pg_last_xact_replay_timestamp())::float8
    FROM pg_control_system()"""


def _measure(trail: Trail) -> str:
    """Asks the primary where it is, then the replica whether it has come as far as the primary was in time, else how
    old its newest transaction is.

    Positions alone would be wrong after a pause without requests, transactions alone in an import that is one: nothing
    is committed for minutes. A replica that is cut off has replayed all that it has received, and only the comparison
    with the primary finds it. Both moments are of the primary's clock, so that clocks which differ do no harm.
    """
    longest = settings.REPLICA_LAG_SECONDS
    try:
        with connections[PRIMARY].cursor() as cursor:
            cursor.execute(NOW)
            position, moment, system = cursor.fetchone()
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(SINCE, [trail.oldest(position, now=time.monotonic(), seconds=longest), moment])
            is_replica, its_system, is_in_time, seconds = cursor.fetchone()
    except Error:
        return AWAY
    if not is_replica or its_system != system:
        return "not a replica of this database"
    if is_in_time or (seconds is not None and seconds <= longest):
        return OK
    return "behind" if seconds is None else f"behind by {int(seconds)} s"
