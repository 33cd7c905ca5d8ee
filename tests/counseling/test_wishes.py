"""A need goes to the providers of its topic, and no name goes with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counseling.actions import wishes
from counseling.models import Wish
from kit.models import OutboxMail
from tests.counseling.guidance import make_past_talk, make_teaching_provider, make_wish
from tests.counseling.make import make_appointment, make_counsellor, make_service, make_subject
from tests.make import make_course, make_organization, make_topic

pytestmark = pytest.mark.django_db


def note(counsellor, text, **fields):
    fields = {"audience": "person", "topic": make_topic(), **fields}
    return wishes.note_wish(counsellor=counsellor, text=text, by=counsellor.user, **fields)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Bitte an kim@beispiel.de", "kim@beispiel.de"),
        ("Mehr unter www.musterbau.example", "www."),
        ("Anruf unter 03631 12 34 56", "03631 12 34 56"),
        ("Mobil 0152/288-17386 abends", "0152/288-17386"),
        ("Deutschkurs für Frau Zaunkoenig", "Zaunkoenig"),
        ("Kurs für zaunkönig", "zaunkönig"),
        ("Schweißkurs für die Federnwerk", "Federnwerk"),
    ],
)
def test_what_says_who_it_is_about_is_refused(text, part):
    counsellor = make_counsellor()
    make_appointment(counsellor, name="Wilhelmine Zaunkönig", organization_name="Federnwerk GmbH")
    with pytest.raises(wishes.Identifying) as error:
        note(counsellor, text)
    assert str(error.value) == part
    assert not Wish.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Deutsch B2 für die Pflege, ab 17:30 Uhr",
        "2 bis 12 Personen, Januar 2027",
        "Schweißen nach DIN EN 287-1 im Verein",
    ],
)
def test_ordinary_sentences_pass(text):
    counsellor = make_counsellor()
    make_appointment(counsellor, name="Wilhelmine Zaunkönig", organization_name="Verein GmbH")
    assert note(counsellor, text).text == text


@given(digits=st.text("0123456789", min_size=6, max_size=14), gaps=st.lists(st.sampled_from(["", " ", "/", "-", ") "])))
def test_no_way_to_write_a_phone_number_passes(digits, gaps):
    spelt = "".join(digit + (gaps[place] if place < len(gaps) else "") for place, digit in enumerate(digits))
    assert wishes.NUMBER.search(f"Anruf {spelt} bitte")


def test_a_client_who_has_been_erased_is_no_hindrance():
    counsellor = make_counsellor()
    make_past_talk(counsellor, state="completed", name="", email="")
    assert note(counsellor, "Deutschkurs")


def test_it_goes_to_the_providers_of_the_topic_once():
    topic = make_topic()
    first, second = make_teaching_provider(topic), make_teaching_provider(topic, email="b@provider.example")
    make_teaching_provider(make_topic("Englisch"), email="c@provider.example")
    make_course(make_organization(), topic=topic)  # without an address
    make_teaching_provider(topic, email="d@provider.example", state="draft")
    wish = make_wish(topic=topic)
    assert wishes.hand_over(wish=wish, by=wish.counsellor.user) == 2
    assert wishes.hand_over(wish=wish, by=wish.counsellor.user) == 0
    assert set(OutboxMail.objects.values_list("to", flat=True)) == {first.email, second.email}


def test_a_name_that_became_known_later_stops_the_hand_over():
    wish = make_wish(text="Kurs für Zaunkönig", topic=make_topic())
    make_teaching_provider(wish.topic)
    make_appointment(wish.counsellor, name="Wilhelmine Zaunkönig")
    with pytest.raises(wishes.Identifying):
        wishes.hand_over(wish=wish, by=wish.counsellor.user)
    assert not OutboxMail.objects.exists()


def company_talk(topics=True):
    subject = make_subject("Beschäftigte weiterbilden", audiences=["company"])
    if topics:
        subject.topics.add(make_topic("Führung & Personal"))
    service = make_service(subject, audience="company")
    return make_past_talk(make_counsellor(service), name="Noa Beispiel", organization_name="Musterbau GmbH")


def test_one_click_makes_a_wish_of_a_company_talk():
    talk = company_talk()
    wish = wishes.from_talk(appointment=talk, text=wishes.need_in_words(talk), by=talk.counsellor.user)
    assert (wish.audience, wish.subject, wish.topic.name) == ("company", talk.subject, "Führung & Personal")
    assert wish.place == talk.counsellor.center.location.place
    assert "Musterbau" not in wish.text
    assert wish.handed_at is None


def test_a_subject_without_a_topic_needs_a_choice():
    talk = company_talk(topics=False)
    with pytest.raises(wishes.WithoutTopic):
        wishes.from_talk(appointment=talk, text="Führung", by=talk.counsellor.user)
