"""Makes the rows that the search reads. Whoever changes what the public may find calls `refresh` in the same
transaction: the import and the admin. What changes by date or with the provider (blocked, certified) needs no call, it
is asked at each search. A provider's new name is in the words by the next morning.
"""

from collections.abc import Iterable

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from django.db.models import Q

from courses.models import Course, CourseRun, Keyword, SearchCourse, SearchRun, SearchWord
from courses.models.run import ADMITTED, STILL_OPEN, VOUCHER
from courses.search import analyser, audiences, compounds, generations, places, runs, vocabulary, week
from courses.search.compounds import Splitter
from courses.search.query import REGIONAL
from kit import bulk, text

BATCH = 500
ROWS = 50  # that are handed over at once: with their parameters a statement takes six times the memory of its texts
LONGEST = 200_000  # characters per weight; a tsvector ends at one megabyte

COURSES = f"""
    INSERT INTO courses_searchcourse (course_id, words, topic, root, provider, level, audiences)
    SELECT id, {" || ".join(f"setweight(to_tsvector('{analyser.CONFIGURATION}', {w}), '{w.upper()}')" for w in "abcd")},
        topic, root, provider, level, array(SELECT k.id FROM courses_course_keywords l JOIN courses_keyword k
            ON k.id = l.keyword_id WHERE l.course_id = given.id AND k.kind = 'audience'
            UNION SELECT unnest(groups::bigint[]) ORDER BY 1)
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
            %s::text[], %s::text[])
        AS given (id, a, b, c, d, topic, root, provider, level, groups)"""  # noqa: S608 - our own words

# Days: a run is visible while CourseRunQuerySet.visible says so.
RUNS = f"""
    INSERT INTO courses_searchrun (run_id, course_id, visible_from, visible_until, starts_on, any_time, mode, workload,
        times, weekdays, cost, price, special_price, special_price_until, funding, certified_from, certified_until,
        has_places, latitude, longitude, access, languages, week, schedule)
    SELECT r.id, r.course_id,
        COALESCE(r.announced_from, '0001-01-01'),
        CASE WHEN r.starts_on IS NOT NULL THEN GREATEST(r.starts_on + {STILL_OPEN.days}, r.registration_until)
             WHEN r.announced_until IS NOT NULL THEN GREATEST(r.announced_until, r.registration_until)
             ELSE '9999-12-31' END,
        r.starts_on, r.begin = 'any_time', r.mode,
        CASE WHEN r.instruction_time IN (1, 2) THEN r.instruction_time END,
        (SELECT COALESCE(sum(bit), 0) FROM (VALUES ('morning', 1), ('afternoon', 2), ('evening', 4), ('all_day', 8),
            ('weekend', 16)) AS known (name, bit) WHERE name = ANY(r.times_of_day)),
        r.weekdays,
        CASE r.price_kind WHEN 'free' THEN {SearchRun.Cost.FREE} WHEN 'known' THEN {SearchRun.Cost.PRICED}
             ELSE {SearchRun.Cost.ON_REQUEST} END,
        CASE WHEN r.price_kind = 'free' THEN 0 ELSE r.price END,
        r.special_price, r.special_price_until,
        f.funding,
        r.certificate_from, r.certificate_until,
        r.places IS NULL OR r.places_taken IS NULL OR r.places > r.places_taken,
        venue.latitude, venue.longitude,
        CASE WHEN venue.is_barrier_free AND r.mode NOT IN ('online', 'distance')
            THEN {SearchRun.Access.STEP_FREE} ELSE 0 END
        + CASE WHEN r.digitally_accessible THEN {SearchRun.Access.DIGITAL} ELSE 0 END
        + CASE WHEN cardinality(c.handicaps) > 0 THEN {SearchRun.Access.MADE_FOR} ELSE 0 END,
        array(SELECT DISTINCT lower(code) FROM unnest(r.languages) AS code WHERE code <> '' ORDER BY 1),
        {week.OF_RUN},
        COALESCE((
            SELECT jsonb_agg(jsonb_build_array(days, begins, ends) ORDER BY often DESC, begins, ends) FROM (
                SELECT bit_or(1 << (extract(isodow FROM day)::int - 1)) AS days, to_char(starts, 'HH24:MI') AS begins,
                    to_char(ends, 'HH24:MI') AS ends, count(*) AS often
                FROM courses_session WHERE run_id = r.id AND starts IS NOT NULL GROUP BY starts, ends) times
        ), '[]')
    FROM courses_courserun r
    JOIN courses_course c ON c.id = r.course_id
    CROSS JOIN LATERAL (SELECT array(SELECT DISTINCT unnest(r.funding_federal
        || CASE WHEN r.certificate_status = {ADMITTED} THEN ARRAY[{VOUCHER}] ELSE '{{}}' END
        || array(SELECT {REGIONAL} + number FROM unnest(r.funding_regional) AS number)) ORDER BY 1) AS funding) f
    LEFT JOIN LATERAL (
        SELECT COALESCE(l.latitude, p.latitude) AS latitude, COALESCE(l.longitude, p.longitude) AS longitude,
            l.is_barrier_free
        FROM providers_location l LEFT JOIN taxonomy_place p ON p.id = l.place_id
        WHERE l.id = {places.VENUE_OF_RUN}
    ) venue ON TRUE
    WHERE r.id = ANY(%s)"""  # noqa: S608 - our own words


@transaction.atomic
def refresh(course_ids: Iterable[int] | None = None) -> None:
    """Make the rows of these courses anew, or of all; rows of courses that the public may not see go.

    First the words, then the rows: a compound is cut by words that the last course may have brought.
    """
    generations.note(course_ids)
    if course_ids is None:
        _forget_all_else()
        course_ids = Course.objects.findable().order_by("pk").values_list("pk", flat=True)
    ids = sorted(set(course_ids))
    vocabulary.learn(ids)
    splitter = compounds.Splitter(vocabulary.nouns())
    for batch in bulk.batches(ids, BATCH):
        _refresh(batch, splitter)


def _forget_all_else() -> None:
    gone = SearchCourse.objects.exclude(course__in=Course.objects.findable())
    SearchRun.objects.filter(course__in=gone).delete()
    gone.delete()
    SearchWord.objects.all().delete()


def _refresh(ids: list[int], splitter: Splitter) -> None:
    """Lock the courses first: two who change one course make its rows one after the other."""
    list(Course.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    found = Course.objects.findable().filter(pk__in=ids).order_by("pk")
    courses = list(found.prefetch_related("provider", "topic__parent"))  # few rows, which all of them share
    keywords = _keywords(ids)
    run_ids = runs.of_courses([course.pk for course in courses])
    texts = _run_texts(run_ids)
    groups = audiences.keys(courses)
    rows = (
        (
            *_course_row(course, keywords.get(course.pk, []), texts.get(course.pk, {}), splitter),
            _array(groups[course.pk]),
        )
        for course in courses
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM courses_searchrun WHERE course_id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM courses_searchcourse WHERE course_id = ANY(%s)", [ids])
        for some in bulk.batches(rows, ROWS):
            cursor.execute(COURSES, [list(column) for column in zip(*some, strict=True)])
        cursor.execute(RUNS, [run_ids])


def _keywords(ids: list[int]) -> dict[int, list[str]]:
    linked = Course.keywords.through.objects.filter(course_id__in=ids).exclude(keyword__kind=Keyword.Kind.ADMIN)
    found: dict[int, list[str]] = {}
    for course, word in linked.order_by("course_id", "keyword_id").values_list("course_id", "keyword__word"):
        found.setdefault(course, []).append(word)
    return found


def _run_texts(run_ids: list[int]) -> dict[int, dict]:
    """Numbers, titles, places and remarks of these runs, by their courses."""
    texts = (
        CourseRun.objects.filter(pk__in=run_ids)
        .order_by()
        .values("course")
        .annotate(
            numbers=ArrayAgg("number", distinct=True, filter=~Q(number="")),
            measures=ArrayAgg("measure_number", distinct=True, filter=~Q(measure_number="")),
            titles=ArrayAgg("title", distinct=True, filter=~Q(title="")),
            notes=ArrayAgg("note", distinct=True, filter=~Q(note="")),
            cities=ArrayAgg("location__city", distinct=True, filter=Q(location__isnull=False)),
            quarters=ArrayAgg("location__quarter", distinct=True, filter=Q(location__isnull=False)),
        )
    )
    return {row["course"]: row for row in texts}


def _course_row(course: Course, keywords: list[str], texts: dict, splitter: Splitter) -> tuple:
    topics = [course.topic, course.topic.parent] if course.topic else []
    names = [name for topic in topics if topic for name in (topic.name, topic.name_en)]
    weights = [
        [course.title, course.number, *_all(texts, "numbers", "measures", "titles")],
        [*keywords, *names, course.degree_title],
        [course.provider.name, *_all(texts, "cities", "quarters")],
        [
            text.plain(part)
            for part in (
                course.description,
                course.audience,
                course.requirements,
                course.text_simple,
                course.degree_additional,
                *_all(texts, "notes"),
            )
        ],
    ]
    root = (course.topic.parent_id or course.topic_id) if course.topic else None
    weights[2] += _parts([*weights[0], *weights[1]], splitter)
    prepared = [analyser.prepare(" ".join(parts))[:LONGEST] for parts in weights]
    return (course.pk, *prepared, course.topic_id, root, course.provider_id, course.level)


def _array(keys: list[int]) -> str:
    """As PostgreSQL writes one: arrays of several lengths cannot be handed over in an array."""
    return f"{{{','.join(map(str, keys))}}}"


def _all(row: dict, *names: str) -> list[str]:
    return [part for name in names for part in row.get(name) or ()]


def _parts(texts: list[str], splitter: Splitter) -> list[str]:
    """Parts of the compounds in titles, keywords and topics. They weigh less than words that stand for themselves;
    those of running text would find everything everywhere."""
    words = dict.fromkeys(word for given in texts for word in analyser.plain_words(given))
    return list(dict.fromkeys(part for word in words for part in splitter.parts(word)))
