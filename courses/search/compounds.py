"""Parts of German compounds: "Altenpflegehelfer" is found by "Pflege" and by "Helfer".

A word is cut only where every piece is a noun of the catalogue itself: no dictionary knows its trades as well as it
does, and what nobody writes alone nobody searches for. What is cut wrongly finds wrong courses, so doubt means no cut.
Words are cut as they are written and their pieces compared folded: "Heilkraeuter" knows the "Kräuter".
"""

import re
from collections.abc import Container
from functools import cached_property

from courses.search.analyser import fold

SHORTEST_PART = 4  # letters: Kurs, Kind, Haus; with three, "ein", "rat" and "tag" are everywhere
SHORTEST = 2 * SHORTEST_PART
LONGEST = 40  # the longest real ones have about thirty letters
LINKS = ("", "s", "n", "en", "es", "er", "e")  # between two parts: Bildung-s-urlaub, Kind-er-garten
ENDINGS = ("", "in", "innen", "en", "n", "e", "es", "s", "er", "ern")  # after the last one

# Nouns by their capital letter at most: beginnings and endings of words that are whole.
_WHOLE_WORDS_ONLY = """
    schaft heit keit ling isch tion ment weise frei fach fort weiter unter über nach wieder hinter neben gegen ohne
    durch nieder ober außen innen vorder rück hoch tief groß klein alte neue erst zwei drei vier fünf eins beim sich
    dass auch wird sind sein ihre eine einer eines alle allen jede dies haben werden können ende enden inne innere lein
    vers bein wirt urin rest stand anti inter trans ultra micro makro mikro semi meta auto
"""
NO_PARTS = frozenset(map(fold, _WHOLE_WORDS_ONLY.split()))

# What begins compounds without being searched for itself.
_ONLY_FIRST = "alten kranken heil sonder grund haupt online fach früh jugend intensiv spezial anfänger aufbau"
ONLY_FIRST = frozenset(map(fold, _ONLY_FIRST.split()))

# Beginnings of words that look like two others and are neither.
WHOLE = re.compile(r"beinhalt|urinstink|altbau|wachstube|staubeck|verschl|druckerz|baumenge|blumento|kreischen|textili")
# A noun inside a sentence: a capital letter after a small one or a comma.
NOUN_IN_TEXT = re.compile(r"(?<=[a-zäöüß,;] )[A-ZÄÖÜ][a-zäöüß]{3,}\b")
NOUN_IN_TITLE = re.compile(r"\b[A-ZÄÖÜ][a-zäöüß]{3,}\b")


def may_be_part(word: str) -> bool:
    return SHORTEST_PART <= len(word) <= LONGEST and fold(word) not in NO_PARTS


def may_come_first(word: str) -> bool:
    """Whether a word that ends with another one may have this before it: the "Fach" of "Fachinformatiker"."""
    return may_be_part(word) or fold(word) in ONLY_FIRST


class Splitter:
    """Cuts words by a vocabulary of folded nouns; what it found once it remembers."""

    def __init__(self, nouns: Container[str]):
        self.nouns = nouns

    @cached_property
    def _found(self) -> dict[str, list[str]]:
        return {}

    def parts(self, word: str) -> list[str]:
        """All parts, parts of parts too, as words of the vocabulary; empty for a word that is whole."""
        if word not in self._found:
            pieces = self.cut(word)
            deeper = [part for piece in pieces for part in self.parts(piece)]
            self._found[word] = list(dict.fromkeys(part for part in [*pieces, *deeper] if self._knows(part)))
        return self._found[word]

    def cut(self, word: str) -> list[str]:
        """The parts next to each other; empty for a word that is whole."""
        return self._cut(word) if self._may_be_cut(word) else []

    def _may_be_cut(self, word: str) -> bool:
        return SHORTEST <= len(word) <= LONGEST and word.isalpha() and not WHOLE.match(word)

    def _cut(self, word: str) -> list[str]:
        """The cut with the fewest parts; of those the one with the longest last part, which says what the thing is."""
        cuts = []
        for place in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            first = self._first(word[:place])
            if not first:
                continue
            last = self._last(word[place:])
            rest = [last] if last else self._cut(word[place:])
            if rest:
                cuts.append([first, *rest])
        return min(cuts, key=lambda cut: (len(cut), -len(cut[-1])), default=[])

    def _first(self, piece: str) -> str:
        """A part that others follow: as it is, without what links it, or with the e that it lost (Schul-, Sprach-)."""
        if fold(piece) in ONLY_FIRST:
            return piece
        shorter = (piece.removesuffix(link) for link in LINKS if piece.endswith(link))
        return next((word for word in [*shorter, f"{piece}e"] if self._knows(word)), "")

    def _last(self, piece: str) -> str:
        shorter = (piece.removesuffix(ending) for ending in ENDINGS if piece.endswith(ending))
        return next((word for word in shorter if self._knows(word)), "")

    def _knows(self, word: str) -> bool:
        return may_be_part(word) and fold(word) in self.nouns


def candidates(word: str) -> set[str]:
    """Every word that could be a part of this one: what has to be looked up before it can be cut."""
    if not SHORTEST <= len(word) <= LONGEST:
        return set()
    starts = (0, *range(SHORTEST_PART, len(word)))
    pieces = {word[start:end] for start in starts for end in range(start + SHORTEST_PART, len(word) + 1)}
    before_others = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    lost_e = {f"{word[start:end]}e" for start in starts for end in before_others if end - start >= SHORTEST_PART}
    return (pieces | lost_e) - {word}
