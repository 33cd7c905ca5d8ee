"""Words of a question that stand in no course are named, and what there is without them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from courses.search import index
from courses.search.spelling import LOOKED_AT, left_out
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _catalogue():
    make.make_region()
    for title in ["Töpfern für alle", "Töpfern am Abend", "Helferkurs in der Pflege"]:
        make.make_run(make.make_course(title=title))
    index.refresh()
    with translation.override("de"):
        yield


def page(client, **query) -> str:
    return client.get("/kurse/", query).content.decode()


def ways(html: str) -> dict[str, str]:
    rows = re.findall(r'<li><a href="([^"]*)">([^<]*)</a><span>([^<]*)</span>', html)
    return {label: f"{address} {number}" for address, label, number in rows}


def test_where_nothing_is_found_the_page_names_the_word_and_what_there_is_without_it(client):
    html = page(client, q="Töpfern Quantenfeld")
    assert "Keine Kurse gefunden" in html
    assert html.count("„Quantenfeld“ steht in keinem Kurs.") == 1
    assert "Töpfern“ steht" not in html
    assert ways(html)["Ohne „Quantenfeld“ suchen"] == "?q=T%C3%B6pfern 2 Kurse"


def test_of_one_word_that_is_all_that_was_asked_it_is_said_once(client):
    html = page(client, q="Quantenfeld!")
    assert "Keine Kurse gefunden" in html
    assert html.count("gibt es zurzeit keinen Kurs") == 1
    assert "in keinem Kurs" not in html
    assert "„Quantenfeld“ steht in keinem Kurs." in page(client, q="Quantenfeld", kosten="frei")


def test_two_words_are_named_in_one_sentence(client):
    html = page(client, q="Quantenfeld, Qi töpfern Quantenfeld!")
    assert "„Quantenfeld“ und „Qi“ stehen in keinem Kurs." in html
    assert "Quantenfeld and" not in client.get("/kurse/", {"q": "Quantenfeld Qi"}).content.decode()
    assert "“Quantenfeld” and “Qi” are in no course." in client.get("/en/kurse/?q=Quantenfeld+Qi").content.decode()


def test_a_list_says_so_too_where_courses_were_found_by_parts_of_the_word(client):
    html = page(client, q="Pflegehelferkurs")
    assert "1 Kurs gefunden" in html
    assert html.count("„Pflegehelferkurs“ steht in keinem Kurs. Diese Kurse kommen dem nahe.") == 1


def test_a_word_that_was_mended_is_not_called_missing_and_others_are(client):
    html = page(client, q="Töpferm")
    assert "Zu „Töpferm“ gibt es nichts." in html
    assert "in keinem Kurs" not in html
    both = page(client, q="Töpferm qi")
    assert "Zu „Töpferm qi“ gibt es nichts. Wir haben nach <strong>Töpfern qi</strong> gesucht." in both
    assert "„qi“ steht in keinem Kurs." in both


def test_words_that_courses_contain_are_not_called_missing(client):
    for words in ["töpfern", "toepfern abend", "für alle", "der die das", ""]:
        assert "in keinem Kurs" not in page(client, q=words), words


def test_nothing_of_a_question_becomes_markup(client):
    html = page(client, q="<b>qxq</b>")
    assert "„qxq“" in html
    assert "<b>qxq" not in html


def test_however_many_words_are_unknown_one_question_is_asked_about_them(client):
    def asked(words: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, q=words)
        return len([query for query in captured if "NOT EXISTS (SELECT FROM courses_searchcourse" in query["sql"]])

    many = [f"q{place}q" for place in range(LOOKED_AT + 5)]
    assert asked("Töpfern") == 0
    assert asked("Töpfern qxq") == asked(" ".join(many)) == 1
    assert f"„{many[LOOKED_AT - 1]}“" in page(client, q=" ".join(many))


def test_what_is_left_is_empty_without_words():
    assert left_out("Qi, töpfern!", ["qi"]) == ", töpfern!"
    assert left_out("Qi!", ["qi"]) == ""
