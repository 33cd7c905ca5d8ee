"""The cycle with one of its rules taken away. Each has to be caught by the histories, or these would prove nothing."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from unittest.mock import patch

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce

from kit import bounces, clock, uptime
from talentpool.actions import answering, cycle, erasing
from talentpool.actions.confirming import confirm
from talentpool.models import CheckIn, Endorsement, Entry
from talentpool.models.contact import CheckInQuerySet
from talentpool.models.entry import EntryQuerySet
from talentpool.views import answering as pages


def _ripe_when_written(self, moment):
    running = Coalesce("counted_from", "asked_at")
    return self.open().alias(running_since=running).filter(running_since__lte=moment)


def _second_by_the_calendar(pool):
    written = CheckIn.objects.filter(entry=OuterRef("pk"), cycle=OuterRef("cycle"), ordinal=1, closed_at=None)
    written = written.filter(asked_at__lte=clock.now() - pool.answer_time)
    second = CheckIn.objects.filter(entry=OuterRef("pk"), cycle=OuterRef("cycle"), ordinal=2)
    return Entry.objects.live().filter(Exists(written), ~Exists(second), pool=pool, unreachable_since=None)


def _visible_until_a_worker_hides(self, now=None):
    stamped = Exists(Endorsement.objects.valid(now).filter(entry=OuterRef("pk")))
    shown = {"state": Entry.State.ACTIVE, "left_at": None, "unreachable_since": None, "orphaned_since": None}
    return self.filter(stamped, held_since=None, confirmed_at__lte=F("visible_until"), **shown)


_plain_page = pages._page


def _page_that_confirms(request, name, check_in, **context):
    if check_in.closed_at is None and check_in.entry.left_at is None:
        confirm(entry=check_in.entry, by=check_in.entry.user)
    return _plain_page(request, name, check_in, **context)


MUTANTS = {
    "a question counts when it is written": [
        (CheckInQuerySet, "delivered", lambda self: self),
        (CheckInQuerySet, "ripe", _ripe_when_written),
    ],
    "an outage counts as time to answer": [(uptime, "start_of", lambda span, *, until: until - span)],
    "an answer does not start the round anew": [(answering, "confirm", lambda *, entry, by: entry)],
    "opening the link is an answer": [(pages, "_page", _page_that_confirms)],
    "only the worker hides": [(EntryQuerySet, "visible", _visible_until_a_worker_hides)],
    "no brake": [(cycle, "is_unusual", lambda *, count, of: False)],
    "what came back counts": [(bounces, "take", lambda raw: False)],
    "what comes back late counts": [(EntryQuerySet, "in_round", lambda self: self.live())],
    "the second question goes by the calendar": [(cycle, "due_second", _second_by_the_calendar)],
    "no time to undo": [(erasing, "due", lambda pool: pool.entries.filter(left_at__isnull=False))],
    "a clock that runs behind is believed": [(uptime, "CLOCK_TOLERANCE", timedelta(days=10_000))],
    "who cannot be reached stays": [(cycle.Post, "came_back_since", lambda self, moment: False)],
}


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """The portal without this rule."""
    with ExitStack() as stack:
        for place, attribute, replacement in MUTANTS[name]:
            stack.enter_context(patch.object(place, attribute, replacement))
        yield
