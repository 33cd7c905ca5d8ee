"""Guessing the topic of an imported course."""

import time

import pytest

from taxonomy import loading, topics
from taxonomy.models import Topic
from taxonomy.topics import Guesser

pytestmark = pytest.mark.django_db


@pytest.fixture
def guesser():
    loading.load_topics()
    return Guesser.load()


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Deutsch für den Beruf: Pflege (B1)", "deutsch-beruf"),
        ("Deutsch als Fremdsprache A2.1", "deutsch-lernen"),
        ("Excel Grundkurs", "office-programme"),
        ("Altenpflegehelfer/in", "pflege"),
        ("Ambulante Kinderkrankenpflege", "pflege"),
        ("Gabelstaplerschein", "lager-verkehr"),
        ("Lesen und Schreiben für Erwachsene", "lesen-schreiben-rechnen"),
        ("Erste Hilfe am Kind", "erste-hilfe"),
        ("Künstliche Intelligenz im Büro", "ki-daten"),
        ("KI-Werkstatt", "ki-daten"),
        ("Arbeitsrecht aktuell", "recht-verwaltung"),
        ("Rückenschule", "bewegung-fitness"),
        ("MAG-Schweißen", "metall-schweissen"),
        ("Hauptschulabschluss", "schulabschluss"),
        ("Nähen für Anfänger", "handwerken"),
    ],
)
def test_titles(guesser, title, slug):
    assert guesser.guess(title).slug == slug


@pytest.mark.parametrize("title", ["", "Vortrag", "Kirche im Dorf", "Kinox", "§§§", "2027-1-17"])
def test_no_cue_no_topic(guesser, title):
    assert guesser.guess(title) is None


def test_short_cues_count_only_as_whole_words(guesser):
    assert guesser.guess("Kittel und Kickboxen") is None


def test_keywords_decide_where_the_title_does_not(guesser):
    assert guesser.guess("Grundkurs", ["Buchhaltung", "DATEV"]).slug == "buchhaltung-steuern"


def test_the_title_outweighs_keywords(guesser):
    assert guesser.guess("Yoga am Abend", ["Englisch"]).slug == "yoga-entspannung"


def test_the_classified_occupation_counts(guesser):
    system = [{"system": "Kurssystematik", "code": "B  43412-90200", "label": ""}]
    assert guesser.guess("Lehrgang", [], system).slug == "programmieren"


def test_the_kind_of_education_counts(guesser):
    assert guesser.guess("Kurs 17", [], [], 110).slug == "deutsch-beruf"


def test_cues_that_a_coordinator_adds_count_at_once():
    Topic.objects.create(slug="imkerei", name="Imkerei", cues=["Bienenzucht"])
    assert topics.guess("Bienenzucht für Einsteiger").slug == "imkerei"


def test_a_hundred_thousand_courses_take_seconds_and_no_query(guesser, django_assert_num_queries):
    began = time.monotonic()
    with django_assert_num_queries(0):
        for number in range(2_000):
            guesser.guess(f"Umschulung zur Kauffrau für Büromanagement {number}", ["Büro", "Umschulung"], [], 109)
    assert time.monotonic() - began < 3  # 100,000 in about 7 s on an idle machine
