"""What the law allows, case by case."""

from datetime import date, time, timedelta

import pytest

from internships import rules

MONDAY = date(2026, 5, 18)
FINE = {"age": 15, "starts": time(8), "ends": time(16), "pause_minutes": 60, "days": (MONDAY,)}


def found(**changes) -> list[str]:
    return [field for field, _sentence in rules.faults(rules.Work(**{**FINE, **changes}))]


def test_an_ordinary_day_is_allowed():
    assert found() == []
    assert found(age=14, ends=time(15, 30)) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"age": 14, "ends": time(16, 1)}, "ends"),  # 7 hours below 15
        ({"age": 17, "ends": time(17, 1)}, "ends"),  # 8 hours below 18
        ({"pause_minutes": 59}, "pause_minutes"),  # more than 6 hours
        ({"ends": time(13), "pause_minutes": 29}, "pause_minutes"),  # more than 4.5
        ({"starts": time(5), "ends": time(11), "pause_minutes": 30}, "starts"),
        ({"starts": time(14), "ends": time(20, 30)}, "ends"),
        ({"age": 14, "is_voluntary": True, "ends": time(12)}, "min_age"),
        ({"days": (MONDAY + timedelta(days=5),)}, "weekend_ground"),
        ({"days": (MONDAY + timedelta(days=6),), "weekend_ground": "bakery"}, "weekend_ground"),
        ({"days": tuple(MONDAY + timedelta(days=day) for day in range(6)), "weekend_ground": "shop"}, "weekend_ground"),
    ],
)
def test_what_is_not_allowed(changes, field):
    assert found(**changes) == [field]


def test_exact_limits_are_allowed():
    assert found(age=14, ends=time(16)) == []
    assert found(age=17, ends=time(17)) == []
    assert found(ends=time(12, 30), pause_minutes=0) == []
    assert found(ends=time(14, 30), pause_minutes=30) == []


def test_exceptions_of_the_industries():
    saturday, sunday = MONDAY + timedelta(days=5), MONDAY + timedelta(days=6)
    assert found(days=(saturday,), weekend_ground="bakery") == []
    assert found(days=(sunday,), weekend_ground="care") == []
    assert found(age=16, starts=time(5), ends=time(11), pause_minutes=30, weekend_ground="bakery") == []
    assert found(age=16, starts=time(14), ends=time(22), weekend_ground="restaurant") == []
    assert found(age=15, starts=time(14), ends=time(22), weekend_ground="restaurant") == ["ends"]


def test_adults_may_work_as_adults_do():
    assert found(age=18, starts=time(5), ends=time(22), pause_minutes=30, days=(MONDAY + timedelta(days=6),)) == []


def test_who_may_come():
    assert rules.admits(14, youngest=[14], is_voluntary=False)
    assert not rules.admits(14, youngest=[14], is_voluntary=True)
    assert not rules.admits(15, youngest=[14, 16], is_voluntary=False)
