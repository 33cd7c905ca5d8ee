"""Numbers for members and municipalities: true, late, and never about one person."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentpool import numbers
from talentpool.models import Member, Outcome
from tests.talentpool.make import make_entry, make_invitation, make_member, make_pool, make_request

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("count", "said"), [(0, "0"), (1, "unter 5"), (4, "unter 5"), (5, "5"), (120, "120")])
def test_small_numbers_of_people_are_not_told(count, said):
    assert numbers.told(count) == said


def ended(member: Member, day: str, *states: str) -> None:
    at = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)
    for state in states:
        make_invitation(member, state=state, created_at=at, ended_at=at)


def told(member: Member, day: str) -> tuple[int, int]:
    found = numbers.recommended_by(member, date.fromisoformat(day))
    return found.ended, found.joined


def test_a_number_waits_for_five_and_for_the_first_of_the_month():
    member = make_member()
    ended(member, "2026-03-03", "accepted", "accepted", "expired", "declined")
    assert told(member, "2026-04-02") == (0, 0)
    ended(member, "2026-04-03", "added")
    assert told(member, "2026-04-30") == (0, 0)
    assert told(member, "2026-05-01") == (5, 3)


def test_a_number_that_would_tell_everything_waits_for_more():
    member = make_member()
    ended(member, "2026-03-03", *["accepted"] * 6)
    assert told(member, "2026-05-01") == (0, 0)
    ended(member, "2026-05-03", "declined")
    assert told(member, "2026-06-01") == (7, 6)


def test_open_recommendations_are_counted_as_sent_only():
    member = make_member()
    make_invitation(member)
    assert numbers.recommended_by(member) == numbers.Recommended(1, 0, 0)


class Answers:
    """Stands in for a member: months with (ended, joined)."""

    def __init__(self, months):
        self.months = months

    def rows(self):
        for index, (count, joined) in enumerate(self.months):
            yield date(2026 + index // 12, index % 12 + 1, 1), {"ended": count, "joined": joined}


MONTHS = st.lists(
    st.integers(0, 8).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, count))), min_size=1, max_size=24
)


@given(MONTHS)
def test_no_two_months_tell_what_one_person_has_answered(months):
    """Whatever somebody remembers of an earlier month: the difference is of at least five, and of both kinds."""
    answers = Answers(months)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbers, "_by_month", lambda member: answers.rows())
        member = type("Nobody", (), {"invitations": type("None_", (), {"count": lambda self: 0})()})()
        seen = [
            numbers.recommended_by(member, date(2026 + index // 12, index % 12 + 1, 1))
            for index in range(len(months) + 1)
        ]
    for before, after in pairwise(seen):
        more, joined = after.ended - before.ended, after.joined - before.joined
        assert more == joined == 0 or (more >= numbers.LEAST and 0 < joined < more)


def test_a_municipality_sees_its_own_members_numbers():
    pool = make_pool()
    member = make_member(pool)
    for _number in range(5):
        make_request(make_entry(pool), member)
    found = {number.label: number.value for number in numbers.of_operator(pool.operators.get())}
    assert (found["Kontaktanfragen"], found["davon angenommen"]) == ("5", "0")
    assert numbers.of_pool(pool)[0].value == "5"


def test_outcomes_stand_by_quarter_without_totals():
    pool = make_pool()
    for month, region, count in [(4, "stayed", 6), (5, "left", 2), (7, "stayed", 5)]:
        for _number in range(count):
            Outcome.objects.create(pool=pool, month=date(2026, month, 1), reason="hired", region=region)
    assert numbers.outcomes_by_quarter(pool) == [
        (date(2026, 7, 1), ["5", "0", "0"]),
        (date(2026, 4, 1), ["6", "unter 5", "0"]),
    ]
