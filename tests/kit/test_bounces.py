"""Reports as real mail servers write them: which mail came back, which is still under way, what is no report at all.

`reports/*.eml` are written after the forms of the servers they are named for; VERP, MESSAGE_ID and RECIPIENT stand for
the mail of the test.
"""

import io
import socketserver
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kit import bounces, clock, outbox, tasks
from kit.models import OutboxMail
from tests.kit.mailserver import free_port

REPORTS = Path(__file__).parent / "reports"
HARD = sorted(path.stem for path in REPORTS.glob("hard_*.eml"))
SOFT = sorted(path.stem for path in REPORTS.glob("soft_*.eml"))
NOTHING = sorted(path.stem for path in REPORTS.glob("nothing_*.eml"))

State = OutboxMail.State
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bounce_address(settings):
    settings.BOUNCE_ADDRESS = "bounces@portal.example.org"


@pytest.fixture
def mail():
    """A mail that the mail server has taken."""
    return make_accepted("mara@example.org")


def make_accepted(to: str, **fields) -> OutboxMail:
    return OutboxMail.objects.create(
        template="t", language="de", to=to, purpose="t", state=State.ACCEPTED, accepted_at=clock.now(), **fields
    )


def report(name: str, mail: OutboxMail) -> bytes:
    text = (REPORTS / f"{name}.eml").read_text()
    known = {"VERP": bounces.return_path(mail.pk), "MESSAGE_ID": mail.message_id, "RECIPIENT": mail.to}
    for word, value in known.items():
        text = text.replace(word, value)
    return text.encode()


def state_of(mail: OutboxMail) -> str:
    mail.refresh_from_db()
    return mail.state


def test_there_are_enough_reports():
    assert (len(HARD) >= 12, len(SOFT) >= 3, len(NOTHING) >= 5) == (True, True, True)


@pytest.mark.parametrize("name", HARD)
def test_what_came_back_is_noted(name, mail):
    other = make_accepted("other@example.org")
    assert bounces.take(report(name, mail))
    assert state_of(mail) == State.BOUNCED
    assert mail.accepted_at is not None
    assert state_of(other) == State.ACCEPTED


@pytest.mark.parametrize("name", [*SOFT, *NOTHING])
def test_what_did_not_come_back_changes_nothing(name, mail):
    assert not bounces.take(report(name, mail))
    assert state_of(mail) == State.ACCEPTED


@pytest.mark.parametrize("name", SOFT)
def test_what_is_under_way_is_understood(name, mail):
    assert bounces.read(report(name, mail)).verdict is bounces.Verdict.SOFT


def test_the_same_report_twice_changes_nothing(mail):
    assert bounces.take(report(HARD[0], mail))
    assert not bounces.take(report(HARD[0], mail))


def test_nobody_can_make_up_a_report_about_a_number(mail):
    forged = report("hard_postfix", mail).replace(mail.message_id.encode(), b"<unknown-to-the-forger@example.net>")
    seal = bounces.return_path(mail.pk).partition(".")[2].partition("@")[0].encode()
    assert not bounces.take(forged.replace(seal, b"0" * len(seal)))
    assert bounces.take(forged)


def test_the_number_survives_a_new_key(mail, settings):
    written = report("hard_postfix", mail).replace(mail.message_id.encode(), b"<nothing-known@example.net>")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"
    assert bounces.take(written)


def test_the_last_mail_keeps_no_trace_of_the_report():
    last = make_accepted("", is_last=True)
    assert bounces.take(report("hard_postfix", last))
    assert (state_of(last), last.smtp_reply) == (State.BOUNCED, "")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n",
        b"Content-Type: message/delivery-status\n\nAction: failed\n",
        b"From: MAILER-DAEMON\nContent-Type: text/plain; charset=nonsense\n\n550 5.1.1 \xff <a@b>\n",
        b"From: MAILER-DAEMON\nContent-Transfer-Encoding: base64\n\n%%%%\n",
    ],
)
def test_rubbish_is_nothing(raw, mail):
    assert not bounces.take(raw)


# ── The envelope


def test_reports_find_their_way_by_the_envelope(queue, smtp, settings):
    queue("mara@example.org")
    outbox.deliver_due()
    [received] = smtp.accepted
    mail = OutboxMail.objects.get()
    assert received.sender == bounces.return_path(mail.pk)
    assert received["From"] == settings.DEFAULT_FROM_EMAIL


def test_without_an_address_reports_go_to_the_sender(queue, smtp, settings):
    settings.BOUNCE_ADDRESS = ""
    queue("mara@example.org")
    outbox.deliver_due()
    assert smtp.accepted[0].sender == "portal@lernregion.example"


# ── Ways in


def test_a_pipe_takes_one_report(mail, monkeypatch):
    out = io.StringIO()
    for expected in ("noted", "nothing to note"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(report("hard_exim", mail))))
        call_command("read_bounce", stdout=out)
        assert out.getvalue().endswith(f"{expected}\n")
    assert state_of(mail) == State.BOUNCED


class Mailbox:
    """What lies in the mailbox, with flags, and what a client was told to do with it."""

    def __init__(self, *messages: bytes):
        self.messages = dict(enumerate(messages, 1))
        self.flags: dict[int, set[str]] = {uid: set() for uid in self.messages}
        self.logins: list[str] = []

    def answer(self, tag: str, words: list[str]) -> bytes:
        verb = " ".join(words[:2]).upper() if words[0].upper() == "UID" else words[0].upper()
        if verb == "LOGIN":
            self.logins.append(" ".join(words[1:]))
        handler = getattr(self, f"on_{verb.replace(' ', '_').lower()}", lambda _words: b"")
        return handler(words) + f"{tag} OK done\r\n".encode()

    def on_capability(self, _words):
        return b"* CAPABILITY IMAP4rev1\r\n"

    def on_select(self, _words):
        return f"* {len(self.messages)} EXISTS\r\n".encode()

    def on_uid_search(self, _words):
        new = [str(uid) for uid, flags in self.flags.items() if not flags & {"\\Seen", "\\Deleted"}]
        return f"* SEARCH {' '.join(new)}\r\n".encode()

    def on_uid_fetch(self, words):
        uid = int(words[2])
        raw = self.messages[uid]
        return f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"

    def on_uid_store(self, words):
        self.flags[int(words[2])].add(words[-1].strip("()"))
        return b""

    def on_expunge(self, _words):
        for uid in [uid for uid, flags in self.flags.items() if "\\Deleted" in flags]:
            del self.messages[uid], self.flags[uid]
        return b""

    def on_logout(self, _words):
        return b"* BYE\r\n"


@pytest.fixture
def imap(settings):
    """`imap(*messages)` is a mail server over a real socket with these in its mailbox."""
    running = []

    def start(*messages: bytes) -> Mailbox:
        mailbox = Mailbox(*messages)

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"* OK ready\r\n")
                for line in self.rfile:
                    tag, *words = line.decode().split()
                    self.wfile.write(mailbox.answer(tag, words))

        server = socketserver.TCPServer(("127.0.0.1", free_port()), Conversation)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        settings.BOUNCE_IMAP_URL = f"imap://b%40x:p%3A1@127.0.0.1:{server.server_address[1]}/INBOX"
        return mailbox

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def test_a_mailbox_is_read_and_reports_leave_it(mail, imap):
    box = imap(report("hard_postfix", mail), b"From: kim@example.org\r\nSubject: A question\r\n\r\nHello\r\n")
    assert bounces.fetch() == 1
    assert state_of(mail) == State.BOUNCED
    assert (list(box.messages), box.flags) == ([2], {2: {"\\Seen"}})
    assert box.logins == ['b@x "p:1"']
    assert bounces.fetch() == 0


def test_the_sweep_reads_only_where_a_mailbox_is_set(mail, imap, settings):
    settings.BOUNCE_IMAP_URL = ""
    assert tasks.fetch_bounces() == 0
    imap(report("hard_exim", mail))
    assert tasks.fetch_bounces() == 1


def test_a_mailbox_that_is_away_stops_nothing(settings):
    settings.BOUNCE_IMAP_URL = f"imap://a:b@127.0.0.1:{free_port()}/INBOX"
    assert tasks.fetch_bounces() == 0
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("fetch_bounces")
    settings.BOUNCE_IMAP_URL = ""
    with pytest.raises(CommandError, match="names no mailbox"):
        call_command("fetch_bounces")
