"""kill -9 of the sender, also between the mail server's "250" and our commit.

A short version of `./dev faults`: ten kills. What holds: no mail lost, none marked that no server has, the same
Message-ID on every copy, at most one more copy per kill. Exactly once does not exist over SMTP.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from kit.models import OutboxMail

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = 10
MAILS = 150


class Senders:
    """Starts senders that work on this test's database, and ends those it has started."""

    def __init__(self, mail_port: int):
        address = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"])
        environment = os.environ | {
            "DATABASE_URL": address.geturl(),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "PYTHONPATH": str(settings.BASE_DIR),
            "LOG_LEVEL": "CRITICAL",
        }
        command = [sys.executable, "-m", "tests.kit.sender"]
        self.mother = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.mother.stdout.readline() == "ready\n"
        self.alive = set()

    def start(self, kind: str) -> int:
        self.mother.stdin.write(kind + "\n")
        self.mother.stdin.flush()
        pid = int(self.mother.stdout.readline())
        self.alive.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        self.alive.discard(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        for pid in list(self.alive):
            self.kill(pid)
        self.mother.stdin.close()
        self.mother.wait(timeout=10)
        self.mother.stdout.close()


@pytest.fixture
def senders(smtp, settings):
    senders = Senders(settings.EMAIL_PORT)
    yield senders
    senders.stop()


def wait_until(condition, *, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.02)


def kill_again_and_again(senders, smtp, kind: str, *, kills: int) -> None:
    """Each sender dies at some moment after it has begun to work."""
    chance = random.Random(20260512)
    for _number in range(kills):
        before = sum(smtp.seen.values())
        pid = senders.start(kind)
        wait_until(lambda before=before: sum(smtp.seen.values()) > before)
        time.sleep(chance.uniform(0, 0.12))
        senders.kill(pid)


def write_mails() -> None:
    rows = [
        OutboxMail(
            template="kit/email/hello.txt", language="de", to=f"p{n}@example.org", purpose="t", context={"name": n}
        )
        for n in range(MAILS)
    ]
    OutboxMail.objects.bulk_create(rows)


def accepted_ids() -> set[str]:
    return set(OutboxMail.objects.filter(state="accepted").values_list("message_id", flat=True))


def test_no_mail_is_lost_and_none_is_marked_that_no_server_has(senders, smtp):
    smtp.delay = 0.003
    write_mails()
    kill_again_and_again(senders, smtp, "careful", kills=KILLS)
    falsely = accepted_ids() - {mail["Message-ID"] for mail in smtp.accepted}
    senders.start("careful")
    wait_until(lambda: len(accepted_ids()) == MAILS)

    copies = Counter(mail["Message-ID"] for mail in smtp.accepted)
    assert falsely == set()
    assert set(copies) == set(OutboxMail.objects.values_list("message_id", flat=True))
    assert sum(copies.values()) - MAILS <= KILLS
    assert set(OutboxMail.objects.values_list("state", flat=True)) == {"accepted"}


def test_control_a_hasty_sender_is_caught(senders, smtp):
    """Marks first and sends afterwards, as real systems have done: at least one of these kills shows it."""
    write_mails()
    kill_again_and_again(senders, smtp, "hasty", kills=KILLS)

    assert accepted_ids() - {mail["Message-ID"] for mail in smtp.accepted}


def test_control_a_torn_sender_makes_duplicates_with_the_same_id(senders, smtp):
    write_mails()
    kill_again_and_again(senders, smtp, "torn", kills=KILLS)
    senders.start("careful")
    wait_until(lambda: len(accepted_ids()) == MAILS)

    copies = Counter(mail["Message-ID"] for mail in smtp.accepted)
    assert max(copies.values()) > 1
    assert len(copies) == MAILS
