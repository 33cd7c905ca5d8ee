"""Calendar files after RFC 5545: what stands on a day in Germany, at the same hour in every calendar program."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from icalendar import Calendar, Event, Timezone, vCalAddress

from kit.clock import BERLIN

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Lernregion//Kalender//DE"


@dataclass(frozen=True)
class Entry:
    """Something on one day; without `starts` it lasts the whole day. Times are wall time in Berlin.

    `uid` has to stay the same as long as it is the same thing, and `sequence` has to grow when it changes: programs
    recognise by the first and believe by the second.
    """

    uid: str
    title: str
    day: date
    starts: time | None
    ends: time | None
    place: str
    text: str
    address: str
    changed_at: datetime
    sequence: int
    is_cancelled: bool = False


@dataclass(frozen=True)
class Meeting:
    """Two people at a moment. As a file it invites, moves or calls off, whatever its recipient has in the calendar.

    `uid` and `sequence` as in Entry. What others may read over the recipient's shoulder is in here, and nothing else.
    """

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    text: str
    changed_at: datetime
    sequence: int
    organizer: str
    organizer_name: str
    attendee: str = ""
    is_cancelled: bool = False

    @property
    def method(self) -> str:
        return "CANCEL" if self.is_cancelled else "REQUEST"

    @property
    def content_type(self) -> str:
        """The method has to stand here too: Outlook believes nothing else."""
        return f"text/calendar; method={self.method}; charset=utf-8"


def invitation(meeting: Meeting) -> bytes:
    """A file with this one meeting (RFC 5546)."""
    found = _calendar(meeting.method)
    found.add_component(_zone(meeting.starts_at.year, meeting.ends_at.year))
    event = Event()
    _add_identity(event, meeting)
    event.add("dtstart", meeting.starts_at.astimezone(BERLIN))
    event.add("dtend", meeting.ends_at.astimezone(BERLIN))
    event.add("organizer", _person(meeting.organizer, CN=meeting.organizer_name))
    if meeting.attendee:
        event.add("attendee", _person(meeting.attendee, PARTSTAT="ACCEPTED", RSVP="FALSE"))
    found.add_component(event)
    return found.to_ical()


def _person(address: str, **parameters: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params.update(parameters)
    return person


def calendar(name: str, entries: Iterable[Entry], *, refresh: timedelta | None = None) -> bytes:
    """A whole file. `refresh` tells subscribers how often to ask again."""
    entries = list(entries)
    found = _calendar("PUBLISH")
    found.add("x-wr-calname", name)
    found.add("x-wr-timezone", BERLIN.key)
    if refresh:
        found.add("refresh-interval", refresh, parameters={"value": "DURATION"})
        found.add("x-published-ttl", refresh)
    years = [entry.day.year for entry in entries if entry.starts]
    if years:
        found.add_component(_zone(min(years), max(years)))
    for entry in entries:
        found.add_component(_event(entry))
    return found.to_ical()


def _calendar(method: str) -> Calendar:
    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", method)
    return found


@lru_cache(maxsize=16)
def _zone(first: int, last: int) -> Timezone:
    """Winter and summer time of these years; computing them takes longer than all the rest."""
    return Timezone.from_tzinfo(BERLIN, first_date=date(first - 1, 1, 1), last_date=date(last + 1, 12, 31))


def _event(entry: Entry) -> Event:
    event = Event()
    _add_identity(event, entry)
    event.add("url", entry.address)
    _add_time(event, entry)
    return event


def _add_identity(event: Event, entry: Entry | Meeting) -> None:
    """What it is, and which version of it."""
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    for name, value in {"location": entry.place, "description": entry.text}.items():
        if value:
            event.add(name, value)


def _add_time(event: Event, entry: Entry) -> None:
    if entry.starts is None:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")  # a whole day that nobody is busy for
        return
    event.add("dtstart", datetime.combine(entry.day, entry.starts, BERLIN))
    if entry.ends:
        event.add("dtend", datetime.combine(entry.day, entry.ends, BERLIN))
