"""The filter column and its chips, made from the form and the counts of the search."""

from dataclasses import dataclass, field, replace
from functools import cache

from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.filters import (
    ACCESS,
    COSTS,
    DAYS,
    LANGUAGES,
    LEVELS,
    MODES,
    STARTS,
    TIMES,
    WORKLOADS,
    Question,
    SearchForm,
)
from courses.models import Keyword
from courses.search import Facet, SearchResult, analyser
from courses.views import wording
from kit import kept, text
from kit.templatetags.kit import german, money, numdate, query_without
from providers.models import Organization
from taxonomy.models import Topic

MOST = 7  # options before "show all"
MOST_AUDIENCES = 20
MOST_PROVIDERS = 15  # all others are found by their profile or by the words of the search
OPEN = {Facet.TOPIC, Facet.COST, Facet.TIME}
FIXED = {
    Facet.COST: COSTS,
    Facet.TIME: TIMES,
    Facet.WEEKDAY: DAYS,
    Facet.START: STARTS,
    Facet.MODE: MODES,
    Facet.WORKLOAD: WORKLOADS,
    Facet.LEVEL: LEVELS,
    Facet.ACCESS: ACCESS,
    Facet.LANGUAGE: {code: (code, label) for code, label in LANGUAGES.items()},
}
IN_GERMAN = {Facet.FUNDING, Facet.AUDIENCE, Facet.PROVIDER}  # names that nobody translates
# Values are not shown while the catalogue says nothing about them.
SHORT = {Facet.START, Facet.LEVEL, Facet.WORKLOAD, Facet.ACCESS, Facet.LANGUAGE}


@dataclass(frozen=True)
class Option:
    key: int | str  # names the number, which is renewed after a tick
    value: str
    label: str
    count: int
    is_chosen: bool
    is_below: bool = False  # a topic under another one


@dataclass(frozen=True)
class Box:
    """One facet, see components/_facet.html."""

    key: str
    label: str
    is_open: bool
    options: list[Option]
    more: list[Option] = field(default_factory=list)
    is_radio: bool = False
    find: BoundField | None = None  # narrows a long list, together with the button of the form


@dataclass(frozen=True)
class Chip:
    key: str
    label: str
    address: str
    is_german: bool = False  # in every language


def boxes(form: SearchForm, result: SearchResult) -> list[Box]:
    """In the order in which people use them; facets without any value in the catalogue stay away."""
    found = [_topics(form, result), *(_fixed(facet, form, result) for facet in FIXED)]
    found += [_fundings(form, result), _audiences(form, result), _providers(form, result)]
    return [box for box in found if box.options or box.find]


def _topics(form: SearchForm, result: SearchResult) -> Box:
    counts, ticked = result.counts[Facet.TOPIC], set(form.ticks(Facet.TOPIC))
    unfolded = {topic.parent_id or topic.pk for topic in form.topics if topic.slug in ticked}
    options = []
    for root in (topic for topic in form.topics if topic.parent_id is None):
        options.append(_topic(root, counts, ticked, is_below=False))
        for topic in form.topics if root.pk in unfolded else ():
            if topic.parent_id == root.pk and (counts.get(topic.pk) or topic.slug in ticked):
                options.append(_topic(topic, counts, ticked, is_below=True))
    return Box(Facet.TOPIC, str(form.fields[Facet.TOPIC].label), is_open=True, options=options)


def _topic(topic: Topic, counts: dict, ticked: set[str], *, is_below: bool) -> Option:
    label = german(topic.name) if str(topic) == topic.name else str(topic)
    return Option(topic.pk, topic.slug, label, counts.get(topic.pk, 0), topic.slug in ticked, is_below)


def _fixed(facet: Facet, form: SearchForm, result: SearchResult) -> Box:
    counts, ticked = result.counts[facet], form.ticks(facet)
    options = [
        Option(meaning, value, label, counts.get(meaning, 0), value in ticked)
        for value, meaning, label in _labelled(facet, get_language())
    ]
    if facet in SHORT:
        options = [option for option in options if option.count or option.is_chosen]
    return _box(facet, form, options)


@cache
def _labelled(facet: Facet, _language: str | None) -> list[tuple]:
    return [(value, meaning, str(label)) for value, (meaning, label) in FIXED[facet].items()]


def _fundings(form: SearchForm, result: SearchResult) -> Box:
    meanings = form.fields[Facet.FUNDING].meanings
    counts = {f.pk: result.counts[Facet.FUNDING].get(meanings[f.slug], 0) for f in form.fundings}
    chosen = {f.pk for f in form.fundings if f.slug in form.ticks(Facet.FUNDING)}
    found = [(f.pk, f.slug, str(f)) for f in form.fundings]
    return _box(Facet.FUNDING, form, _named(_frequent(found, counts, chosen), counts, chosen))


def _audiences(form: SearchForm, result: SearchResult) -> Box:
    counts, ticked = result.counts[Facet.AUDIENCE], form.ticks(Facet.AUDIENCE)
    chosen = {int(tick) for tick in ticked}
    found = [(pk, str(pk), word) for pk, word in audiences() if pk in counts or pk in chosen]
    shown = _frequent(found, counts, chosen)[: max(MOST_AUDIENCES, len(ticked))]
    return _box(Facet.AUDIENCE, form, _named(shown, counts, chosen))


def _providers(form: SearchForm, result: SearchResult) -> Box:
    counts, ticked = result.counts[Facet.PROVIDER], form.ticks(Facet.PROVIDER)
    chosen = {form.fields[Facet.PROVIDER].meanings[slug] for slug in ticked}
    wanted = _key(form.cleaned_data.get("anbietername") or "")
    found = [
        (pk, slug, name)
        for pk, slug, name, key in providers()
        if (pk in counts or pk in chosen) and (not wanted or wanted in key or pk in chosen)
    ]
    shown = _frequent(found, counts, chosen)
    box = _box(Facet.PROVIDER, form, _named(shown[: max(MOST_PROVIDERS, len(ticked))], counts, chosen))
    if not wanted and len(shown) <= MOST:
        return box
    return replace(box, is_open=box.is_open or bool(wanted), find=form["anbietername"])


@kept.by("courses_keyword WHERE kind = 'audience'")
def audiences() -> list[tuple[int, str]]:
    found = Keyword.objects.filter(kind=Keyword.Kind.AUDIENCE).order_by("word", "pk")
    return list(found.values_list("pk", "word"))


@kept.by("providers_organization")
def providers() -> list[tuple[int, str, str, str]]:
    """Number, part of the address, name, and what a part of the name is compared with."""
    found = Organization.objects.order_by("sort_key", "pk").values_list("pk", "slug", "name")
    return [(pk, slug, name, _key(name)) for pk, slug, name in found]


def _key(name: str) -> str:
    """Töpfermarkt for "toepfer", too."""
    return analyser.fold(text.fold(name))


def _frequent(found: list[tuple], counts: dict, chosen: set) -> list[tuple]:
    """Chosen ones first, then the most courses; what would find nothing stays away from long lists."""
    useful = [each for each in found if counts.get(each[0]) or each[0] in chosen]
    return sorted(useful, key=lambda each: (each[0] not in chosen, -counts.get(each[0], 0)))


def _named(found: list[tuple], counts: dict, chosen: set) -> list[Option]:
    return [Option(pk, value, german(name), counts.get(pk, 0), pk in chosen) for pk, value, name in found]


def _box(facet: Facet, form: SearchForm, options: list[Option]) -> Box:
    cut = len(options) if len(options) <= MOST + 1 else max(MOST, sum(option.is_chosen for option in options))
    is_open = facet in OPEN or any(option.is_chosen for option in options)
    return Box(facet, str(form.fields[facet].label), is_open, options[:cut], options[cut:])


# ── Chips
def chips(question: Question, query: QueryDict) -> list[Chip]:
    """What is chosen beside words and place, each with the address without it."""
    form, found = question.form, []
    for facet in Facet:
        labels = form.fields[facet].labels
        for tick in form.ticks(facet):
            found.append(Chip(facet, str(labels[tick]), query_without(query, facet, tick), facet in IN_GERMAN))
    values = form.cleaned_data
    others = {
        "ab": question.query.starts_from and _("from {day}").format(day=numdate(question.query.starts_from)),
        "bis": question.query.starts_until and _("until {day}").format(day=numdate(question.query.starts_until)),
        "preis": values.get("preis") is not None and _("up to {price}").format(price=money(values.get("preis"))),
        "woche": question.query.week and _("fits my week: {times}").format(times=wording.own_week(question.query.week)),
        "frei": values["frei"] and _("only with free places"),
        "online": question.query.position and values["online"] and _("online courses, too"),
    }
    return found + [Chip(key, label, query_without(query, key)) for key, label in others.items() if label]
