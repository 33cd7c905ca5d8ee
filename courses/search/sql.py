"""The search in one SQL statement: exact, slower with every hit, and therefore the measure for whatever replaces it.

A course row meets each of its visible runs once (or NULL, if it has none), and every row remembers in one number which
conditions it fails. A row that fails nothing is a hit; a row that fails only the facet in question counts for that
facet, which is what makes counts "under all other filters"; the same number tells what dropping a condition would give.
Whoever fails two conditions counts nowhere and is left out at once.

Written for few passes over many rows (measured at 100,000 runs): rows come sorted once, by course; all bits of a run
stand in one number; and one pass over the courses counts whatever can be counted so.
"""

# ruff: noqa: S608 - the words of the statements are ours; everything a visitor wrote is a parameter

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from courses.models import CourseRun
from courses.models.run import VOUCHER
from courses.search.query import MONTHS, SOON, Facet, Order, SearchQuery
from courses.search.result import Hit, SearchResult
from courses.search.words import Asked
from kit import clock, db
from kit.geo import EARTH_KM
from kit.pagination import DEEPEST


@dataclass(frozen=True)
class FacetSql:
    """How a facet tests a row and where its values stand.

    Facets of courses are a column of the course; those of runs are bits, of which a course has the union over its runs,
    or (funding, languages) an array. `names` are the values behind the bits, where these are not the bits themselves.
    """

    test: str  # over s (course), r (run) and x (today's view of the run); %s is the list of ticks or their bits
    bits: str = ""  # expression over a row, see above
    most: int = 0  # how many bits there are
    names: tuple[str, ...] = ()

    def ticked(self, ticks: list) -> int | list:
        if not self.bits:
            return ticks
        return sum(1 << self.names.index(tick) if self.names else tick for tick in ticks)

    def value(self, key: str) -> int | str:
        if self.names:
            return self.names[int(key).bit_length() - 1]
        return int(key) if key.isdigit() else key


MODES = tuple(CourseRun.Mode.values)
MODE_BITS = f"CASE r.mode {' '.join(f'WHEN {mode!r} THEN {1 << place}' for place, mode in enumerate(MODES))} ELSE 0 END"
FACETS = {
    Facet.TOPIC: FacetSql("s.topic = ANY(%s) OR s.root = ANY(%s)"),
    Facet.COST: FacetSql("x.cost & %s <> 0", bits="x.cost", most=4),
    Facet.START: FacetSql("x.start & %s <> 0", bits="x.start", most=5),
    Facet.TIME: FacetSql("r.times & %s <> 0", bits="r.times", most=5),
    Facet.MODE: FacetSql(f"{MODE_BITS} & %s <> 0", bits=MODE_BITS, most=len(MODES), names=MODES),
    Facet.WEEKDAY: FacetSql("r.weekdays & %s <> 0", bits="r.weekdays", most=7),
    Facet.WORKLOAD: FacetSql("r.workload & %s <> 0", bits="COALESCE(r.workload, 0)", most=2),
    Facet.FUNDING: FacetSql("x.funding && %s::int[]"),
    Facet.LEVEL: FacetSql("s.level = ANY(%s)"),
    Facet.AUDIENCE: FacetSql("s.audiences && %s::bigint[]"),
    Facet.ACCESS: FacetSql("r.access & %s <> 0", bits="r.access", most=3),
    Facet.LANGUAGE: FacetSql("r.languages::text[] && %s::text[]"),
    Facet.PROVIDER: FacetSql("s.provider = ANY(%s)"),
}
COLUMNS = {
    Facet.TOPIC: "unnest(CASE WHEN topic = root THEN ARRAY[topic] ELSE ARRAY[topic, root] END)",
    Facet.LEVEL: "level",
    Facet.AUDIENCE: "unnest(audiences)",
    Facet.PROVIDER: "provider",
}
ARRAYS = {Facet.FUNDING: "funding", Facet.LANGUAGE: "languages"}
OF_RUNS = {facet: sql for facet, sql in FACETS.items() if sql.bits}
# All bits of a run stand in one number, each facet's behind those before it: one union serves all facets.
SHIFT = dict(zip(OF_RUNS, accumulate((sql.most for sql in OF_RUNS.values()), initial=0), strict=False))
BITS = " | ".join(f"(({sql.bits})::int << {SHIFT[facet]})" for facet, sql in OF_RUNS.items())
BIT = {name: 1 << place for place, name in enumerate([*FACETS, "ort", "ab", "bis", "preis", "woche", "frei"])}
EVERYTHING = (1 << len(BIT)) - 1

KM = (  # LEAST overlooks NULL: without the question a run without a venue would be as far away as one can be
    f"CASE WHEN r.latitude IS NOT NULL THEN {2 * EARTH_KM} * asin(LEAST(1, sqrt(sin(radians(r.latitude - %s) / 2) ^ 2"
    " + cos(radians(r.latitude)) * cos(radians(%s)) * sin(radians(r.longitude - %s) / 2) ^ 2))) END"
)
START = (
    "CASE WHEN r.any_time THEN 1 ELSE 0 END | CASE WHEN r.starts_on IS NULL THEN 0 WHEN r.starts_on < %s THEN 16"
    " WHEN r.starts_on < %s THEN 2 WHEN r.starts_on < %s THEN 4 ELSE 8 END"
)
# Providers whose admission (AZAV) somebody has looked at, and whether it holds on a day.
ADMISSIONS = """
    SELECT organization_id, bool_or(checked_at IS NOT NULL AND COALESCE(valid_from <= %s, TRUE)
        AND COALESCE(valid_to >= %s, TRUE)) AS holds
    FROM providers_certification WHERE kind = 'azav_provider' GROUP BY organization_id"""
SOONEST = "phase, starts_on, run_id"
ORDER = {
    Order.BEGIN: SOONEST,
    Order.RELEVANCE: f"tier, {SOONEST}",
    Order.DISTANCE: f"km, {SOONEST}",
    Order.PRICE: f"price, {SOONEST}",
}


def search(query: SearchQuery) -> SearchResult:
    """The hits of a question, with the counts of every facet. One statement (two with words)."""
    statement, values = _statement(query)
    with db.reading().cursor() as cursor:
        cursor.execute(statement, values)
        return _result(cursor.fetchall())


def glance(query: SearchQuery) -> SearchResult:
    """The total and the first hits, as `search` has them; no facet is counted, which is most of its work."""
    rows, values = _fitting(query)
    order = ORDER[query.order]
    statement = f"""
        SELECT course_id, run_id, runs, km, takes_voucher, count(*) OVER () FROM (
            SELECT DISTINCT ON (course_id) course_id, run_id, km, tier, phase, starts_on, price,
                count(run_id) OVER (PARTITION BY course_id) AS runs, {VOUCHER} = ANY(funding) AS takes_voucher
            FROM ({rows}) hit ORDER BY course_id, {order}
        ) first
        ORDER BY {order}, course_id LIMIT %s"""
    with db.reading().cursor() as cursor:
        cursor.execute(statement, [*values, query.per_page])
        found = cursor.fetchall()
    hits = [Hit(course, run, runs, km, bool(voucher)) for course, run, runs, km, voucher, _total in found]
    return SearchResult(total=found[0][-1] if found else 0, hits=hits)


def matching(query: SearchQuery) -> tuple[str, list]:
    """All course_id and run_id that fit, as a statement for courses.search.extent to look into."""
    rows, values = _fitting(query)
    return f"SELECT course_id, run_id FROM ({rows}) hit", values


def _fitting(query: SearchQuery) -> tuple[str, list]:
    """The rows that fail nothing. Each condition stands for itself, so that the database may begin with any of them."""
    rows, values = _rows(query)
    conditions = _conditions(query).values()
    tests = "".join(f" AND ({test})" for test, _parameters in conditions)
    return f"{rows}{tests}", [*values, *(value for _test, parameters in conditions for value in parameters)]


def _statement(query: SearchQuery) -> tuple[str, list]:
    rows, values = _rows(query)
    conditions = _conditions(query)
    order = ORDER[query.order]
    narrow = "WHERE failed & (failed - 1) = 0" if len(conditions) > 1 else ""
    parts = [
        *(_count_column(facet, conditions) for facet in COLUMNS),
        *(_count_array(facet, column) for facet, column in ARRAYS.items()),
        _counted_at_once(conditions),
        f"""
        SELECT CASE WHEN {VOUCHER} = ANY(funding) THEN 'hit with voucher' ELSE 'hit' END,
            course_id::text, runs, p.run_id, km, row_number() OVER (ORDER BY {order}, course_id)
        FROM page p JOIN (
            SELECT course_id, count(run_id) AS runs FROM hit
            WHERE failed = 0 AND course_id IN (SELECT course_id FROM page) GROUP BY course_id
        ) r USING (course_id)""",
    ]
    # OFFSET 0 has what a row fails computed once, though it is looked at thrice.
    statement = f"""
        WITH hit AS MATERIALIZED (
            SELECT * FROM ({rows} OFFSET 0) row {narrow} ORDER BY course_id, {order}
        ),
        course AS MATERIALIZED (SELECT course_id, {", ".join(_union(conditions))} FROM hit GROUP BY course_id),
        counted AS MATERIALIZED (SELECT {", ".join(_counts(conditions))} FROM course),
        page AS MATERIALIZED (
            SELECT * FROM (
                SELECT DISTINCT ON (course_id) course_id, run_id, km, tier, phase, starts_on, price, funding
                FROM hit WHERE failed = 0 ORDER BY course_id, {order}
            ) first
            ORDER BY {order}, course_id LIMIT %s
            OFFSET (SELECT %s * GREATEST(0, LEAST(%s, (total + %s - 1) / %s) - 1) FROM counted)
        )
        {" UNION ALL ".join(parts)}"""
    size = query.per_page
    return statement, [*values, size, size, min(query.page, DEEPEST), size, size]


def _union(conditions: Iterable[str]) -> Iterator[str]:
    """What the rows of one course come to: its bits, and which conditions alone stand in its way.

    A facet without ticks has nothing to leave aside: what fits, fits for it.
    """
    for column in ("topic", "root", "provider", "level", "audiences"):
        yield f"any_value({column}) AS {column}"
    yield "bool_or(failed = 0) AS fits"
    yield "bit_or(bits) FILTER (WHERE failed = 0) AS bits"
    for name in conditions:
        yield f"bool_or(failed & {_others(name)} = 0) AS fits_without_{name}"
        if name in OF_RUNS:
            yield f"bit_or(bits) FILTER (WHERE failed & {_others(name)} = 0) AS bits_without_{name}"


def _others(name: str) -> int:
    return EVERYTHING ^ BIT[name]


def _rows(query: SearchQuery) -> tuple[str, list]:
    """The rows of `hit`: whatever the words find, with the conditions it fails."""
    today = clock.today()
    asked = query.words
    tier, tier_values = _tier(asked)
    km, km_values = (
        (KM, [query.position.latitude] * 2 + [query.position.longitude]) if query.position else ("NULL::float", [])
    )
    failed, failed_values = _failed(query)
    source, source_values = rows_of_day(today, km, km_values)
    found, found_values = ("s.words @@ %s::tsquery", [asked.tsquery()]) if asked.groups else ("TRUE", [])
    rows = f"""
        SELECT s.course_id, r.run_id, s.topic, s.root, s.provider, s.level, s.audiences, r.languages,
               {BITS} AS bits,
               x.funding, x.price, r.starts_on, x.km, {tier} AS tier,
               CASE WHEN r.run_id IS NULL THEN 3 WHEN r.starts_on IS NULL THEN 1 WHEN r.starts_on >= %s THEN 0
                    ELSE 2 END AS phase,
               {failed} AS failed
        {source} WHERE {found}"""
    return rows, [*tier_values, today, *failed_values, *source_values, *found_values]


def rows_of_day(day: date, km: str = "NULL::float", km_values: Iterable[float] = ()) -> tuple[str, list]:
    """FROM …: a row per course `s` and run `r` that is visible on a day (r and x are NULL where none is), with what
    holds of the run on that day in `x`.

    The Bildungsgutschein counts as CourseRunQuerySet.with_valid_voucher says: the measure's certificate and the
    provider's admission hold on the day.
    """
    source = f"""
        FROM courses_searchcourse s
        JOIN providers_organization o ON o.id = s.provider AND o.blocked_at IS NULL
        LEFT JOIN ({ADMISSIONS}) a ON a.organization_id = s.provider
        LEFT JOIN courses_searchrun r
            ON r.course_id = s.course_id AND r.visible_from <= %s AND r.visible_until >= %s
        LEFT JOIN LATERAL (SELECT f.funding, f.price, f.km, {START} AS start,
                r.cost | CASE WHEN cardinality(f.funding) > 0 THEN 2 ELSE 0 END AS cost
            FROM (SELECT
                CASE WHEN COALESCE(a.holds, TRUE) AND COALESCE(r.certified_from <= %s, TRUE)
                    AND COALESCE(r.certified_until >= %s, TRUE)
                    THEN r.funding ELSE array_remove(r.funding, {VOUCHER}) END AS funding,
                COALESCE(CASE WHEN r.special_price_until >= %s THEN r.special_price END, r.price) AS price,
                {km} AS km) f
        ) x ON r.run_id IS NOT NULL"""
    starts = [day, day + SOON, day + MONTHS]
    return source, [*[day] * 4, *starts, *[day] * 3, *km_values]


def _tier(asked: Asked) -> tuple[str, list]:
    """How well the words fit: 0 in the title, 1 at the beginning of title words, 2 in keywords or names, 3 in the
    text."""
    if not asked.groups:
        return "0", []
    steps = [asked.tsquery("A", prefix=False), asked.tsquery("A"), asked.tsquery("ABC")]
    cases = " ".join(f"WHEN s.words @@ %s::tsquery THEN {place}" for place in range(len(steps)))
    return f"CASE {cases} ELSE 3 END", steps


def _failed(query: SearchQuery) -> tuple[str, list]:
    terms, values = ["0"], []
    for name, (test, parameters) in _conditions(query).items():
        terms.append(f"CASE WHEN {test} THEN 0 ELSE {BIT[name]} END")
        values += parameters
    return " + ".join(terms), values


def _conditions(query: SearchQuery) -> dict[str, tuple[str, list]]:
    """Every active condition: query key → SQL that holds for rows that meet it; NULL, where there is no run, fails."""
    found: dict[str, tuple[str, list]] = {}
    for facet, sql in FACETS.items():
        if ticks := query.ticked(facet):
            found[facet] = (sql.test, [sql.ticked(ticks)] * sql.test.count("%s"))
    if query.position:
        online = " OR r.mode IN ('online', 'distance')" if query.with_online else ""
        found["ort"] = (f"x.km <= %s{online}", [query.position.km])
    if query.starts_from:
        found["ab"] = ("r.starts_on >= %s OR r.any_time", [query.starts_from])
    if query.starts_until:
        found["bis"] = ("r.starts_on <= %s OR r.any_time", [query.starts_until])
    if query.price_up_to is not None:
        found["preis"] = ("x.price <= %s", [query.price_up_to])
    if query.week:
        found["woche"] = ("r.week & ~%s = 0", [query.week])
    if query.free_places:
        found["frei"] = ("r.has_places", [])
    return found


def _count_column(facet: Facet, conditions: Iterable[str]) -> str:
    """Courses per value of a facet of courses, its own ticks aside."""
    fits = f"fits_without_{facet}" if facet in conditions else "fits"
    return f"""
        SELECT '{facet}', value::text, count(*), NULL::bigint, NULL::float, 0::bigint
        FROM (SELECT {COLUMNS[facet]} AS value FROM course WHERE {fits}) v
        WHERE value IS NOT NULL AND value::text <> '' GROUP BY value"""


def _counts(conditions: Iterable[str]) -> Iterator[str]:
    """Everything that one pass over the courses can count; facets of runs their own ticks aside."""
    yield "count(*) FILTER (WHERE fits) AS total"
    for facet, bit in _all_bits():
        bits = f"bits_without_{facet}" if facet in conditions else "bits"
        yield f"count(*) FILTER (WHERE {bits} & {bit << SHIFT[facet]} <> 0) AS {facet}_{bit}"
    for name in conditions:
        yield f"count(*) FILTER (WHERE fits_without_{name}) AS without_{name}"


def _counted_at_once(conditions: Iterable[str]) -> str:
    """The same as rows."""
    rows = ["('total', NULL, total)"]
    rows += [f"('{facet}', '{bit}', {facet}_{bit})" for facet, bit in _all_bits()]
    rows += [f"('without', '{name}', without_{name})" for name in conditions]
    return f"""
        SELECT part, key, n, NULL::bigint, NULL::float, 0::bigint
        FROM counted, LATERAL (VALUES {", ".join(rows)}) AS of (part, key, n)"""


def _all_bits() -> Iterator[tuple[Facet, int]]:
    return ((facet, 1 << place) for facet, sql in OF_RUNS.items() for place in range(sql.most))


def _count_array(facet: Facet, column: str) -> str:
    """Courses per value of a facet whose runs have several, its own ticks aside."""
    return f"""
        SELECT '{facet}', value::text, count(*), NULL::bigint, NULL::float, 0::bigint
        FROM (SELECT DISTINCT course_id, unnest({column}) AS value FROM hit
            WHERE failed & {_others(facet)} = 0 AND cardinality({column}) > 0) v
        GROUP BY value"""


def _result(rows: list[tuple]) -> SearchResult:
    counts: dict[Facet, dict] = {facet: {} for facet in FACETS}
    total, hits, without = 0, {}, {}
    for part, key, number, run, km, place in rows:
        if part == "total":
            total = number
        elif part.startswith("hit"):
            hits[place] = Hit(course=int(key), run=run, runs=number, km=km, takes_voucher=part != "hit")
        elif part == "without":
            without[key] = number
        elif number:
            counts[Facet(part)][FACETS[Facet(part)].value(key)] = number
    found = [hits[place] for place in sorted(hits)]
    return SearchResult(total=total, hits=found, counts=counts, without={} if total else without)
