"""The cycle with one of its rules taken away. Each has to be caught by the histories, or these would prove nothing."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
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
from tests.talentpool.world import Breach, World


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


@dataclass(frozen=True)
class Mutant:
    """What stands in the place of the rule, and the world in which it shows soonest: what happens often there."""

    patches: list[tuple[object, str, object]]
    often: tuple[str, ...]
    seed: int = 0


MUTANTS = {
    "a question counts when it is written": Mutant(
        [(CheckInQuerySet, "delivered", lambda self: self), (CheckInQuerySet, "ripe", _ripe_when_written)],
        often=("mail_server_changes",),
        seed=1,
    ),
    "an outage counts as time to answer": Mutant(
        [(uptime, "start_of", lambda span, *, until: until - span)], often=("outage",), seed=3
    ),
    "an answer does not start the round anew": Mutant(
        [(answering, "confirm", lambda *, entry, by: entry)], often=("human",), seed=3
    ),
    "opening the link is an answer": Mutant([(pages, "_page", _page_that_confirms)], often=("scan",), seed=3),
    "only the worker hides": Mutant([(EntryQuerySet, "visible", _visible_until_a_worker_hides)], often=("outage",)),
    "no brake": Mutant([(cycle, "is_unusual", lambda *, count, of: False)], often=("outage",), seed=1),
    "what came back counts": Mutant([(bounces, "take", lambda raw: False)], often=("come_back",), seed=3),
    "what comes back late counts": Mutant(
        [(EntryQuerySet, "in_round", lambda self: self.live())], often=("come_back_late",), seed=3
    ),
    "the second question goes by the calendar": Mutant(
        [(cycle, "due_second", _second_by_the_calendar)], often=("outage", "mail_server_changes"), seed=2
    ),
    "no time to undo": Mutant(
        [(erasing, "due", lambda pool: pool.entries.filter(left_at__isnull=False))], often=("human",), seed=2
    ),
    "a clock that runs behind is believed": Mutant(
        [(uptime, "CLOCK_TOLERANCE", timedelta(days=10_000))], often=("clock_runs_ahead",), seed=5
    ),
    "who cannot be reached stays": Mutant(
        [(cycle, "_is_unreached", lambda entry: False)], often=("mail_server_changes", "come_back"), seed=3
    ),
    "people are asked on holidays": Mutant([(cycle, "_is_holiday", lambda day: False)], often=(), seed=5),
}


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """The portal without this rule."""
    with ExitStack() as stack:
        for place, attribute, replacement in MUTANTS[name].patches:
            stack.enter_context(patch.object(place, attribute, replacement))
        yield


def is_seen(name: str, *, seed: int) -> bool:
    """Whether the histories of a world notice that this rule is missing."""
    with mutated(name):
        try:
            World(seed, people=26, events=60, often=MUTANTS[name].often).run()
        except Breach:
            return True
    return False
