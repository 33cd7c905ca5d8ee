"""Asked, asked again, hidden, erased: each step at its time, none without the one before, none for lost time."""

from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.models import AuditEntry
from kit import clock, outbox, uptime
from kit.models import Heartbeat, OutboxMail
from talentpool import tasks
from talentpool.actions import cycle, erasing
from talentpool.actions.answering import answer
from talentpool.actions.confirming import confirm
from talentpool.actions.leaving import undo
from talentpool.models import CheckIn, Endorsement, Entry, LeaveReason, PurgeBrake
from taxonomy.models import Holiday
from tests.make import make_district, make_user
from tests.talentpool.make import make_endorsement, make_entry, make_pool

pytestmark = pytest.mark.django_db
LATER = 0.01  # days


def sweep() -> None:
    for each in tasks.SWEEPS:
        each()


def bounce(mail: OutboxMail) -> None:
    OutboxMail.objects.filter(pk=mail.pk).update(state=OutboxMail.State.BOUNCED)


def fresh(entry: Entry) -> Entry:
    return Entry.objects.get(pk=entry.pk)


@pytest.fixture
def entry(days):
    """Somebody who has just answered."""
    return make_entry()


@pytest.fixture
def asked_twice(entry, days, post):
    """Both questions are delivered, the second just now."""
    for wait in (90, 14):
        days(wait)
        sweep()
        post()
    return entry


# ── A round


def test_a_round_without_an_answer(entry, days, post):
    days(90 - LATER)
    sweep()
    assert not CheckIn.objects.exists()
    days(LATER)
    sweep()
    [first] = post()
    assert (first.subject, first.to) == ("Suchen Sie noch?", [entry.user.email])
    days(14 - LATER)
    sweep()
    assert CheckIn.objects.count() == 1
    days(LATER)
    sweep()
    [second] = post()
    assert second.subject == "Letzte Frage: Suchen Sie noch?"
    assert "Montag, 11. Mai 2026" in second.body  # hidden
    assert "Montag, 18. Mai 2026" in second.body  # erased
    assert list(Entry.objects.visible()) == [entry]
    days(14 - LATER)
    sweep()
    assert fresh(entry).left_at is None
    days(LATER)
    sweep()
    [notice] = post()
    assert notice.subject == "Ihr Profil ist ausgeblendet und wird gelöscht"
    assert fresh(entry).leave_reason == LeaveReason.NO_ANSWER
    days(7 - LATER)
    sweep()
    assert Entry.objects.exists()
    days(LATER)
    sweep()
    [last] = post()
    assert last.subject == "Ihr Profil ist gelöscht"
    assert not Entry.objects.exists()
    days(30)
    sweep()
    assert post() == []


@pytest.mark.parametrize("after", ["first", "second", "hidden"])
def test_an_answer_starts_anew_at_any_moment(entry, days, post, after):
    days(90)
    sweep()
    post()
    if after != "first":
        days(14)
        sweep()
        post()
    if after == "hidden":
        days(14)
        sweep()
        undo(entry=entry, by=entry.user)
    else:
        answer(check_in=CheckIn.objects.last(), answer=CheckIn.Answer.LOOKING, by=entry.user)
    assert list(Entry.objects.visible()) == [entry]
    days(89)
    sweep()
    assert CheckIn.objects.open().count() == 0
    assert fresh(entry).left_at is None
    days(2)  # the day after is a Sunday
    sweep()
    assert CheckIn.objects.open().get().cycle == 2


def test_a_paused_entry_is_asked_too(entry, days):
    Entry.objects.update(state=Entry.State.PAUSED)
    days(90)
    sweep()
    assert CheckIn.objects.count() == 1


def test_periods_are_those_of_the_pool(days, post):
    entry = make_entry(make_pool(ask_after=60, answer_within=28, undo_within=14))
    for wait in (60, 28, 28):
        days(wait - LATER)
        sweep()
        post()
        days(LATER)
        sweep()
        post()
    assert fresh(entry).left_at == clock.now()
    days(14 - LATER)
    sweep()
    assert Entry.objects.exists()


@pytest.mark.parametrize(
    ("moment", "asks"),
    [
        ("2026-04-20 08:59", False),
        ("2026-04-20 09:00", True),
        ("2026-04-20 16:59", True),
        ("2026-04-20 17:00", False),
        ("2026-04-18 12:00", True),  # Saturday
        ("2026-04-19 12:00", False),  # Sunday
        ("2026-03-30 09:00", False),  # too early, but the hour would do
    ],
)
def test_mails_come_by_day(at, entry, moment, asks):
    at(moment)
    assert bool(cycle.ask_first()) is asks


@pytest.mark.parametrize(
    ("land", "kind", "asks"), [("16", "public", False), ("16", "school", True), ("06", "public", True)]
)
def test_nobody_is_asked_on_a_public_holiday_of_the_region(at, entry, land, kind, asks):
    moment = at("2026-05-14 10:00")
    make_district("06001", in_region=False)
    Holiday.objects.create(land_id=land, kind=kind, name="x", first_day=moment.date(), last_day=moment.date())
    assert bool(cycle.ask_first()) is asks


# ── What does not count


def test_a_question_that_did_not_leave_does_not_count(entry, days, post):
    days(90)
    sweep()
    days(60)
    sweep()
    assert CheckIn.objects.count() == 1
    post()
    days(13)
    sweep()
    assert CheckIn.objects.count() == 1
    days(1)
    sweep()
    assert CheckIn.objects.count() == 2


def test_time_that_the_portal_was_away_does_not_count(entry, at, days, post):
    days(90)
    sweep()
    post()
    at(clock.now() + timedelta(days=21))
    uptime.tick()
    sweep()
    assert CheckIn.objects.count() == 1
    days(14)
    sweep()
    assert CheckIn.objects.count() == 2


def test_nobody_is_hidden_for_an_outage_even_before_it_is_noted(asked_twice, at):
    at(clock.now() + timedelta(days=40))
    sweep()  # without a tick
    assert fresh(asked_twice).left_at is None


def test_a_question_that_came_back_late_does_not_count(asked_twice, days):
    bounce(CheckIn.objects.first().mail)
    days(14)
    assert cycle.hide() == 0


def test_an_answer_since_the_first_question_counts_even_if_a_question_was_left_open(asked_twice, days):
    """A guard behind the guard: only the moment of the answer tells."""
    Entry.objects.update(confirmed_at=clock.now())
    days(14)
    assert cycle.hide() == 0


# ── The brake


def pool_of(number: int, days, post):
    pool = make_pool()
    for _number in range(number):
        make_entry(pool)
    for wait in (90, 14):
        days(wait)
        sweep()
        post()
    days(14)
    return pool


def test_more_than_usual_stops_and_asks(days, post):
    pool = pool_of(6, days, post)
    sweep()
    brake = PurgeBrake.objects.get()
    assert (brake.pool, brake.count, brake.of) == (pool, 6, 6)
    assert not Entry.objects.exclude(left_at=None).exists()
    days(1)
    sweep()
    assert PurgeBrake.objects.count() == 1
    assert not Entry.objects.exclude(left_at=None).exists()


def test_five_are_usual(days, post):
    pool_of(5, days, post)
    sweep()
    assert Entry.objects.exclude(left_at=None).count() == 5
    assert not PurgeBrake.objects.exists()


@pytest.mark.parametrize(
    ("count", "of", "unusual"), [(5, 10, False), (6, 10, True), (20, 1_000, False), (21, 1_000, True)]
)
def test_what_is_usual(count, of, unusual):
    assert cycle.is_unusual(count=count, of=of) is unusual


def test_the_brake_counts_a_day_together(days, post):
    """Three now and three in an hour are six."""
    pool = pool_of(6, days, post)
    late = list(Entry.objects.order_by("pk")[:3])
    CheckIn.objects.filter(entry__in=late, ordinal=2).update(counted_from=clock.now() - timedelta(days=14, hours=-1))
    sweep()
    assert Entry.objects.exclude(left_at=None).count() == 3
    days(1 / 24)
    sweep()
    assert Entry.objects.exclude(left_at=None).count() == 3
    assert PurgeBrake.objects.get(pool=pool).count == 6


def test_a_released_brake_hides(days, post, coordinator):
    pool_of(6, days, post)
    sweep()
    brake = cycle.decide_brake(brake=PurgeBrake.objects.get(), release=True, by=coordinator)
    assert (brake.is_released, brake.decided_by) == (True, coordinator.audit_label)
    assert Entry.objects.exclude(left_at=None).count() == 6
    assert "purge released" in AuditEntry.objects.values_list("verb", flat=True)
    sweep()
    assert PurgeBrake.objects.open().count() == 0


def test_a_refused_brake_asks_everybody_anew(days, post, coordinator):
    pool_of(6, days, post)
    sweep()
    cycle.decide_brake(brake=PurgeBrake.objects.get(), release=False, by=coordinator)
    sweep()
    assert not Entry.objects.exclude(left_at=None).exists()
    assert CheckIn.objects.open().filter(cycle=2, ordinal=1).count() == 6


def test_only_coordinators_decide(days, post):
    pool_of(6, days, post)
    sweep()
    with pytest.raises(cycle.NotAllowed):
        cycle.decide_brake(brake=PurgeBrake.objects.get(), release=True, by=make_user("editor"))


def test_a_brake_is_decided_once(days, post, coordinator):
    pool_of(6, days, post)
    sweep()
    brake = PurgeBrake.objects.get()
    cycle.decide_brake(brake=brake, release=False, by=coordinator)
    assert cycle.decide_brake(brake=brake, release=True, by=coordinator).is_released is False


# ── Addresses


def test_a_question_that_comes_back_hides_at_once(entry, days, post, mailoutbox):
    days(90)
    sweep()
    post()
    bounce(CheckIn.objects.get().mail)
    days(LATER)
    sweep()
    assert fresh(entry).unreachable_since == clock.now()
    assert not Entry.objects.visible().exists()
    organization = entry.endorsements.get().member.organization
    organization.email = "info@firma.example"
    organization.save()
    for wait in (30, 7):
        days(wait - LATER)
        sweep()
        assert Entry.objects.filter(pk=entry.pk).exists()
        days(LATER)
        sweep()
    assert not Entry.objects.exists()
    assert "Ihr Profil ist gelöscht" not in [mail.subject for mail in post()]


@pytest.fixture
def hidden(asked_twice, days, post):
    """Nobody answered; the mail that says so has left."""
    days(14)
    sweep()
    post()
    assert fresh(asked_twice).leave_reason == LeaveReason.NO_ANSWER
    return asked_twice


@pytest.mark.parametrize("ordinal", [1, 2])
def test_a_question_that_comes_back_after_all_takes_back_the_hiding(hidden, days, ordinal):
    """Nobody is erased who was not asked twice, however late the report is and whatever arrived since."""
    days(7 - LATER)
    outbox.forget_old()  # of the first question the address is forgotten by now
    bounce(hidden.check_ins.get(ordinal=ordinal).mail)
    sweep()
    entry = fresh(hidden)
    assert (entry.left_at, entry.leave_reason, entry.unreachable_since) == (None, "", clock.now())
    assert not Entry.objects.visible().exists()
    assert "entry unreachable" in AuditEntry.objects.values_list("verb", flat=True)
    days(30 - LATER)
    sweep()
    assert fresh(hidden).left_at is None
    days(LATER)
    sweep()
    assert fresh(hidden).leave_reason == LeaveReason.UNREACHABLE
    days(7)
    sweep()
    assert not Entry.objects.exists()


def test_whoever_was_taken_back_can_answer_the_question_that_arrived(hidden, days):
    first, second = hidden.check_ins.order_by("ordinal")
    bounce(first.mail)
    sweep()
    answer(check_in=second, answer=CheckIn.Answer.LOOKING, by=hidden.user)
    sweep()
    assert list(Entry.objects.visible()) == [hidden]


def test_a_notice_that_is_not_true_any_more_does_not_leave(asked_twice, days, post):
    days(14)
    sweep()
    bounce(asked_twice.check_ins.last().mail)
    sweep()
    assert "Ihr Profil ist ausgeblendet und wird gelöscht" not in [mail.subject for mail in post()]


def test_other_mails_that_come_back_after_the_hiding_change_nothing(hidden, days):
    bounce(OutboxMail.objects.get(template__endswith="hidden.txt"))
    sweep()
    assert fresh(hidden).left_at is not None


def test_a_lost_question_is_seen_though_a_later_mail_arrived(asked_twice, days):
    """Otherwise nobody would ask this person again, and nobody would erase the entry."""
    bounce(asked_twice.check_ins.first().mail)
    sweep()
    assert fresh(asked_twice).unreachable_since == clock.now()


def test_whoever_recommended_hears_that_an_address_is_wrong_and_not_whose(entry, days, post):
    organization = entry.endorsements.get().member.organization
    organization.email = "info@firma.example"
    organization.save()
    days(90)
    sweep()
    post()
    bounce(CheckIn.objects.get().mail)
    sweep()
    sweep()
    [notice] = post()
    assert notice.to == ["info@firma.example"]
    text = notice.subject + notice.body
    assert not any(word in text for word in (entry.user.full_name, entry.user.email, str(entry.pk)))


def test_other_mails_of_the_pool_tell_as_well(entry, days):
    days(1)
    refused = {"state": OutboxMail.State.FAILED, "smtp_reply": "550 no such user"}
    OutboxMail.objects.create(template="t", language="de", to=entry.user.email, purpose="talent pool", **refused)
    sweep()
    assert fresh(entry).unreachable_since


@pytest.mark.parametrize(
    "fields",
    [
        {"purpose": "account"},
        {"smtp_reply": "What this mail is about does not exist any more."},
        {"to": "somebody-else@example.org"},
        {"created_at": datetime(2026, 1, 1, tzinfo=clock.BERLIN)},  # before the last answer
    ],
)
def test_what_tells_nothing_about_the_address(entry, days, fields):
    days(1)
    base = {"to": entry.user.email, "purpose": "talent pool", "smtp_reply": "550 no", "state": "failed"}
    OutboxMail.objects.create(template="t", language="de", **{**base, **fields})
    sweep()
    assert fresh(entry).unreachable_since is None


def test_a_mail_that_arrives_and_stays_repairs_an_address(entry, days, post):
    days(90)
    sweep()
    post()
    bounce(CheckIn.objects.get().mail)
    days(LATER)
    sweep()
    days(LATER)
    outbox.send("accounts/email/login_code.txt", entry.user.email, {"code": "1"}, purpose="account")
    post()
    days(1 - LATER)
    sweep()
    assert fresh(entry).unreachable_since
    days(LATER)
    sweep()
    entry = fresh(entry)
    assert (entry.unreachable_since, entry.cycle) == (None, 2)
    assert CheckIn.objects.open().get().ordinal == 1  # both questions anew
    sweep()
    assert fresh(entry).unreachable_since is None


def test_an_answer_repairs_an_address(entry, days, post):
    days(90)
    sweep()
    post()
    bounce(CheckIn.objects.get().mail)
    days(LATER)
    sweep()
    confirm(entry=entry, by=entry.user)
    sweep()
    assert list(Entry.objects.visible()) == [entry]


# ── Stamps


def test_whoever_nobody_vouches_for_goes_after_a_month(entry, days, post):
    Endorsement.objects.update(state=Endorsement.State.HIDDEN)
    assert not Entry.objects.visible().exists()
    sweep()
    assert fresh(entry).orphaned_since == clock.now()
    days(30 - LATER)
    sweep()
    assert fresh(entry).left_at is None
    days(LATER)
    sweep()
    assert fresh(entry).leave_reason == LeaveReason.NO_STAMP
    assert [mail.subject for mail in post()] == ["Ihr Profil ist ausgeblendet und wird gelöscht"]
    undo(entry=entry, by=entry.user)
    sweep()
    assert fresh(entry).orphaned_since == clock.now()  # a month anew
    days(1)
    sweep()
    assert fresh(entry).left_at is None


def test_a_new_stamp_ends_the_orphanage(entry, days):
    Endorsement.objects.update(state=Endorsement.State.HIDDEN)
    sweep()
    make_endorsement(entry)
    sweep()
    assert fresh(entry).orphaned_since is None
    assert list(Entry.objects.visible()) == [entry]


# ── The person's own ways out


@pytest.mark.parametrize(
    ("reason", "wait"),
    [("withdrawn", 0.5), ("hired", 7), ("no_stamp", 7), ("unreachable", 7), ("unfinished", 0), ("guardian", 0)],
)
def test_how_long_one_can_think_it_over(entry, days, reason, wait):
    days(1)
    Entry.objects.update(left_at=clock.now(), leave_reason=reason)
    if wait:
        days(wait - LATER)
        assert erasing.erase_due() == 0
        days(LATER)
    assert erasing.erase_due() == 1


# ── Clock


def test_a_clock_that_runs_behind_stops_everything(asked_twice, days, at):
    days(14)
    at(clock.now() - timedelta(hours=2))
    assert tasks.sweep() == {}
    assert not Entry.objects.visible().exists()
    assert fresh(asked_twice).left_at is None


def test_a_clock_that_ran_ahead_costs_nobody_anything(asked_twice, days, at):
    right = clock.now()
    at(right + timedelta(days=400))
    tasks.sweep()
    tasks.sweep()
    assert fresh(asked_twice).left_at is None
    late = make_entry(asked_twice.pool)  # confirmed on a day that is not yet
    at(right + timedelta(hours=1))
    assert tasks.sweep() == {}
    cycle.repair_clock(by=asked_twice.user)
    assert tasks.sweep()["hide"] == 0
    assert fresh(late).held_since == clock.now()
    assert fresh(late).confirmed_at == right
    assert CheckIn.objects.filter(entry=late, ordinal=1).exists()  # asked at once
    days(14 - LATER)
    sweep()
    assert fresh(asked_twice).left_at is None
    days(LATER)
    sweep()
    assert fresh(asked_twice).left_at == clock.now()
    confirm(entry=late, by=late.user)
    assert list(Entry.objects.visible()) == [late]


def test_mails_written_by_a_wrong_clock_leave_after_the_repair(entry, days, at, post):
    right = days(90)
    at(right + timedelta(days=400))
    tasks.sweep()
    at(right + timedelta(hours=1))
    assert post() == []
    cycle.repair_clock(by=entry.user)
    assert len(post()) == 1


def test_control_without_the_mark_a_jump_would_hide(asked_twice, at):
    """Negative control: the test above sees what it claims to see."""
    Heartbeat.objects.all().delete()
    at(clock.now() + timedelta(days=400))
    sweep()
    assert fresh(asked_twice).left_at == clock.now()


def test_in_summer_and_winter_a_day_is_a_day(at):
    with time_machine.travel("2026-10-20 10:00+02:00", tick=False):
        span = uptime.served(clock.now(), clock.now() + timedelta(days=14))
    assert span == timedelta(days=14)
