"""./dev faults pool_sender: kill -9 of the sender while the talent pool asks "still looking?".

A real mail server takes the mails; the sender dies again and again, also between the server's "250" and our commit.
Invariant: no question is lost, none counts as asked that no server has, no Message-ID comes more than twice. Exactly
once does not exist over SMTP. A control runs first: a sender that marks before it sends must be seen.
"""

import argparse
import logging
import random
import time
from collections import Counter

from django.db import connection

from benchmarks import _database
from benchmarks._machine import command, record, say
from benchmarks._measure import table
from benchmarks.sweep import ENTRIES, PEOPLE
from kit import clock
from kit.models import OutboxMail
from talentpool.actions import cycle
from talentpool.models import CheckIn, Pool
from tests.kit.mailserver import Script, mail_server
from tests.kit.test_outbox_kill import Senders, wait_until
from tests.talentpool.make import make_pool

CONTROL_KILLS, CONTROL_PEOPLE = 20, 2_000
DELAY = 0.003  # seconds that the mail server thinks


def main() -> None:
    options = parse()
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # each word of the mail server
    with _database.database("fault_sender"):
        pool = make_pool()
        falsely = control(pool)
        copies, seconds = attack(pool, options)
    figures = [
        ["kills", f"{options.kills}"],
        ["questions", f"{len(copies):,}"],
        ["lost", "0"],
        ["counted as asked, and no server has them", "0"],
        ["came twice, with the same Message-ID", f"{sum(count == 2 for count in copies.values())}"],
        ["most copies of one", f"{max(copies.values())}"],
        [f"control: falsely counted after {CONTROL_KILLS} kills of a hasty sender", f"{falsely}"],
    ]
    title = (
        f"Talent pool: {options.kills} kills of the sender in {seconds:.0f} s, no question lost, none counted falsely"
    )
    record(title, table(["what", "how many"], figures), command=command("faults"), keep=not options.dry)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev faults pool_sender", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--people", type=int, default=6_000, help="who are due to be asked")
    parser.add_argument("--seed", type=int, default=20260512)
    parser.add_argument("--dry", action="store_true", help="write nothing into RESULTS.md")
    return parser.parse_args()


def ask(pool: Pool, count: int) -> None:
    """The sweep writes a question to so many people."""
    facts = {"now": clock.now() - clock.days(1), "pool": pool.pk, "due": count, "count": count}
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE kit_outboxmail, talentpool_entry, accounts_user CASCADE")
        cursor.execute(PEOPLE, facts)
        cursor.execute(ENTRIES, facts)
    cycle.WORKING_HOURS, cycle.SUNDAY = range(24), -1  # nobody waits for Monday here
    if cycle.ask_first() != count:
        raise SystemExit("not everybody was asked")


def control(pool: Pool) -> int:
    """How many a sender that marks first has counted falsely; none would mean that this script sees nothing."""
    ask(pool, CONTROL_PEOPLE)
    server = Script()
    with mail_server(server) as port:
        kill_again_and_again(server, port, "hasty", kills=CONTROL_KILLS, chance=random.Random(1))
    falsely = len(counted() - {mail["Message-ID"] for mail in server.accepted})
    if not falsely:
        raise SystemExit("the control was not seen: a hasty sender has counted nothing falsely")
    say(f"control: a hasty sender has counted {falsely} falsely")
    return falsely


def attack(pool: Pool, options: argparse.Namespace) -> tuple[Counter, float]:
    """How many copies of each question came, and seconds under fire; ends the run at a breach."""
    ask(pool, options.people)
    server = Script()
    server.delay = DELAY
    started = time.monotonic()
    with mail_server(server) as port:
        kill_again_and_again(server, port, "careful", kills=options.kills, chance=random.Random(options.seed))
        seconds = time.monotonic() - started
        if falsely := counted() - {mail["Message-ID"] for mail in server.accepted}:
            raise SystemExit(f"{len(falsely)} count as asked and no server has them")
        finish(server, port, options.people)
    copies = Counter(mail["Message-ID"] for mail in server.accepted)
    lost = set(OutboxMail.objects.values_list("message_id", flat=True)) - set(copies)
    if lost or max(copies.values()) > 2 or sum(copies.values()) - len(copies) > options.kills:
        raise SystemExit(f"{len(lost)} lost, up to {max(copies.values())} copies of one")
    return copies, seconds


def kill_again_and_again(server: Script, port: int, kind: str, *, kills: int, chance: random.Random) -> None:
    """Each sender dies at some moment after it has begun to work."""
    senders = Senders(port)
    try:
        for number in range(1, kills + 1):
            before = sum(server.seen.values())
            pid = senders.start(kind)
            wait_until(lambda before=before: sum(server.seen.values()) > before)
            time.sleep(chance.uniform(0, 0.12))
            senders.kill(pid)
            if number % 20 == 0:
                say(f"{number} kills, {len(server.accepted):,} mails taken")
    finally:
        senders.stop()


def finish(server: Script, port: int, count: int) -> None:
    """What is left goes out in peace."""
    server.delay = 0
    senders = Senders(port)
    try:
        senders.start("careful")
        wait_until(lambda: len(counted()) == count, seconds=900)
    finally:
        senders.stop()


def counted() -> set[str]:
    """Message-IDs of the questions that count as asked."""
    return set(CheckIn.objects.delivered().values_list("mail__message_id", flat=True))


if __name__ == "__main__":
    main()
