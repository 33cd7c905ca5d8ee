"""The search as good Django developers write it on their first day: the models as they are, joins, distinct, a query
per facet. It answers the same questions as `courses.search` with the same courses, total and counts; a test holds the
two against each other, so that a comparison of their times compares the same work.

It is spared what only a page without hits shows (`SearchResult.without`), and it takes words and audiences from the
same indexed columns: understanding German is no part of the comparison.
"""

from collections.abc import Callable
from decimal import Decimal

from django.contrib.postgres import search as postgres
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DecimalField,
    F,
    FilteredRelation,
    FloatField,
    Func,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import (
    ASin,
    Coalesce,
    Cos,
    Least,
    Lower,
    Power,
    Radians,
    RowNumber,
    Sin,
    Sqrt,
)
from django.db.models.lookups import GreaterThan

from courses.models import Course, CourseRun, SearchRun
from courses.models.run import ADMITTED, STILL_OPEN, VOUCHER
from courses.search import Facet, Hit, Order, SearchQuery, SearchResult
from courses.search.query import MONTHS, REGIONAL, SOON
from kit import clock
from kit.geo import EARTH_KM
from kit.pagination import DEEPEST
from providers.models import azav_holds

NOWHERE = Value(None, FloatField())
ONLINE = [CourseRun.Mode.ONLINE, CourseRun.Mode.DISTANCE]
TIMES = {"morning": 1, "afternoon": 2, "evening": 4, "all_day": 8, "weekend": 16}
PRICE_KINDS = {
    "free": SearchRun.Cost.FREE,
    "known": SearchRun.Cost.PRICED,
    "on_request": SearchRun.Cost.ON_REQUEST,
}


def search(query: SearchQuery) -> SearchResult:
    hits = _page(query)
    return SearchResult(
        total=_total(query), hits=hits, counts={facet: count(query, facet) for facet, count in COUNTS.items()}
    )


# ── Which courses, which runs


def _courses(query: SearchQuery, but: Facet | None = None) -> QuerySet:
    """Courses that meet what is asked of courses, one facet aside."""
    return Course.objects.visible().filter(_of_course(query, but)).order_by()


def _runs(query: SearchQuery, but: Facet | None = None) -> QuerySet:
    """Runs that meet everything that is asked, one facet aside."""
    runs = CourseRun.objects.public().filter(_of_course(query, but, "course__"), _of_run(query, but)).order_by()
    if query.position:
        runs = runs.annotate(km=_km(query)).filter(_near(query))
    if query.price_up_to is not None:
        runs = runs.annotate(today=_price()).filter(today__lte=query.price_up_to)
    return runs


def _asks_for_runs(query: SearchQuery, but: Facet | None = None) -> bool:
    ticked = {facet for facet in query.chosen if query.chosen[facet]} - {but} - set(OF_COURSES)
    others = [query.position, query.starts_from, query.starts_until, query.free_places or None, query.price_up_to]
    return bool(ticked) or any(value is not None for value in others)


def _of_course(query: SearchQuery, but: Facet | None, to: str = "") -> Q:
    """Conditions on a course; `to` leads there from a run."""
    found = Q()
    if query.words.groups:
        found &= _says(query.words.tsquery(), to)
    for facet, condition in OF_COURSES.items():
        if facet != but and (ticks := query.ticked(facet)):
            found &= condition(ticks, to)
    return found


def _says(words: str, to: str) -> Q:
    asked = postgres.SearchQuery(words, config="simple", search_type="raw")
    return Q(**{f"{to}search_row__words": asked})


OF_COURSES: dict[Facet, Callable[[list, str], Q]] = {
    Facet.TOPIC: lambda ticks, to: Q(**{f"{to}topic__in": ticks}) | Q(**{f"{to}topic__parent__in": ticks}),
    Facet.LEVEL: lambda ticks, to: Q(**{f"{to}level__in": ticks}),
    Facet.AUDIENCE: lambda ticks, to: Q(**{f"{to}search_row__audiences__overlap": ticks}),
    Facet.PROVIDER: lambda ticks, to: Q(**{f"{to}provider__in": ticks}),
}


def _of_run(query: SearchQuery, but: Facet | None) -> Q:
    found = Q()
    for facet, condition in OF_RUNS.items():
        if facet != but and (ticks := query.ticked(facet)):
            found &= _any(condition(tick) for tick in ticks)
    if query.starts_from:
        found &= Q(starts_on__gte=query.starts_from) | Q(begin="any_time")
    if query.starts_until:
        found &= Q(starts_on__lte=query.starts_until) | Q(begin="any_time")
    if query.free_places:
        found &= Q(places=None) | Q(places_taken=None) | Q(places__gt=F("places_taken"))
    return found


def _any(conditions) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def _cost(cost: int) -> Q:
    if cost == SearchRun.Cost.FUNDED:
        others = ~Q(funding_federal__contained_by=[VOUCHER]) | Q(funding_regional__len__gt=0)
        return others | _voucher()
    return Q(price_kind__in=[kind for kind, bit in PRICE_KINDS.items() if bit == cost])


def _funding(code: int) -> Q:
    if code == VOUCHER:
        return _voucher()
    if code > REGIONAL:
        return Q(funding_regional__contains=[code - REGIONAL])
    return Q(funding_federal__contains=[code])


def _voucher() -> Q:
    """As CourseRunQuerySet.with_valid_voucher, as a condition."""
    today = clock.today()
    return (
        (Q(funding_federal__contains=[VOUCHER]) | Q(certificate_status=ADMITTED))
        & (Q(certificate_from=None) | Q(certificate_from__lte=today))
        & (Q(certificate_until=None) | Q(certificate_until__gte=today))
        & azav_holds("course__provider")
    )


def _access(way: int) -> Q:
    return {
        SearchRun.Access.STEP_FREE: Q(location__is_barrier_free=True) & ~Q(mode__in=ONLINE),
        SearchRun.Access.DIGITAL: Q(digitally_accessible=True),
        SearchRun.Access.MADE_FOR: Q(course__handicaps__len__gt=0),
    }[way]


def _start(start: int) -> Q:
    today = clock.today()
    soon, later = today + SOON, today + MONTHS
    return {
        SearchRun.Start.ANY_TIME: Q(begin="any_time"),
        SearchRun.Start.SOON: Q(starts_on__gte=today, starts_on__lt=soon),
        SearchRun.Start.MONTHS: Q(starts_on__gte=soon, starts_on__lt=later),
        SearchRun.Start.LATER: Q(starts_on__gte=later),
        SearchRun.Start.BEGUN: Q(starts_on__lt=today),
    }[start]


def _weekday(bit: int) -> Q:
    return Q(GreaterThan(F("weekdays").bitand(bit), 0))


OF_RUNS: dict[Facet, Callable[[int | str], Q]] = {
    Facet.COST: _cost,
    Facet.START: _start,
    Facet.TIME: lambda bit: Q(times_of_day__contains=[name for name in TIMES if TIMES[name] == bit]),
    Facet.MODE: lambda mode: Q(mode=mode),
    Facet.WEEKDAY: _weekday,
    Facet.WORKLOAD: lambda workload: Q(instruction_time=workload),
    Facet.FUNDING: _funding,
    Facet.ACCESS: _access,
    Facet.LANGUAGE: lambda code: Q(languages__contains=[code]),
}


def _near(query: SearchQuery) -> Q:
    near = Q(km__lte=query.position.km)
    return near | Q(mode__in=ONLINE) if query.with_online else near


def _km(query: SearchQuery):
    at = query.position
    latitude = Coalesce("location__latitude", "location__place__latitude")
    longitude = Coalesce("location__longitude", "location__place__longitude")
    north = Power(Sin(Radians(latitude - at.latitude) / 2), 2)
    east = Power(Sin(Radians(longitude - at.longitude) / 2), 2)
    way = Sqrt(north + Cos(Radians(latitude)) * Cos(Radians(Value(at.latitude))) * east)
    km = Value(2 * EARTH_KM) * ASin(Least(Value(1.0), way, output_field=FloatField()))
    return Case(When(GreaterThan(latitude, Value(-91.0)), then=km), default=NOWHERE)  # Least overlooks NULL


def _price(to: str = "") -> Case:
    reduced = {f"{to}special_price__isnull": False, f"{to}special_price_until__gte": clock.today()}
    return Case(
        When(**{f"{to}price_kind": "free"}, then=Value(Decimal(0))),
        When(**reduced, then=f"{to}special_price"),
        default=f"{to}price",
        output_field=DecimalField(),
    )


# ── Total and page


def _total(query: SearchQuery) -> int:
    if _asks_for_runs(query):
        return _runs(query).aggregate(n=Count("course", distinct=True))["n"]
    return _courses(query).aggregate(n=Count("pk", distinct=True))["n"]


def _page(query: SearchQuery) -> list[Hit]:
    """One row per course with its first run, by a window over all runs; then what the cards tell beside it."""
    rows = _first_runs(query) if _asks_for_runs(query) else _courses_with_first_run(query)
    pages = max(1, -(-_total(query) // query.per_page))
    start = (min(query.page, pages, DEEPEST) - 1) * query.per_page
    rows = rows[start : start + query.per_page]
    runs = _runs(query).filter(course__in=[row["found"] for row in rows]).values_list("course")
    runs = dict(runs.annotate(Count("pk", distinct=True)))
    vouchers = CourseRun.objects.with_valid_voucher().filter(pk__in=[row["first"] for row in rows])
    vouchers = set(vouchers.values_list("pk", flat=True))
    return [
        Hit(row["found"], row["first"], runs.get(row["found"], 0), row["far"], takes_voucher=row["first"] in vouchers)
        for row in rows
    ]


def _first_runs(query: SearchQuery) -> QuerySet:
    far = F("km") if query.position else NOWHERE
    runs = _runs(query).annotate(found=F("course"), first=F("pk"), begins=F("starts_on"), far=far)
    runs = runs.annotate(phase=_phase("first", "begins"), tier=_tier(query, "course__"), cost=_price())
    return _first(runs, query, "course")


def _courses_with_first_run(query: SearchQuery) -> QuerySet:
    """Nothing is asked of runs: a course without a visible one is found as well."""
    courses = _courses(query).annotate(seen=FilteredRelation("runs", condition=_visible("runs__")))
    courses = courses.annotate(found=F("pk"), first=F("seen__pk"), begins=F("seen__starts_on"), far=NOWHERE)
    courses = courses.annotate(phase=_phase("first", "begins"), tier=_tier(query, ""), cost=_price("seen__"))
    return _first(courses, query, "pk")


def _visible(to: str) -> Q:
    """As CourseRunQuerySet.visible, as a condition on a relation."""
    today = clock.today()
    dated = Q(**{f"{to}starts_on__gte": today - STILL_OPEN}) | Q(**{f"{to}registration_until__gte": today})
    open_end = Q(**{f"{to}announced_until": None}) | Q(**{f"{to}announced_until__gte": today})
    begun = Q(**{f"{to}announced_from": None}) | Q(**{f"{to}announced_from__lte": today})
    return (dated | Q(**{f"{to}starts_on": None}) & open_end) & begun & Q(**{f"{to}withdrawn_at": None})


def _first(rows: QuerySet, query: SearchQuery, course: str) -> QuerySet:
    soonest = ["phase", "begins", "first"]
    order = {
        Order.BEGIN: soonest,
        Order.RELEVANCE: ["tier", *soonest],
        Order.DISTANCE: ["far", *soonest],
        Order.PRICE: ["cost", *soonest],
    }[query.order]
    ranked = rows.annotate(rank=Window(RowNumber(), partition_by=course, order_by=order)).filter(rank=1)
    return ranked.order_by(*order, "found").values("found", "first", "far")


def _phase(run: str, begins: str) -> Case:
    return Case(
        When(**{f"{run}__isnull": True}, then=Value(3)),
        When(**{f"{begins}__isnull": True}, then=Value(1)),
        When(**{f"{begins}__gte": clock.today()}, then=Value(0)),
        default=Value(2),
    )


def _tier(query: SearchQuery, to: str):
    """The same four steps as courses.search.sql: in the title, at its words' beginnings, in keywords, in the text."""
    asked = query.words
    if not asked.groups:
        return Value(0)
    steps = [asked.tsquery("A", prefix=False), asked.tsquery("A"), asked.tsquery("ABC")]
    return Case(*(When(_says(step, to), then=Value(place)) for place, step in enumerate(steps)), default=Value(3))


# ── Facets: courses per value, the facet's own ticks aside


def _per_course(value: str) -> Callable[[SearchQuery, Facet], dict]:
    def count(query: SearchQuery, facet: Facet) -> dict:
        if _asks_for_runs(query):
            rows = _runs(query, facet).values_list(f"course__{value}").annotate(Count("course", distinct=True))
        else:
            rows = _courses(query, facet).values_list(value).annotate(Count("pk", distinct=True))
        return {key: number for key, number in rows if key not in (None, "")}

    return count


def _topics(query: SearchQuery, facet: Facet) -> dict:
    """A course counts for its topic and for the one above."""
    counts = dict(_per_course("topic")(query, facet))
    for parent, number in _per_course("topic__parent")(query, facet).items():
        counts[parent] = counts.get(parent, 0) + number
    return counts


def _audiences(query: SearchQuery, facet: Facet) -> dict:
    """From the indexed column: whom a course names in its text is no part of the comparison either."""
    if _asks_for_runs(query):
        rows, groups, course = _runs(query, facet), "course__search_row__audiences", "course"
    else:
        rows, groups, course = _courses(query, facet), "search_row__audiences", "pk"
    each = Func(F(groups), function="unnest", output_field=BigIntegerField())
    return dict(rows.annotate(counted=each).values_list("counted").annotate(Count(course, distinct=True)))


def _per_run(value, key=lambda value: value) -> Callable[[SearchQuery, Facet], dict]:
    def count(query: SearchQuery, facet: Facet) -> dict:
        rows = _runs(query, facet).annotate(counted=value).values_list("counted")
        rows = rows.annotate(Count("course", distinct=True))
        return {key(value): number for value, number in rows if value not in (None, "")}

    return count


def _per_condition(values: list) -> Callable[[SearchQuery, Facet], dict]:
    """Values that overlap, in one row of counts."""

    def count(query: SearchQuery, facet: Facet) -> dict:
        condition = OF_RUNS[facet]
        asked = {f"v{value}": Count("course", distinct=True, filter=condition(value)) for value in values}
        counts = _runs(query, facet).aggregate(**asked)
        return {value: counts[f"v{value}"] for value in values if counts[f"v{value}"]}

    return count


def _workloads(query: SearchQuery, facet: Facet) -> dict:
    counts = _per_run(F("instruction_time"))(query, facet)
    return {value: number for value, number in counts.items() if value in (1, 2)}


def _fundings(query: SearchQuery, facet: Facet) -> dict:
    federal = _per_run(_each("funding_federal"))(query, facet)
    regional = _per_run(_each("funding_regional"), key=lambda number: number + REGIONAL)(query, facet)
    counts = {**federal, **regional}
    counts.pop(VOUCHER, None)
    return counts | _per_condition([VOUCHER])(query, facet)


def _each(column: str) -> Func:
    field = CourseRun._meta.get_field(column).base_field
    return Func(F(column), function="unnest", output_field=field)


COUNTS: dict[Facet, Callable[[SearchQuery, Facet], dict]] = {
    Facet.TOPIC: _topics,
    Facet.COST: _per_condition(list(SearchRun.Cost)),
    Facet.START: _per_condition(list(SearchRun.Start)),
    Facet.TIME: _per_run(_each("times_of_day"), key=TIMES.get),
    Facet.MODE: _per_run(F("mode")),
    Facet.WEEKDAY: _per_condition([1 << day for day in range(7)]),
    Facet.WORKLOAD: _workloads,
    Facet.FUNDING: _fundings,
    Facet.LEVEL: _per_course("level"),
    Facet.AUDIENCE: _audiences,
    Facet.ACCESS: _per_condition(list(SearchRun.Access)),
    Facet.LANGUAGE: _per_run(Lower(_each("languages"))),
    Facet.PROVIDER: _per_course("provider"),
}
