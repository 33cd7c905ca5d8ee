"""Catalogues are made of parts, and two parts do not contradict each other."""

import gettext
import os

import pytest

from portal import locales
from tests.platform.conftest import ROOT

HEAD = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""


@pytest.fixture
def language(tmp_path):
    (tmp_path / "de" / "parts").mkdir(parents=True)
    return tmp_path / "de"


def write(language, name, *entries):
    body = "\n".join(f'msgid "{source}"\nmsgstr "{target}"\n' for source, target in entries)
    (language / "parts" / f"{name}.po").write_text(HEAD + body)


def translations(language):
    with open(locales.catalogue(language), "rb") as file:
        return gettext.GNUTranslations(file)


def test_parts_become_one_catalogue(language):
    write(language, "kit", ("Next", "Weiter"))
    write(language, "courses", ("Course", "Kurs"), ("Next", "Weiter"), ("Untranslated", ""))
    assert locales.compile_all(language.parent) == [language / "LC_MESSAGES" / "django.mo"]
    catalogue = translations(language)
    assert [catalogue.gettext(text) for text in ("Next", "Course", "Untranslated")] == [
        "Weiter",
        "Kurs",
        "Untranslated",
    ]


def test_contradicting_parts_are_refused(language):
    write(language, "kit", ("Back", "Zurück"))
    write(language, "courses", ("Back", "Rücken"))
    with pytest.raises(locales.ConflictingTranslations, match=r"'Back'.*parts/courses\.po.*parts/kit\.po"):
        locales.compile_all(language.parent)


def test_nothing_is_compiled_twice_and_nothing_stays_stale(language):
    write(language, "kit", ("Next", "Weiter"))
    locales.compile_all(language.parent)
    later = locales.catalogue(language).stat().st_mtime + 5
    os.utime(locales.catalogue(language), (later, later))
    assert locales.compile_all(language.parent) == []
    write(language, "kit", ("Next", "Nächste"))
    os.utime(language / "parts" / "kit.po", (later + 5, later + 5))
    assert locales.compile_all(language.parent) != []
    assert translations(language).gettext("Next") == "Nächste"


def test_our_own_catalogues_fit_together():
    for parts in (ROOT / "locale").glob("*/parts"):
        assert len(locales.merge(sorted(parts.glob("*.po")))) > 0
