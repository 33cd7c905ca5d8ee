"""The words of the catalogue: learnt from titles, keywords, topics, names and the nouns of the texts."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from courses.models import Course, CourseRun, Keyword, SearchWord
from courses.search import analyser, compounds, runs
from kit import bulk

BATCH = 2_000
TEXTS = 200  # descriptions that are in memory at once
LETTERS = range(4, 61)
TAG = re.compile(r"<[^>]*>")


def nouns() -> set[str]:
    """All words that may be parts of compounds, folded."""
    return set(SearchWord.objects.filter(is_noun=True).values_list("folded", flat=True))


def learn(ids: list[int]) -> None:
    """Add the words of these courses. Standing rows are not locked unless they change: imports run side by side."""
    uses: Counter[str] = Counter()
    found_nouns: set[str] = set()
    for batch in bulk.batches(ids, BATCH):
        for words, own in _words_of(batch):
            uses.update(words)
            found_nouns |= own
    standing = dict(SearchWord.objects.filter(word__in=list(uses)).values_list("word", "is_noun"))
    fresh = [word for word in sorted(uses) if word not in standing]
    rows = (_row(word, uses[word], is_noun=word in found_nouns) for word in fresh)
    SearchWord.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    turned = sorted(word for word, is_noun in standing.items() if word in found_nouns and not is_noun)
    if turned:
        SearchWord.objects.filter(word__in=turned).update(is_noun=True)


def _row(word: str, uses: int, *, is_noun: bool) -> SearchWord:
    folded = analyser.fold(word)
    return SearchWord(word=word, folded=folded, shortened=analyser.shortened(folded), uses=uses, is_noun=is_noun)


def _words_of(ids: list[int]) -> Iterator[tuple[set[str], set[str]]]:
    """Per course: its words, and those of them that are nouns."""
    columns = ("pk", "title", "degree_title", "description", "provider__name", "topic__name", "topic__parent__name")
    keywords = _linked(
        Course.keywords.through.objects.filter(course_id__in=ids).exclude(keyword__kind=Keyword.Kind.ADMIN)
    )
    of_runs = _runs(ids)
    courses = Course.objects.findable().filter(pk__in=ids).values_list(*columns)
    for pk, title, degree, description, *names in courses.iterator(chunk_size=TEXTS):
        titles = [title, degree, *names[1:], *keywords.get(pk, []), *of_runs.get(pk, [])]
        nouns_in_text = set(compounds.NOUN_IN_TEXT.findall(TAG.sub(" ", description)))
        own = _nouns(filter(None, titles)) | _plain(nouns_in_text)
        words = _plain(filter(None, [*titles, names[0]])) | own
        yield words, own


def _linked(rows) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for course, word in rows.order_by().values_list("course_id", "keyword__word"):
        found.setdefault(course, []).append(word)
    return found


def _runs(ids: list[int]) -> dict[int, list[str]]:
    """Own titles of runs, and their towns."""
    found: dict[int, list[str]] = {}
    rows = CourseRun.objects.filter(pk__in=runs.of_courses(ids)).order_by()
    for course, *texts in rows.values_list("course", "title", "location__city").distinct():
        found.setdefault(course, []).extend(text for text in texts if text)
    return found


def _plain(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in analyser.plain_words(text) if len(word) in LETTERS and word.isalpha()}


def _nouns(titles: Iterable[str]) -> set[str]:
    return _plain(word for title in titles for word in compounds.NOUN_IN_TITLE.findall(title))
