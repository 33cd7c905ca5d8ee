"""The query string of the catalogue, declared once: every key, what it may hold and what it means to the search.

A plain form and no FilterSet: what it filters is not a queryset but the search.
"""

from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from django import forms
from django.http import QueryDict
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from courses.models import Course, CourseRun, Keyword, SearchRun
from courses.search import Facet, Order, Position, SearchQuery, places, spelling, week, words
from courses.search.query import funding_code
from kit import kept
from providers.models import Organization
from taxonomy.models import FundingType, Topic

RADII = [1, 2, 5, 10, 20, 30, 50, 100, 200]  # offered; every whole number between the first and the last is understood
RADIUS = 20
PER_PAGE = 20
LONGEST_QUESTION = 200

COSTS = {
    "frei": (SearchRun.Cost.FREE, _("free of charge")),
    "foerderung": (SearchRun.Cost.FUNDED, _("with funding")),
    "preis": (SearchRun.Cost.PRICED, _("costs money")),
    "anfrage": (SearchRun.Cost.ON_REQUEST, _("price on request")),
}
TIMES = {
    "vormittags": (1, _("in the morning")),
    "nachmittags": (2, _("in the afternoon")),
    "abends": (4, _("in the evening")),
    "ganztags": (8, _("all day")),
    "wochenende": (16, _("at the weekend")),
}
STARTS = {
    "bald": (SearchRun.Start.SOON, SearchRun.Start.SOON.label),
    "monate": (SearchRun.Start.MONTHS, SearchRun.Start.MONTHS.label),
    "spaeter": (SearchRun.Start.LATER, SearchRun.Start.LATER.label),
    "jederzeit": (SearchRun.Start.ANY_TIME, SearchRun.Start.ANY_TIME.label),
    "laeuft": (SearchRun.Start.BEGUN, SearchRun.Start.BEGUN.label),
}
MODES = {
    "vor-ort": (CourseRun.Mode.ON_SITE, _("on site")),
    "online": (CourseRun.Mode.ONLINE, _("online")),
    "teils-online": (CourseRun.Mode.BLENDED, _("partly online")),
    "fernlehrgang": (CourseRun.Mode.DISTANCE, _("distance learning")),
}
DAY_NAMES = ["mo", "di", "mi", "do", "fr", "sa", "so"]
DAYS = {name: (1 << number, WEEKDAYS[number]) for number, name in enumerate(DAY_NAMES)}
# Parts of a day, each with its hours: the bounds are those of courses.search.week.
PARTS = {
    "vormittags": (_("Morning"), _("until 2 pm")),
    "nachmittags": (_("Afternoon"), _("12 to 7 pm")),
    "abends": (_("Evening"), _("from 5 pm on")),
}
WEEK = {
    f"{day}-{part}": (week.bit(number, place), format_lazy("{day} {part}", day=WEEKDAYS[number], part=TIMES[part][1]))
    for number, day in enumerate(DAY_NAMES)
    for place, part in enumerate(PARTS)
}
ACCESS = {
    "stufenlos": (SearchRun.Access.STEP_FREE, SearchRun.Access.STEP_FREE.label),
    "digital": (SearchRun.Access.DIGITAL, SearchRun.Access.DIGITAL.label),
    "behinderung": (SearchRun.Access.MADE_FOR, SearchRun.Access.MADE_FOR.label),
}
# ISO 639-2, languages that courses here are held in.
LANGUAGES = {
    "deu": _("German"), "eng": _("English"), "ara": _("Arabic"), "ukr": _("Ukrainian"), "rus": _("Russian"),
    "tur": _("Turkish"), "fas": _("Persian"), "pol": _("Polish"), "fra": _("French"), "spa": _("Spanish"),
    "ita": _("Italian"), "ron": _("Romanian"), "bul": _("Bulgarian"), "vie": _("Vietnamese"), "tir": _("Tigrinya"),
    "kur": _("Kurdish"), "gsg": _("German Sign Language"),
}  # fmt: skip
WORKLOADS = {"vollzeit": (1, _("full time")), "teilzeit": (2, _("part time"))}
LEVELS = {str(level): (str(level), level.label) for level in Course.Level}
ORDERS = {
    Order.BEGIN: _("Start date"),
    Order.RELEVANCE: _("Best match"),
    Order.DISTANCE: _("Distance"),
    Order.PRICE: _("Price"),
}


# ── What can be ticked, as far as it stands in tables


@kept.by("taxonomy_topic")
def topics() -> list[Topic]:
    return list(Topic.objects.defer("cues"))


@kept.by("taxonomy_fundingtype")
def fundings() -> list[FundingType]:
    return list(FundingType.objects.only("slug", "level", "number", "name", "short_name"))


@kept.by("taxonomy_topic")
def topic_choices() -> dict:
    return {topic.slug: (topic.pk, topic) for topic in topics()}


@kept.by("taxonomy_fundingtype")
def funding_choices() -> dict:
    return {each.slug: (funding_code(each.level, each.number), each) for each in fundings()}


class OneOf(forms.MultipleChoiceField):
    """Ticks. A value that no longer exists is left out: an old link still shows a list."""

    def __init__(self, choices: dict | None = None, **kwargs):
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **kwargs)
        self.offer(choices or {})

    def offer(self, choices: dict) -> None:
        """Values with what they mean to the search and what they are called."""
        self.meanings = {value: meaning for value, (meaning, _label) in choices.items()}
        self.labels = {value: label for value, (_meaning, label) in choices.items()}

    def clean(self, value: list[str] | None) -> list[str]:
        return [tick for tick in dict.fromkeys(value or []) if tick in self.meanings]


class SearchForm(forms.Form):
    """Keys of the address are German, see `Facet` for those of the ticks."""

    q = forms.CharField(
        max_length=LONGEST_QUESTION,
        required=False,
        error_messages={"max_length": _("Please search with fewer words.")},
    )
    ort = forms.CharField(
        max_length=120, required=False, error_messages={"max_length": _("Please write a shorter place.")}
    )
    km = forms.IntegerField(
        min_value=RADII[0],
        max_value=RADII[-1],
        required=False,
        error_messages={
            name: _("Please choose a radius between 1 and 200 km.") for name in ("invalid", "min_value", "max_value")
        },
    )
    online = forms.BooleanField(label=_("show online courses, too"), required=False)
    ab = forms.DateField(
        label=_("Starts from"), required=False, error_messages={"invalid": _("Please write a date such as 12.01.2027.")}
    )
    bis = forms.DateField(
        label=_("Starts until"),
        required=False,
        error_messages={"invalid": _("Please write a date such as 12.01.2027.")},
    )
    preis = forms.DecimalField(
        label=_("Costs at most (euros)"),
        min_value=0,
        max_value=Decimal(99_999),
        required=False,
        error_messages={
            name: _("Please write an amount between 0 and 99,999 euros.")
            for name in ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")
        },
    )
    frei = forms.BooleanField(label=_("only with free places"), required=False)
    woche = OneOf(WEEK, label=_("Only what fits my week"))
    sort = forms.ChoiceField(choices=list(ORDERS.items()), required=False)
    thema = OneOf(label=_("Topic"))
    kosten = OneOf(COSTS, label=_("Costs"))
    beginn = OneOf(STARTS, label=_("Start"))
    wann = OneOf(TIMES, label=_("Time of day"))
    format = OneOf(MODES, label=_("How it takes place"))
    tag = OneOf(DAYS, label=_("Weekday"))
    zeit = OneOf(WORKLOADS, label=_("Full time or part time"))
    foerderung = OneOf(label=_("Funding"))
    niveau = OneOf(LEVELS, label=_("Level"))
    zielgruppe = OneOf(label=_("For whom"))
    barrierefrei = OneOf(ACCESS, label=_("Accessibility"))
    sprache = OneOf({code: (code, label) for code, label in LANGUAGES.items()}, label=_("Language of teaching"))
    anbieter = OneOf(label=_("Provider"))
    anbietername = forms.CharField(max_length=80, required=False, label=_("Find a provider in this list"))

    def __init__(self, data: QueryDict):
        super().__init__(data)
        self.topics, self.fundings = topics(), fundings()
        self._offer("thema", topic_choices())
        self._offer("foerderung", funding_choices())
        ticked = [int(pk) for pk in data.getlist("zielgruppe") if pk.isascii() and pk.isdigit() and len(pk) < 16]
        groups = Keyword.objects.filter(kind=Keyword.Kind.AUDIENCE, pk__in=ticked) if ticked else []
        self._offer("zielgruppe", {str(group.pk): (group.pk, group) for group in groups})
        slugs = data.getlist("anbieter")
        chosen = Organization.objects.nameable().filter(slug__in=slugs) if slugs else []
        self._offer("anbieter", {provider.slug: (provider.pk, provider) for provider in chosen})

    def _offer(self, name: str, choices: dict) -> None:
        field = copy(self.fields[name])
        field.offer(choices)
        self.fields[name] = field

    def clean_thema(self) -> list[str]:
        """A ticked topic below another ticked one narrows it, instead of adding what is in there anyway."""
        ticked = self.cleaned_data["thema"]
        narrowed = {topic.parent_id for topic in self.topics if topic.slug in ticked}
        return [topic.slug for topic in self.topics if topic.slug in ticked and topic.pk not in narrowed]

    def clean_sort(self) -> Order | None:
        return Order(self.cleaned_data["sort"]) if self.cleaned_data["sort"] else None

    @property
    def shows_week(self) -> bool:
        """Whether somebody wants to tick a week, or has."""
        return "woche" in self.data

    def week(self) -> list[dict]:
        """The rows of courses/_my_week.html."""
        ticked, labels = self.cleaned_data["woche"], self.fields["woche"].labels
        return [
            {
                "name": WEEKDAYS[number],
                "short": WEEKDAYS_ABBR[number],
                "options": [
                    {"value": value, "label": labels[value], "is_chosen": value in ticked}
                    for value in (f"{day}-{part}" for part in PARTS)
                ],
            }
            for number, day in enumerate(DAY_NAMES)
        ]

    def parts(self) -> list[dict]:
        return [{"name": name, "hours": hours} for name, hours in PARTS.values()]

    def ticks(self, facet: Facet) -> list[str]:
        return self.cleaned_data.get(facet, [])


class _Shared(dict):
    """Fields that all forms have in common, for none changes them: to copy two dozen takes longer than to read them."""

    def __deepcopy__(self, memo: dict) -> dict:
        return dict(self)


SearchForm.base_fields = _Shared(SearchForm.base_fields)


@dataclass(frozen=True)
class Question:
    """What the address asks: the search's query, the place it is about, and what could not be understood."""

    form: SearchForm
    place: places.Found | None
    query: SearchQuery
    typed: str = ""  # the words as they were written, where the search mended them
    missing: tuple[str, ...] = ()  # words of the query that stand in no course
    errors: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def orders(self) -> list[Order]:
        """Those that make sense here: without words nothing is a better match, without a place nothing is near."""
        possible = {Order.RELEVANCE: bool(self.query.text), Order.DISTANCE: self.query.position is not None}
        return [order for order in ORDERS if possible.get(order, True)]


def read(data: QueryDict, *, page: int = 1) -> Question:
    """What does not fit is left out and named in `errors`; the rest of the question still gets its answer."""
    form = SearchForm(data)
    form.full_clean()
    values = form.cleaned_data
    place = places.find(values["ort"]) if values.get("ort") else None
    text, asked, missing = _words(values.get("q", ""))
    query = SearchQuery(
        text=text,
        asked=asked,
        position=_position(place, values),
        with_online=values["online"],
        chosen={facet: _meanings(form, facet) for facet in Facet if form.ticks(facet)},
        starts_from=_sensible(values.get("ab")),
        starts_until=_sensible(values.get("bis")),
        price_up_to=values.get("preis"),
        week=sum(WEEK[tick][0] for tick in values["woche"]),
        free_places=values["frei"],
        page=page,
        per_page=PER_PAGE,
    )
    typed = values["q"] if text != values.get("q", "") else ""
    question = Question(form, place, query, typed, missing, dict(form.errors))
    return replace(question, query=replace(query, order=_order(question, values.get("sort"))))


@kept.by("courses_synonym", "courses_searchchange")  # whenever the vocabulary learns, a change is noted
def _words(written: str) -> tuple[str, words.Asked, tuple[str, ...]]:
    """What is searched for: as it was written, unless nothing contains one of its words and one letter mends that; and
    its words that nothing contains all the same."""
    asked = words.understand(written)
    missing = spelling.without_hit(asked.unknown)
    if not (mended := spelling.mend(written, missing)):
        return written, asked, tuple(missing)
    asked = words.understand(mended)
    return mended, asked, tuple(each.word for each in asked.unknown if each.word in missing)


def _meanings(form: SearchForm, facet: Facet) -> frozenset:
    return frozenset(form.fields[facet].meanings[tick] for tick in form.ticks(facet))


def _position(place: places.Found | None, values: dict) -> Position | None:
    if place is None or not place.is_known:
        return None
    return Position(place.latitude, place.longitude, values.get("km") or RADIUS)


def _sensible(day: date | None) -> date | None:
    return day if day and 1990 < day.year < 2200 else None


def _order(question: Question, asked: Order | None) -> Order:
    if asked in question.orders:
        return asked
    return Order.RELEVANCE if question.query.text else Order.BEGIN
