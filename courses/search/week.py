"""When in the week a run takes place, as bits: for each day from Monday on one for morning, afternoon and evening.

A run fits into somebody's week if all its bits are among those that this person ticked. What is not known may be at any
time, so such a run fits only who always has time. A session needs the part of the day in which it begins, and the next
one if it ends too late for that: the bounds are those of courses.importing.schedule, so that what is called "in the
morning" there fits into a morning here.
"""

from courses.models.run import CourseRun

MORNING, AFTERNOON, EVENING = 1, 2, 4
DAY = MORNING | AFTERNOON | EVENING
NOON, MORNING_ENDS = "12:00", "14:00"
EVENING_BEGINS, AFTERNOON_ENDS = "17:00", "19:00"
PARTS = 3  # bits of a day
ALWAYS = (1 << 7 * PARTS) - 1
WEEKEND = 0b1100000
NAMED = {
    CourseRun.TimeOfDay.MORNING: MORNING,
    CourseRun.TimeOfDay.AFTERNOON: AFTERNOON,
    CourseRun.TimeOfDay.EVENING: EVENING,
    CourseRun.TimeOfDay.ALL_DAY: MORNING | AFTERNOON,
}

_NAMED = " | ".join(
    f"CASE WHEN '{name.value}' = ANY(r.times_of_day) THEN {parts} ELSE 0 END" for name, parts in NAMED.items()
)
_DAYS = (
    f"r.weekdays | CASE WHEN 'weekend' = ANY(r.times_of_day) AND r.weekdays & {WEEKEND} = 0 THEN {WEEKEND} ELSE 0 END"
)
# Over a run `r`: its single dates, or where it has none what is known of its days and times.
OF_RUN = f"""COALESCE(
    (SELECT bit_or((CASE
            WHEN starts IS NULL THEN {DAY}
            WHEN starts < '{NOON}' THEN {MORNING} | CASE WHEN ends > '{MORNING_ENDS}' THEN {AFTERNOON} ELSE 0 END
            WHEN starts < '{EVENING_BEGINS}' THEN {AFTERNOON} ELSE {EVENING} END
        | CASE WHEN starts < '{EVENING_BEGINS}' AND ends > '{AFTERNOON_ENDS}' THEN {EVENING} ELSE 0 END
        ) << {PARTS} * (extract(isodow FROM day)::int - 1)) FROM courses_session WHERE run_id = r.id),
    (SELECT bit_or(COALESCE(NULLIF({_NAMED}, 0), {DAY}) << {PARTS} * day) FROM generate_series(0, 6) AS day
        WHERE COALESCE(NULLIF({_DAYS}, 0), 127) >> day & 1 = 1))"""  # noqa: S608 - our own words


def bit(day: int, part: int) -> int:
    """Of a weekday (0: Monday) and a part of the day (0: morning)."""
    return 1 << PARTS * day + part


def days(week: int, part: int) -> int:
    """The weekdays, as bits, of which this part is in a week."""
    return sum(1 << day for day in range(7) if week & bit(day, part))
