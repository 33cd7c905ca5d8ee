"""Nothing is lost, nothing counts that was not accepted, and one bad mail does not hold up the others."""

import smtplib
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from kit import clock, outbox
from kit.models import OutboxMail

State = OutboxMail.State

pytestmark = pytest.mark.django_db(transaction=True)


def later(at, minutes: float):
    """Everything stands still at the moment that lies so many minutes ahead."""
    return at(clock.now() + timedelta(minutes=minutes))


# ── Writing


def test_a_mail_leaves_only_with_the_transaction_that_wrote_it(queue, smtp):
    @transaction.atomic
    def action_that_fails():
        queue()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        action_that_fails()
    outbox.deliver_due()

    assert smtp.accepted == []
    assert OutboxMail.objects.count() == 0


def test_the_same_key_writes_one_mail(queue, smtp):
    first, second = queue(key="reminder 1 of entry 7"), queue(key="reminder 1 of entry 7")

    assert first == second
    assert outbox.deliver_due() == 1
    assert len(smtp.accepted) == 1


def test_without_a_key_every_mail_counts(queue, smtp):
    queue()
    queue()

    assert outbox.deliver_due() == 2


@pytest.mark.parametrize(
    "to",
    ["", "mara", "mara@example.org\nBcc: x@example.org", "a@example.org, b@example.org", "a@b@example.org", "\x00"],
)
def test_only_one_plain_address_is_a_recipient(queue, to):
    with pytest.raises(outbox.BadRecipient):
        queue(to)


def test_a_mail_keeps_no_objects(queue):
    with pytest.raises(TypeError):
        queue(context={"now": clock.now()})


# ── Delivering


def test_an_accepted_mail_is_written_down_and_blanked(queue, smtp, at):
    at("2026-05-12 10:00")
    mail = queue()

    assert outbox.deliver_due() == 1

    mail.refresh_from_db()
    assert (mail.state, mail.accepted_at, mail.tries) == (State.ACCEPTED, clock.now(), 1)
    assert (mail.context, mail.subject, mail.body) == ({}, "", "")
    [received] = smtp.accepted
    assert received["Subject"] == "Guten Tag, Mara"
    assert received.get_content().strip() == "Text über Mara."
    assert received["Message-ID"] == mail.message_id
    assert received["Auto-Submitted"] == "auto-generated"
    assert received.recipients == ["mara@example.org"]


def test_a_demo_keeps_the_text_for_its_outbox(queue, smtp, settings):
    settings.DEMO = True
    mail = queue()

    outbox.deliver_due()

    mail.refresh_from_db()
    assert (mail.subject, mail.body) == ("Guten Tag, Mara", "Text über Mara.\n")


def test_a_mail_names_the_object_as_it_is_at_delivery(queue, mails, smtp):
    about = queue("first@example.org")
    mails("about.txt", "{{ other.to }}\n\nText\n")
    queue("second@example.org", template="kit/email/about.txt", context={"other": about})
    OutboxMail.objects.filter(pk=about.pk).update(to="renamed@example.org")

    outbox.deliver_due()

    assert [mail["Subject"] for mail in smtp.accepted] == ["Guten Tag, Mara", "renamed@example.org"]


def test_a_mail_about_something_erased_does_not_leave(queue, mails, smtp):
    about = queue("first@example.org")
    mails("about.txt", "{{ other.to }}\n\nText\n")
    mail = queue("second@example.org", template="kit/email/about.txt", context={"other": about})
    about.delete()

    assert outbox.deliver_due() == 0

    mail.refresh_from_db()
    assert mail.state == State.FAILED
    assert smtp.accepted == []


def test_text_of_people_is_not_escaped_as_html(queue, smtp):
    queue(context={"name": "Müller & Söhne <Halle>"})

    outbox.deliver_due()

    assert smtp.accepted[0]["Subject"] == "Guten Tag, Müller & Söhne <Halle>"


@pytest.mark.parametrize("answer", ["rcpt 450 greylisted", "data 451 try later", "data hang up", "rcpt 421 too many"])
def test_a_deferred_mail_is_tried_again_with_the_same_id(queue, smtp, at, answer):
    at("2026-05-12 10:00")
    mail = queue()
    smtp.answers["mara@example.org"] = [answer]

    assert outbox.deliver_due() == 0
    mail.refresh_from_db()
    assert (mail.state, mail.accepted_at, mail.tries) == (State.QUEUED, None, 1)
    assert mail.next_try_at == clock.now() + timedelta(minutes=1)
    assert outbox.deliver_due() == 0  # not before its time

    later(at, 1)
    assert outbox.deliver_due() == 1
    assert [received["Message-ID"] for received in smtp.accepted] == [mail.message_id]


def test_the_pauses_grow(queue, smtp, at):
    at("2026-05-12 10:00")
    mail = queue()
    smtp.answers["mara@example.org"] = ["data 451 try later"] * 7
    pauses = []
    for _try in range(7):
        outbox.deliver_due()
        mail.refresh_from_db()
        pauses.append((mail.next_try_at - clock.now()).total_seconds() / 60)
        at(mail.next_try_at)

    assert pauses == [1, 5, 15, 60, 240, 240, 240]


def test_a_mail_deferred_for_five_days_is_given_up(queue, smtp, at):
    start = at("2026-05-12 10:00")
    mail = queue()
    smtp.answers["mara@example.org"] = ["data 451 try later"] * 100
    while mail.state == State.QUEUED:
        at(mail.next_try_at)
        outbox.deliver_due()
        mail.refresh_from_db()

    assert mail.state == State.FAILED
    assert timedelta(days=4, hours=20) < clock.now() - start < timedelta(days=5, hours=4)


@pytest.mark.parametrize("answer", ["rcpt 550 no such user", "data 554 refused"])
def test_a_refusal_for_good_ends_the_mail_and_no_other(queue, smtp, answer):
    refused, well = queue("gone@example.org"), queue("mara@example.org")
    smtp.answers["gone@example.org"] = [answer]

    assert outbox.deliver_due() == 1

    refused.refresh_from_db()
    well.refresh_from_db()
    assert (refused.state, refused.accepted_at) == (State.FAILED, None)
    assert refused.smtp_reply.startswith(answer.split()[1])
    assert well.state == State.ACCEPTED


def test_a_server_that_is_away_costs_no_try_and_stops_the_sweep(queue, settings, at, caplog):
    at("2026-05-12 10:00")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    mails = [queue(f"p{number}@example.org") for number in range(20)]

    for day in range(30):
        at(f"2026-06-{day + 1:02} 10:00")
        assert outbox.deliver_due() == 0

    rows = OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails])
    assert set(rows.values_list("state", "tries", "accepted_at")) == {(State.QUEUED, 0, None)}
    assert caplog.text.count("mail server away") == 30  # one line per sweep, not one per mail


def test_a_slow_server_does_not_make_a_second_sender_send_the_same(queue, smtp):
    mail = queue()
    outbox.claim()

    assert outbox.claim() is None
    assert outbox.deliver_due() == 0
    mail.refresh_from_db()
    assert mail.state == State.SENDING


def test_a_mail_of_a_dead_sender_is_taken_over_when_the_lease_ends(queue, smtp, at):
    at("2026-05-12 10:00")
    queue()
    outbox.claim()

    later(at, 4.9)
    assert outbox.deliver_due() == 0
    later(at, 0.2)
    assert outbox.deliver_due() == 1


def test_the_mail_of_a_dead_sender_waits_behind_the_others(queue, smtp, at):
    at("2026-05-12 10:00")
    orphan = queue("first@example.org")
    outbox.claim()
    at("2026-05-12 10:01")
    queue("second@example.org")

    at("2026-05-12 10:10")
    assert [outbox.claim().to, outbox.claim().pk] == ["second@example.org", orphan.pk]


def test_a_sender_whose_lease_ran_out_has_no_say_any_more(queue, smtp, at):
    at("2026-05-12 10:00")
    queue()
    slow = outbox.claim()
    later(at, 6)
    outbox.deliver_due()

    outbox._refused(slow, smtplib.SMTPServerDisconnected("late"))

    slow.refresh_from_db()
    assert slow.state == State.ACCEPTED


@pytest.mark.parametrize("position", [0, 10, 20])
def test_one_poisoned_mail_does_not_hold_up_the_others(queue, mails, smtp, at, position):
    at("2026-05-12 10:00")
    mails("poison.txt", "{% now %}")
    poison = None
    for number in range(21):
        if number == position:
            poison = queue("p@example.org", template="kit/email/poison.txt")
        else:
            queue(f"p{number}@example.org")

    assert outbox.deliver_due() == 20
    for _try in range(4):
        poison.refresh_from_db()
        assert poison.state == State.QUEUED
        at(poison.next_try_at)
        outbox.deliver_due()

    poison.refresh_from_db()
    assert (poison.state, poison.tries) == (State.QUARANTINED, 5)
    assert "TemplateSyntaxError" in poison.smtp_reply


def test_what_was_given_up_can_be_tried_again(queue, smtp):
    mail = queue()
    smtp.answers["mara@example.org"] = ["rcpt 550 full"]
    outbox.deliver_due()

    assert outbox.retry(OutboxMail.objects.all()) == 1
    assert outbox.deliver_due() == 1
    mail.refresh_from_db()
    assert mail.state == State.ACCEPTED


def test_retry_never_sends_an_accepted_mail_again(queue, smtp):
    queue()
    outbox.deliver_due()

    assert outbox.retry(OutboxMail.objects.all()) == 0
    assert outbox.deliver_due() == 0
    assert len(smtp.accepted) == 1


def test_addresses_are_forgotten_after_their_period_and_keys_are_not(queue, smtp, at):
    at("2026-05-12 10:00")
    done = queue(key="reminder 1 of entry 7")
    outbox.deliver_due()
    waiting = queue("later@example.org")
    at("2026-06-11 09:59")
    assert outbox.forget_old() == 0

    at("2026-06-11 10:01")
    assert [outbox.forget_old(), outbox.forget_old()] == [1, 0]

    done.refresh_from_db()
    waiting.refresh_from_db()
    assert (done.to, waiting.to) == ("", "later@example.org")
    assert queue(key="reminder 1 of entry 7") == done


# ── What the database itself refuses


@pytest.mark.parametrize("wrong", [{"state": State.ACCEPTED}, {"accepted_at": clock.now()}])
def test_the_database_refuses_contradictions(queue, wrong):
    mail = queue()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMail.objects.filter(pk=mail.pk).update(**wrong)


# ── Headers


@hypothesis_settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=60))
def test_no_name_adds_a_header_or_a_recipient(mails, name):
    mail = OutboxMail(
        template="kit/email/hello.txt", language="de", to="mara@example.org", context={"name": name}, purpose="test"
    )

    message = outbox.written(mail).message()

    expected = {"Subject", "From", "To", "Message-ID", "Date", "Auto-Submitted", "MIME-Version", "Content-Type"}
    assert set(message.keys()) - {"Content-Transfer-Encoding"} == expected
    assert len(message.keys()) == len(set(message.keys()))
    assert outbox.written(mail).recipients() == ["mara@example.org"]


def test_links_come_from_the_settings(mails, settings, rf):
    settings.SITE_BASE_URL = "https://lernregion.example"
    mails("link.txt", '{% load mail %}Link\n\n{% absolute_url "healthz" %}\n')
    mail = OutboxMail(template="kit/email/link.txt", language="de", to="mara@example.org", purpose="test")

    assert outbox.written(mail).body == "https://lernregion.example/healthz\n"


# ── Many at once, and the last one


@pytest.fixture
def send_many(mails):
    """`send_many(*names)` writes a mail to each of these people, who stand in a table."""
    template = mails("many.txt", "To {{ person.full_name }}\n\nText\n")

    def write(*names: str) -> int:
        for name in names:
            User.objects.get_or_create(email=f"{name}@example.org", defaults={"full_name": name})
        people = User.objects.filter(full_name__in=names)
        words = {"about": "person", "to": "email", "key": Concat(Value("many "), "full_name")}
        return outbox.send_many(template, people, purpose="test", language="de", **words)

    return write


def test_many_mails_of_a_kind_are_written_in_one_statement(send_many, smtp):
    assert send_many("mara", "yusuf") == 2
    assert outbox.deliver_due() == 2
    assert {mail["Subject"] for mail in smtp.accepted} == {"To mara", "To yusuf"}
    assert len({mail["Message-ID"] for mail in smtp.accepted}) == 2


def test_one_of_many_is_a_mail_like_any_other(send_many, queue, smtp):
    """Every field that is not named has its default."""
    send_many("mara")
    one, other = OutboxMail.objects.get(), queue()
    own = {"id", "template", "context", "purpose", "key", "message_id", "created_at", "next_try_at"}
    names = {field.attname for field in OutboxMail._meta.concrete_fields} - own
    assert {name: getattr(one, name) for name in names} == {name: getattr(other, name) for name in names}
    assert one.message_id.partition("@")[2] == other.message_id.partition("@")[2]


def test_many_mails_with_known_keys_are_not_written_again(send_many, smtp):
    assert send_many("mara") == 1
    assert send_many("mara", "yusuf") == 1
    assert outbox.deliver_due() == 2


def test_many_mails_leave_only_with_the_transaction_that_wrote_them(send_many):
    @transaction.atomic
    def action_that_fails():
        send_many("mara")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        action_that_fails()
    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize("demo", [False, True])
def test_the_last_mail_forgets_its_address_when_it_has_left(queue, smtp, settings, demo):
    settings.DEMO = demo
    mail = queue(is_last=True)

    outbox.deliver_due()

    mail.refresh_from_db()
    assert (mail.state, mail.to, mail.context) == (State.ACCEPTED, "", {})
    assert smtp.accepted[0].recipients == ["mara@example.org"]


def test_the_last_mail_forgets_its_address_when_it_is_refused(queue, smtp):
    smtp.answers["mara@example.org"] = ["rcpt 550 <mara@example.org>: no such user"]
    mail = queue(is_last=True)

    outbox.deliver_due()

    mail.refresh_from_db()
    assert (mail.state, mail.to, mail.smtp_reply) == (State.FAILED, "", "")


def test_whom_nobody_reaches_is_told_apart_from_what_is_gone(queue, mails, smtp):
    smtp.answers["mara@example.org"] = ["rcpt 550 no such user"]
    refused = queue()
    about = queue("gone@example.org")
    mails("about.txt", "{{ other.to }}\n\nText\n")
    queue("kim@example.org", template="kit/email/about.txt", context={"other": about})
    about.delete()

    outbox.deliver_due()

    assert list(OutboxMail.objects.undeliverable()) == [refused]


# ── Where answers go


def test_answers_go_to_whom_the_mail_names(queue, smtp):
    queue(reply_to="beratung@region.example")
    queue("kim@example.org")
    outbox.deliver_due()
    assert sorted(str(mail["Reply-To"]) for mail in smtp.accepted) == ["None", "beratung@region.example"]


def test_answers_go_to_one_address(queue):
    with pytest.raises(outbox.BadRecipient):
        queue(reply_to="a@example.org\nBcc: b@example.org")


# ── With a file


def a_file(context) -> outbox.Attachment:
    """For the test below: made from the context when the mail leaves."""
    return outbox.Attachment("gruß.txt", f"Grüße an {context['name']}\n".encode(), "text/plain; charset=utf-8")


def test_a_file_is_made_at_delivery_and_goes_with_the_mail(queue, smtp):
    queue(attachment=f"{__name__}.a_file")
    outbox.deliver_due()
    part = outbox.written(queue(attachment=f"{__name__}.a_file")).message().get_payload()[1]
    assert (part.get_content_type(), part.get_filename()) == ("text/plain", "gruß.txt")
    assert part.get_payload(decode=True) == "Grüße an Mara\n".encode()
    assert len(smtp.accepted) == 1
