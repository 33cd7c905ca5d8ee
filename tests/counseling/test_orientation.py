"""“I do not know yet” ends in at least one next step, whatever is answered, and keeps nothing."""

from itertools import product

import pytest
from django.contrib.sessions.models import Session
from django.http import QueryDict

from counseling import orientation
from counseling.orientation import QUESTIONS
from courses import filters
from courses.search import index
from tests.make import make_region, make_run, make_topic

ADDRESS = "/beratung/orientierung/"
ALL = list(product(*(question.answers for question in QUESTIONS)))


def answers(*values: str) -> dict[str, str]:
    return dict(zip([question.key for question in QUESTIONS], values, strict=False))


def test_each_answer_is_read_and_what_is_made_up_is_asked_again():
    given = orientation.given(answers("deutsch", "ohne", "nie"))
    assert list(given) == ["wunsch", "lage"]
    assert orientation.next_question(given).key == "zeit"


def test_an_answer_without_the_one_before_does_not_count():
    assert orientation.given({"lage": "ohne"}) == {}


@pytest.mark.django_db
def test_every_key_and_value_is_understood_by_the_catalogue():
    for slug in {value for q in QUESTIONS for a in q.answers for key, value in a.courses if key == "thema"}:
        make_topic(slug, slug=slug)
    for question in QUESTIONS:
        for answer in question.answers:
            query = QueryDict(orientation.course_query({question.key: answer}))
            asked = filters.read(query)
            assert not asked.errors, answer.value
            assert sum(len(values) for values in asked.query.chosen.values()) == len(answer.courses), answer.value


def test_wishes_are_dropped_one_after_the_other():
    given = orientation.given(answers("deutsch", "rente", "abends", "schauen"))
    assert orientation.wider_queries(given) == [
        "thema=deutsch-lernen&kosten=frei&wann=abends", "thema=deutsch-lernen&kosten=frei", "thema=deutsch-lernen"
    ]  # fmt: skip


@pytest.mark.django_db
def test_all_ways_end_in_a_next_step_that_is_there(client, monkeypatch):
    """All 840 of them; the addresses are opened once each."""
    make_region()
    found = set()
    for way in ALL:
        response = client.get(ADDRESS, answers(*(answer.value for answer in way)))
        steps = response.context["steps"]
        assert len(steps) == 3
        assert steps[0].address == {"reden": "/beratung/", "anruf": "/beratung/rueckruf/"}.get(
            way[3].value, steps[0].address
        )
        found |= {step.address for step in steps}
    assert {client.get(address).status_code for address in found} == {200}


@pytest.mark.django_db
def test_the_narrowest_question_that_finds_something_is_offered(client):
    make_region()
    make_run(make_run().course)  # of no topic
    course = make_run(price_kind="free").course
    course.topic = make_topic("Deutsch lernen", slug="deutsch-lernen")
    course.save()
    index.refresh()
    way = answers("deutsch", "rente", "wochenende", "schauen")
    step = client.get(ADDRESS, way).context["steps"][0]
    assert step.address == "/kurse/?thema=deutsch-lernen&kosten=frei"


@pytest.mark.django_db
def test_nothing_is_kept(client):
    make_region()
    response = client.get(ADDRESS, answers("arbeit"))
    assert not response.cookies
    assert not Session.objects.exists()
    assert 'name="lage"' in response.content.decode()


@pytest.mark.django_db
def test_going_on_without_an_answer_says_so(client):
    make_region()
    page = client.get(ADDRESS, {"wunsch": ""}).content.decode()
    assert 'role="alert"' in page


@pytest.mark.django_db
def test_back_leads_to_the_question_before(client):
    make_region()
    assert client.get(ADDRESS, answers("arbeit", "ohne")).context["back"] == "?wunsch=arbeit"
    assert client.get(ADDRESS, answers("arbeit")).context["back"] == ADDRESS
    assert client.get(ADDRESS).context["back"] == ""
