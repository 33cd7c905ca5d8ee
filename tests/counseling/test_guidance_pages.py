"""Call-back, team, houses, and the lists of courses at the desk."""

import pytest
from django.urls import reverse

from counseling.models import Callback, Language
from counseling.templatetags.counseling import counselling_offer
from courses.search import index
from tests.counseling.guidance import (
    make_desk,
    make_past_talk,
    make_room_booking,
    make_shortlist,
    make_teaching_provider,
    make_wish,
)
from tests.counseling.make import make_center, make_counsellor, make_room, make_service, make_subject
from tests.make import make_course, make_organization, make_place, make_region, make_run, make_topic

pytestmark = pytest.mark.django_db
CALLBACK = "/beratung/rueckruf/"


@pytest.fixture(autouse=True)
def _region():
    make_region()


# ── Call-back


def test_name_and_number_are_enough(client):
    response = client.post(
        CALLBACK, {"name": "Kim Muster", "phone": "03631 12345", "language": "de", "audience": "person"}
    )
    assert response["Location"] == "/beratung/rueckruf/danke/"
    assert client.get(response["Location"]).status_code == 200
    assert Callback.objects.get().name == "Kim Muster"


@pytest.mark.parametrize(("phone", "words"), [("", "Bitte schreiben Sie Ihre Telefonnummer"), ("12", "zu kurz")])
def test_a_number_is_needed(client, phone, words):
    page = client.post(
        CALLBACK, {"name": "Kim", "phone": phone, "language": "de", "audience": "person"}
    ).content.decode()
    assert words in page
    assert "<title>Fehler" in page
    assert not Callback.objects.exists()


def test_too_many_wishes_of_one_number_are_one(client):
    given = {"name": "Kim Muster", "phone": "03631 12345", "language": "de", "audience": "person"}
    for _each in range(3):
        assert client.post(CALLBACK, given).status_code == 302
    assert Callback.objects.count() == 1


# ── Team and houses


def people(response) -> list:
    return list(response.context["page"])


def test_counsellors_are_found_by_subject_language_and_mode(client):
    service = make_service()
    first = make_counsellor(service, languages=["de", "ar"])
    second = make_counsellor(languages=["de"], modes=["phone"])
    make_counsellor(is_active=False)
    address = "/beratung/team/"
    assert people(client.get(address)) == [first, second]
    assert people(client.get(address, {"sprache": "ar"})) == [first]
    assert people(client.get(address, {"thema": service.subjects.get().pk})) == [first]
    assert people(client.get(address, {"art": "phone", "thema": second.subjects.get().pk})) == [second]
    assert "Niemand passt" in client.get(address, {"sprache": "tr"}).content.decode()


@pytest.mark.parametrize("query", [{"thema": "x"}, {"sprache": "xx"}, {"thema": "9" * 30}])
def test_rubbish_filters_nothing_and_breaks_nothing(client, query):
    assert client.get("/beratung/team/", query).status_code == 200


def test_training_is_for_colleagues(client, login):
    user, _me = make_desk(training="ProfilPASS")
    assert "ProfilPASS" not in client.get("/beratung/team/").content.decode()
    assert "ProfilPASS" in login(user).get("/mein/beratung/team/").content.decode()


@pytest.mark.parametrize("path", ["/beratung/team/", "house"])
def test_lists_of_people_cost_the_same_for_one_and_three(client, path, django_assert_max_num_queries):
    house = make_center()
    path = house.get_absolute_url() if path == "house" else path
    make_counsellor(center=house)
    client.get(path)
    with django_assert_max_num_queries(50) as one:
        client.get(path)
    for _each in range(2):
        make_counsellor(center=house, languages=list(Language.values))
    with django_assert_max_num_queries(50) as three:
        client.get(path)
    assert len(one) == len(three)


def test_a_house_shows_address_hours_people_and_what_is_on(client):
    house = make_center(access_note="2. Stock, Aufzug")
    person = make_counsellor(center=house)
    room = make_room(house)
    make_room_booking(room=room, title="Offene Lernecke", is_public=True)
    make_room_booking(room=room, title="Interne Runde")
    page = client.get(house.get_absolute_url()).content.decode()
    for words in (house.opening_hours, "2. Stock, Aufzug", person.display_name, "Offene Lernecke", "openstreetmap.org"):
        assert words in page
    assert "Interne Runde" not in page


def test_an_unknown_house_is_missing(client):
    assert client.get("/beratung/gibt-es-nicht/").status_code == 404


# ── Lists of courses


def test_courses_are_picked_out_of_the_search(login):
    user, me = make_desk()
    shortlist = make_shortlist(me)
    course = make_run(make_course(title="Imkern für Anfänger")).course
    index.refresh()
    client = login(user)
    address = reverse("counseling_desk:shortlist", args=[shortlist.pk])
    page = client.get(address, {"q": "Imkern"})
    assert [offer.course for offer in page.context["found"]] == [course.pk]
    client.post(f"{address}kurs/", {"kurs": course.pk, "warum": "weil es passt", "q": "Imkern"})
    item = shortlist.items.get()
    assert (item.course, item.reason) == (course, "weil es passt")
    assert client.get(address, {"q": "Imkern"}).context["found"] == []
    client.post(reverse("counseling_desk:shortlist_remove", args=[shortlist.pk, item.pk]))
    assert not shortlist.items.exists()


@pytest.mark.parametrize("number", ["", "x", "999999", "²", "1" * 20])
def test_what_is_no_course_is_not_picked(login, number):
    user, me = make_desk()
    shortlist = make_shortlist(me)
    path = reverse("counseling_desk:shortlist_add", args=[shortlist.pk])
    assert login(user).post(path, {"kurs": number}).status_code == 404


def test_words_are_saved_and_without_an_address_nothing_is_sent(login):
    user, me = make_desk()
    shortlist = make_shortlist(me)
    path = reverse("counseling_desk:shortlist_send", args=[shortlist.pk])
    response = login(user).post(path, {"greeting": "Viel Erfolg!", "tat": "senden"}, follow=True)
    assert "keine E-Mail-Adresse" in response.content.decode()
    shortlist.refresh_from_db()
    assert shortlist.greeting == "Viel Erfolg!"


# ── Needs


def test_a_need_is_noted_made_better_and_handed_on(login):
    user, _me = make_desk()
    make_place()
    topic = make_topic("Pflege", parent=make_topic("Pflege & Soziales"))
    make_teaching_provider(topic)
    client = login(user)
    given = {"audience": "person", "topic": topic.pk, "people": 2, "text": "Pflegekurs am Abend"}
    wish = client.post("/mein/beratung/bedarf/neu/", given)["Location"]
    assert "1 Anbieter unterrichtet" in client.get(wish).content.decode()
    page = client.post(wish, {**given, "text": "Anruf unter 03631 123456"}).content.decode()
    assert "verrät, um wen es geht" in page
    response = client.post(f"{wish}weitergeben/", follow=True)
    assert "1 Anbieter bekommt den Bedarf" in response.content.decode()
    assert client.get(wish).status_code == 404  # handed on, not to be changed any more


def test_needs_of_others_show_when_they_are_handed_on(login):
    user, _me = make_desk()
    make_wish(text="Noch nicht")
    page = login(user).get("/mein/beratung/bedarf/").content.decode()
    assert "Noch nicht" not in page


# ── Advice on pages of the catalogue


def test_a_course_page_offers_advice_on_its_topic(client):
    topic = make_topic("Pflege")
    subject = make_subject()
    subject.topics.add(topic)
    make_service(subject)
    course = make_run(make_course(topic=topic)).course
    assert f"thema={subject.pk}" in client.get(course.get_absolute_url()).content.decode()


def test_a_search_without_hits_offers_advice_for_those_who_do_not_know(client):
    make_service(make_subject())
    unsure = make_subject(is_unsure=True)
    make_service(unsure)
    response = client.get("/kurse/", {"q": "xyzxyz"})
    assert f"thema={unsure.pk}" in response.content.decode()
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()


def test_without_a_service_nothing_is_offered(client):
    make_subject()
    make_service(make_subject(), is_active=False)
    assert "beratung-titel" not in client.get("/kurse/", {"q": "xyzxyz"}).content.decode()


def test_advice_beside_a_course_is_asked_for_once(django_assert_num_queries):
    topic = make_topic()
    subject = make_subject()
    subject.topics.add(topic)
    make_service(subject)
    for about, cost in [(None, 1), (topic, 1), (None, 0), (topic, 0)]:
        with django_assert_num_queries(cost):
            assert counselling_offer(about)["subject"] == subject.pk


def test_advice_stands_beside_a_course_when_the_cache_is_away(settings):
    subject = make_subject()
    make_service(subject)
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere.sock"}}
    assert counselling_offer()["subject"] == subject.pk


def test_a_provider_without_profile_is_not_offered_for_referrals(login):
    user, me = make_desk()
    make_organization("Entwurf", state="draft")
    page = login(user).get(reverse("counseling_desk:refer", args=[make_past_talk(me).pk])).content.decode()
    assert "Entwurf" not in page
