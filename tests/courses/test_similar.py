"""Similar courses say why they are similar, and the reason is true."""

import pytest
from django.utils import translation

from courses.search import index
from courses.views.similar import similar
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _german():
    with translation.override("de"):
        yield


def offer(title: str, topic, *, city: str = "Nordhausen", times: tuple[str, ...] = ()):
    provider = make.make_organization()
    place = make.make_place(city, postcodes=())
    location = make.make_location(provider, place=place, city=city)
    course = make.make_course(provider, title=title, topic=topic)
    make.make_run(course, location=location, times_of_day=list(times))
    return course


@pytest.fixture
def languages(db):
    return make.make_topic("Sprachen")


@pytest.fixture
def german(languages):
    return make.make_topic("Deutsch lernen", parent=languages)


def reasons(course) -> list[tuple[str, str]]:
    index.refresh()
    return [(card.title, card.reason) for card in similar(course)]


def test_what_is_shared_is_said_and_counts(german):
    course = offer("Deutsch A1", german, times=("evening",))
    offer("anderswo", german, city="Ellrich")
    offer("hier", german)
    offer("hier und abends", german, times=("evening",))
    assert reasons(course) == [
        ("hier und abends", "gleiches Thema, auch in Nordhausen, auch abends"),
        ("hier", "gleiches Thema, auch in Nordhausen"),
        ("anderswo", "gleiches Thema"),
    ]


def test_few_of_the_topic_are_joined_by_those_of_the_main_topic(german, languages):
    course = offer("Deutsch A1", german)
    offer("Deutsch A2", german)
    offer("Englisch", make.make_topic("Englisch", parent=languages), city="Ellrich")
    assert reasons(course) == [
        ("Deutsch A2", "gleiches Thema, auch in Nordhausen"),
        ("Englisch", "auch zu Sprachen"),
    ]


def test_there_are_three_at_most_and_never_the_course_itself(german):
    course = offer("Deutsch A1", german)
    for number in range(5):
        offer(f"Deutsch {number}", german)
    found = reasons(course)
    assert len(found) == 3
    assert "Deutsch A1" not in [title for title, _reason in found]


def test_without_a_topic_nothing_is_claimed(db):
    assert reasons(offer("Rätsel", None)) == []


def test_the_page_shows_the_reason(client, german):
    make.make_region()
    course = offer("Deutsch A1", german)
    offer("Deutsch A2", german)
    index.refresh()
    assert "gleiches Thema, auch in Nordhausen" in client.get(course.get_absolute_url()).content.decode()
