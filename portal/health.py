"""Does this process live (`/healthz`), and can the portal do its work (`/healthz/ready`)?"""

from collections.abc import Callable
from datetime import timedelta

from django.core.cache import cache
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from kit import access, clock, db
from kit.models import Heartbeat, OutboxMail

HEARTBEATS = ("beat", "worker default", "worker imports")
SILENT_TOO_LONG = timedelta(seconds=90)  # four times the period in portal/schedule.py
MAIL_TOO_OLD = timedelta(minutes=15)


@access.public
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks nobody else, so that a database that is away does not get web servers killed."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@access.public
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Each part with what is wrong with it, and 503 when one is red. Says nothing that helps an attacker."""
    parts = {"database": _ask(_database), "cache": _ask(_cache)}
    if parts["database"] == "ok":
        parts |= {name: _heartbeat(name) for name in HEARTBEATS} | {"mail": _mail()}
    is_well = all(state == "ok" for state in parts.values())
    if db.has_replica() and parts["database"] == "ok":
        parts["replica"] = db.replica.look()  # told and not counted: without it the primary answers
    headers = {"Cache-Control": "no-store"} | ({} if is_well else {"Retry-After": "30"})
    answer = {"status": "ok" if is_well else "red", "parts": parts}
    return JsonResponse(answer, status=200 if is_well else 503, headers=headers)


def _ask(question: Callable[[], None]) -> str:
    try:
        question()
    except (DatabaseError, RedisError, OSError):
        return "away"
    return "ok"


def _database() -> None:
    Heartbeat.objects.exists()


def _cache() -> None:
    cache.get("healthz")


def _heartbeat(name: str) -> str:
    last = Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
    if last is None:
        return "never seen"
    age = clock.now() - last
    return "ok" if age <= SILENT_TOO_LONG else f"silent for {int(age.total_seconds())} s"


def _mail() -> str:
    """Mail that is due and stays lying means that no mail leaves, whatever the heartbeats say."""
    oldest = OutboxMail.objects.due(clock.now()).values_list("created_at", flat=True).first()
    is_late = oldest is not None and clock.now() - oldest > MAIL_TOO_OLD
    return "not leaving" if is_late else "ok"
