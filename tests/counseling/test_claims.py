"""Two talks never share a counsellor or a room; two pauses may share their minutes. PostgreSQL decides."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from counseling.actions.claiming import Taken, claim, release
from counseling.models import Claim
from tests.counseling.make import berlin, make_counsellor, make_room

pytestmark = pytest.mark.django_db
TEN = timedelta(minutes=10)


@transaction.atomic  # as whoever claims has one, which a refusal ends
def take(begin: str, end: str, *, use=None, before=0, after=0, **holder):
    use = use or uuid4()
    claim(
        use=use, starts_at=berlin(f"2026-05-12 {begin}"), ends_at=berlin(f"2026-05-12 {end}"),
        before=timedelta(minutes=before), after=timedelta(minutes=after), **holder,
    )  # fmt: skip
    return use


@pytest.fixture(params=["counsellor", "room"])
def holder(request):
    return {"counsellor": make_counsellor()} if request.param == "counsellor" else {"room": make_room()}


@pytest.mark.parametrize(
    ("begin", "end"), [("10:00", "10:45"), ("10:30", "11:15"), ("9:00", "12:00"), ("10:10", "10:20")]
)
def test_an_overlap_is_refused(holder, begin, end):
    take("10:00", "10:45", **holder)
    with pytest.raises(Taken):
        take(begin.zfill(5), end, **holder)
    assert Claim.objects.count() == 2


def test_one_talk_may_begin_when_another_ends(holder):
    take("10:00", "10:45", **holder)
    take("10:45", "11:30", **holder)
    take("09:15", "10:00", **holder)
    assert Claim.objects.count() == 6


def test_others_have_time(holder):
    take("10:00", "10:45", **holder)
    take("10:00", "10:45", counsellor=make_counsellor())


def test_a_talk_keeps_out_of_the_pause_of_another(holder):
    take("10:00", "10:45", after=10, **holder)
    with pytest.raises(Taken):
        take("10:50", "11:35", **holder)
    take("10:55", "11:40", **holder)


def test_a_pause_keeps_out_of_the_talk_of_another(holder):
    take("10:00", "10:45", **holder)
    with pytest.raises(Taken):
        take("10:50", "11:35", before=10, **holder)


def test_two_pauses_may_share_their_minutes(holder):
    take("10:00", "10:45", after=10, **holder)
    take("10:55", "11:40", before=10, **holder)


def test_moving_within_the_own_time_is_no_clash_with_oneself(holder):
    use = take("10:00", "10:45", before=5, after=15, **holder)
    take("10:30", "11:15", use=use, before=5, after=15, **holder)
    assert Claim.objects.filter(use=use).count() == 2


def test_a_move_that_fails_keeps_the_old_time(holder):
    use = take("10:00", "10:45", **holder)
    take("11:00", "11:45", **holder)
    with pytest.raises(Taken):
        take("11:15", "12:00", use=use, **holder)
    assert Claim.objects.get(use=use, kind="core").during.lower == berlin("2026-05-12 10:00")


def test_counsellor_and_room_are_taken_together_or_not_at_all():
    counsellor, room = make_counsellor(), make_room()
    take("10:00", "10:45", room=room)
    with pytest.raises(Taken):
        take("10:00", "10:45", counsellor=counsellor, room=room)
    take("10:00", "10:45", counsellor=counsellor)


def test_released_time_is_free(holder):
    release(use=take("10:00", "10:45", **holder))
    take("10:00", "10:45", **holder)


def test_without_the_constraint_two_talks_would_share_a_time(holder):
    """Negative control: it is the database that refuses, nobody else."""
    take("10:00", "10:45", **holder)
    name = "counsellor" if "counsellor" in holder else "room"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for rule in ("talks_once", "pauses_kept"):
            cursor.execute(f"ALTER TABLE counseling_claim DROP CONSTRAINT claim_{name}_{rule}")
    take("10:00", "10:45", **holder)
    assert Claim.objects.filter(kind="core").count() == 2
