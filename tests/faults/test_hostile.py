"""The hunt for breaches sees them: its judgement, its questions, and real answers of the portal to one of each kind."""

from collections import Counter

import pytest
from django.urls import resolve
from django.utils import translation

from faults import hostile
from faults._hostile import KINDS, LISTS, PAGES, Case, cases
from faults._web import STATEMENT_SECONDS
from faults.hostile import HEALTH_SECONDS, Answer, breaches

CASE = Case("operators", b"/kurse/?q=%26")


def test_good_answers_are_no_breach():
    answers = [Answer(CASE, status, 0.1) for status in (200, 301, 400, 404, 414)]
    assert breaches(answers, [0.01, HEALTH_SECONDS]) == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(CASE, 500, 0.1), "500 for operators: /kurse/?q=%26"),
        (Answer(CASE, 503, 0.1), "503 for operators: /kurse/?q=%26"),
        (Answer(CASE, 0, 0.1), "no answer for operators: /kurse/?q=%26"),
        (Answer(CASE, 200, STATEMENT_SECONDS + 1), "3.0 s for operators: /kurse/?q=%26"),
    ],
    ids=["error", "timeout", "silence", "slow"],
)
def test_breach_is_told_with_its_query(answer, said):
    assert breaches([Answer(CASE, 200, 0.1), answer], [0.01]) == [said]


@pytest.mark.parametrize("health", [[], [0.01, HEALTH_SECONDS + 0.1], [float("inf")]], ids=["never", "slow", "away"])
def test_health_check_that_suffers_is_a_breach(health):
    assert len(breaches([Answer(CASE, 200, 0.1)], health)) == 1


def test_control_that_sees_nothing_ends_the_hunt(monkeypatch):
    monkeypatch.setattr(hostile, "attack", lambda queries, settings: ([Answer(CASE, 200, 0.1)], [0.01]))
    with pytest.raises(SystemExit, match="sees nothing"):
        hostile.control()


def test_queries_are_of_all_kinds_and_the_same_each_time():
    number = 10 * len(KINDS)
    assert Counter(case.kind for case in cases(number)) == dict.fromkeys(KINDS, 10)
    assert list(cases(number)) == list(cases(number))
    assert list(cases(number)) != list(cases(number, seed=8))


@pytest.mark.django_db
def test_portal_stands_a_few_of_each_kind(client):
    """The hunt itself takes minutes and a real server; this only shows that nothing breaks at once."""
    for case in cases(3 * len(KINDS)):
        path, _mark, query = case.target.partition(b"?")
        response = client.get(path.decode(), QUERY_STRING=query.decode())
        assert response.status_code < 500, case


@pytest.mark.parametrize("path", [*dict.fromkeys(LISTS), *PAGES])
def test_pages_that_are_attacked_exist(path):
    with translation.override("en" if path.startswith("/en/") else "de"):
        resolve(path)
