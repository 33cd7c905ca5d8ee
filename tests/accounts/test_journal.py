"""Whoever was erased stays erased, also after a backup was restored."""

import threading

import pytest
from django.db import connection, transaction

from accounts import journal, privacy
from accounts.actors import SYSTEM
from accounts.models import ErasureReceipt, User
from tests.make import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def lines() -> list[journal.Line]:
    return list(journal.lines())


def erase(user: User) -> None:
    privacy.erase_person(user=user, by=SYSTEM)


def test_an_erasure_leaves_a_receipt_and_a_line_without_a_name(at):
    at("2026-05-12 10:00")
    person = make_user("learner", full_name="Wilhelmine", email="wilhelmine@example.org")
    known = journal.digests(person)
    erase(person)
    [receipt], [line] = ErasureReceipt.objects.all(), lines()
    assert (line.receipt, line.label, line.month) == (str(receipt.pk), "accounts.User", "2026-05-01")
    assert line.digest in known
    assert (receipt.digest, receipt.reason) == ("", "request")
    assert "wilhelmine" not in journal.path().read_text().lower()
    assert journal.path().stat().st_mode & 0o077 == 0
    assert not journal.is_behind()


def test_an_erasure_that_is_rolled_back_leaves_no_line():
    person = make_user("learner")

    @transaction.atomic
    def fail():
        erase(person)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (lines(), ErasureReceipt.objects.count()) == ([], 0)


def test_a_line_lost_with_its_process_is_written_later(monkeypatch):
    with monkeypatch.context() as dying:
        dying.setattr(journal, "write_down", lambda: None)
        erase(make_user("learner"))
    assert lines() == []
    assert journal.write_down() == 1
    assert journal.write_down() == 0
    assert len(lines()) == 1


def test_a_torn_line_spoils_nothing():
    erase(make_user("learner"))
    with journal.path().open("a") as file:
        file.write("0a1b2c\taccounts.Us")
    assert not journal.is_behind()
    erase(make_user("learner"))
    assert len(lines()) == 2


def test_a_restored_database_is_behind_until_everybody_is_erased_again():
    saved = [(pk, str(pk)) for pk in ErasureReceipt.objects.values_list("pk", flat=True)]
    for _number in range(2):
        erase(make_user("learner"))
    ErasureReceipt.objects.exclude(pk__in=[pk for pk, _text in saved]).delete()  # as the backup of before has it
    assert journal.is_behind()
    erase(make_user("learner"))  # meanwhile somebody wants to go: this does not hide the gap
    assert journal.is_behind()
    for line in journal.missing():
        journal.acknowledge(line)
    assert not journal.is_behind()
    assert journal.write_down() == 1
    assert len(lines()) == 3


def test_a_number_that_is_given_again_is_another_person(at):
    at("2026-05-12 10:00")
    person = make_user("learner")
    known = journal.digests(person)
    at("2026-05-13 10:00")
    person.date_joined = None
    person.save()
    assert not journal.digests(person) & known


def test_a_new_key_still_knows_whom_the_old_one_named(settings):
    person = make_user("learner")
    [known] = journal.digests(person)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"
    assert known in journal.digests(person)


def test_writers_take_turns(monkeypatch):
    with monkeypatch.context() as dying:
        dying.setattr(journal, "write_down", lambda: None)
        for _number in range(20):
            erase(make_user("learner"))

    def write():
        journal.write_down()
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(5)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len({line.receipt for line in lines()}) == len(lines()) == 20
