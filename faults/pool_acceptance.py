"""./dev faults pool_acceptance: a hundred people press the same button of the same invitation at once.

Over HTTP, against web servers as in production, on a database of its own. What has to hold: one account, one entry,
one stamp for each member that recommends, one login; everybody else meets the page of a link that is used up.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit
from urllib.request import HTTPCookieProcessor, build_opener

import django

django.setup()

from django.db import connection, transaction  # noqa: E402  after the settings
from django.urls import reverse  # noqa: E402
from django.utils import translation  # noqa: E402

from accounts.models import User  # noqa: E402
from kit import clock, tokens  # noqa: E402
from kit.models import OutboxMail  # noqa: E402
from portal.embedded.prepare import collect_static  # noqa: E402
from talentpool.actions import inviting, joining  # noqa: E402
from talentpool.models import INVITED, Endorsement, Entry, Invitation  # noqa: E402
from tests.make import make_user  # noqa: E402
from tests.talentpool import make  # noqa: E402

AT_ONCE = 100
ROUNDS = 5
PATIENCE = 60  # seconds


def main() -> None:
    usual = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        prove_that_a_breach_is_seen()
        with serving() as port:
            worst = [round_of(port, number) for number in range(ROUNDS)]
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)
    print(f"{ROUNDS} rounds of {AT_ONCE} acceptances at once: {'; '.join(worst)}")  # noqa: T201


def round_of(port: int, number: int) -> str:
    """One address, recommended by two. Returns what the hundred met; ends the program where a rule is broken."""
    email = f"person-{number}@example.org"
    with translation.override("de"):
        pool = make.make_pool()
        invitations = [make.make_invitation(make.make_member(pool), email=email) for _member in range(2)]
        inviting.send_waiting()
        OutboxMail.objects.filter(state="queued").update(state="accepted", accepted_at=clock.now())
        invitation = Invitation.objects.get(pk=invitations[0].pk)
        joining.send_code(invitation=invitation)
    code = OutboxMail.objects.filter(template__endswith="code.txt", to=email).get().context["code"]
    path = reverse("pool_links:invitation_code", kwargs={"token": tokens.make_for(INVITED, invitation)})
    met = all_at_once(lambda: press(f"http://127.0.0.1:{port}{path}", code))
    if wrong := breaches(email, stamps=2) or (["more than one got in"] if met["profile"] != 1 else []):
        sys.exit(f"BREACH in round {number}: {', '.join(wrong)}; {dict(met)}")
    return ", ".join(f"{count} {what}" for what, count in sorted(met.items()))


def breaches(email: str, *, stamps: int) -> list[str]:
    """What is wrong with the rows of this person; nothing where all is well."""
    counts = {
        "accounts": (User.objects.reached_by(email).count(), 1),
        "entries": (Entry.objects.filter(user__email=email).count(), 1),
        "stamps": (Endorsement.objects.filter(entry__user__email=email).count(), stamps),
    }
    return [f"{found} {what} instead of {wanted}" for what, (found, wanted) in counts.items() if found != wanted]


def prove_that_a_breach_is_seen() -> None:
    """One address, two accounts: its own, and one that has it as a further address."""
    with transaction.atomic():
        make_user("learner", email="twice@example.org").emailaddress_set.all().delete()
        make_user("learner").emailaddress_set.create(email="twice@example.org", verified=True)
        if not breaches("twice@example.org", stamps=0)[0].startswith("2 accounts"):
            sys.exit("a second account would not be noticed")
        transaction.set_rollback(True)


def all_at_once(deed: Callable[[], str]) -> Counter:
    start, met = threading.Barrier(AT_ONCE), Counter()

    def act() -> None:
        start.wait(PATIENCE)
        met[deed()] += 1

    threads = [threading.Thread(target=act) for _number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return met


def press(address: str, code: str) -> str:
    """Opens the page in a browser of its own and sends the code, as somebody with the link and the mailbox would."""
    browser = build_opener(HTTPCookieProcessor())
    try:
        page = browser.open(address, timeout=PATIENCE).read().decode()
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        data = f"csrfmiddlewaretoken={token}&code={code}".encode()
        where = browser.open(address, data, timeout=PATIENCE).url
    except OSError as error:  # an answer of 400 and more is one too
        return f"page {error.code}" if hasattr(error, "code") else type(error).__name__
    return "profile" if "/profil/" in where else where


@contextmanager
def serving() -> Iterator[int]:
    """Two web processes of four threads on a free port, over the database in use."""
    collect_static()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = urlsplit(os.environ["DATABASE_URL"])
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(server._replace(path=f"/{connection.settings_dict['NAME']}")),
        "SITE_BASE_URL": f"http://127.0.0.1:{port}",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-w", "2", "--threads", "4"]
    web = subprocess.Popen([*command, "--backlog", "256", "portal.wsgi:application"], env=environment)
    try:
        wait(port)
        yield port
    finally:
        web.terminate()
        web.wait(20)


def wait(port: int) -> None:
    for _try in range(300):
        try:
            build_opener().open(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the web server did not start")


if __name__ == "__main__":
    main()
