"""How often something may happen within a while, counted in the cache: by address of the visitor, or by another key."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError

from kit import clock, text


def exceeded(request: HttpRequest, deed: str, *, most: int, seconds: int, key: str = "") -> bool:
    """Count one more; True when it is one too many in this while. Only a digest of the address is kept, and not long.

    Without the cache nothing is counted: people come before guards against nuisance. What must never happen twice is
    for the database to refuse.
    """
    source = key or get_adapter().get_client_ip(request)
    number = int(clock.now().timestamp()) // seconds
    name = f"limit:{text.digest(deed, source)}:{number}"
    try:
        cache.add(name, 0, timeout=seconds)
        return cache.incr(name) > most
    except (RedisError, ValueError):  # away, or the while ended between the two
        return False


def too_many(request: HttpRequest, *, seconds: int) -> HttpResponse:
    """The page for whoever has to wait."""
    response = render(request, "429.html", {"minutes": seconds // 60}, status=429)
    response["Retry-After"] = str(seconds)
    return response
