"""From the link to a profile that is shown: the code, one account, the consent, the parents."""

import re
from datetime import timedelta

import pytest
from django.db import connection

from accounts.actions import deactivate
from accounts.actors import SYSTEM
from accounts.models import ConsentText, User
from kit import clock
from kit.models import OutboxMail
from talentpool.actions import inviting, joining, profiling
from talentpool.actions.confirming import Gone
from talentpool.models import Agreement, Entry, Guardian, Invitation, LeaveReason
from tests.make import make_user
from tests.talentpool.make import make_endorsement, make_entry, make_invitation, make_member, make_pool

pytestmark = pytest.mark.django_db

State = Invitation.State


def sent(member=None, **fields):
    """An invitation whose mail has arrived."""
    invitation = make_invitation(member, **fields)
    inviting.send_waiting()
    OutboxMail.objects.filter(state="queued").update(state="accepted", accepted_at=clock.now())
    invitation.refresh_from_db()
    return invitation


def code_for(invitation) -> str:
    joining.send_code(invitation=invitation)
    return OutboxMail.objects.filter(template__endswith="invitation_code.txt").first().context["code"]


def joined(invitation=None):
    invitation = invitation or sent()
    return joining.accept(invitation=invitation, code=code_for(invitation))


def young(entry=None, *, age: int = 15):
    """Somebody who has everything but is not of age; the stamp is accepted."""
    birth_date = clock.years_before(clock.today(), age) - timedelta(days=30)
    entry = make_entry(state=Entry.State.ONBOARDING, birth_date=birth_date)
    entry.user.consents.all().delete()
    return entry


# ── The code


def test_the_code_makes_an_account_an_entry_and_a_stamp():
    invitation = sent(name="Mara Muster", email="Mara@Example.org")
    entry = joined(invitation)
    user = User.objects.get(email="mara@example.org")
    assert (entry.user, entry.state, user.full_name, user.roles) == (user, "onboarding", "Mara Muster", ["candidate"])
    assert user.emailaddress_set.get().verified
    assert [stamp.state for stamp in entry.endorsements.all()] == ["proposed"]
    invitation.refresh_from_db()
    assert (invitation.state, invitation.name, invitation.email) == (State.ACCEPTED, "", "")
    assert not Entry.objects.visible().exists()


def test_all_open_invitations_of_the_pool_come_along():
    pool = make_pool()
    first = sent(make_member(pool), email="mara@example.org")
    second = sent(make_member(pool), email="mara@example.org")
    entry = joined(first)
    second.refresh_from_db()
    assert second.state == State.ACCEPTED
    assert entry.endorsements.count() == 2


def test_an_account_that_is_there_is_used():
    person = make_user("learner", email="mara@example.org", full_name="Mara M.")
    entry = joined(sent(email="mara@example.org", name="M. Muster"))
    person.refresh_from_db()
    assert (entry.user, person.full_name, person.roles) == (person, "Mara M.", ["candidate", "learner"])
    assert User.objects.filter(email__iexact="mara@example.org").count() == 1


def test_a_confirmed_further_address_leads_to_its_account():
    person = make_user("learner", email="mara@example.org")
    person.emailaddress_set.create(email="m@example.org", verified=True, primary=False)
    assert joined(sent(email="m@example.org")).user == person


def test_a_closed_account_stays_closed():
    person = make_user("learner", email="mara@example.org")
    deactivate(user=person, by=SYSTEM, reason="test")
    invitation = sent(email="mara@example.org")
    with pytest.raises(joining.Closed):
        joined(invitation)


def test_the_database_holds_no_code():
    invitation = sent()
    code = code_for(invitation)
    invitation.refresh_from_db()
    assert code not in invitation.code_digest
    assert re.fullmatch(r"\d{6}", code)


def test_a_code_works_once():
    invitation = sent()
    code = code_for(invitation)
    joining.accept(invitation=invitation, code=code)
    with pytest.raises(joining.Closed):
        joining.accept(invitation=invitation, code=code)


def test_a_code_lasts_half_an_hour(at):
    at("2026-05-12 10:00")
    invitation = sent()
    code = code_for(invitation)
    at("2026-05-12 10:30")
    with pytest.raises(joining.WrongCode):
        joining.accept(invitation=invitation, code=code)
    assert not Entry.objects.exists()


def test_no_code_is_no_code():
    with pytest.raises(joining.WrongCode):
        joining.accept(invitation=sent(), code="")


def test_five_wrong_codes_lock_for_an_hour(at):
    at("2026-05-12 10:00")
    invitation = sent()
    code = code_for(invitation)
    wrong = "000000" if code != "000000" else "000001"
    for _number in range(joining.MOST_TRIES):
        with pytest.raises(joining.WrongCode):
            joining.accept(invitation=invitation, code=wrong)
    with pytest.raises(joining.Locked):
        joining.accept(invitation=invitation, code=code)
    with pytest.raises(joining.Locked):
        joining.send_code(invitation=invitation)
    at("2026-05-12 11:01")
    assert joined(invitation)


def test_a_new_code_does_not_start_the_count_anew(at):
    at("2026-05-12 10:00")
    invitation = sent()
    for minute in range(joining.MOST_TRIES):
        at(f"2026-05-12 10:0{minute + 1}")
        code_for(invitation)
        with pytest.raises(joining.WrongCode):
            joining.accept(invitation=invitation, code="x")
    with pytest.raises(joining.Locked):
        joining.accept(invitation=invitation, code="x")


def test_a_code_a_minute_is_enough(at):
    at("2026-05-12 10:00:00")
    invitation = sent()
    joining.send_code(invitation=invitation)
    with pytest.raises(joining.TooSoon):
        joining.send_code(invitation=invitation)
    at("2026-05-12 10:01:00")
    joining.send_code(invitation=invitation)


def test_five_codes_an_hour_are_enough(at):
    invitation = sent()
    for minute in range(5):
        at(f"2026-05-12 10:{minute:02}")
        joining.send_code(invitation=invitation)
    at("2026-05-12 10:59")
    with pytest.raises(joining.TooMany):
        joining.send_code(invitation=invitation)
    at("2026-05-12 11:01")
    joining.send_code(invitation=invitation)


def leave_pool(invitation):
    invitation.member.ended_at, invitation.member.end_reason = clock.now(), "left"
    invitation.member.save()


def block(invitation):
    invitation.member.organization.blocked_at = clock.now()
    invitation.member.organization.blocked_reason = "test"
    invitation.member.organization.save()


def expire(invitation):
    OutboxMail.objects.filter(state="accepted").update(accepted_at=clock.now() - timedelta(days=14))


def revoke(invitation):
    inviting.end([invitation], State.REVOKED)


@pytest.mark.parametrize("fate", [leave_pool, block, expire, revoke])
@pytest.mark.parametrize("deed", ["accept", "code", "decline", "disown"])
def test_a_dead_link_does_nothing(fate, deed):
    invitation = sent()
    code = code_for(invitation)
    fate(invitation)
    deeds = {
        "accept": lambda: joining.accept(invitation=invitation, code=code),
        "code": lambda: joining.send_code(invitation=invitation),
        "decline": lambda: joining.decline(invitation=invitation, for_ever=True),
        "disown": lambda: joining.disown(invitation=invitation),
    }
    with pytest.raises(joining.Closed):
        deeds[deed]()
    assert not Entry.objects.exists()


# ── No, thank you


@pytest.mark.parametrize("for_ever", [False, True])
def test_a_no_erases_name_and_address_at_once(for_ever):
    invitation = sent()
    joining.decline(invitation=invitation, for_ever=for_ever)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.is_final) == (State.DECLINED, for_ever)
    assert (invitation.name, invitation.email, OutboxMail.objects.get().to) == ("", "", "")


def test_never_again_means_never():
    first = sent(email="mara@example.org")
    joining.decline(invitation=first, for_ever=True)
    assert sent(email="MARA@example.org").state == State.DECLINED


def test_that_is_not_me_leaves_no_trace_of_the_address():
    pool = make_pool()
    first = sent(make_member(pool), email="canary@example.org", name="Canary Person")
    second = sent(make_member(pool), email="canary@example.org", name="Canary Person")
    code_for(first)
    OutboxMail.objects.filter(state="queued").update(state="accepted", accepted_at=clock.now())
    joining.disown(invitation=first)
    second.refresh_from_db()
    assert second.state == State.MISTAKEN
    assert not traces(b"canary")


def traces(word: bytes) -> list[str]:
    """Tables in which the word stands, as a dump would show it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS row WHERE row::text ILIKE %s', [f"%{word.decode()}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_a_trace_is_found():
    """Negative control."""
    sent(email="canary@example.org")
    assert set(traces(b"canary")) == {"talentpool_invitation", "kit_outboxmail"}


# ── Consent


def test_the_first_box_alone_shows_a_complete_profile():
    entry = make_entry(state=Entry.State.ONBOARDING)
    entry.user.consents.all().delete()
    joining.agree(entry=entry, agreements=[Agreement.SEEN], by=entry.user)
    assert list(Entry.objects.visible()) == [entry]
    assert not entry.may_be_asked


def test_the_other_boxes_alone_show_nobody():
    entry = make_entry(state=Entry.State.ONBOARDING)
    entry.user.consents.all().delete()
    joining.agree(entry=entry, agreements=[Agreement.CONTACT, Agreement.STATISTICS], by=entry.user)
    assert not Entry.objects.visible().exists()
    assert entry.may_be_asked


def test_the_proof_holds_the_exact_words():
    entry = make_entry(state=Entry.State.ONBOARDING, birth_date=clock.today() - timedelta(days=17 * 366))
    entry.user.consents.all().delete()
    joining.agree(entry=entry, agreements=[Agreement.SEEN], by=entry.user)
    consent = entry.user.consents.get()
    assert (consent.way, consent.language, consent.age_band) == ("login", "de", "youth")
    assert consent.text == Agreement.SEEN.words_for(entry)
    assert entry.pool.consent_text in consent.text
    entry.pool.consent_text = "something else"
    entry.pool.save()
    assert "something else" not in consent.text
    assert ConsentText.objects.count() == 1


def test_nobody_agrees_without_an_age():
    entry = make_entry(birth_date=None)
    with pytest.raises(joining.AgeMissing):
        joining.agree(entry=entry, agreements=[Agreement.SEEN], by=entry.user)


def test_withdrawing_hides_in_the_same_moment():
    entry = make_entry()
    joining.withdraw(entry=entry, agreement=Agreement.SEEN, by=entry.user)
    entry.refresh_from_db()
    assert not Entry.objects.visible().exists()
    assert entry.state == Entry.State.ONBOARDING


def test_withdrawing_the_second_leaves_the_profile_shown():
    entry = make_entry()
    joining.agree(entry=entry, agreements=[Agreement.CONTACT], by=entry.user)
    joining.withdraw(entry=entry, agreement=Agreement.CONTACT, by=entry.user)
    assert not entry.may_be_asked
    assert Entry.objects.visible().exists()


EMPTY = {"level": "", "hours": "", "seeking": [], "job_families": [], "place": None, "available_from": None}


@pytest.mark.parametrize("missing", EMPTY)
def test_an_incomplete_profile_is_not_shown(missing):
    entry = make_entry(state=Entry.State.ONBOARDING, **{missing: EMPTY[missing]})
    assert joining.settle(entry).state == Entry.State.ONBOARDING


def test_only_the_person_agrees(coordinator):
    entry = make_entry()
    for stranger in (coordinator, make_user("company"), SYSTEM):
        with pytest.raises(joining.NotOwner):
            joining.agree(entry=entry, agreements=[Agreement.SEEN], by=stranger)


# ── Parents


def test_somebody_under_16_waits_for_a_parent():
    entry = young()
    joining.agree(entry=entry, agreements=[Agreement.SEEN], by=entry.user)
    entry.refresh_from_db()
    assert (entry.state, entry.user.consents.get().age_band) == ("guardian", "child")
    guardian = joining.ask_guardian(entry=entry, name="Kim Muster", email="kim@example.org", by=entry.user)
    assert not Entry.objects.visible().exists()
    joining.answer_for_child(guardian=guardian, agrees=True)
    assert list(Entry.objects.visible()) == [entry]
    guardian.refresh_from_db()
    assert ConsentText.objects.get(pk=guardian.text_hash).text == Agreement.SEEN.words_for(entry)


def test_a_parents_no_ends_the_entry():
    entry = young()
    joining.agree(entry=entry, agreements=[Agreement.SEEN], by=entry.user)
    guardian = joining.ask_guardian(entry=entry, name="Kim", email="kim@example.org", by=entry.user)
    joining.answer_for_child(guardian=guardian, agrees=False)
    entry.refresh_from_db()
    assert entry.leave_reason == LeaveReason.GUARDIAN
    with pytest.raises(Gone):
        joining.answer_for_child(guardian=guardian, agrees=True)


def test_a_parent_takes_a_yes_back():
    entry = young()
    joining.agree(entry=entry, agreements=[Agreement.SEEN], by=entry.user)
    guardian = joining.ask_guardian(entry=entry, name="Kim", email="kim@example.org", by=entry.user)
    joining.answer_for_child(guardian=guardian, agrees=True)
    joining.answer_for_child(guardian=guardian, agrees=False)
    assert not Entry.objects.visible().exists()


def test_a_parent_has_two_weeks_from_the_mail(at):
    at("2026-05-12 10:00")
    entry = young()
    joining.agree(entry=entry, agreements=[Agreement.SEEN], by=entry.user)
    guardian = joining.ask_guardian(entry=entry, name="Kim", email="kim@example.org", by=entry.user)
    at("2026-06-12 10:00")  # the mail server was away
    assert joining.drop_unfinished() == 0
    OutboxMail.objects.filter(pk=guardian.mail_id).update(state="accepted", accepted_at=clock.now())
    at("2026-06-26 09:59")
    guardian.refresh_from_db()
    assert guardian.is_answerable
    assert joining.drop_unfinished() == 0
    at("2026-06-26 10:00")
    guardian = Guardian.objects.get()
    assert not guardian.is_answerable
    assert joining.drop_unfinished() == 1
    assert joining.drop_unfinished() == 0


def test_another_parent_is_asked_a_day_later_or_when_the_mail_came_back(at):
    at("2026-05-12 10:00")
    entry = young()
    first = joining.ask_guardian(entry=entry, name="Kim", email="kim@example.org", by=entry.user)
    with pytest.raises(joining.TooSoon):
        joining.ask_guardian(entry=entry, name="Toni", email="toni@example.org", by=entry.user)
    OutboxMail.objects.filter(pk=first.mail_id).update(state="failed")
    second = joining.ask_guardian(entry=entry, name="Toni", email="toni@example.org", by=entry.user)
    assert Guardian.objects.get() == second
    assert not OutboxMail.objects.filter(pk=first.mail_id).exists()


def test_the_date_of_birth_is_fixed_once_a_parent_was_asked():
    entry = young()
    joining.ask_guardian(entry=entry, name="Kim", email="kim@example.org", by=entry.user)
    with pytest.raises(profiling.AgeSettled):
        profiling.edit(entry=entry, values={"birth_date": clock.today() - timedelta(days=9000)}, by=entry.user)


def test_whoever_turns_out_to_be_under_16_is_hidden():
    entry = make_entry()
    profiling.edit(entry=entry, values={"birth_date": clock.today() - timedelta(days=5000)}, by=entry.user)
    assert not Entry.objects.visible().exists()


def test_at_16_the_person_is_asked_and_paused_without_an_answer(at):
    at("2026-05-12 10:00")
    entry = young()
    joining.agree(entry=entry, agreements=[Agreement.SEEN], by=entry.user)
    guardian = joining.ask_guardian(entry=entry, name="Kim", email="kim@example.org", by=entry.user)
    joining.answer_for_child(guardian=guardian, agrees=True)
    assert joining.note_birthdays() == {"asked": 0, "paused": 0, "forgotten": 0}
    at("2027-04-13 10:00")
    assert joining.note_birthdays() == {"asked": 1, "paused": 0, "forgotten": 0}
    assert joining.note_birthdays()["asked"] == 0
    mail = OutboxMail.objects.get(template__endswith="own_consent.txt")
    OutboxMail.objects.filter(pk=mail.pk).update(state="accepted", accepted_at=clock.now())
    Entry.objects.update(confirmed_at=clock.now(), visible_until=clock.now() + timedelta(days=125))
    assert Entry.objects.visible().exists()
    at("2027-05-13 10:00")
    assert joining.note_birthdays() == {"asked": 0, "paused": 1, "forgotten": 0}
    assert not Entry.objects.visible().exists()
    joining.agree(entry=entry, agreements=[Agreement.SEEN], by=entry.user)
    assert Entry.objects.visible().exists()
    assert joining.note_birthdays() == {"asked": 0, "paused": 0, "forgotten": 0}


@pytest.mark.parametrize("is_sent", [True, False])
def test_at_18_the_data_of_the_parents_go(at, is_sent):
    at("2026-05-12 10:00")
    entry = young()
    guardian = joining.ask_guardian(entry=entry, name="Kim", email="kim@example.org", by=entry.user)
    if is_sent:
        OutboxMail.objects.filter(pk=guardian.mail_id).update(state="accepted", accepted_at=clock.now())
    at("2029-04-13 10:00")
    assert joining.note_birthdays()["forgotten"] == 1
    assert not Guardian.objects.exists()
    assert not OutboxMail.objects.filter(to="kim@example.org").exists()


@pytest.mark.parametrize(
    ("today", "years", "born"), [("2028-02-29", 18, "2010-02-28"), ("2028-02-29", 16, "2012-02-29")]
)
def test_leap_days_have_birthdays_too(today, years, born):
    day = clock.datetime.fromisoformat(today).date()
    assert clock.years_before(day, years).isoformat() == born


# ── Unfinished


def test_an_unfinished_profile_goes_after_two_weeks_of_silence(at):
    at("2026-05-12 10:00")
    entry = joined()
    at("2026-05-25 10:00")
    assert joining.drop_unfinished() == 0
    profiling.edit(entry=entry, values={"phone": "03631 000000"}, by=entry.user)
    at("2026-06-08 09:00")
    assert joining.drop_unfinished() == 0
    at("2026-06-08 10:00")
    assert joining.drop_unfinished() == 1
    entry.refresh_from_db()
    assert entry.leave_reason == LeaveReason.UNFINISHED


def test_whoever_is_shown_is_not_unfinished(at):
    at("2026-05-12 10:00")
    make_entry()
    at("2026-08-12 10:00")
    assert joining.drop_unfinished() == 0


def test_a_new_stamp_is_shown_only_after_a_yes():
    entry = make_entry(stamped=False, state=Entry.State.ONBOARDING)
    stamp = make_endorsement(entry, state="proposed")
    assert joining.settle(entry).state == Entry.State.ONBOARDING
    profiling.decide_stamp(stamp=stamp, is_shown=True, by=entry.user)
    assert list(Entry.objects.visible()) == [entry]
    profiling.decide_stamp(stamp=stamp, is_shown=False, by=entry.user)
    assert not Entry.objects.visible().exists()
