"""The search in one SQL statement: exact, slower with every hit, and therefore the measure for whatever replaces it.

A course row meets each of its visible runs once (or NULL, if it has none), and every row remembers in one number which
conditions it fails. A row that fails nothing is a hit; a row that fails only the facet in question counts for that
facet, which is what makes counts "under all other filters"; the same number tells what dropping a condition would give.
"""

# ruff: noqa: S608 - the words of the statements are ours; everything a visitor wrote is a parameter

from dataclasses import dataclass

from django.db import connection

from courses.models.run import VOUCHER
from courses.search import analyser
from courses.search.query import Facet, Order, SearchQuery
from courses.search.result import Hit, SearchResult
from kit import clock
from kit.geo import EARTH_KM
from kit.pagination import DEEPEST


@dataclass(frozen=True)
class FacetSql:
    """How a facet tests a row and which values a row of `hit` has in it."""

    test: str  # over s (course), r (run) and x (today's view of the run); %s is the list of ticks or their bits
    values: str  # set of values of one row of `hit`
    bits: bool = False


FACETS = {
    Facet.TOPIC: FacetSql("s.topic = ANY(%s) OR s.root = ANY(%s)", "unnest(ARRAY[topic, root])"),
    Facet.COST: FacetSql("x.cost & %s <> 0", "unnest(ARRAY[cost & 1, cost & 2, cost & 4, cost & 8])", bits=True),
    Facet.TIME: FacetSql(
        "r.times & %s <> 0", "unnest(ARRAY[times & 1, times & 2, times & 4, times & 8, times & 16])", bits=True
    ),
    Facet.MODE: FacetSql("r.mode = ANY(%s)", "mode"),
    Facet.WEEKDAY: FacetSql("r.weekdays & %s <> 0", "weekdays & (1 << generate_series(0, 6))", bits=True),
    Facet.WORKLOAD: FacetSql("r.workload = ANY(%s)", "workload"),
    Facet.FUNDING: FacetSql("x.funding && %s::int[]", "unnest(funding)"),
    Facet.LEVEL: FacetSql("s.level = ANY(%s)", "level"),
    Facet.PROVIDER: FacetSql("s.provider = ANY(%s)", "provider"),
}
BIT = {name: 1 << place for place, name in enumerate([*FACETS, "ort", "ab", "bis", "preis", "frei"])}
EVERYTHING = (1 << len(BIT)) - 1

KM = (
    f"{2 * EARTH_KM} * asin(LEAST(1, sqrt(sin(radians(r.latitude - %s) / 2) ^ 2"
    " + cos(radians(r.latitude)) * cos(radians(%s)) * sin(radians(r.longitude - %s) / 2) ^ 2)))"
)
SOONEST = "phase, starts_on, run_id"
ORDER = {
    Order.BEGIN: SOONEST,
    Order.RELEVANCE: f"tier, {SOONEST}",
    Order.DISTANCE: f"km, {SOONEST}",
    Order.PRICE: f"price, {SOONEST}",
}


def search(query: SearchQuery) -> SearchResult:
    """The hits of a question, with the counts of every facet. One statement (two with words)."""
    statement, values = _statement(query, analyser.stems(query.text) if query.text else [])
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return _result(cursor.fetchall())


def _statement(query: SearchQuery, stems: list[str]) -> tuple[str, list]:
    rows, values = _rows(query, stems)
    order = ORDER[query.order]
    parts = [
        "SELECT 'total', NULL::text, n, NULL::bigint, NULL::float, 0::bigint FROM total",
        *(_count(facet) for facet in FACETS),
        *(_without(name) for name in _conditions(query)),
        f"""SELECT 'hit', course_id::text, runs, p.run_id, km, row_number() OVER (ORDER BY {order}, course_id)
            FROM page p
            JOIN (SELECT course_id, count(run_id) AS runs FROM found GROUP BY course_id) r USING (course_id)""",
    ]
    statement = f"""
        WITH hit AS MATERIALIZED ({rows}),
        found AS MATERIALIZED (SELECT course_id, run_id, km, tier, phase, starts_on, price FROM hit WHERE failed = 0),
        total AS MATERIALIZED (SELECT count(DISTINCT course_id) AS n FROM found),
        page AS MATERIALIZED (
            SELECT * FROM (SELECT DISTINCT ON (course_id) * FROM found ORDER BY course_id, {order}) first
            ORDER BY {order}, course_id LIMIT %s
            OFFSET (SELECT %s * GREATEST(0, LEAST(%s, (n + %s - 1) / %s) - 1) FROM total)
        )
        {" UNION ALL ".join(parts)}"""
    size = query.per_page
    return statement, [*values, size, size, min(query.page, DEEPEST), size, size]


def _rows(query: SearchQuery, stems: list[str]) -> tuple[str, list]:
    """The rows of `hit`: whatever the words find, with the conditions it fails."""
    today = clock.today()
    tier, tier_values = _tier(stems)
    km, km_values = (
        (KM, [query.position.latitude] * 2 + [query.position.longitude]) if query.position else ("NULL::float", [])
    )
    failed, failed_values = _failed(query)
    where, where_values = ("WHERE s.words @@ %s::tsquery", [analyser.tsquery(stems)]) if stems else ("", [])
    rows = f"""
        SELECT s.course_id, r.run_id, s.topic, s.root, s.provider, s.level, r.mode, r.times, r.weekdays, r.workload,
               x.cost, x.funding, x.price, r.starts_on, x.km, {tier} AS tier,
               CASE WHEN r.run_id IS NULL THEN 3 WHEN r.starts_on IS NULL THEN 1 WHEN r.starts_on >= %s THEN 0
                    ELSE 2 END AS phase,
               {failed} AS failed
        FROM courses_searchcourse s
        LEFT JOIN courses_searchrun r
            ON r.course_id = s.course_id AND r.visible_from <= %s AND r.visible_until >= %s
        LEFT JOIN LATERAL (SELECT f.funding, f.price, f.km,
                r.cost | CASE WHEN cardinality(f.funding) > 0 THEN 2 ELSE 0 END AS cost
            FROM (SELECT
                CASE WHEN r.voucher_on @> %s::date THEN r.funding ELSE array_remove(r.funding, {VOUCHER}) END
                    AS funding,
                COALESCE(CASE WHEN r.special_price_until >= %s THEN r.special_price END, r.price) AS price,
                {km} AS km) f
        ) x ON r.run_id IS NOT NULL
        {where}"""
    return rows, [*tier_values, today, *failed_values, today, today, today, today, *km_values, *where_values]


def _tier(stems: list[str]) -> tuple[str, list]:
    """How well the words fit: 0 in the title, 1 at the beginning of title words, 2 in keywords or names, 3 in the
    text."""
    if not stems:
        return "0", []
    steps = [analyser.tsquery(stems, "A", prefix=False), analyser.tsquery(stems, "A"), analyser.tsquery(stems, "ABC")]
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
            value = sum(ticks) if sql.bits else ticks
            found[facet] = (sql.test, [value] * sql.test.count("%s"))
    if query.position:
        online = " OR r.mode IN ('online', 'distance')" if query.with_online else ""
        found["ort"] = (f"x.km <= %s{online}", [query.position.km])
    if query.starts_from:
        found["ab"] = ("r.starts_on >= %s OR r.any_time", [query.starts_from])
    if query.starts_until:
        found["bis"] = ("r.starts_on <= %s OR r.any_time", [query.starts_until])
    if query.price_up_to is not None:
        found["preis"] = ("x.price <= %s", [query.price_up_to])
    if query.free_places:
        found["frei"] = ("r.has_places", [])
    return found


def _count(facet: Facet) -> str:
    """Courses per value, the facet's own ticks aside."""
    others = EVERYTHING ^ BIT[facet]
    return f"""
        SELECT '{facet}', value::text, count(*), NULL::bigint, NULL::float, 0::bigint
        FROM (SELECT DISTINCT course_id, {FACETS[facet].values} AS value FROM hit WHERE failed & {others} = 0) v
        WHERE value IS NOT NULL AND value::text NOT IN ('', '0') GROUP BY value"""


def _without(name: str) -> str:
    return f"""
        SELECT 'without', '{name}', count(DISTINCT course_id), NULL::bigint, NULL::float, 0::bigint
        FROM hit WHERE failed & {EVERYTHING ^ BIT[name]} = 0"""


def _result(rows: list[tuple]) -> SearchResult:
    counts: dict[Facet, dict] = {facet: {} for facet in FACETS}
    total, hits, without = 0, {}, {}
    for part, key, number, run, km, place in rows:
        if part == "total":
            total = number
        elif part == "hit":
            hits[place] = Hit(course=int(key), run=run, runs=number, km=km)
        elif part == "without":
            without[key] = number
        else:
            counts[Facet(part)][_value(key)] = number
    return SearchResult(total=total, hits=[hits[place] for place in sorted(hits)], counts=counts, without=without)


def _value(key: str) -> int | str:
    return int(key) if key.isdigit() else key
