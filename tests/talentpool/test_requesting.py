"""A company reads and asks: each look is noted, each day has an end, and a no is a no."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import AuditEntry
from kit import clock
from kit.models import OutboxMail
from providers.fairness import doubtful_words
from talentpool.actions import requesting
from talentpool.models import ContactRequest, Exclusion, OpeningLimit, ProfileView
from talentpool.models.contact import MOST_ASKED, MOST_OPENED
from tests.make import make_user
from tests.talentpool.make import (
    make_contact_consent,
    make_document,
    make_entry,
    make_member,
    make_member_staff,
    make_pool,
    make_request,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return make_member(make_pool())


@pytest.fixture
def staff(member):
    return make_member_staff(member)


def askable(member, **fields):
    entry = make_entry(member.pool, **fields)
    make_contact_consent(entry)
    return entry


def ask(entry, member, staff, **fields):
    said = {"purpose": "interview", "message": "Kommen Sie vorbei.", **fields}
    return requesting.ask(entry=entry, member=member, by=staff, **said)


def opened(member, staff, number: int) -> None:
    for _number in range(number):
        ProfileView.objects.create(entry=make_entry(member.pool), member=member, user=staff, day=clock.today())


# ── Opening


def test_each_opening_is_noted_with_organisation_person_and_day(member, staff):
    entry = make_entry(member.pool)
    document = make_document(entry)
    requesting.open_profile(entry=entry, member=member, by=staff)
    requesting.open_profile(entry=entry, member=member, by=staff, document=document)
    found = ProfileView.objects.order_by("pk").values_list("entry", "member", "user", "day", "document")
    common = (entry.pk, member.pk, staff.pk, clock.today())
    assert list(found) == [(*common, None), (*common, document.pk)]


def test_after_forty_profiles_the_day_is_over(member, staff):
    opened(member, staff, MOST_OPENED - 1)
    fortieth, next_one = make_entry(member.pool), make_entry(member.pool)
    requesting.open_profile(entry=fortieth, member=member, by=staff)
    for _number in range(2):
        with pytest.raises(requesting.TooManyOpened):
            requesting.open_profile(entry=next_one, member=member, by=staff)
    assert OpeningLimit.objects.get().member == member  # one entry in the queue, not one per try
    requesting.open_profile(entry=fortieth, member=member, by=staff)  # what was open stays open
    requesting.open_profile(entry=next_one, member=member, by=make_member_staff(member))  # a colleague's own day


def test_tomorrow_is_a_new_day(member, staff, at):
    at("2026-05-12 23:30")
    opened(member, staff, MOST_OPENED)
    at("2026-05-13 00:10")
    requesting.open_profile(entry=make_entry(member.pool), member=member, by=staff)


@pytest.mark.parametrize("fields", [{"kind": "school"}, {"approved_at": None}])
def test_who_may_not_search_opens_nothing(fields):
    member = make_member(make_pool(), **fields)
    with pytest.raises(requesting.NotAllowed):
        requesting.open_profile(entry=make_entry(member.pool), member=member, by=make_member_staff(member))
    assert not ProfileView.objects.exists()


def test_a_stranger_does_not_read_for_a_company(member):
    with pytest.raises(requesting.NotAllowed):
        requesting.open_profile(entry=make_entry(member.pool), member=member, by=make_user("company"))


@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_not_get_past_the_limit(member, staff):
    opened(member, staff, MOST_OPENED - 2)
    entries = [make_entry(member.pool) for _number in range(6)]

    def try_to_open(entry):
        try:
            requesting.open_profile(entry=entry, member=member, by=staff)
        except requesting.TooManyOpened:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(try_to_open, entries)) == 2


def test_a_coordinator_closes_a_limit_once(member, coordinator):
    limit = OpeningLimit.objects.create(member=member, day=clock.today())
    for _number in range(2):
        requesting.close_limit(limit=limit, by=coordinator)
    assert not OpeningLimit.objects.open().exists()
    assert AuditEntry.objects.filter(verb="opening limit looked at").count() == 1


# ── Asking


def test_a_question_is_mailed_to_the_person(member, staff):
    entry = askable(member)
    request = ask(entry, member, staff)
    assert (request.state, request.asked_by) == (ContactRequest.State.ASKED, staff)
    assert OutboxMail.objects.get(template="talentpool/email/contact_request.txt").to == entry.user.email


@pytest.mark.parametrize("state", ["asked", "accepted", "declined"])
def test_nobody_is_asked_twice_by_the_same_company(member, staff, state):
    entry = askable(member)
    make_request(entry, member, state=state, answered_at=None if state == "asked" else clock.now())
    with pytest.raises(requesting.AlreadyAsked):
        ask(entry, member, staff)
    other = make_member(member.pool)
    ask(entry, other, make_member_staff(other))


def test_a_question_that_ran_out_may_be_asked_again(member, staff):
    entry = askable(member)
    make_request(entry, member, state="expired", answered_at=clock.now())
    assert ask(entry, member, staff).state == ContactRequest.State.ASKED


def test_who_does_not_want_to_be_asked_is_not_asked(member, staff):
    with pytest.raises(requesting.NotAskable):
        ask(make_entry(member.pool), member, staff)


def test_who_is_not_shown_is_not_asked(member, staff):
    entry = askable(member)
    Exclusion.objects.create(entry=entry, organization=member.organization)
    with pytest.raises(requesting.NotShown):
        ask(entry, member, staff)


def test_a_day_has_room_for_ten_questions(member, staff):
    for _number in range(MOST_ASKED):
        ask(askable(member), member, staff)
    with pytest.raises(requesting.TooManyAsked):
        ask(askable(member), member, staff)


def test_unanswered_questions_run_out_after_a_month(member, staff, at):
    at("2026-05-12 10:00")
    request = ask(askable(member), member, staff)
    at("2026-06-11 09:59")
    assert requesting.expire_requests() == 0
    at("2026-06-11 10:00")
    assert [requesting.expire_requests() for _number in range(2)] == [1, 0]
    request.refresh_from_db()
    assert (request.state, request.answered_at) == (ContactRequest.State.EXPIRED, clock.now())


def test_what_came_of_it_is_said_after_a_yes_only(member, staff):
    accepted = make_request(make_entry(member.pool), member, state="accepted", answered_at=clock.now())
    requesting.record_outcome(request=accepted, outcome="hired", by=staff)
    accepted.refresh_from_db()
    assert accepted.outcome == ContactRequest.Outcome.HIRED
    with pytest.raises(ValueError, match="did not take place"):
        requesting.record_outcome(request=make_request(make_entry(member.pool), member), outcome="hired", by=staff)
    with pytest.raises(requesting.NotAllowed):
        requesting.record_outcome(request=accepted, outcome="nothing", by=make_user("company"))


def test_what_is_old_is_forgotten(member, staff):
    entry, now = make_entry(member.pool), clock.now()
    for days in (179, 181):
        make_request(
            entry, member, state="declined", asked_at=now - timedelta(days=200), answered_at=now - timedelta(days=days)
        )
    for days in (364, 366):
        ProfileView.objects.create(entry=entry, member=member, day=clock.today() - timedelta(days=days))
    assert [requesting.forget_old() for _number in range(2)] == [2, 0]


# ── Words to look at again


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("Wir suchen eine junge, belastbare Verstärkung.", ["junge"]),
        ("Nur deutsche Muttersprachler ohne Behinderung", ["Muttersprachler", "Behinderung"]),
        ("Sind Sie schwanger oder planen Sie Elternzeit?", ["schwanger", "Elternzeit"]),
        ("Bitte mit Angabe der Konfession.", ["Konfession"]),
        ("Sehr geehrte Frau Muster, kommen Sie vorbei. Fragen beantwortet Ihnen gern Frau Beispiel.", ["Frau"]),
        ("Guten Tag, melden Sie sich bei Frau Muster.", []),
        ("Wir bilden in der Altenpflege aus und haben in der Halle zwei Maschinen.", []),
        ("Der Inhalt der Ausbildung steht auf unserer Seite.", []),
    ],
)
def test_words_that_must_not_matter_are_found(message, found):
    assert doubtful_words(message) == found
