"""What goes on around a talk: call-backs, and lists of courses for one client."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.actors import SYSTEM, Actor
from counseling.emails import guidance as emails
from counseling.models import Appointment, Callback, Counsellor, Shortlist, ShortlistItem
from courses.models import Course
from kit import clock

SHOWN_FOR = timedelta(days=60)
MOST_COURSES = 20


class Full(Exception):
    """A list that nobody reads to its end helps nobody."""


class WithoutAddress(Exception):
    """The client has given no mail address: the list can be printed, or its address told."""


# ── Call-backs


@transaction.atomic
def ask_to_be_called(*, name: str, phone: str, **fields) -> Callback:
    """Any question of education, from anybody: it waits until somebody has called.

    Who asks again while a call with the same number is open changes that one: nobody is called three times.
    """
    waiting = Callback.objects.open().select_for_update().filter(phone=phone.strip()).first()
    callback = waiting or Callback(phone=phone.strip())
    for field, value in {"name": name.strip(), **fields}.items():
        setattr(callback, field, value)
    callback.save()
    audit.record("call-back asked for", callback, by=SYSTEM)
    return callback


@transaction.atomic
def take_callback(*, callback: Callback, counsellor: Counsellor, by: Actor) -> bool:
    """One counsellor will call, so that nobody calls twice. False when a colleague was quicker."""
    free = Callback.objects.open().filter(pk=callback.pk, taken_by=None)
    taken = free.update(taken_by=counsellor, updated_at=clock.now())
    if taken:
        audit.record("call-back taken", callback, by=by)
    return bool(taken) or Callback.objects.filter(pk=callback.pk, taken_by=counsellor).exists()


@transaction.atomic
def finish_callback(*, callback: Callback, by: Actor) -> None:
    """Somebody has called."""
    if Callback.objects.open().filter(pk=callback.pk).update(done_at=clock.now(), updated_at=clock.now()):
        audit.record("call-back done", callback, by=by)


# ── Lists of courses for one client


@transaction.atomic
def start_shortlist(
    *, counsellor: Counsellor, by: Actor, appointment: Appointment | None = None, greeting: str = ""
) -> Shortlist:
    """An empty list, shown to whoever has its link, for two months."""
    shortlist = Shortlist.objects.create(
        counsellor=counsellor, appointment=appointment, greeting=greeting, expires_at=clock.now() + SHOWN_FOR
    )
    audit.record("shortlist started", shortlist, by=by)
    return shortlist


@transaction.atomic
def add_course(*, shortlist: Shortlist, course: Course, reason: str = "") -> ShortlistItem:
    """At the end of the list; a second time changes the reason. Raises Full."""
    shortlist = Shortlist.objects.select_for_update(of=["self"]).get(pk=shortlist.pk)
    item = shortlist.items.filter(course=course).first()
    if item is None and shortlist.items.count() >= MOST_COURSES:
        raise Full
    last = shortlist.items.aggregate(last=Max("position"))["last"] or 0
    item = item or ShortlistItem(shortlist=shortlist, course=course, position=last + 1)
    item.reason = reason.strip() or item.reason
    item.save()
    return item


def remove_course(*, item: ShortlistItem) -> None:
    item.delete()


@transaction.atomic
def send_shortlist(*, shortlist: Shortlist, by: Actor) -> None:
    """The link to the client; the list is shown for two months from now. Raises WithoutAddress."""
    if not shortlist.appointment or not shortlist.appointment.email:
        raise WithoutAddress
    shortlist.expires_at = clock.now() + SHOWN_FOR
    shortlist.save(update_fields=["expires_at"])
    emails.shortlist(shortlist)
    audit.record("shortlist sent", shortlist, by=by)
