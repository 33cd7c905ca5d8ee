"""How a word that is being typed may go on: words of the catalogue that find something today, frequent ones first.

One look at an index, whatever the size of the catalogue; a second one leaves out what only withdrawn courses or blocked
providers say, since the vocabulary is made anew at night, and what stands in texts alone, as "Anmeldung" does.
"""

# ruff: noqa: S608 - the words of the statements are ours; everything a visitor wrote is a parameter

import re

from courses.search import analyser
from kit import db, text

SHORTEST = 2  # letters
MOST = 8
CANDIDATES = 24  # some are left out
LOOKED_AT = 50  # courses with a word, of which one has to have it in its title, keywords or names
SAMPLE = 300  # courses whose titles are read for what goes with the words before
TYPED = re.compile(r"[^\W_]+$")  # the word at the end

NEAR = """
    SELECT word, is_noun FROM courses_searchword WHERE folded LIKE %s ORDER BY uses DESC, word LIMIT %s"""
FOUND = f"""
    SELECT given.word FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS given (word, prepared, place)
    WHERE EXISTS (
        SELECT FROM (
            SELECT s.words FROM courses_searchcourse s
            JOIN providers_organization o ON o.id = s.provider AND o.blocked_at IS NULL
            WHERE s.words @@ plainto_tsquery('{analyser.CONFIGURATION}', given.prepared) LIMIT {LOOKED_AT}
        ) found WHERE ts_filter(words, '{{a,b,c}}') @@ plainto_tsquery('{analyser.CONFIGURATION}', given.prepared))
    ORDER BY given.place LIMIT %s"""
TITLES = f"""
    SELECT c.title FROM (
        SELECT course_id FROM courses_searchcourse s
        JOIN providers_organization o ON o.id = s.provider AND o.blocked_at IS NULL
        WHERE s.words @@ plainto_tsquery('{analyser.CONFIGURATION}', %s) LIMIT %s
    ) found JOIN courses_course c ON c.id = found.course_id"""


def suggest(written: str) -> list[str]:
    """The question with its last word completed, as it is typed; empty where there is nothing to say."""
    end = TYPED.search(written)
    if not end or len(end[0]) < SHORTEST or len(analyser.plain_words(end[0])) != 1:
        return []
    before = written[: end.start()]
    words = _beside(before, end[0]) if analyser.plain_words(before) else _alone(end[0])
    return [before + word for word in words]


def _alone(typed: str) -> list[str]:
    prefix = analyser.fold(analyser.plain_words(typed)[0])
    with db.reading().cursor() as cursor:
        cursor.execute(NEAR, [f"{prefix}%", CANDIDATES])
        near = [(word, completed(typed, word, is_noun=is_noun)) for word, is_noun in cursor.fetchall()]
        shown = {word: whole for word, whole in near if whole}
        cursor.execute(FOUND, [list(shown), [analyser.prepare(word) for word in shown], MOST])
        return [shown[word] for (word,) in cursor.fetchall()]


def _beside(before: str, typed: str) -> list[str]:
    """What stands in one title with the words before."""
    with db.reading().cursor() as cursor:
        cursor.execute(TITLES, [analyser.prepare(before), SAMPLE])
        titles = [title for (title,) in cursor.fetchall()]
    uses: dict[str, int] = {}
    for title in titles:
        for word in {word for word in analyser.WORD.findall(title) if len(word) > len(typed)}:
            if whole := completed(typed, word.lower(), is_noun=word[0].isupper()):
                uses[whole] = uses.get(whole, 0) + 1
    return sorted(uses, key=lambda word: (-uses[word], word))[:MOST]


def completed(typed: str, word: str, *, is_noun: bool) -> str:
    """The word with its first letters as they were typed (Toepf → Toepfern), so that a browser knows it again; empty
    where it begins otherwise."""
    letters = text.transliterate(typed.lower())
    for length in range(1, len(word) + 1):
        if text.transliterate(word[:length]) == letters:
            whole = typed.lower() + word[length:]
            return whole[0].upper() + whole[1:] if is_noun else whole
    return ""
