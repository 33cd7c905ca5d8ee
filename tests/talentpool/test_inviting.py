"""A recommendation: who may make it, what limits it, what becomes of it without anybody learning anything."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from kit import clock
from kit.models import OutboxMail
from talentpool.actions import inviting
from talentpool.actions.leaving import leave
from talentpool.models import Entry, Invitation, LeaveReason
from talentpool.models.invitation import address_digest
from tests.make import make_user
from tests.talentpool.make import make_entry, make_invitation, make_member, make_member_staff, make_pool

pytestmark = pytest.mark.django_db

State = Invitation.State


def invite(member=None, by=None, **fields):
    member = member or make_member()
    by = by or make_member_staff(member)
    defaults = {
        "name": "Mara Muster",
        "email": "mara@example.org",
        "job_family": "S13",
        "criterion": "interview",
        "rejected_on": clock.today(),
    }
    return inviting.invite(member=member, by=by, **{**defaults, **fields})


def sweep(invitation):
    inviting.send_waiting()
    invitation.refresh_from_db()
    return invitation


def take(mail, at=None, state=OutboxMail.State.ACCEPTED):
    """What the mail server said of it."""
    accepted_at = None if state == OutboxMail.State.FAILED else at or clock.now()
    OutboxMail.objects.filter(pk=mail.pk).update(state=state, accepted_at=accepted_at)


# ── In the request


def test_an_invitation_is_only_written_down():
    invitation = invite()
    assert (invitation.state, invitation.mail) == (State.QUEUED, None)
    assert not OutboxMail.objects.exists()
    assert invitation.address_digest == address_digest("mara@example.org")


@pytest.mark.parametrize(
    "fields", [{"approved_at": None}, {"ended_at": clock.now() - timedelta(minutes=1)}], ids=["waits", "ended"]
)
def test_only_members_invite(fields):
    with pytest.raises(inviting.NotAllowed):
        invite(make_member(**fields))


def test_only_people_of_the_member_invite(coordinator):
    member = make_member()
    for stranger in (coordinator, make_user("company")):
        with pytest.raises(inviting.NotAllowed):
            invite(member, stranger)


def test_a_closed_pool_takes_no_invitation():
    with pytest.raises(inviting.NotAllowed):
        invite(make_member(make_pool(is_open=False)))


@pytest.mark.parametrize("day", [None, 1])
def test_a_company_recommends_after_its_no(day):
    with pytest.raises(inviting.RejectionMissing):
        invite(rejected_on=day and clock.today() + timedelta(days=day))


def test_a_school_rejects_nobody_and_names_strengths():
    invitation = invite(make_member(kind="school"), rejected_on=None, criterion="school", strengths=["reliable"])
    assert (invitation.rejected_on, invitation.strengths) == (None, ["reliable"])


def test_twenty_an_hour_are_enough_for_one_person():
    member = make_member()
    staff = make_member_staff(member)
    for _number in range(inviting.MOST_PER_HOUR):
        make_invitation(member, invited_by=staff)
    with pytest.raises(inviting.TooMany):
        invite(member, staff)
    assert invite(member, make_member_staff(member))


def test_a_hundred_a_day_are_enough_for_one_member():
    member = make_member()
    for _number in range(inviting.MOST_PER_DAY):
        make_invitation(member, created_at=clock.now() - timedelta(hours=23))
    with pytest.raises(inviting.TooMany):
        invite(member)
    Invitation.objects.update(created_at=clock.now() - timedelta(hours=25))
    assert invite(member)


def test_the_request_asks_the_database_the_same_for_known_and_unknown_people():
    """T-ENUM: neither the answer nor the work tells whether somebody is in the pool, has declined or has an account."""
    member = make_member()
    staff = make_member_staff(member)
    known = make_entry(member.pool, make_user("candidate", email="known@example.org"))
    make_invitation(email="never@example.org", is_final=True, state=State.DECLINED, ended_at=clock.now())
    asked = []
    for email in ["unknown@example.org", known.user.email, "never@example.org", staff.email]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            invitation = invite(member, staff, email=email)
        asked.append([query["sql"].split(" ")[0] for query in queries])
        assert invitation.state == State.QUEUED
        assert not [query for query in queries if email in query["sql"] and not query["sql"].startswith("INSERT")]
    assert asked[0] == asked[1] == asked[2] == asked[3]


# ── What the sweep decides


def test_an_unknown_address_gets_the_mail():
    invitation = sweep(invite())
    assert (invitation.state, invitation.mail.to) == (State.SENT, "mara@example.org")
    assert inviting.send_waiting() == 0


def test_a_second_recommendation_travels_with_the_open_one():
    pool = make_pool()
    first = sweep(invite(make_member(pool)))
    second = sweep(invite(make_member(pool), email="Mara@Example.org"))
    assert (second.state, second.mail) == (State.SENT, first.mail)
    assert OutboxMail.objects.count() == 1


def test_no_address_gets_two_mails_within_a_week(at):
    at("2026-05-12 10:00")
    sweep(invite())
    other = sweep(invite())  # of another pool
    assert other.state == State.QUEUED
    at("2026-05-19 11:00")
    assert sweep(other).state == State.SENT
    assert OutboxMail.objects.count() == 2


def test_three_a_day_are_enough_for_one_address(at):
    at("2026-05-12 10:00")
    pool = make_pool()
    made = [invite(make_member(pool)) for _number in range(4)]
    states = [sweep(invitation).state for invitation in made]
    assert sorted(states) == ["queued", "sent", "sent", "sent"]
    at("2026-05-13 11:00")
    assert sweep(made[3]).state == State.SENT


def test_somebody_in_the_pool_gets_a_stamp_that_counts_for_nothing_yet():
    person = make_user("candidate", email="mara@example.org")
    entry = make_entry(user=person, stamped=False)
    invitation = sweep(invite(make_member(entry.pool), email="MARA@example.org"))
    assert (invitation.state, invitation.name, invitation.email) == (State.ADDED, "", "")
    assert [stamp.state for stamp in entry.endorsements.all()] == ["proposed"]
    assert not Entry.objects.visible().exists()
    assert OutboxMail.objects.get().template == "talentpool/email/recommended_again.txt"


def test_a_second_stamp_of_the_same_member_changes_nothing():
    entry = make_entry(user=make_user("candidate", email="mara@example.org"))
    stamp = entry.endorsements.get()
    sweep(invite(stamp.member, criterion="trial"))
    stamp.refresh_from_db()
    assert (stamp.state, stamp.criterion) == ("accepted", "interview")
    assert not OutboxMail.objects.exists()


def test_whoever_is_on_the_way_out_is_left_in_peace():
    entry = make_entry(user=make_user("candidate", email="mara@example.org"))
    leave(entry=entry, reason=LeaveReason.WITHDRAWN, by=entry.user)
    invitation = sweep(invite(make_member(entry.pool)))
    assert invitation.state == State.QUEUED
    entry.delete()
    assert sweep(invitation).state == State.SENT


def test_never_again_is_kept_and_not_told(settings):
    make_invitation(email="Mara@example.org", is_final=True, state=State.DECLINED, ended_at=clock.now())
    settings.SECRET_KEY_FALLBACKS = [django_settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key" * 6
    assert sweep(invite()).state == State.DECLINED
    assert not OutboxMail.objects.exists()


def test_a_member_that_has_left_sends_nothing():
    invitation = invite()
    invitation.member.ended_at, invitation.member.end_reason = clock.now(), "left"
    invitation.member.save()
    assert sweep(invitation).state == State.REVOKED
    assert not OutboxMail.objects.exists()


# ── Ends


def test_the_time_runs_from_the_moment_at_which_the_mail_was_taken(at):
    at("2026-05-12 10:00")
    invitation = sweep(invite())
    at("2026-06-12 10:00")  # the mail server was away for a month
    assert inviting.run_out()["expired"] == 0
    take(invitation.mail)
    at("2026-06-26 09:59")
    assert inviting.run_out()["expired"] == 0
    at("2026-06-26 10:00")
    assert inviting.run_out()["expired"] == 1
    assert inviting.run_out()["expired"] == 0


def test_what_could_not_be_sent_within_a_month_is_dropped(at):
    at("2026-05-12 10:00")
    invitation = invite()
    at("2026-06-08 10:00")
    assert inviting.run_out()["expired"] == 0
    at("2026-06-09 10:00")
    assert inviting.run_out()["expired"] == 1
    assert sweep(invitation).state == State.EXPIRED


@pytest.mark.parametrize("state", [OutboxMail.State.FAILED, OutboxMail.State.BOUNCED])
def test_what_no_mailbox_took_has_bounced(state):
    invitation = sweep(invite())
    take(invitation.mail, state=state)
    assert inviting.run_out() == {"bounced": 1, "expired": 0, "revoked": 0}


def test_a_revoked_invitation_and_its_waiting_mail_are_gone():
    member = make_member()
    staff = make_member_staff(member)
    invitation = sweep(invite(member, staff))
    inviting.revoke(invitation=invitation, by=staff)
    invitation.refresh_from_db()
    assert invitation.state == State.REVOKED
    assert not OutboxMail.objects.exists()
    inviting.revoke(invitation=invitation, by=staff)  # says nothing about what it found


def test_revoking_one_leaves_the_mail_of_the_other():
    pool = make_pool()
    first, second = make_member(pool), make_member(pool)
    one = sweep(invite(first))
    sweep(invite(second))
    inviting.revoke(invitation=one, by=make_member_staff(first))
    assert OutboxMail.objects.count() == 1


def test_strangers_revoke_nothing():
    invitation = invite()
    with pytest.raises(inviting.NotAllowed):
        inviting.revoke(invitation=invitation, by=make_user("company"))


def test_name_and_address_go_three_days_after_the_end(at):
    at("2026-05-12 10:00")
    invitation = sweep(invite())
    mail = invitation.mail
    take(mail)
    at("2026-05-26 10:00")
    inviting.run_out()
    at("2026-05-29 09:59")
    assert inviting.erase_ended() == 0
    at("2026-05-29 10:00")
    assert inviting.erase_ended() == 1
    invitation.refresh_from_db()
    mail.refresh_from_db()
    assert (invitation.name, invitation.email, invitation.invited_by, mail.to) == ("", "", None, "")
    assert invitation.address_digest
    assert inviting.erase_ended() == 0
    at("2026-08-24 10:00")
    assert inviting.erase_ended() == 1
    invitation.refresh_from_db()
    assert invitation.address_digest == ""


def test_never_again_outlives_the_digests_of_others(at):
    at("2026-05-12 10:00")
    kept = make_invitation(is_final=True, state=State.DECLINED, ended_at=clock.now())
    at("2027-05-12 10:00")
    inviting.erase_ended()
    kept.refresh_from_db()
    assert (kept.email, bool(kept.address_digest)) == ("", True)


def test_the_log_names_nobody():
    sweep(invite())
    written = " ".join(f"{row.object_label} {row.facts} {row.actor_label}" for row in AuditEntry.objects.all())
    assert "mara" not in written.lower()
