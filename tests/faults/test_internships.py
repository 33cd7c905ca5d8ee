"""`./dev faults internships` in small: twenty callers, and the control that has to fail."""

import pytest

from faults import _internships

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS, SEATS = 20, 3


def test_as_many_as_there_are_seats_and_one_for_a_day():
    assert _internships.race_for_seats(CALLERS, SEATS).breaches == []
    assert _internships.race_for_a_day(CALLERS).breaches == []


def test_without_the_guards_there_are_more():
    """Negative control: what refuses the others are the guards, and a breach would be seen."""
    with _internships.guards_removed():
        assert _internships.race_for_seats(CALLERS, SEATS).breaches
        assert _internships.race_for_a_day(CALLERS).breaches
