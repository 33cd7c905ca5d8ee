"""Which runs stand for a course in the search."""

from django.db import connection

# Course by course. As long as the planner has no statistics, as in a first import, it takes the runs of many courses
# for the whole table and reads all of it for each batch; OFFSET 0 keeps it from making one condition of it.
OF_COURSES = """
    SELECT r.id FROM unnest(%s::bigint[]) AS given (id) CROSS JOIN LATERAL (
        SELECT id FROM courses_courserun WHERE course_id = given.id AND withdrawn_at IS NULL OFFSET 0) r"""


def of_courses(ids: list[int]) -> list[int]:
    """Keys of what has not been withdrawn, by which everything else about them is quickly found."""
    with connection.cursor() as cursor:
        cursor.execute(OF_COURSES, [ids])
        return [run for (run,) in cursor.fetchall()]
