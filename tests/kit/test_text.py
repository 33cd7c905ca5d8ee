"""Text of people: only harmless HTML, German order, cuts between words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import text

PIECES = st.sampled_from(
    ["<p>", "</p>", "<b", "<script>", "</script>", "alert(1)", "<img src=x onerror=alert(1)>", "</a>", "<svg><style>",
     "<a href='javascript:x'>", '<a href="https://example.org">', "<math><mtext>", "<!--", "-->", "]]>", "&lt;",
     "&amp;lt;", "<noscript>", "<template>", "<ul><li>", "\x00", "ä", "&#x3c;", "<iframe srcdoc='", "'>", '"',
     "<table><tr><td>", "<br>"]
)  # fmt: skip
HOSTILE = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=12).map("".join)


@given(HOSTILE)
def test_cleaning_twice_changes_nothing_more(html):
    assert text.clean(text.clean(html)) == text.clean(html)


@given(HOSTILE)
def test_what_is_clean_holds_known_elements_and_no_handler(html):
    cleaned = text.clean(html)
    elements = {name.lower() for name in re.findall(r"</?([a-zA-Z][^\s/>]*)", cleaned)}

    assert elements <= text.TAGS
    assert not re.search(r"<[^>]*(\son\w+\s*=|javascript:|style=)", cleaned, re.IGNORECASE)


def test_links_go_out_without_recommendation():
    assert text.clean('<a href="https://example.org" onclick="x()">Kurs</a>') == (
        '<a href="https://example.org" rel="nofollow ugc noopener">Kurs</a>'
    )
    assert "href" not in text.clean('<a href="javascript:alert(1)">Kurs</a>')


def test_scripts_go_with_their_content():
    assert text.clean("<p>Yoga<script>alert(1)</script></p>") == "<p>Yoga</p>"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>Erster Absatz</p><p>Zweiter</p>", "Erster Absatz Zweiter"),
        ("<ul><li>Brot</li><li>Salz &amp; Öl</li></ul>", "Brot Salz & Öl"),
        ("Kurs <b>für</b> al<i>le</i>", "Kurs für alle"),
        ("a<br>b<script>c</script>", "a b"),
        ("3 &lt; 4", "3 < 4"),
        ("", ""),
    ],
)
def test_plain_keeps_the_words_apart(html, words):
    assert text.plain(html) == words


@given(HOSTILE)
def test_plain_never_fails_and_is_one_line(html):
    assert "\n" not in text.plain(html)


def test_the_order_is_that_of_din_5007_1():
    names = [
        "Zwickau",
        "Öhringen",
        "Ohrdruf",
        "Strasse B",
        "Straße A",
        "Älteste",
        "Altes",
        "éclair",
        "Ecke",
        "Łódź",
        "lokal",
    ]

    assert sorted(names, key=text.fold) == [
        "Altes", "Älteste", "Ecke", "éclair", "Łódź", "lokal", "Ohrdruf", "Öhringen", "Straße A", "Strasse B", "Zwickau"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("Größe", "grosse"),
        ("GRÖẞE", "grosse"),
        ("  Mühlhausen /  Thüringen ", "muhlhausen / thuringen"),
        ("Ærø", "aero"),
        ("ﬁx", "fix"),
    ],
)
def test_fold(word, key):
    assert text.fold(word) == key


@given(st.text(max_size=50))
def test_folding_twice_changes_nothing_more(words):
    assert text.fold(text.fold(words)) == text.fold(words)


@pytest.mark.parametrize(
    ("words", "length", "cut"),
    [
        ("Kochen für Anfänger", 30, "Kochen für Anfänger"),
        ("Kochen für Anfänger", 12, "Kochen für…"),
        ("Kochen für Anfänger", 11, "Kochen für…"),
        ("Donaudampfschifffahrt", 10, "Donaudamp…"),
        ("Kochen, backen", 8, "Kochen…"),
    ],
)
def test_truncate(words, length, cut):
    assert text.truncate(words, length) == cut


@given(st.text(max_size=60), st.integers(1, 60))
def test_truncate_keeps_the_promise(words, length):
    assert len(text.truncate(words, length)) <= length
