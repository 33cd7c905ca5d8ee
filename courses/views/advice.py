"""Nothing found: what was asked, in a sentence, and ways out that are known to lead somewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.filters import RADII, Question
from courses.search import Facet, SearchQuery, SearchResult, analyser, glance
from courses.search.spelling import as_written, left_out, suggest
from courses.views import wording
from courses.views.facets import Chip
from kit.templatetags.kit import query_with, query_without

FEW = 3  # hits; with more of them nobody asks whether the words were meant


@dataclass(frozen=True)
class Way:
    label: str
    address: str
    count: str


@dataclass(frozen=True)
class Spelling:
    """What was made of the words: `typed` was mended into `words`; or `other` would find more; `also` is searched for
    beside them; `missing` says which of them stand in no course."""

    words: str
    typed: str = ""
    other: Way | None = None
    also: str = ""
    missing: str = ""


def spelling(question: Question, result: SearchResult, query: QueryDict) -> Spelling:
    text = question.query.text
    other = _other_spelling(question, result, query) if text and 0 < result.total <= FEW else None
    also = wording.listing([_("“{words}”").format(words=words) for words in question.query.words.also])
    return Spelling(text, question.typed, other, also, _missing(question))


def _missing(question: Question) -> str:
    words = as_written(question.query.text, question.missing)
    if not words:
        return ""
    quoted = wording.listing([_("“{words}”").format(words=word) for word in words])
    return ngettext("{words} is in no course.", "{words} are in no course.", len(words)).format(words=quoted)


def _other_spelling(question: Question, result: SearchResult, query: QueryDict) -> Way | None:
    words = "" if question.typed else suggest(question.query.text)
    number = _number(question.query.asking(words)) if words else 0
    return Way(words, query_with(query, "q", words), courses(number)) if number > result.total else None


def sentence(question: Question, chips: list[Chip], missing: str) -> str:
    """What there is no course for, and which words are to blame: `missing`, unless one word is all that was asked."""
    parts = [_("“{words}”").format(words=question.query.text)] if question.query.text else []
    if question.query.position:
        around = _("within {km} km of {place}")
        parts.append(around.format(km=question.query.position.km, place=question.place.name))
    parts += [chip.label for chip in chips]
    if not parts:
        return _("There are no courses in the catalogue at the moment.")
    nothing = _("There is no course for {asked} at the moment.").format(asked=", ".join(parts))
    is_one_word = len(parts) == 1 and len(analyser.plain_words(question.query.text)) == 1
    return nothing if is_one_word or not missing else f"{nothing} {missing}"


def ways(question: Question, result: SearchResult, chips: list[Chip], query: QueryDict) -> list[Way]:
    """Another spelling, one filter less, a wider circle; only such that find something."""
    found = [*_spelling(question, query), *_without_missing(question, query), *_less(result, chips, query)]
    found += [*_wider(question, query), *_broader(question, query)]
    return found or [*_words_away(question, query)]


def courses(number: int) -> str:
    return ngettext("{number} course", "{number} courses", number).format(number=wording.number(number))


def _spelling(question: Question, query: QueryDict) -> Iterator[Way]:
    words = question.query.text and not question.typed and suggest(question.query.text)
    if words and (number := _number(question.query.asking(words))):
        yield Way(_("Did you mean “{words}”?").format(words=words), query_with(query, "q", words), courses(number))


def _without_missing(question: Question, query: QueryDict) -> Iterator[Way]:
    """The words that are in no course left out, where others stay."""
    words = question.missing and left_out(question.query.text, question.missing)
    if words and (number := _number(question.query.asking(words))):
        gone = " ".join(as_written(question.query.text, question.missing))
        yield Way(_("Search without “{words}”").format(words=gone), query_with(query, "q", words), courses(number))


def _less(result: SearchResult, chips: list[Chip], query: QueryDict) -> Iterator[Way]:
    for key, number in result.without.items():
        labels = [chip.label for chip in chips if chip.key == key]
        if not number or not labels:
            continue
        label = _("Remove the filter “{name}”").format(name=", ".join(labels))
        yield Way(label, query_without(query, key), courses(number))


def _wider(question: Question, query: QueryDict) -> Iterator[Way]:
    position = question.query.position
    if position is None:
        return
    for km in (radius for radius in RADII if radius > position.km):
        if number := _number(replace(question.query, position=replace(position, km=km))):
            yield Way(_("Search within {km} km").format(km=km), query_with(query, "km", km), courses(number))
            break
    if not question.query.with_online and (number := _number(replace(question.query, with_online=True))):
        yield Way(_("Show online courses, too"), query_with(query, "online", "1"), courses(number))


def _broader(question: Question, query: QueryDict) -> Iterator[Way]:
    """The topic above the ticked one."""
    form = question.form
    ticked = [topic for topic in form.topics if topic.slug in form.ticks(Facet.TOPIC)]
    for parent in {topic.parent_id for topic in ticked if topic.parent_id} if len(ticked) == 1 else ():
        topic = next(each for each in form.topics if each.pk == parent)
        chosen = {**question.query.chosen, Facet.TOPIC: frozenset([parent])}
        if number := _number(replace(question.query, chosen=chosen)):
            label = _("Search in the whole topic “{name}”").format(name=topic)
            yield Way(label, query_with(query, Facet.TOPIC, topic.slug), courses(number))


def _words_away(question: Question, query: QueryDict) -> Iterator[Way]:
    if question.query.text and (number := _number(question.query.asking(""))):
        label = _("Search without “{words}”").format(words=question.query.text)
        yield Way(label, query_without(query, "q"), courses(number))


def _number(query: SearchQuery) -> int:
    return glance(replace(query, per_page=1)).total
