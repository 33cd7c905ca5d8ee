"""Searches that found nothing, counted: what people look for and nobody offers.

A page that is read writes nothing to the database: it raises a number in the cache, as a web server counts its log,
and a job moves the numbers into SearchMiss every few minutes. Nothing of it belongs to a person: no account, address,
browser or time of day; and words that could name or reach somebody are not counted at all.
"""

import logging
import re
from datetime import date

from django.core.cache import cache
from django.db import connection, transaction
from redis.exceptions import RedisError

from courses.search import analyser
from kit import clock, text

log = logging.getLogger(__name__)

COUNTING = "lernregion:search-misses"
TAKEN = "lernregion:search-misses:taken"
LONGEST = 60
MOST = 5_000  # different ones between two sweeps: whoever searches for more is a machine
DIGITS = 4  # in all: years and levels, but no phone number, postcode or birthday
DELICATE = re.compile(r"@|www|https?|\d{5}|strasse \d|str\.? \d|(?:herr|frau|dr) [a-z]", re.IGNORECASE)


def note(words: str, place: str = "") -> None:
    """Count one. Without the cache nothing is counted, and nobody waits."""
    term = kept(words)
    if not term:
        return
    try:
        client = _client()
        if client.hlen(COUNTING) < MOST:
            client.hincrby(COUNTING, "\n".join([clock.today().isoformat(), term, place[:120]]), 1)
    except RedisError:
        log.info("a search without result was not counted")


def kept(words: str) -> str:
    """The words as they are counted; "" for what may concern a person (see DELICATE) or is no question."""
    folded = text.fold(words)
    if DELICATE.search(folded) or sum(sign.isdigit() for sign in folded) > DIGITS:
        return ""
    term = text.fold(" ".join(analyser.plain_words(words)))
    return term if 2 < len(term) <= LONGEST else ""


def store() -> int:
    """Move what was counted into the table. Killed half way, it finds the same numbers again."""
    client = _client()
    if not client.exists(TAKEN):
        if not client.exists(COUNTING):
            return 0
        client.rename(COUNTING, TAKEN)
    counted = client.hgetall(TAKEN)
    with transaction.atomic():
        _add([_row(key.decode(), int(number)) for key, number in counted.items()])
    client.delete(TAKEN)
    return len(counted)


def _row(key: str, number: int) -> tuple[date, str, str, int]:
    day, term, place = key.split("\n")
    return date.fromisoformat(day), term, place, number


def _add(rows: list[tuple[date, str, str, int]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO courses_searchmiss (day, term, place, searches)"
            " SELECT * FROM unnest(%s::date[], %s::text[], %s::text[], %s::int[])"
            " ON CONFLICT (term, place, day) DO UPDATE SET searches = courses_searchmiss.searches + excluded.searches",
            [list(column) for column in zip(*sorted(rows), strict=True)],
        )


def _client():
    """The connection behind Django's cache, which itself knows no hashes."""
    return cache._cache.get_client(None, write=True)
