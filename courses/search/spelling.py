""" "Did you mean": words of the question that the catalogue does not know, replaced by ones it does."""

from django.db import connection

from courses.search import analyser
from taxonomy.geo import is_near

SHORTEST = 4  # letters; below that everything resembles everything
ALIKE = 0.1  # trigram similarity; two swapped letters in a short word leave 0.27
CANDIDATES = 50


def correct(text: str) -> str:
    """The question with one letter mended per unknown word; empty if there is nothing to mend or nothing like it."""
    written = analyser.WORD.findall(text)
    words = [" ".join(analyser.plain_words(word)) for word in written]
    known = _known(words)
    mended = [word if word in known or len(word) < SHORTEST else _nearest(word) for word in words]
    if not all(mended) or mended == words:
        return ""
    return " ".join(new.capitalize() if old[0].isupper() else new for old, new in zip(written, mended, strict=True))


def _known(words: list[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM courses_searchword WHERE word = ANY(%s)", [words])
        return {word for (word,) in cursor.fetchall()}


def _nearest(word: str) -> str:
    """Trigrams choose candidates, the distance decides: trigrams alone find Pflege too far from Pfelge."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM courses_searchword WHERE length(word) BETWEEN %s AND %s AND similarity(word, %s) > %s"
            " ORDER BY similarity(word, %s) DESC, word LIMIT %s",
            [len(word) - 1, len(word) + 1, word, ALIKE, word, CANDIDATES],
        )
        candidates = [candidate for (candidate,) in cursor.fetchall()]
    return next((candidate for candidate in candidates if is_near(word, candidate)), "")
