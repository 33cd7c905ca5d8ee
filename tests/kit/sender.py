"""A mail sender to be killed: every line on stdin forks a fresh one (no second of start-up) and prints its pid.

"careful" is ours. "hasty" is what must not be: it writes the acceptance down before the server has spoken, and
"torn" stretches the moment between the server's word and our commit; both show that the test would see it.
"""

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import django
from django.template import engines

django.setup()

from kit import outbox  # noqa: E402  models need the set-up

engines["django"].engine.dirs.append(Path(__file__).parent / "templates")

LEASE = timedelta(seconds=1)


def hasty(mail, server):
    message = outbox.written(mail)
    outbox.record_acceptance(mail, message)
    time.sleep(0.02)
    server.send(message)
    return True


def torn(mail, server):
    message = outbox.written(mail)
    server.send(message)
    time.sleep(0.05)
    outbox.record_acceptance(mail, message)
    return True


def run(kind: str) -> None:
    if kind != "careful":
        outbox.deliver = {"hasty": hasty, "torn": torn}[kind]
    while True:
        outbox.deliver_due(lease=LEASE)
        time.sleep(0.05)


signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # killed senders leave no zombies
print("ready", flush=True)  # noqa: T201
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        run(line.strip())
    print(pid, flush=True)  # noqa: T201
