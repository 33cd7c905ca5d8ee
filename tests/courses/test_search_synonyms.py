"""Synonyms: found at once, in all three kinds, edited by coordinators who see the effect before."""

import pytest
from django.urls import reverse

from courses import loading
from courses.models import Synonym
from courses.search import SearchQuery, index, search, words
from tests import make

pytestmark = pytest.mark.django_db


def synonym(term: str, meaning: str, kind: str = "equal") -> Synonym:
    stems = {"term_stems": words.in_order(term), "meaning_stems": words.in_order(meaning)}
    return Synonym.objects.create(term=term, meaning=meaning, kind=kind, **stems)


def found(text: str) -> set[str]:
    hits = search(SearchQuery(text=text)).hits
    return {title for title in TITLES if titles[title] in {hit.course for hit in hits}}


TITLES = ["Volkshochschule", "VHS aktuell", "Deutsch als Zweitsprache", "DaZ am Abend", "Deutsch und Zwei"]
titles: dict[str, int] = {}


@pytest.fixture(autouse=True)
def _courses():
    titles.update({title: make.make_course(title=title).pk for title in TITLES})
    index.refresh()


def test_equal_words_find_each_other():
    synonym("VHS", "Volkshochschule")
    assert found("vhs") == found("Volkshochschulen") == {"VHS aktuell", "Volkshochschule"}


def test_word_with_a_synonym_still_finds_the_compounds_that_end_with_it():
    synonym("Volkshochschule", "VHS")
    course = make.make_course(title="Kreisvolkshochschule")
    index.refresh()
    assert course.pk in {hit.course for hit in search(SearchQuery(text="Volkshochschule")).hits}


def test_several_words_are_one_synonym():
    synonym("DaZ", "Deutsch als Zweitsprache")
    assert found("daz") == {"Deutsch als Zweitsprache", "DaZ am Abend"}
    assert found("deutsch als zweitsprache") == {"Deutsch als Zweitsprache", "DaZ am Abend"}
    assert found("daz abend") == {"DaZ am Abend"}


@pytest.mark.parametrize("kind", ["one_way", "hidden"])
def test_one_way_synonyms_lead_one_way(kind):
    synonym("VHS", "Volkshochschule", kind)
    assert found("vhs") == {"VHS aktuell", "Volkshochschule"}
    assert found("volkshochschule") == {"Volkshochschule"}


def test_synonyms_do_not_chain():
    synonym("VHS", "Volkshochschule")
    synonym("Volkshochschule", "DaZ")
    assert found("vhs") == {"VHS aktuell", "Volkshochschule"}


def test_page_says_what_else_was_searched_for_and_hides_what_is_hidden(client):
    make.make_region()
    synonym("VHS", "Volkshochschule")
    synonym("VHS", "DaZ", "hidden")
    html = client.get("/kurse/?q=vhs").content.decode()
    assert "Auch gesucht: „Volkshochschule“." in html
    assert "„DaZ“" not in html


def test_synonym_is_no_typo():
    synonym("Wolkshochschule", "VHS", "hidden")
    assert words.understand("Wolkshochschule").unknown == ()


def test_shipped_synonyms_are_loaded_once_and_stay_as_people_left_them():
    assert loading.load_synonyms() >= 40
    Synonym.objects.exclude(term="VHS").delete()
    assert loading.load_synonyms() == 0
    assert Synonym.objects.count() == 1


# ── Administration
@pytest.fixture
def desk(login, coordinator):
    make.make_region()
    return login(coordinator)


def test_coordinator_sees_the_effect_before_anything_is_kept(desk):
    url = reverse("admin:courses_synonym_preview")
    html = desk.get(url, {"term": "VHS", "meaning": "Volkshochschule", "kind": "equal"}).content.decode()
    assert "„VHS“ findet bisher 1 Kurse, zusammen mit „Volkshochschule“ 2: 1 mehr." in html
    assert "term=VHS" in html
    assert not Synonym.objects.exists()


def test_coordinator_keeps_a_synonym_and_it_works_at_once(desk):
    data = {"term": "VHS", "meaning": "Volkshochschule", "kind": "equal"}
    response = desk.post(reverse("admin:courses_synonym_add"), data, follow=True)
    assert "1 mehr" in response.content.decode()
    assert found("vhs") == {"VHS aktuell", "Volkshochschule"}
    assert "+1" in desk.get(reverse("admin:courses_synonym_changelist")).content.decode()


@pytest.mark.parametrize(("term", "meaning"), [("der", "Volkshochschule"), ("Kurs", "Kurse"), ("VHS", "")])
def test_synonyms_that_say_nothing_are_refused(desk, term, meaning):
    desk.post(reverse("admin:courses_synonym_add"), {"term": term, "meaning": meaning, "kind": "equal"})
    assert not Synonym.objects.exists()
