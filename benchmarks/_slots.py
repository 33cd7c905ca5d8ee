"""Two ways to sell the places of bare slots to a crowd: one statement that cannot overbook, and SELECT FOR UPDATE."""

from collections.abc import Callable

from django.db import connection, transaction

TABLES = """
DROP TABLE IF EXISTS bench_slot, bench_booking;
CREATE TABLE bench_slot (id int PRIMARY KEY, taken int NOT NULL DEFAULT 0, cap int NOT NULL);
CREATE TABLE bench_booking (id bigserial PRIMARY KEY, slot int NOT NULL, name text NOT NULL);
INSERT INTO bench_slot (id, cap) SELECT n, %s FROM generate_series(0, %s - 1) AS n;
"""
STATEMENT = """
WITH u AS (UPDATE bench_slot SET taken = taken + 1 WHERE id = %s AND taken < cap RETURNING id)
INSERT INTO bench_booking (slot, name) SELECT id, 'Sam Muster' FROM u RETURNING id
"""
LOOK = "SELECT taken < cap FROM bench_slot WHERE id = %s FOR UPDATE"
TAKE = "UPDATE bench_slot SET taken = taken + 1 WHERE id = %s"
BOOK = "INSERT INTO bench_booking (slot, name) VALUES (%s, 'Sam Muster')"
OVERBOOKED = """
SELECT count(*) FROM (SELECT slot FROM bench_booking GROUP BY slot HAVING count(*) >
    (SELECT cap FROM bench_slot WHERE id = slot)) AS too_many
"""


def lay_out(slots: int, *, cap: int) -> None:
    """Empty slots with so many places each."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [cap, slots])


def one_statement(slot: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, [slot])
        return cursor.fetchone() is not None


def for_update(slot: int) -> bool:
    """As it is written everywhere: look under a lock, then take, then book."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOOK, [slot])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(TAKE, [slot])
        cursor.execute(BOOK, [slot])
        return True


def overbooked() -> int:
    """Slots with more bookings than places."""
    with connection.cursor() as cursor:
        cursor.execute(OVERBOOKED)
        return cursor.fetchone()[0]


WAYS: dict[str, Callable[[int], bool]] = {"one raw statement": one_statement, "SELECT FOR UPDATE": for_update}
