""" "Did you mean": words of the question that nothing contains, replaced by ones of the catalogue."""

from collections.abc import Iterable, Sequence

from psycopg.types.json import Jsonb

from courses.search import analyser, words
from courses.search.words import Unknown
from kit import db
from taxonomy.geo import is_near

SHORTEST = 5  # letters; below that everything resembles everything
MOST = 8  # words that are looked up: whoever writes more wrong ones has not mistyped them
LOOKED_AT = 2 * MOST


def correct(text: str) -> str:
    """The question with one letter mended per word that nothing contains; empty if there is nothing to mend, or one
    word of which nobody knows what it should be."""
    return mend(text, without_hit(words.understand(text).unknown))


def mend(text: str, without: Iterable[str]) -> str:
    """As `correct`, for words that are known to stand in no course."""
    missing = [word for word in without if len(word) >= SHORTEST]
    if not missing or len(missing) > MOST:
        return ""
    nearest = _nearest(missing)
    return _replaced(text, nearest) if len(nearest) == len(missing) else ""


def suggest(text: str) -> str:
    """The question with its words in a spelling that more courses use; empty if there is none. For few hits: a wrong
    letter that a provider wrote, too."""
    written = [word for word in analyser.plain_words(text) if len(word) >= SHORTEST]
    return _replaced(text, _nearest(written, other=True)) if 0 < len(written) <= MOST else ""


def without_hit(unknown: Sequence[Unknown]) -> list[str]:
    """Those that stand in no course; of very many the first ones are looked at."""
    if not unknown:
        return []
    queries = [analyser.tsquery(each.lexemes) for each in unknown[:LOOKED_AT]]
    with db.reading().cursor() as cursor:
        cursor.execute(
            "SELECT word FROM unnest(%s::text[], %s::text[]) AS asked (word, query)"
            " WHERE NOT EXISTS (SELECT FROM courses_searchcourse WHERE words @@ query::tsquery)",
            [[each.word for each in unknown[:LOOKED_AT]], queries],
        )
        return [word for (word,) in cursor.fetchall()]


def _nearest(missing: list[str], *, other: bool = False) -> dict[str, str]:
    """An index knows which words have the same letters but one, and the distance decides. Umlauts are no mistake, so
    words are compared folded. Of several that are near, the one that most courses use. With `other`, only one that more
    of them use than the word itself."""
    found: dict[str, tuple[int, str]] = {}
    with db.reading().cursor() as cursor:
        cursor.execute(
            "SELECT asked.word, near.word, near.uses, own.uses"
            " FROM jsonb_to_recordset(%s) AS asked (word text, folded text, shortened text[])"
            " LEFT JOIN courses_searchword own ON own.word = asked.word"
            " JOIN courses_searchword near ON near.shortened && asked.shortened AND near.folded <> asked.folded",
            [Jsonb([_asked(word) for word in missing])],
        )
        for word, candidate, uses, own in cursor.fetchall():
            if is_near(analyser.fold(word), analyser.fold(candidate)) and (not other or uses > (own or 0)):
                found[word] = max(found.get(word, (0, "")), (uses, candidate))
    return {word: candidate for word, (_uses, candidate) in found.items()}


def _asked(word: str) -> dict:
    folded = analyser.fold(word)
    return {"word": word, "folded": folded, "shortened": analyser.shortened(folded)}


def as_written(text: str, words: Iterable[str]) -> list[str]:
    """These plain words as they stand in a text, each once."""
    wanted = set(words)
    return list(dict.fromkeys(word for word in analyser.WORD.findall(text) if _plain(word) in wanted))


def left_out(text: str, words: Iterable[str]) -> str:
    """A text without these plain words; empty if that is all there is."""
    gone = set(words)
    left = " ".join(analyser.WORD.sub(lambda word: "" if _plain(word[0]) in gone else word[0], text).split())
    return left if analyser.plain_words(left) else ""


def _plain(written: str) -> str:
    return " ".join(analyser.plain_words(written))


def _replaced(text: str, nearest: dict[str, str]) -> str:
    """In the place and with the capital letter of what was written."""
    if not nearest:
        return ""
    new = [_mended(word, nearest) for word in analyser.WORD.findall(text)]
    return " ".join(new)


def _mended(written: str, nearest: dict[str, str]) -> str:
    candidate = nearest.get(_plain(written))
    if candidate is None:
        return written
    return candidate.capitalize() if written[0].isupper() else candidate
