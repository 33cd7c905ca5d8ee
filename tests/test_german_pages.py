"""German pages are German: no word of an untranslated text stands on any page that a role can open.

The vocabulary comes from the catalogues of everything that is installed: a word that source texts use and no German
text does is English. So what nobody has marked for translation is found too, such as a label made from a field's name.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import html5lib
import pytest
from django.db import transaction
from django.utils.translation import trans_real

from tests.access_matrix import MATRIX
from tests.test_access import URLS, World, call

pytestmark = pytest.mark.django_db

WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{3,}")
NO_WORDS = re.compile(r"%\(\w+\)s|%[sd]|\{\w*\}|<[^>]*>|&\w+;|\S+@\S+|\S+\.(?:example|org|csv|xlsx|xml)\S*")
INVENTED = {"learner", "candidate", "coordinator", "federal"}  # words of rows that tests make
OWN_NAMES = {"english"}  # languages are named as those who speak them do
SILENT = {"script", "style", "svg", "code", "pre", "template"}
SPOKEN = ("title", "placeholder", "aria-label", "alt", "label", "content")


def words(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(NO_WORDS.sub(" ", text))}


@lru_cache
def english() -> set[str]:
    """Words of source texts that no translation uses."""
    catalogue = trans_real.translation("de")._catalog
    entries = [(_without_context(key), text) for part in catalogue._catalogs for key, text in part.items()]
    german = set().union(*(words(text) for _source, text in entries))
    return set().union(*(words(source) for source, _text in entries)) - german


def _without_context(key: str | tuple) -> str:
    """Without its context and without the number of its plural form."""
    text = key[0] if isinstance(key, tuple) else key
    return text.rpartition("\x04")[2]


def spoken(page) -> Iterator[str]:
    """Everything that people read or hear on a page."""
    for element in page.iter():
        if element.tag in SILENT or not isinstance(element.tag, str) or element.get("lang", "de") != "de":
            continue
        yield element.text or ""
        yield from (
            element.get(name, "") for name in SPOKEN if element.tag != "meta" or element.get("name") == "description"
        )
        if element.get("type") in {"submit", "button", "reset"}:
            yield element.get("value", "")
    for element in page.iter():
        yield element.tail or ""


def readers(name: str) -> list[str]:
    """Who sees different things on a page: whoever may change what it shows, and whoever may only look."""
    asked = ("coordinator", "editor", "data_protection") if name.startswith("admin:") else ("anonymous", "learner")
    return [role for role in asked if role in MATRIX[name].read]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(set(URLS) & set(MATRIX)))
def test_no_english_word_is_left(world, name):
    found = set()
    for role in readers(name):
        response = call(world, role, "GET", world.path(name))
        if response.status_code == 200 and response.get("Content-Type", "").startswith("text/html"):
            page = html5lib.parse(response.content, transport_encoding="utf-8", namespaceHTMLElements=False)
            if page.get("lang") == "de":
                found |= {
                    (word, text.strip()[:80], role)
                    for text in spoken(page)
                    for word in (words(text) & english()) - INVENTED - OWN_NAMES
                }
    assert not found, sorted(found)
