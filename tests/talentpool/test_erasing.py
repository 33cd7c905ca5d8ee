"""Erased means erased: a person with a rare name is looked for in every table, file, mail and line of the log."""

import logging
import os
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts import journal
from accounts.models import Consent, ErasureReceipt, User
from kit import clock, outbox
from kit.models import OutboxMail
from portal import erasures
from talentpool import tasks
from talentpool.actions import erasing
from talentpool.actions.leaving import leave
from talentpool.emails import cycle as emails
from talentpool.emails.person import asks_guardian
from talentpool.models import (
    Document,
    Entry,
    Exclusion,
    Guardian,
    Invitation,
    LeaveReason,
    Outcome,
    ProfileView,
)
from tests.make import make_login, make_membership, make_organization, make_user
from tests.talentpool.make import make_check_in, make_entry, make_invitation, make_pool, make_request

NAME, ADDRESS = "Wilhelmine Zaunkoenig", "wilhelmine.zaunkoenig@example.org"
CANARY = "zaunkoenig|kanarienvogel"


@pytest.fixture
def files(tmp_path, settings):
    """Uploads of this test."""
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    return tmp_path


def traces() -> list[str]:
    """Tables in which the canary still sings, histories and all."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}" row WHERE row::text ~* %s', [CANARY])
            if cursor.fetchone() != (0,):
                found.append(table)
    return found


def make_canary(pool=None) -> Entry:
    """Somebody who has left a trace wherever one can."""
    user = make_user("candidate", full_name=NAME, email=ADDRESS)
    words = {"about": "Ich bin der Kanarienvogel.", "experience": "Kanarienvogel", "phone": "0176 Zaunkoenig"}
    entry = make_entry(pool, user, birth_date=clock.years_before(clock.today(), 17), **words)
    file = ContentFile(b"Kanarienvogel", name="a.pdf")
    Document.objects.create(
        entry=entry, kind="cv", title="Lebenslauf Zaunkoenig", file=file, media_type="application/pdf", size=13
    )
    mother = {"name": "Frau Zaunkoenig", "email": "mutter.zaunkoenig@example.org"}
    guardian = Guardian.objects.create(entry=entry, text_version="1", text_hash="a" * 64, **mother)
    guardian.mail = asks_guardian(guardian)
    guardian.save()
    member = entry.endorsements.get().member
    make_invitation(member, name=NAME, email=ADDRESS, state="accepted", ended_at=clock.now())
    make_invitation(member, name=NAME, email=ADDRESS.upper())  # open, and spelt in another way
    request = make_request(entry, message="Liebe Frau Zaunkoenig")
    ProfileView.objects.create(entry=entry, member=member, day=clock.today())
    Exclusion.objects.create(entry=entry, organization=make_organization())
    make_check_in(entry, accepted_at=clock.now())
    for to, context in [(ADDRESS, {"entry": entry}), ("chef@firma.example", {"entry": entry, "request": request})]:
        outbox.send("talentpool/email/hidden.txt", to, context, purpose=emails.PURPOSE)
    outbox.send("accounts/email/login_code.txt", ADDRESS, {"code": "Kanarienvogel"}, purpose="account")
    make_login(Client(), user)
    return entry


@pytest.mark.django_db(transaction=True)
def test_no_trace_of_an_erased_person(files, mailoutbox, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    entry = make_canary()
    Session.objects.all().delete()  # sealed, and looked after by accounts
    assert {"accounts_user", "talentpool_entry", "kit_outboxmail", "talentpool_invitation"} <= set(traces())  # control
    assert len(list(files.rglob("*.pdf"))) == 1
    leave(entry=entry, reason=LeaveReason.WITHDRAWN, by=entry.user)
    Entry.objects.update(left_at=clock.now() - timedelta(days=1))
    tasks.sweep()
    assert traces() == ["kit_outboxmail"]  # the last mail, which has not left yet
    outbox.deliver_due()
    assert [mail.subject for mail in mailoutbox] == ["Ihr Profil ist gelöscht"]
    assert mailoutbox[0].to == [ADDRESS]
    assert traces() == []
    assert list(files.rglob("*.pdf")) == []
    assert "zaunkoenig" not in journal.path().read_text().lower()
    words = (caplog.text + "".join(capfd.readouterr())).lower()
    assert not any(word in words for word in CANARY.split("|"))
    assert not User.objects.filter(roles__contains=["candidate"]).exists()
    assert Outcome.objects.get().reason == LeaveReason.WITHDRAWN
    assert set(ErasureReceipt.objects.values_list("label", flat=True)) == {"talentpool.Entry", "accounts.User"}
    assert Invitation.objects.count() == 2  # as numbers they stay


@pytest.mark.django_db
def test_somebody_in_two_pools_leaves_one(mailoutbox):
    entry = make_canary()
    other = make_entry(make_pool(), entry.user)
    kept = make_check_in(other)
    erasing.erase(entry=entry)
    assert Entry.objects.get() == other
    assert User.objects.filter(email=ADDRESS).exists()
    assert Consent.objects.get(user=other.user).purpose == other.consent_purpose
    assert OutboxMail.objects.filter(pk=kept.mail_id).exists()
    assert list(Entry.objects.visible()) == [other]
    outbox.deliver_due()
    assert "Ihr Profil ist gelöscht" in [mail.subject for mail in mailoutbox]


@pytest.mark.django_db
def test_a_parent_who_is_in_a_pool_keeps_the_own_mails():
    """A question whose mail is gone would never count, and the parent would stay for ever."""
    entry, parents = make_entry(), make_entry()
    kept = make_check_in(parents)
    guardian = Guardian(entry=entry, name="Kim", email=parents.user.email, text_version="1", text_hash="a" * 64)
    guardian.save()
    guardian.mail = asks_guardian(guardian)
    guardian.save()
    erasing.erase(entry=entry, is_told=False)
    assert list(OutboxMail.objects.all()) == [kept.mail]


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["role", "membership"])
def test_an_account_with_another_purpose_stays(other):
    entry = make_entry()
    if other == "role":
        User.objects.filter(pk=entry.user_id).update(roles=["candidate", "learner"])
    else:
        make_membership(entry.user)
    erasing.erase(entry=Entry.objects.get())
    user = User.objects.get(pk=entry.user_id)
    assert "candidate" not in user.roles


@pytest.mark.django_db
def test_who_cannot_be_reached_gets_no_last_mail():
    entry = make_entry()
    Entry.objects.update(left_at=clock.now(), leave_reason=LeaveReason.UNREACHABLE)
    erasing.erase(entry=Entry.objects.get(pk=entry.pk))
    assert not OutboxMail.objects.exists()


@pytest.mark.django_db
def test_who_wants_to_stay_in_the_last_moment_stays(monkeypatch):
    """Between the look and the lock."""
    entry = make_entry()
    pk = entry.pk
    assert erasing._erase_if_due(entry.pool, pk) is False
    assert Entry.objects.filter(pk=pk).exists()


# ── Files


@pytest.mark.django_db
def test_files_that_no_row_knows_are_removed_after_a_day(files):
    entry = make_canary()
    folder = files / "talentpool"
    [known] = folder.glob("*")
    for name, age in {"lost.pdf": 2, "upload_under_way.pdf": 0.5}.items():
        (folder / name).write_bytes(b"x")
        moment = (clock.now() - timedelta(days=age)).timestamp()
        os.utime(folder / name, (moment, moment))
    os.utime(known, (0, 0))
    assert erasing.sweep_files() == 1
    assert {path.name for path in folder.glob("*")} == {known.name, "upload_under_way.pdf"}
    assert entry.documents.exists()


@pytest.mark.django_db
def test_without_a_folder_nothing_is_lost(files):
    assert erasing.sweep_files() == 0


# ── Backup and restore


def saved(*models) -> list:
    return [(model, list(model.objects.all())) for model in models]


def restore(backup: list) -> None:
    for model, rows in backup:
        model.objects.all().delete() if model is ErasureReceipt else None
        model.objects.bulk_create(rows, ignore_conflicts=True)


def people_first() -> None:
    """Lines of one transaction stand in the journal in any order; this is the one in which a replay could stumble."""
    lines = journal.path().read_text().splitlines(keepends=True)
    journal.path().write_text("".join(sorted(lines, key=lambda line: "accounts.User" not in line)))


@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_brings_nobody_back(capsys, mailoutbox):
    gone, stays = make_entry(make_pool()), make_entry()
    member = stays.endorsements.get().member
    backup = saved(User, Entry, ErasureReceipt)
    Entry.objects.filter(pk=gone.pk).update(left_at=clock.now(), leave_reason=LeaveReason.UNFINISHED)
    tasks.sweep()
    outbox.deliver_due()
    assert not Entry.objects.filter(pk=gone.pk).exists()

    people_first()
    restore(backup)
    assert Entry.objects.filter(pk=gone.pk).exists()
    Entry.objects.filter(pk=stays.pk).update(left_at=clock.now(), leave_reason=LeaveReason.UNFINISHED)
    assert tasks.sweep() == {}  # nobody knows what is due
    Entry.objects.filter(pk=stays.pk).update(left_at=None, leave_reason="")
    assert not Entry.objects.visible_to(member).exists()  # and nobody reads the pool

    call_command("replay_erasures")
    assert "talentpool.Entry: 1 erased again" in capsys.readouterr().out
    assert not Entry.objects.filter(pk=gone.pk).exists()
    assert not User.objects.filter(pk=gone.user_id).exists()
    outbox.deliver_due()
    assert len(mailoutbox) == 1  # the last mail was the last
    assert tasks.sweep()
    assert list(Entry.objects.visible_to(member)) == [stays]
    assert erasures.replay().total() == 0


@pytest.mark.django_db(transaction=True)
def test_control_without_the_journal_the_backup_would_bring_them_back():
    gone = make_entry()
    backup = saved(User, Entry, ErasureReceipt)
    Entry.objects.update(left_at=clock.now(), leave_reason=LeaveReason.UNFINISHED)
    tasks.sweep()
    restore(backup)
    journal.path().unlink()
    tasks.sweep()
    assert Entry.objects.filter(pk=gone.pk).exists()
