"""./dev bench sweep: asking everybody who is due, against the least that any sweep has to do.

The least is one statement per batch of 1,000: claim rows with FOR UPDATE SKIP LOCKED, mark them, and write a mail each
into the same outbox with all its indexes. Ours finds who is due by the rules, asks again under the lock, and writes
question and mail. Half as many people again are not due. Both take turns on the same rows; CPU time decides.
Row by row is the same code with a batch of one. At last four workers ask at once, and one of them is killed.
"""

import argparse
from collections.abc import Callable
from unittest import mock

from django.db import connection, transaction

from benchmarks import _database, _targets, _workers
from benchmarks._machine import command, record, say
from benchmarks._measure import Spent, measure, table
from kit import clock
from kit.models import OutboxMail
from talentpool.actions import cycle
from talentpool.models import CheckIn, Entry, Pool

OURS, LEAST = "ours", "one statement"
TARGET = 3.0

PEOPLE = """
INSERT INTO accounts_user (password, email, full_name, roles, is_active, date_joined)
SELECT '!', 'p' || n || '@example.org', 'Person ' || n, '{candidate}', true, %(now)s
FROM generate_series(1, %(count)s) n
"""
ENTRIES = """
INSERT INTO talentpool_entry (id, pool_id, user_id, state, nonce, created_at, updated_at, confirmed_at, visible_until,
  cycle, leave_reason, phone, seeking, job_families, level, hours, radius, about, experience, whereabouts)
SELECT gen_random_uuid(), %(pool)s, id, 'active', md5(email), %(now)s, %(now)s, confirmed,
  confirmed + interval '125 days', 1, '', '', '{}', '{}', '', '', 25, '', '', 'unknown'
FROM (SELECT id, email, %(now)s - CASE WHEN row_number() OVER () <= %(due)s THEN interval '91 days'
  ELSE interval '20 days' END AS confirmed FROM accounts_user WHERE roles @> '{candidate}') person
"""
CLAIM = """
WITH due AS (
  SELECT entry.id, entry.cycle, person.email
  FROM talentpool_entry entry JOIN accounts_user person ON person.id = user_id
  WHERE pool_id = %(pool)s AND state IN ('active', 'paused') AND left_at IS NULL AND confirmed_at <= %(long_ago)s
    AND entry.updated_at < %(mark)s
  LIMIT 1000 FOR UPDATE OF entry SKIP LOCKED
), claimed AS (
  UPDATE talentpool_entry SET updated_at = %(mark)s FROM due WHERE talentpool_entry.id = due.id
)
INSERT INTO kit_outboxmail (template, language, "to", context, purpose, key, message_id, subject, body, state, tries,
  created_at, next_try_at, smtp_reply, is_last)
SELECT 'talentpool/email/check_in_first.txt', 'de', email,
  jsonb_build_object('entry', jsonb_build_object('model', 'talentpool.entry', 'pk', id)), 'talent pool',
  'pool-check-in:' || id || ':' || cycle || '.1', '<' || gen_random_uuid() || '@example.org>', '', '', 'queued', 0,
  %(mark)s, %(mark)s, '', false
FROM due
"""


def main() -> None:
    options = parse()
    with _database.database("bench_sweep"), clock.read_once():
        _workers.at_any_hour()
        pool = Pool.objects.create(name="Pool", slug="pool", consent_version="1", agreement_version="1")
        rows = [measured(pool, int(size), rounds=options.rounds) for size in options.sizes.split(",")]
        singly = row_by_row(pool, options.singly)
        populate(pool, options.workers)
        side_by_side = _workers.ask(options.workers)
    worst = max(ratio for _row, ratio in rows)
    body = table(["due", OURS, "rows/s", LEAST, "rows/s", "CPU ratio", "wall ratio"], [row for row, _ratio in rows])
    title = f"Sweep: asking costs {worst:.1f} times the least (target: at most {TARGET:.0f})"
    told = f"Row by row costs {singly:.1f} times as much CPU ({options.singly:,} due). {side_by_side.said()}"
    record(title, f"{body}\n\n{told}", command=command("bench"), keep=not options.dry)
    _targets.note("B11", singly, size=f"{options.singly} due", keep=not options.dry)
    _targets.note("B11 twice", side_by_side.wrong, size=f"{options.workers} due", keep=not options.dry)
    say(_targets.overview())
    raise SystemExit(worst > TARGET)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench sweep", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000", help="how many are due")
    parser.add_argument("--rounds", type=int, default=3, help="the median counts")
    parser.add_argument("--singly", type=int, default=2_000, help="how many are due where they are asked row by row")
    parser.add_argument("--workers", type=int, default=10_000, help="how many are due where four workers ask")
    parser.add_argument("--dry", action="store_true", help="write nothing into RESULTS.md")
    return parser.parse_args()


def measured(pool: Pool, due: int, *, rounds: int) -> tuple[list[str], float]:
    say(f"{due:,} are due …")
    populate(pool, due)
    ways: dict[str, Callable[[], int]] = {OURS: cycle.ask_first, LEAST: lambda: least(pool)}
    spent: dict[str, list[Spent]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in list(ways)[:: -1 if number % 2 else 1]:
            clear()
            spent[name].append(measure(ways[name]))
            check(name, due)
    ours, theirs = (sorted(spent[name], key=lambda each: each.cpu)[rounds // 2] for name in ways)
    ratio = ours.cpu / theirs.cpu
    return [f"{due:,}", *said(ours, due), *said(theirs, due), f"{ratio:.2f}", f"{ours.wall / theirs.wall:.2f}"], ratio


def row_by_row(pool: Pool, due: int) -> float:
    """How many times as much CPU it takes, each person with a transaction of her own."""
    say(f"{due:,} are due, row by row …")
    populate(pool, due)
    spent = {}
    for batch in (1, cycle.BATCH):
        clear()
        with mock.patch.object(cycle, "BATCH", batch):
            spent[batch] = measure(cycle.ask_first)
        check(OURS, due)
    return spent[1].cpu / spent[cycle.BATCH].cpu


def said(spent: Spent, due: int) -> list[str]:
    return [f"{spent.cpu:.1f} s CPU, {spent.wall:.1f} s", f"{due / spent.cpu:,.0f} per CPU second"]


def populate(pool: Pool, due: int) -> None:
    clear()
    Entry.objects.all().delete()
    facts = {"now": clock.now() - clock.days(1), "pool": pool.pk, "due": due, "count": due * 3 // 2}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_user")
        cursor.execute(PEOPLE, facts)
        cursor.execute(ENTRIES, facts)
        cursor.execute("VACUUM ANALYZE")


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE talentpool_checkin, talentpool_guardian, talentpool_invitation, kit_outboxmail CASCADE"
        )
    Entry.objects.update(updated_at=clock.now() - clock.days(1))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE talentpool_entry")


def least(pool: Pool) -> int:
    """No rules, no check-ins: what a queue in PostgreSQL costs at all."""
    facts = {"pool": pool.pk, "mark": clock.now(), "long_ago": clock.now() - clock.days(pool.ask_after)}
    claimed = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CLAIM, facts)
            if not cursor.rowcount:
                return claimed
            claimed += cursor.rowcount


def check(name: str, due: int) -> None:
    """Both have written each mail once, and ours the question."""
    mails = OutboxMail.objects.count()
    questions = CheckIn.objects.count()
    if mails != due or (name == OURS and questions != due):
        raise SystemExit(f"{name}: {mails} mails, {questions} questions, not {due}")


if __name__ == "__main__":
    main()
