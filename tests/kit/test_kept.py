"""Facts kept in memory: true as soon as a request looks again, whoever changed the rows and by whatever way."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kit import clock, kept
from taxonomy.models import Topic
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def names():
    @kept.by("taxonomy_topic")
    def loaded(prefix: str = "") -> list[str]:
        return list(Topic.objects.filter(name__startswith=prefix).order_by("name").values_list("name", flat=True))

    return loaded


def test_nothing_is_asked_twice_within_a_second(names):
    make.make_topic("Sprachen")
    assert names() == ["Sprachen"]
    with CaptureQueriesContext(connection) as asked:
        assert names() == ["Sprachen"]
    assert len(asked) == 0


CHANGES = {
    "saved": lambda topic: Topic(pk=topic.pk, name="Neu", slug="neu").save(),
    "updated": lambda topic: Topic.objects.update(name="Neu"),
    "by SQL": lambda topic: connection.cursor().execute("UPDATE taxonomy_topic SET name = 'Neu'"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_row_is_seen_at_the_next_look(names, change):
    topic = make.make_topic("Alt")
    assert names() == ["Alt"]
    CHANGES[change](topic)
    assert names() == ["Alt"]
    kept.look_again()
    assert names() == ["Neu"]


def test_what_only_an_update_changes_is_kept_for_a_day(monkeypatch):
    @kept.by("taxonomy_district", for_a_day=True)
    def loaded() -> list[str]:
        return list(Topic.objects.order_by("name").values_list("name", flat=True))

    make.make_topic("Sprachen")
    assert loaded() == ["Sprachen"]
    make.make_topic("Beruf")
    assert loaded() == ["Sprachen"]
    tomorrow = clock.today() + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    assert loaded() == ["Beruf", "Sprachen"]


def test_added_and_deleted_rows_are_seen(names):
    topic = make.make_topic("Sprachen")
    assert names() == ["Sprachen"]
    make.make_topic("Beruf")
    kept.look_again()
    assert names() == ["Beruf", "Sprachen"]
    topic.delete()
    kept.look_again()
    assert names() == ["Beruf"]


def test_each_argument_has_its_own_answer(names):
    make.make_topic("Sprachen")
    assert (names("S"), names("X")) == (["Sprachen"], [])


def test_memory_empties_itself_before_it_grows_too_big():
    memory = kept.Memory(most=2)
    for number in range(5):
        memory.at("now")[number] = number
    assert len(memory.at("now")) <= 2
    memory.at("now")["old"] = 1
    assert memory.at("later") == {}
