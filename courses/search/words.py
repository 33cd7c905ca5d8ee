"""What a question asks for, word by word: forms, parts of compounds and synonyms, in one look at the database."""

from dataclasses import dataclass, field

from courses.models import Synonym
from courses.search import analyser, compounds
from kit import db

MOST_SPLIT = 6  # words of a question that are taken apart; nobody types more long ones
ENDING = 6  # letters that a word needs to find the words of the catalogue that end with it
MOST_ENDINGS = 30
NAMES = "ABC"  # weights of titles, keywords and names: parts of a compound are looked for there, not in the text

LOOK = """
    WITH asked AS MATERIALIZED (
        SELECT place, tsvector_to_array(to_tsvector(%(language)s::regconfig, word)) AS lexemes
        FROM unnest(%(words)s::text[]) WITH ORDINALITY AS given (word, place)
    ), every AS MATERIALIZED (
        SELECT COALESCE(array_agg(lexeme), '{}') AS lexemes FROM asked, unnest(lexemes) AS lexeme
    )
    SELECT 'word', place, '', lexemes, NULL::text[] FROM asked
    UNION ALL
    SELECT CASE WHEN bool_or(is_noun) THEN 'noun' ELSE 'known' END, NULL, given.word,
        tsvector_to_array(to_tsvector(%(language)s::regconfig, given.prepared)), NULL::text[]
    FROM unnest(string_to_array(%(parts)s, ' '), string_to_array(%(folded)s, ' '), string_to_array(%(prepared)s, ' '))
        AS given (word, folded, prepared)
    JOIN courses_searchword known USING (folded)
    GROUP BY given.word, given.prepared
    UNION ALL
    SELECT 'ending', length(known.word), given.word || chr(10) || known.word,
        tsvector_to_array(to_tsvector(%(language)s::regconfig, known.word)), NULL::text[]
    FROM unnest(%(endings)s::text[], %(folded_endings)s::text[]) AS given (word, folded),
    LATERAL (
        SELECT word, folded FROM courses_searchword WHERE is_noun AND reverse(word) COLLATE "C" >= reverse(given.word)
            AND reverse(word) COLLATE "C" < reverse(given.word) || chr(1114111)
        UNION SELECT word, folded FROM courses_searchword WHERE is_noun AND length(given.folded) >= %(ending)s
            AND reverse(folded) COLLATE "C" >= reverse(given.folded)
            AND reverse(folded) COLLATE "C" < reverse(given.folded) || chr(1114111)
    ) known
    WHERE length(known.folded) >= length(given.folded) + %(before)s
    UNION ALL
    SELECT kind, s.id, term || chr(10) || meaning, term_stems::text[], meaning_stems::text[]
    FROM courses_synonym s, every
    WHERE term_stems::text[] <@ every.lexemes OR (kind = 'equal' AND meaning_stems::text[] <@ every.lexemes)
    ORDER BY 1, 2, 3"""


@dataclass(frozen=True)
class Way:
    """Lexemes that together are one way to answer a part of the question."""

    lexemes: tuple[str, ...]
    weights: str = ""  # only in these; "" is everywhere


@dataclass(frozen=True)
class Unknown:
    """A word that is neither in the vocabulary nor a synonym; courses may contain it all the same."""

    word: str
    lexemes: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A question understood. Every group has to be found, by any of its ways; no group: everything is found."""

    groups: tuple[tuple[Way, ...], ...] = ()
    unknown: tuple[Unknown, ...] = ()
    also: tuple[str, ...] = ()  # what is searched for beside it, for people to read

    def tsquery(self, weights: str = "", *, prefix: bool = True) -> str:
        return " & ".join(_group(group, weights, prefix=prefix) for group in self.groups)


def _group(ways: tuple[Way, ...], weights: str, *, prefix: bool) -> str:
    """The first way of every group is open to all weights, so that something stays."""
    within = [(way, both(way.weights, weights)) for way in ways]
    terms = [f"({analyser.tsquery(way.lexemes, marks, prefix=prefix)})" for way, marks in within if marks is not None]
    return f"({' | '.join(terms)})"


def both(own: str, asked: str) -> str | None:
    """Where to look, "" being everywhere. None: a way with weights of its own is never the better fit that is asked for
    with fewer, so that "Helfer" comes before "Altenpflegehelfer"."""
    if own and asked and not set(own) <= set(asked):
        return None
    return own or asked


@dataclass
class _Seen:
    """The rows of LOOK, sorted."""

    lexemes: list[list[str]] = field(default_factory=list)
    vocabulary: dict[str, list[str]] = field(default_factory=dict)
    nouns: set[str] = field(default_factory=set)  # folded
    endings: dict[str, list[Way]] = field(default_factory=dict)
    synonyms: list[tuple[tuple[str, ...], tuple[str, ...], str]] = field(default_factory=list)


def understand(text: str) -> Asked:
    """One statement, whatever the question; none for an empty one."""
    words = analyser.plain_words(text)
    if not words:
        return Asked()
    seen = _look(words)
    flat = [(lexeme, place) for place, lexemes in enumerate(seen.lexemes) for lexeme in lexemes]
    groups, also, explained = [], [], set()
    at = 0
    while at < len(flat):
        length, others = _longest_synonym([lexeme for lexeme, _place in flat[at:]], seen)
        span = flat[at : at + max(length, 1)]
        ways = [Way(tuple(lexeme for lexeme, _place in span)), *(Way(meaning) for meaning, _shown in others)]
        if length:
            explained |= {place for _lexeme, place in span}
            also += [shown for _meaning, shown in others if shown]
        if length <= 1:
            word = words[span[0][1]]
            ways += [*_parts(word, seen), *seen.endings.get(word, [])[:MOST_ENDINGS]]
        groups.append(tuple(dict.fromkeys(ways)))
        at += len(span)
    unknown = [
        Unknown(word, tuple(seen.lexemes[place]))
        for place, word in enumerate(words)
        if seen.lexemes[place] and word not in seen.vocabulary and place not in explained
    ]
    return Asked(tuple(groups), tuple(unknown), tuple(dict.fromkeys(also)))


def in_order(text: str) -> list[str]:
    """The lexemes of a text in the order of its words: how synonyms are kept."""
    prepared = [analyser.prepare(word) for word in analyser.plain_words(text)]
    statement = (
        "SELECT tsvector_to_array(to_tsvector(%s::regconfig, w)) FROM unnest(%s::text[]) WITH ORDINALITY t(w, n)"
    )
    with db.reading().cursor() as cursor:
        cursor.execute(f"{statement} ORDER BY n", [analyser.CONFIGURATION, prepared])
        return [lexeme for (lexemes,) in cursor.fetchall() for lexeme in lexemes]


def _look(words: list[str]) -> _Seen:
    long = [word for word in words if len(word) >= compounds.SHORTEST][:MOST_SPLIT]
    parts = sorted({*words, *(part for word in long for part in compounds.candidates(word))})
    endings = [word for word in words if len(word) >= ENDING][:MOST_SPLIT]
    values = {
        "language": analyser.CONFIGURATION,
        "words": [analyser.same(word) for word in words],
        "parts": " ".join(parts),  # some hundred for a long word: an array of them costs more than all the rest
        "folded": " ".join(map(analyser.fold, parts)),
        "prepared": " ".join(map(analyser.same, parts)),
        "endings": endings,
        "folded_endings": [analyser.fold(word) for word in endings],
        "ending": ENDING,
        "before": compounds.SHORTEST_PART,
    }
    seen = _Seen()
    with db.reading().cursor() as cursor:
        cursor.execute(LOOK, values)
        for kind, _place, key, lexemes, meaning in cursor.fetchall():
            _sort(seen, kind, key, lexemes, meaning)
    return seen


def _sort(seen: _Seen, kind: str, key: str, lexemes: list[str], meaning: list[str] | None) -> None:
    if kind == "word":
        seen.lexemes.append(lexemes)
    elif kind in ("noun", "known"):
        seen.vocabulary[key] = lexemes
        if kind == "noun":
            seen.nouns.add(analyser.fold(key))
    elif kind == "ending":
        word, compound = key.split("\n")
        if compounds.may_come_first(_before(word, compound)):
            seen.endings.setdefault(word, []).append(Way(tuple(lexemes), NAMES))
    else:
        term, meant = key.split("\n")
        is_hidden = kind == Synonym.Kind.HIDDEN
        seen.synonyms.append((tuple(lexemes), tuple(meaning), "" if is_hidden else meant))
        if kind == Synonym.Kind.EQUAL:
            seen.synonyms.append((tuple(meaning), tuple(lexemes), term))


def _before(ending: str, compound: str) -> str:
    if compound.endswith(ending):
        return compound.removesuffix(ending)
    return analyser.fold(compound).removesuffix(analyser.fold(ending))


def _longest_synonym(lexemes: list[str], seen: _Seen) -> tuple[int, list[tuple[tuple[str, ...], str]]]:
    """How many lexemes from here on have synonyms, and which: "Deutsch als Zweitsprache" before "Deutsch"."""
    here = [entry for entry in seen.synonyms if tuple(lexemes[: len(entry[0])]) == entry[0]]
    length = max((len(term) for term, _meaning, _shown in here), default=0)
    return length, [(meaning, shown) for term, meaning, shown in here if len(term) == length]


def _parts(word: str, seen: _Seen) -> list[Way]:
    """A long word is also answered by its parts standing apart: Pflegehelfer by "Helferkurs in der Pflege"."""
    parts = compounds.Splitter(seen.nouns).cut(word)
    if not parts or not seen.nouns.issuperset(map(analyser.fold, parts)):
        return []
    return [Way(tuple(lexeme for part in parts for lexeme in seen.vocabulary[part]), NAMES)]


def gain(term: str, meaning: str) -> tuple[int, int]:
    """How many courses are found for a term alone, and how many with a synonym for it."""
    own, other = (Asked(((Way(tuple(in_order(words))),),)).tsquery() for words in (term, meaning))
    with db.reading().cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE words @@ %s::tsquery), count(*) FROM courses_searchcourse"
            " WHERE words @@ %s::tsquery OR words @@ %s::tsquery",
            [own, own, other],
        )
        return cursor.fetchone()
