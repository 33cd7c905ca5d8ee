"""Every link of every mail, opened by machines: scanners look three times, a bot presses each button. No row changes.

`MAILS` is the list of what the pool writes; whoever adds a mail adds a line.
"""

import re
from collections.abc import Callable
from urllib.parse import urljoin

import html5lib
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from kit import clock, outbox
from kit.models import OutboxMail
from talentpool import tasks
from talentpool.actions import erasing
from talentpool.actions.confirming import confirm
from talentpool.emails import cycle as emails
from talentpool.models import CheckIn, Entry, LeaveReason
from talentpool.views import answering as pages
from tests.talentpool.make import make_check_in, make_entry

pytestmark = pytest.mark.django_db

SCANNERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; SafeLinks)",
    "Barracuda Sentinel (EE)",
    "Proofpoint URL Defense",
    "Mimecast Link Scanner",
    "GoogleImageProxy",
    "facebookexternalhit/1.1",
    "curl/8.5.0",
)


def first_question() -> None:
    tasks.sweep()


def second_question() -> None:
    make_check_in(Entry.objects.get(), accepted_at=clock.now() - clock.days(20))
    tasks.sweep()


def hidden() -> None:
    leaving()
    emails.hidden(Entry.objects.all())


def leaving() -> None:
    Entry.objects.update(left_at=clock.now(), leave_reason=LeaveReason.NO_ANSWER)


def address_does_not_work() -> None:
    entry = Entry.objects.get()
    member = entry.endorsements.get().member
    member.organization.email = "info@firma.example"
    emails.address_does_not_work(entry, member)


def erased() -> None:
    leaving()
    erasing.erase(entry=Entry.objects.get())


MAILS: dict[str, tuple[Callable[[], None], int]] = {  # how it comes to be written, and how many links it has
    "check_in_first": (first_question, 1),
    "check_in_second": (second_question, 1),
    "hidden": (hidden, 1),
    "erased": (erased, 0),
    "address_does_not_work": (address_does_not_work, 0),
}


def rows() -> dict[str, str]:
    """A checksum of each table. Logins of the test's own browser are not the portal's doing."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(row::text, chr(10) ORDER BY row::text), '')) FROM \"{table}\" row"
            )
            found[table] = cursor.fetchone()[0]
    return found


def open_as_machines(link: str) -> list[int]:
    """What scanners and a bot that submits forms meet."""
    statuses = []
    for agent in SCANNERS:
        client = Client(headers={"user-agent": agent})
        for _number in range(3):
            statuses += [client.get(link).status_code, client.head(link).status_code]
        client.options(link)
        press_every_button(client, link)
    return statuses


def press_every_button(client: Client, link: str) -> None:
    """Sends each form as it stands, with its hidden fields and its button; follows where it leads."""
    page = html5lib.parse(client.get(link).content, transport_encoding="utf-8", namespaceHTMLElements=False)
    for form in page.iter("form"):
        if form.get("method", "get").lower() != "post":
            continue
        fields = {
            each.get("name"): each.get("value", "")
            for tag in ("input", "button")
            for each in form.iter(tag)
            if each.get("name") and each.get("type") not in {"radio", "checkbox"}
        }
        client.post(urljoin(link, form.get("action") or link), fields, follow=True)


@pytest.fixture
def links(days, mailoutbox):
    """`links(name)` writes the mail, delivers it and returns its links without the host."""

    def write(name: str) -> list[str]:
        make_entry()
        days(98)
        MAILS[name][0]()
        outbox.deliver_due()
        [mail] = [mail for mail in mailoutbox if template_of(mail) == f"talentpool/email/{name}.txt"]
        return [link.removeprefix(settings.SITE_BASE_URL) for link in re.findall(r"https?://\S+", mail.body)]

    return write


def template_of(mail) -> str:
    return OutboxMail.objects.get(message_id=mail.extra_headers["Message-ID"]).template


@pytest.mark.parametrize("name", MAILS)
def test_machines_change_nothing(name, links):
    found = links(name)
    assert len(found) == MAILS[name][1]
    before = rows()
    for link in found:
        assert set(open_as_machines(link)) == {200}
    assert rows() == before


@pytest.mark.parametrize("name", MAILS)
def test_every_mail_is_short_says_who_writes_and_whom_to_call(name, links, mailoutbox):
    links(name)
    mail = next(mail for mail in mailoutbox if template_of(mail) == f"talentpool/email/{name}.txt")
    assert len(mail.subject) <= 60
    assert "Telefon 03631 000002" in mail.body  # whom to call
    assert "None" not in mail.body
    assert "&quot;" not in mail.body


def test_every_template_of_the_cycle_is_in_the_list():
    known = {*emails.CHECK_INS.values(), emails.HIDDEN}
    assert known <= {f"talentpool/email/{name}.txt" for name in MAILS}


def test_control_a_page_that_answers_by_itself_is_seen(links, monkeypatch):
    plain = pages._page

    def careless(request, name, check_in, **context):
        confirm(entry=check_in.entry, by=check_in.entry.user)
        return plain(request, name, check_in, **context)

    [link] = links("check_in_first")
    monkeypatch.setattr(pages, "_page", careless)
    before = rows()
    Client().get(link)
    assert rows() != before


def test_control_a_choice_made_beforehand_is_seen(links):
    """The bot above would press a button that means something: here it chooses."""
    [link] = links("check_in_first")
    Client().post(link, {"answer": "found"})
    assert CheckIn.objects.get().closed_at
