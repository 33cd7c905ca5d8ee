"""What the search field offers while somebody types: words that find something today, whatever is typed."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import SearchWord
from courses.search import index, suggestions
from courses.search.suggestions import completed, suggest
from kit import clock
from tests import make

pytestmark = pytest.mark.django_db

HOSTILE = [
    "", " ", "a", "%%", "__", "\\", "'; --", "<script>", "ﷺﷺ", "ı̇ı̇", "ǆǆ", "pf" * 90, "(" * 50,
]  # fmt: skip


def offered(client, **query) -> list[str]:
    response = client.get("/kurse/vorschlaege/", query)
    assert response.status_code == 200
    return re.findall(r'<option value="([^"]*)">', response.content.decode())


def published(*titles: str, **fields) -> list:
    courses = [make.make_course(title=title, **fields) for title in titles]
    index.refresh()
    return courses


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("pf", ["Pflege", "Pflegehelfer"]),
        ("Pfle", ["Pflege", "Pflegehelfer"]),
        ("PFLEGEH", ["Pflegehelfer"]),
        ("töp", ["Töpfern"]),
        ("toep", ["Toepfern"]),
        ("top", []),  # a browser would not know „Töpfern“ again
        ("grosse", ["Grosse"]),
        ("große", ["Große"]),
        ("xy", []),
    ],
)
def test_a_word_is_completed_as_it_is_typed_and_the_frequent_one_comes_first(client, typed, words):
    published("Pflege zu Hause", "Pflege im Alter", "Pflegehelfer", "Töpfern", "Große Bilder")
    assert offered(client, q=typed) == words


def test_words_beside_others_are_those_of_the_same_titles(client):
    published("Deutsch B1 Vorbereitung", "Deutsch Beruf", "Deutsch für den Beruf", "Backen ohne Beruf")
    assert offered(client, q="Deutsch be") == ["Deutsch Beruf"]
    assert offered(client, q="deutsch b1") == []
    assert offered(client, q="deutsch  vo") == ["deutsch  Vorbereitung"]
    assert offered(client, q="Zauberei be") == []
    assert offered(client, q="der die be") == []


def test_what_nobody_finds_any_more_is_not_offered(client):
    keep, withdrawn, other = published("Filzen", "Filigranarbeit", "Filmschnitt")
    assert set(offered(client, q="fil")) == {"Filzen", "Filigranarbeit", "Filmschnitt"}
    withdrawn.withdrawn_at = clock.now()
    withdrawn.save()
    index.refresh([withdrawn.pk])
    type(other.provider).objects.filter(pk=other.provider_id).update(blocked_at=clock.now(), blocked_reason="x")
    assert SearchWord.objects.filter(word="filmschnitt").exists()
    assert offered(client, q="fil") == ["Filzen"]
    assert offered(client, q="keramik fil") == []
    assert keep.title == "Filzen"


def test_what_stands_in_texts_alone_is_not_offered(client):
    published("Filzen", description="<p>Zur Filterung der Anfragen</p>")
    assert SearchWord.objects.filter(word="filterung").exists()
    assert offered(client, q="fil") == ["Filzen"]


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_gets_an_answer(client, typed):
    published("Pflege")
    assert offered(client, q=typed) == []
    offered(client, q=f"pflege {typed}")


def test_a_zero_byte_is_no_question(client):
    assert client.get("/kurse/vorschlaege/?q=pf%00le").status_code == 400
    assert suggest("pf\x00") == []


def test_a_question_that_is_too_long_gets_nothing(client):
    published("Pflege")
    assert offered(client, q=" " * 198 + "pf") == ["Pflege".rjust(204)]
    assert offered(client, q=" " * 199 + "pf") == []
    assert offered(client) == []


@pytest.mark.parametrize(("typed", "most"), [("p", 0), ("pf", 2), ("Pflege zu", 1)])
def test_it_asks_two_questions_at_most_and_no_session(client, typed, most):
    published("Pflege zu Hause", "Pflegehelfer", "Pflegeberatung")
    with CaptureQueriesContext(connection) as asked:
        response = client.get("/kurse/vorschlaege/", {"q": typed})
    assert len(asked) == most
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert not Session.objects.exists()


def test_words_are_found_by_their_beginning_in_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {suggestions.NEAR}", ["pfle%", 16])
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("EXPLAIN SELECT FROM courses_searchword WHERE folded = 'pflege'")
        equal = "\n".join(line for (line,) in cursor.fetchall())
    assert "search_word_begin" in plan
    assert "~>=~" in plan
    assert "search_word_begin" in equal


def test_only_what_begins_so_is_completed():
    assert completed("TOE", "töpfern", is_noun=False) == "toepfern"
    assert completed("to", "töpfern", is_noun=False) == ""
    assert completed("pflege", "pflege", is_noun=True) == "Pflege"
    assert suggest("pflege ") == []


def test_pages_with_the_field_ask_for_suggestions(client):
    make.make_region()
    published("Pflege")
    for address in ("/", "/kurse/", "/kurse/?q=gibtesnicht", "/kurse/?ansicht=karte", "/kurse/?ansicht=kalender"):
        html = client.get(address).content.decode()
        assert 'hx-get="/kurse/vorschlaege/"' in html, address
        assert '<datalist id="worte"></datalist>' in html, address
        assert "htmx.min.js" in html, address
