"""Behind the links of the mails: looking changes nothing, nor does a button without a choice; answers count once."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from kit import clock, tokens
from talentpool.actions import erasing
from talentpool.actions.answering import answer
from talentpool.actions.leaving import leave
from talentpool.models import CHECK_IN, ENTRY, CheckIn, Entry, LeaveReason, Outcome
from talentpool.models.choices import Whereabouts
from tests.talentpool.make import make_check_in, make_entry

pytestmark = pytest.mark.django_db
GONE = "Ihr Profil ist gelöscht oder der Link gilt nicht mehr"


@pytest.fixture
def entry(days):
    entry = make_entry()
    days(90)
    return entry


@pytest.fixture
def asked(entry):
    return make_check_in(entry, accepted_at=clock.now())


def link(check_in: CheckIn, name: str = "check_in") -> str:
    return reverse(f"pool_links:{name}", args=[tokens.make_for(CHECK_IN, check_in)])


def way_to_stay(entry: Entry) -> str:
    return reverse("pool_links:stay", args=[tokens.make_for(ENTRY, entry)])


def heading(response) -> str:
    return re.search("<h1>(.*?)</h1>", response.content.decode())[1]


def say(client, check_in: CheckIn, choice: str, name: str = "check_in", field: str = "answer"):
    return client.post(link(check_in, name), {field: choice}, follow=True)


def test_the_page_shows_what_is_stored_and_chooses_nothing(client, asked):
    response = client.get(link(asked))
    page = response.content.decode()
    assert heading(response) == "Suchen Sie noch?"
    assert asked.entry.user.full_name in page
    assert page.count('type="radio"') == 3
    assert " checked" not in page
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow")
    # With "no-referrer" browsers send "Origin: null" with a form, which Django refuses: no answer would ever arrive
    assert response["Referrer-Policy"] == "same-origin"
    assert 'rel="canonical"' not in page


def test_still_looking(client, asked):
    response = say(client, asked, "looking")
    assert heading(response) == "Vielen Dank. Sie bleiben im Talentpool."
    asked.refresh_from_db()
    entry = asked.entry
    entry.refresh_from_db()
    assert (asked.answer, asked.closed_at, entry.confirmed_at, entry.cycle) == ("looking", clock.now(), clock.now(), 2)


def test_the_same_answer_again_shows_the_same_page(client, asked, days):
    first = say(client, asked, "looking")
    days(3)
    again = say(client, asked, "looking")
    assert heading(again) == heading(first)
    assert Entry.objects.get().confirmed_at == clock.now() - timedelta(days=3)


def test_after_the_first_answer_another_one_changes_nothing(client, asked):
    say(client, asked, "looking")
    response = say(client, asked, "found")
    assert heading(response) == "Vielen Dank. Sie bleiben im Talentpool."
    assert Entry.objects.get().left_at is None


def test_both_links_are_good_until_one_is_answered(client, entry):
    first, second = (make_check_in(entry, number, accepted_at=clock.now()) for number in (1, 2))
    assert heading(client.get(link(first))) == heading(client.get(link(second))) == "Suchen Sie noch?"
    say(client, second, "looking")
    assert heading(client.get(link(first))) == "Vielen Dank. Sie bleiben im Talentpool."


def test_found_hides_at_once_and_asks_two_voluntary_questions(client, asked):
    response = say(client, asked, "found")
    assert heading(response) == "Herzlichen Glückwunsch!"
    assert not Entry.objects.visible().exists()
    assert Entry.objects.get().leave_reason == LeaveReason.HIRED
    answers = {"through_pool": "ja", "whereabouts": "stayed"}
    response = client.post(link(asked, "check_in_found"), answers, follow=True)
    assert "Ihre Antworten zählen" in response.content.decode()
    entry = Entry.objects.get()
    assert (entry.through_pool, entry.whereabouts) == (True, Whereabouts.STAYED)


def test_what_was_told_becomes_a_number(client, asked, days):
    say(client, asked, "found")
    client.post(link(asked, "check_in_found"), {"through_pool": "nein"})
    days(7)
    erasing.erase_due()
    outcome = Outcome.objects.get()
    assert (outcome.reason, outcome.through_pool, outcome.region) == ("hired", False, "unknown")


def test_only_who_has_found_something_tells(client, asked):
    client.post(link(asked, "check_in_found"), {"through_pool": "ja"})
    say(client, asked, "looking")
    client.post(link(asked, "check_in_found"), {"through_pool": "ja"})
    assert Entry.objects.get().through_pool is None


def test_erasing_needs_a_second_page(client, asked):
    response = say(client, asked, "erase")
    assert heading(response) == "Ihr Profil löschen?"
    assert Entry.objects.get().left_at is None
    response = say(client, asked, "nein", "check_in_erase", "sure")
    assert heading(response) == "Suchen Sie noch?"
    response = say(client, asked, "ja", "check_in_erase", "sure")
    assert heading(response) == "Ihr Profil ist ausgeblendet"
    assert Entry.objects.get().leave_reason == LeaveReason.WITHDRAWN
    asked.refresh_from_db()
    assert asked.answer == CheckIn.Answer.ERASE
    assert heading(say(client, asked, "ja", "check_in_erase", "sure")) == "Ihr Profil ist ausgeblendet"


@pytest.mark.parametrize("name", ["check_in", "check_in_erase"])
@pytest.mark.parametrize(
    "data", [{}, {"answer": ""}, {"answer": "on", "sure": "on"}, {"answer": ["x", "y"], "sure": "x"}]
)
def test_a_button_without_a_choice_changes_nothing(client, asked, name, data):
    before = Entry.objects.values().get()
    response = client.post(link(asked, name), data)
    assert response.status_code == 400
    assert "Bitte wählen Sie eine der Antworten." in response.content.decode()
    assert Entry.objects.values().get() == before
    assert CheckIn.objects.get().closed_at is None


def test_a_hidden_person_can_stay(client, asked):
    leave(entry=asked.entry, reason=LeaveReason.NO_ANSWER, by=asked.entry.user)
    response = client.get(link(asked))  # the link of the question still helps
    assert way_to_stay(asked.entry) in response.content.decode()
    response = client.get(way_to_stay(asked.entry))
    assert heading(response) == "Möchten Sie bleiben?"
    assert Entry.objects.get().left_at
    assert client.post(way_to_stay(asked.entry), {}).status_code == 400
    client.post(way_to_stay(asked.entry), {"stay": "nein"})
    assert Entry.objects.get().left_at
    for _number in range(2):
        response = client.post(way_to_stay(asked.entry), {"stay": "ja"}, follow=True)
        assert heading(response) == "Sie bleiben im Talentpool"
    entry = Entry.objects.get()
    assert (entry.left_at, entry.cycle) == (None, 2)


def test_gone_unknown_and_forged_look_the_same(client, asked):
    known = link(asked)
    unknown = reverse("pool_links:check_in", args=["bm90aGluZw.abc"])
    wrong_purpose = reverse("pool_links:check_in", args=[tokens.make_for(ENTRY, asked.entry)])
    asked.entry.delete()
    bodies = set()
    for address in (known, unknown, wrong_purpose, unknown.replace("noch-auf-der-suche", "bleiben")):
        for response in (client.get(address), client.post(address, {"answer": "looking"})):
            assert (response.status_code, heading(response)) == (404, GONE)
            bodies.add(re.sub(r"/t/[^/]+/[a-z-]+/", "", response.content.decode()))
    assert len(bodies) == 1


def test_an_answer_after_the_purge_meets_the_same_page(client, asked):
    """The entry goes between opening the page and pressing the button."""
    client.get(link(asked))
    asked.entry.delete()
    assert heading(client.post(link(asked), {"answer": "looking"})) == GONE


def test_answering_twice_in_code_keeps_the_first(asked):
    user = asked.entry.user
    answer(check_in=asked, answer=CheckIn.Answer.LOOKING, by=user)
    assert answer(check_in=asked, answer=CheckIn.Answer.ERASE, by=user).answer == "looking"
    assert Entry.objects.get().left_at is None
