"""Dates for people's own calendars: all of one run, or the next ones of a search."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import groupby
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses import filters
from courses.models import CourseRun, Session
from courses.search import extent
from courses.views import wording
from courses.views.subscriptions import summary
from kit import access, clock, downloads, ical
from kit.ical import Entry
from kit.templatetags.kit import daterange
from providers.models import Location

MOST = 200  # entries of a subscription
AHEAD = timedelta(days=400)
ASK_AGAIN = timedelta(hours=12)


@access.published
@require_safe
def run_calendar(request: HttpRequest, slug: str, pk: int, run: int) -> HttpResponse:
    """One file with every date. A run that was called off keeps its address and says so."""
    found = CourseRun.objects.of_public_courses().with_venues().filter(pk=run, course=pk).first()
    if found is None or not (entries := list(entries_of(found))):
        raise Http404
    return answer(ical.calendar(found.title or found.course.title, entries), f"kurs-{pk}-{run}.ics")


@access.published
@require_safe
def search_calendar(request: HttpRequest) -> HttpResponse:
    """The next dates of all courses that this search finds."""
    question = filters.read(request.GET)
    today = clock.today()
    ids = extent.sessions(question.query, first=today, last=today + AHEAD, most=MOST)
    dates = Session.objects.filter(pk__in=ids).select_related("location", "run__location", "run__course__provider")
    name = " · ".join(filter(None, [_("Courses"), summary(question, request.GET)]))
    return answer(ical.calendar(name, session_entries(dates), refresh=ASK_AGAIN), "kurse.ics")


def answer(content: bytes, name: str) -> HttpResponse:
    response = downloads.made(content, name=name, media_type=ical.CONTENT_TYPE)
    response["Cache-Control"] = "public, max-age=900"
    return response


def entries_of(run: CourseRun) -> Iterator[Entry]:
    """The run's dates; where nobody has planned them, its first day."""
    dates = list(run.sessions.all())
    if dates:
        for session in dates:
            session.run = run
        yield from session_entries(dates)
    elif run.starts_on:
        span = daterange(run.starts_on, run.ends_on)
        yield entry(run, run.starts_on, 1, note=_("Begins; the course lasts {dates}.").format(dates=span))


def session_entries(dates: Iterable[Session]) -> Iterator[Entry]:
    """Dates of one run on the same day are told apart by their order."""
    ordered = sorted(dates, key=lambda each: (each.run_id, each.day, each.starts is not None, each.starts, each.pk))
    for _key, same_day in groupby(ordered, key=lambda each: (each.run_id, each.day)):
        for number, session in enumerate(same_day, start=1):
            yield entry(session.run, session.day, number, session=session)


def entry(run: CourseRun, day, number: int, *, session: Session | None = None, note: str = "") -> Entry:
    """The day names the date: an import makes its rows anew, the day stays what people know it by."""
    course = run.course
    title = run.title or course.title
    changed_at = max(run.updated_at, course.updated_at)
    lines = [note, course.provider.name, wording.price(run), course.number and f"{_('Course number:')} {course.number}"]
    address = settings.SITE_BASE_URL + course.get_absolute_url()
    return Entry(
        uid=f"run-{run.pk}-{day:%Y%m%d}-{number}@{urlsplit(settings.SITE_BASE_URL).hostname}",
        title=_("Cancelled: {title}").format(title=title) if is_off(run) else title,
        day=day,
        starts=session.starts if session else None,
        ends=session.ends if session else None,
        place=venue(run, (session and session.location) or run.location, (session and session.room) or run.room),
        text="\n".join(filter(None, [*lines, address])),
        address=address,
        changed_at=changed_at,
        sequence=max(0, int((changed_at - run.created_at).total_seconds()) // 60),
        is_cancelled=is_off(run),
    )


def is_off(run: CourseRun) -> bool:
    return bool(run.withdrawn_at or run.course.withdrawn_at)


def venue(run: CourseRun, location: Location | None, room: str) -> str:
    if run.mode == CourseRun.Mode.ONLINE or location is None:
        return wording.venue(run, location)
    parts = [location.name, location.street, f"{location.postcode} {location.city}".strip(), room]
    return ", ".join(filter(None, parts))
