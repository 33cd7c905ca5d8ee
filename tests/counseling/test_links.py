"""Pages behind links: GET changes nothing, a wrong link opens nothing, nobody sees more than is theirs."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from counseling.actions import booking
from counseling.emails import guidance as emails
from counseling.models import Appointment, Referral
from courses.models import Course
from courses.search import index
from kit import clock, outbox, tokens
from kit.models import OutboxMail
from tests.counseling.guidance import make_ill, make_past_talk, make_record, make_referral, make_shortlist
from tests.counseling.make import berlin, make_center, make_counsellor, make_service
from tests.make import make_region, make_run

pytestmark = pytest.mark.django_db
State = Referral.State


@pytest.fixture(autouse=True)
def _now(frozen):
    make_region()


def link(name: str, purpose: str, obj) -> str:
    return reverse(f"counseling_links:{name}", kwargs={"token": tokens.make_for(purpose, obj)})


# ── The counsellor is ill


@pytest.fixture
def house():
    return make_center()


@pytest.fixture
def hit(house):
    """Booked in person with somebody who is ill on that day."""
    service = make_service()
    sick = make_counsellor(service, house)
    talk = booking.book_for_caller(
        service=service, subject=service.subjects.get(), counsellor=sick, starts_at=berlin("2026-05-19 10:00"),
        mode="in_person", language="de", by=sick.user, name="Noa Beispiel", email="noa@example.org",
    )  # fmt: skip
    make_ill(sick, date(2026, 5, 19))
    return talk


def illness(talk) -> str:
    return link("illness", "appointment", talk)


def choices(client, talk) -> list[str]:
    return [value for value, _label in client.get(illness(talk)).context["form"].fields["choice"].choices]


def test_only_what_is_possible_is_offered(client, hit, house):
    assert choices(client, hit) == ["zeit"]
    far = make_counsellor(hit.service)
    assert choices(client, hit) == ["phone", "zeit"]
    far.delete()
    make_counsellor(hit.service, house)
    assert choices(client, hit) == ["in_person", "phone", "zeit"]


def test_looking_changes_nothing_and_nothing_is_chosen(client, hit, house):
    make_counsellor(hit.service, house)
    page = client.get(illness(hit)).content.decode()
    assert "checked" not in page
    hit.refresh_from_db()
    assert (hit.state, hit.sequence) == ("confirmed", 0)


def test_a_colleague_takes_over_by_the_clients_choice(client, hit, house):
    colleague = make_counsellor(hit.service, house)
    response = client.post(illness(hit), {"choice": "in_person"}, follow=True)
    hit.refresh_from_db()
    assert (hit.counsellor, hit.sequence) == (colleague, 1)
    assert "Ihr Gespräch findet statt" in response.content.decode()


def test_another_time_leads_to_the_calendar(client, hit):
    response = client.post(illness(hit), {"choice": "zeit"})
    assert response["Location"] == link("move", "appointment", hit)


def test_without_a_choice_the_page_asks_again(client, hit):
    assert "Bitte wählen Sie eines" in client.post(illness(hit), {"choice": ""}).content.decode()


def test_what_was_offered_and_is_gone_is_explained(client, hit, house, monkeypatch):
    colleague = make_counsellor(hit.service, house)
    monkeypatch.setattr("counseling.views.links.ways_out", lambda appointment: [("in_person", "x"), ("zeit", "y")])
    colleague.weekly_hours.all().delete()
    assert "nicht mehr frei" in client.post(illness(hit), {"choice": "in_person"}).content.decode()


def test_a_settled_talk_has_nothing_to_decide(client):
    talk = make_past_talk(state=Appointment.State.CANCELLED_CLIENT)
    assert "nichts mehr zu entscheiden" in client.get(illness(talk)).content.decode()


def test_the_page_of_the_talk_says_that_nobody_is_there(client, hit):
    page = client.get(link("appointment", "appointment", hit)).content.decode()
    assert illness(hit) in page


def test_the_mail_leads_there(hit):
    message = outbox.written(emails.counsellor_ill(hit))
    assert illness(hit) in message.body
    assert len(message.subject) <= 60


# ── What the client takes along


def test_the_copy_shows_codes_courses_and_no_data_after_the_erasure(client):
    talk = make_past_talk(state=Appointment.State.COMPLETED)
    make_record(talk, result="course")
    make_shortlist(talk.counsellor, appointment=talk, courses=1, greeting="Viel Erfolg!")
    page = client.get(link("copy", "appointment", talk)).content.decode()
    for words in ("Kurs gewählt", "Viel Erfolg!", talk.number):
        assert words in page
    talk.erased_at = clock.now()
    talk.save()
    assert client.get(link("copy", "appointment", talk)).status_code == 404


def test_before_the_talk_there_is_no_copy(client, hit):
    assert client.get(link("copy", "appointment", hit)).status_code == 404


def test_a_list_shows_its_courses_and_what_is_gone_as_gone(client):
    shortlist = make_shortlist(courses=2, greeting="Für Sie")
    index.refresh()
    gone = shortlist.items.last().course
    Course.objects.filter(pk=gone.pk).update(withdrawn_at=clock.now(), title="Nicht mehr da")
    page = client.get(link("shortlist", "shortlist", shortlist)).content.decode()
    for words in ("Für Sie", shortlist.items.first().course.title, "Nicht mehr da", "nicht mehr angeboten"):
        assert words in page
    assert gone.get_absolute_url() not in page


def test_a_list_ends(client, at):
    shortlist = make_shortlist(courses=1)
    address = link("shortlist", "shortlist", shortlist)
    at("2026-07-12 10:00")
    response = client.get(address)
    assert response.status_code == 410
    assert shortlist.items.get().course.title not in response.content.decode()


@pytest.mark.parametrize("name", ["Vorher", "Nachher"])
def test_lists_cost_the_same_for_one_and_three(client, name, django_assert_max_num_queries):
    found = []
    for count in (1, 3):
        shortlist = make_shortlist(courses=count)
        for run in (make_run(item.course) for item in shortlist.items.all()):
            assert run
        index.refresh()
        client.get(link("shortlist", "shortlist", shortlist))
        with django_assert_max_num_queries(100) as captured:
            client.get(link("shortlist", "shortlist", shortlist))
        found.append(len(captured))
    assert found[0] == found[1]


# ── Referral


def consent(referral) -> str:
    return link("referral", "referral_consent", referral)


def answer(referral) -> str:
    return link("referral_answer", "referral_answer", referral)


def test_the_client_sees_all_that_the_provider_would_get_and_nothing_is_chosen(client):
    referral = make_referral(make_past_talk(phone="03631 77"), message="Sucht vormittags")
    page = client.get(consent(referral)).content.decode()
    for words in (referral.appointment.name, referral.appointment.email, "03631 77", "Sucht vormittags"):
        assert words in page
    assert "checked" not in page
    referral.refresh_from_db()
    assert referral.state == State.SUGGESTED


def test_without_an_answer_nothing_leaves(client):
    referral = make_referral()
    for given in ("", "vielleicht"):
        response = client.post(consent(referral), {"answer": given})
        assert set(response.context["form"].errors) == {"answer"}
    assert not OutboxMail.objects.exists()


def test_yes_and_later_no(client):
    referral = make_referral()
    client.post(consent(referral), {"answer": "ja"})
    referral.refresh_from_db()
    assert referral.state == State.SENT
    client.post(consent(referral), {"answer": "nein"})
    referral.refresh_from_db()
    assert referral.state == State.WITHDRAWN


def test_the_link_of_the_client_is_not_that_of_the_provider(client):
    referral = make_referral(state=State.SENT)
    wrong = reverse("counseling_links:referral", kwargs={"token": tokens.make_for("referral_answer", referral)})
    assert client.get(wrong).status_code == 404
    assert client.get(answer(referral)).status_code == 200


def test_the_provider_answers_by_link(client):
    referral = make_referral(state=State.SENT)
    page = client.get(answer(referral)).content.decode()
    assert referral.appointment.name in page
    assert "checked" not in page
    client.post(answer(referral), {"answer": "enrolled"})
    referral.refresh_from_db()
    assert referral.state == State.ENROLLED
    assert "Danke" in client.get(answer(referral)).content.decode()


@pytest.mark.parametrize("change", ["withdrawn", "erased", "old", "suggested"])
def test_the_providers_link_shows_nobody_any_more(client, change):
    referral = make_referral(state=State.SENT)
    if change == "erased":
        Appointment.objects.update(erased_at=clock.now())
    elif change == "old":
        Referral.objects.update(sent_at=clock.now() - timedelta(days=91))
    else:
        Referral.objects.update(state=change)
    for response in (client.get(answer(referral)), client.post(answer(referral), {"answer": "enrolled"})):
        page = response.content.decode()
        assert referral.appointment.name not in page
        assert "beendet" in page
    assert not Referral.objects.filter(state=State.ENROLLED).exists()


@pytest.mark.parametrize("name", ["illness", "copy", "shortlist", "referral", "referral_answer"])
def test_a_made_up_link_opens_nothing(client, name):
    for token in ("x", "MQ.abc", "💥"):
        assert client.get(reverse(f"counseling_links:{name}", kwargs={"token": token})).status_code == 404
