"""What people do with courses: publish them, give them back, take them out."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.audit import record
from courses.models import Course
from courses.search import index


class NotPossible(Exception):
    """The deed does not fit the state of things; the message says why."""


def publish(*, course: Course, by: Actor) -> None:
    """Show a course to everybody."""
    _move(course, Course.State.PUBLISHED, "course.published", by=by)


def return_course(*, course: Course, by: Actor, reason: str) -> None:
    """Give a course back to whoever wrote it, with a reason."""
    if not reason.strip():
        raise NotPossible(_("Please say why."))
    _move(course, Course.State.RETURNED, "course.returned", by=by, reason=reason[:500])


def archive(*, course: Course, by: Actor) -> None:
    """Take a course out of the catalogue by hand; imports leave it there."""
    _move(course, Course.State.ARCHIVED, "course.archived", by=by)


@transaction.atomic
def _move(course: Course, state: str, verb: str, *, by: Actor, **facts) -> None:
    course = Course.objects.select_for_update().get(pk=course.pk)
    before, course.state = course.state, state
    if before == state:
        return
    course.save(update_fields=["state"])
    record(verb, course, by=by, before=before, **facts)
    index.refresh([course.pk])
