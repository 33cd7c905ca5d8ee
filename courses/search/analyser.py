"""Words as the search sees them: one way for courses and for questions, PostgreSQL's own German stemmer in the end.

Before it comes what that stemmer does not know (measured with PostgreSQL 18): "Kurs" becomes kur but "Kurse" kurs,
"Praktikum" and "Praktika", "Workshop" and "Workshops" stay two words. It does know umlauts and their spelling with e,
but not in its stop words: "ueber" would have to stand in the course.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from kit import db

CONFIGURATION = "pg_catalog.german"
PREFIX_FROM = 5  # letters of a stem that also finds longer words: "Pflege" the "Pflegehelfer"
WORD = re.compile(r"[^\W_]+")
GENDERED = re.compile(r"(?<=\w)[*:_/·](?:-?innen|-?in|-?r|-?n)\b", re.IGNORECASE)  # Erzieher*innen, Pflegehelfer/in
UMLAUT = 0x308
ACCENTS = dict.fromkeys(sign for sign in range(0x3100) if unicodedata.combining(chr(sign)) and sign != UMLAUT)
SPELLED = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})

# Endings, so that compounds are covered: Deutschkurs, Schulpraktika.
SAME = [
    (re.compile(r"kurs$"), "kurse"),
    (re.compile(r"praktika$"), "praktikum"),
    (re.compile(r"(stud|stipend|tutor|gymnas|minister|kolleg|kriter)ien$"), r"\1ium"),
    (re.compile(r"museen$"), "museum"),
    (re.compile(r"themen$"), "thema"),
    (
        re.compile(r"(?<=\w{3})([poay])s$"),
        r"\1",
    ),  # Workshops, Autos, Kitas, Handys; the same for Gips, which is harmless
]


def fold(word: str) -> str:
    """One key for ü, ue and u, as the stemmer has it: to compare with, never to show. It cuts into "neue" and "Poesie",
    too, which does no harm where both sides are folded."""
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u").translate(SPELLED)


def shortened(folded: str) -> list[str]:
    """A word and it with one letter less: two words of which each has one letter wrong, more, less or swapped with its
    neighbour have one of these in common."""
    return sorted({folded, *(folded[:place] + folded[place + 1 :] for place in range(len(folded)))})


STOP_WORDS = {fold(word): word for word in ("daß", "für", "können", "könnte", "über", "während", "würde", "würden")}


def plain_words(text: str) -> list[str]:
    """The words of a text in order, lower case, without what only serves to include everybody."""
    return WORD.findall(_letters(GENDERED.sub("", text)))


def prepare(text: str) -> str:
    """What is handed to to_tsvector, for courses as for questions: words in one spelling for each of their forms."""
    return " ".join(same(word) for word in plain_words(text))


def stems(text: str) -> list[str]:
    """The lexemes of a question; empty for one of stop words only."""
    prepared = prepare(text)
    if not prepared:
        return []
    with db.reading().cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(to_tsvector(%s::regconfig, %s))", [CONFIGURATION, prepared])
        return cursor.fetchone()[0]


def tsquery(lexemes: Sequence[str], weights: str = "", *, prefix: bool = True) -> str:
    """All lexemes, as text for ::tsquery; long ones also at the beginning of longer words."""
    return " & ".join(_term(lexeme, weights, prefix=prefix) for lexeme in lexemes)


def _term(lexeme: str, weights: str, *, prefix: bool) -> str:
    marks = ("*" if prefix and len(lexeme) >= PREFIX_FROM else "") + weights
    quoted = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':{marks}" if marks else f"'{quoted}'"


def _letters(text: str) -> str:
    """Lower case, foreign accents gone, umlauts kept for the stemmer."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", text.casefold()).translate(ACCENTS))


@lru_cache(maxsize=20_000)  # a catalogue has few words, and many times each
def same(word: str) -> str:
    """One spelling for the forms of a plain word."""
    if stop_word := STOP_WORDS.get(fold(word)):
        return stop_word
    for ending, replacement in SAME:
        if ending.search(word):
            return ending.sub(replacement, word)
    return word
