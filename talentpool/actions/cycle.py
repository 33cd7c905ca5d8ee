"""The promise of the pool: nobody stays who is gone, and nobody is erased who was not really asked twice.

Sweeps, each harmless when it runs twice, five times at once, or after weeks of silence. A question counts from the
moment a mail server has taken it, and only time in which the portal worked counts (`kit.uptime`). The order of a round:
asked, asked again, hidden, erased (`talentpool.actions.erasing`); an answer starts it anew at any moment before.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import transaction
from django.db.models import CharField, Exists, Expression, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Concat, Left, Replace

from accounts import audit
from accounts.actors import SYSTEM, Actor
from accounts.roles import Role
from kit import clock, uptime
from kit.bulk import batches, insert_from
from kit.models import OutboxMail
from talentpool.actions.confirming import Gone, locked
from talentpool.actions.leaving import leave
from talentpool.emails import cycle as emails
from talentpool.models import CheckIn, Entry, LeaveReason, Pool, PurgeBrake
from taxonomy.models import Holiday

BATCH = 1_000
WORKING_HOURS = range(9, 17)  # German wall time
SUNDAY = 6
ADDRESS_REPAIRED_WITHIN = timedelta(days=30)
STAMP_FOUND_WITHIN = timedelta(days=30)
BOUNCES_COME_WITHIN = timedelta(days=1)
USUAL_AT_LEAST, USUAL_SHARE = 5, 0.02  # hidden within a day: more than that stops and asks
A_DAY = timedelta(days=1)


class NotAllowed(Exception):
    """Only coordinators decide about the brake."""


# ── Who is due. Each is asked again under the lock of its rows.


def due_first(pool: Pool) -> QuerySet:
    """Three months after the last answer; at once whoever is hidden by a fault of the clock."""
    long_ago = Q(confirmed_at__lte=clock.now() - timedelta(days=pool.ask_after))
    reachable = Entry.objects.live().filter(long_ago | Q(held_since__isnull=False), pool=pool, unreachable_since=None)
    return reachable.filter(~Exists(_check_ins(ordinal=1)))


def due_second(pool: Pool) -> QuerySet:
    """The first question lies with the person for a fortnight, and there was no answer."""
    ripe = uptime.start_of(pool.answer_time, until=clock.now())
    reachable = Entry.objects.live().filter(pool=pool, unreachable_since=None)
    return reachable.filter(Exists(_check_ins(ordinal=1).ripe(ripe)), ~Exists(_check_ins(ordinal=2)))


def due_to_hide(pool: Pool) -> QuerySet:
    """Both questions were delivered, the second a fortnight ago, and nothing was heard since the first."""
    ripe = uptime.start_of(pool.answer_time, until=clock.now())
    first = _check_ins(ordinal=1).open().delivered().filter(asked_at__gte=OuterRef("confirmed_at"))
    reachable = Entry.objects.live().filter(pool=pool, unreachable_since=None)
    return reachable.filter(Exists(first), Exists(_check_ins(ordinal=2).ripe(ripe)))


def _check_ins(*, ordinal: int) -> QuerySet:
    """Of the entry's present round."""
    return CheckIn.objects.filter(entry=OuterRef("pk"), cycle=OuterRef("cycle"), ordinal=ordinal).order_by()


# ── Asking


def ask_first() -> int:
    """First question of a round. Returns how many were asked."""
    return _ask(due_first, ordinal=1)


def ask_second() -> int:
    return _ask(due_second, ordinal=2)


def _ask(due: Callable[[Pool], QuerySet], *, ordinal: int) -> int:
    if not _is_working_hour(clock.now()):
        return 0
    return sum(_ask_in(due(pool), ordinal=ordinal) for pool in Pool.objects.order_by("pk"))


def _ask_in(due: QuerySet, *, ordinal: int) -> int:
    """In batches of a transaction each. Who is due is looked up once: each look has to step over all who were asked."""
    found = list(due.order_by().values_list("pk", flat=True))
    return sum(_ask_batch(due.filter(pk__in=batch), ordinal=ordinal) for batch in batches(found, BATCH))


def _is_working_hour(moment: datetime) -> bool:
    """Mails about one's future come by day, and neither on a Sunday nor on a public holiday of the region."""
    local = clock.local(moment)
    if local.hour not in WORKING_HOURS or local.weekday() == SUNDAY:
        return False
    return not _is_holiday(local.date())


def _is_holiday(day: date) -> bool:
    return Holiday.objects.public_in_region(day).exists()


@transaction.atomic
def _ask_batch(due: QuerySet, *, ordinal: int) -> int:
    """Those that no other sweep holds. Returns how many were asked."""
    held = _hold(due)
    if not held or not emails.check_ins(due.filter(pk__in=held), ordinal=ordinal):
        return 0
    mail = OutboxMail.objects.filter(key=OuterRef("key")).values("pk")
    written = Entry.objects.filter(pk__in=held).annotate(key=emails.check_in_key(ordinal), mail=Subquery(mail))
    return insert_from(
        CheckIn,
        written.filter(mail__isnull=False),
        entry=F("pk"),
        cycle=F("cycle"),
        ordinal=ordinal,
        asked_at=clock.now(),
        mail=F("mail"),
        nonce=Left(Concat(_chance(), _chance()), 60),
    )


def _chance() -> Expression:
    """122 random bits, made by the database from the same source as ours."""
    return Replace(Cast(RandomUUID(), CharField()), Value("-"), Value(""))


def _hold(due: QuerySet) -> list[UUID]:
    """The ids of due entries that nobody else holds.

    Between the look and the lock another sweep or an answer may have been there: whoever goes on asks `due` again.
    """
    held = due.order_by().select_for_update(skip_locked=True, no_key=True, of=("self",))
    return list(held.values_list("pk", flat=True))


# ── Hiding whoever did not answer


def hide() -> int:
    """Hide whoever did not answer twice; erased later. Returns how many. A pool with unusually many stops and asks."""
    return sum(_hide_in(pool) for pool in Pool.objects.order_by("pk"))


@transaction.atomic
def _hide_in(pool: Pool) -> int:
    """The pool's row is the lock of its brake: sweeps side by side must not hide the usual number each."""
    pool = Pool.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=pool.pk).first()
    if pool is None:
        return 0
    found = _silent(pool)
    if not found:
        _nothing_to_brake(pool)
        return 0
    return 0 if _is_braked(pool, len(found)) else _hide(pool, found)


def _silent(pool: Pool) -> list[UUID]:
    """Held: all who are due, for the brake counts them. One that somebody else holds answers, or comes next time."""
    due = due_to_hide(pool)
    return list(due.filter(pk__in=_hold(due)).values_list("pk", flat=True))


def _is_braked(pool: Pool, count: int) -> bool:
    """Whether a coordinator has to look first; counts what was hidden within a day without one."""
    lately = _hidden_unseen(pool, since=clock.now() - A_DAY)
    numbers = {"count": count + lately, "of": pool.entries.live().count() + lately}
    if PurgeBrake.objects.open().filter(pool=pool).update(**numbers):
        return True
    if not is_unusual(**numbers):
        return False
    audit.record("purge stopped", PurgeBrake.objects.create(pool=pool, **numbers), by=SYSTEM, **numbers)
    return True


def _hidden_unseen(pool: Pool, *, since: datetime) -> int:
    hidden = pool.entries.filter(leave_reason=LeaveReason.NO_ANSWER, left_at__gt=since).count()
    released = pool.brakes.filter(is_released=True, decided_at__gt=since).aggregate(Sum("count"))["count__sum"]
    return max(0, hidden - (released or 0))


def is_unusual(*, count: int, of: int) -> bool:
    """More than a pool of this size loses on an ordinary day."""
    return count > max(USUAL_AT_LEAST, USUAL_SHARE * of)


def _nothing_to_brake(pool: Pool) -> None:
    """Everybody answered while the brake was on: nothing is left to decide."""
    PurgeBrake.objects.open().filter(pool=pool).update(
        decided_at=clock.now(), decided_by=SYSTEM.audit_label, is_released=False
    )


def _hide(pool: Pool, found: list[UUID]) -> int:
    now = clock.now()
    CheckIn.objects.open().filter(entry__in=found).update(closed_at=now)
    Entry.objects.filter(pk__in=found).update(left_at=now, leave_reason=LeaveReason.NO_ANSWER, updated_at=now)
    emails.hidden(Entry.objects.filter(pk__in=found))
    audit.record("entries hidden", pool, by=SYSTEM, count=len(found), reason=LeaveReason.NO_ANSWER)
    return len(found)


@transaction.atomic
def decide_brake(*, brake: PurgeBrake, release: bool, by: Actor) -> PurgeBrake:
    """A coordinator has looked. Released: whoever is due now is hidden. Refused: all of them are asked anew.

    Deciding twice changes nothing. Raises NotAllowed.
    """
    if not by.has_role(Role.COORDINATOR):
        raise NotAllowed
    pool = Pool.objects.select_for_update(no_key=True).get(pk=brake.pool_id)
    brake = PurgeBrake.objects.select_for_update().get(pk=brake.pk)
    if brake.decided_at is not None:
        return brake
    found = _silent(pool)
    count = _hide(pool, found) if release and found else _new_round(found)
    brake.decided_at, brake.decided_by = clock.now(), by.audit_label
    brake.is_released, brake.count = release, len(found)
    brake.save(update_fields=["decided_at", "decided_by", "is_released", "count"])
    audit.record("purge released" if release else "purge refused", brake, by=by, count=count)
    return brake


def _new_round(entries: list[UUID]) -> int:
    """Their questions do not count; they are asked both of them again. No sign of life: the last answer stays."""
    CheckIn.objects.open().filter(entry__in=entries).update(closed_at=clock.now())
    return Entry.objects.filter(pk__in=entries).update(cycle=F("cycle") + 1, updated_at=clock.now())


# ── Addresses that do not work


@dataclass(frozen=True)
class Post:
    """What became of the mails to one address, as far as it tells whether the address works."""

    to: str

    def came_back_since(self, moment: datetime) -> bool:
        """Something did not arrive, and nothing has arrived later."""
        bad = undeliverable().filter(to=self.to, created_at__gte=moment).order_by("-created_at").first()
        return bad is not None and not self._accepted().filter(accepted_at__gt=bad.created_at).exists()

    def arrived_since(self, moment: datetime) -> bool:
        """A mail was taken and did not come back, though there was time for it."""
        settled = clock.now() - BOUNCES_COME_WITHIN
        return self._accepted().filter(accepted_at__gte=moment, accepted_at__lte=settled).exists()

    def _accepted(self) -> QuerySet:
        return OutboxMail.objects.filter(to=self.to, state=OutboxMail.State.ACCEPTED)


def undeliverable() -> QuerySet:
    return OutboxMail.objects.undeliverable().filter(purpose=emails.PURPOSE).exclude(to="")


def note_unreachable() -> int:
    """Hide whoever a mail of the pool did not reach: a question that did not arrive is no question.

    A report may take weeks: whoever was hidden for want of an answer is taken back when a question turns out to be
    lost. Returns how many. The address becomes a task of the coordinators, and whoever recommended hears of it.
    """
    suspects = Entry.objects.live().filter(user__email__in=undeliverable().values("to"))
    unasked = Entry.objects.in_round().filter(Exists(_lost_questions()))
    found = [entry for entries in (suspects, unasked) for entry in entries.filter(unreachable_since=None)]
    return sum(_note_unreachable(entry) for entry in found)


def _lost_questions() -> QuerySet:
    return CheckIn.objects.lost().filter(entry=OuterRef("pk"), cycle=OuterRef("cycle")).order_by()


@transaction.atomic
def _note_unreachable(entry: Entry) -> bool:
    held = Entry.objects.in_round().filter(pk=entry.pk, unreachable_since=None)
    entry = held.select_for_update(of=("self",)).select_related("pool", "user").first()
    if entry is None or not _is_unreached(entry):
        return False
    if entry.left_at is not None:
        entry.check_ins.filter(cycle=entry.cycle).update(closed_at=None)  # the one that did arrive can be answered
        emails.not_hidden(entry)
    entry.left_at, entry.leave_reason, entry.unreachable_since = None, "", clock.now()
    entry.save(update_fields=["left_at", "leave_reason", "unreachable_since"])
    audit.record("entry unreachable", entry, by=SYSTEM)
    for stamp in entry.endorsements.valid().select_related("member__organization"):
        emails.address_does_not_work(entry, stamp.member)
    return True


def _is_unreached(entry: Entry) -> bool:
    """Of other mails than questions the latest tells whether the address works."""
    if entry.check_ins.lost().filter(cycle=entry.cycle).exists():
        return True
    return entry.left_at is None and Post(entry.user.email).came_back_since(entry.confirmed_at)


def note_reachable() -> int:
    """An address works again when a mail arrived there and stayed. Both questions are asked anew. Returns how many."""
    found = Entry.objects.unreachable().select_related("user")
    arrived = [entry for entry in found if Post(entry.user.email).arrived_since(entry.unreachable_since)]
    return sum(_note_reachable(entry) for entry in arrived)


@transaction.atomic
def _note_reachable(entry: Entry) -> bool:
    try:
        entry = locked(entry)
    except Gone:
        return False
    if entry.unreachable_since is None:
        return False
    entry.unreachable_since = None
    entry.save(update_fields=["unreachable_since"])
    _new_round([entry.pk])
    audit.record("entry reachable", entry, by=SYSTEM)
    return True


def leave_unreachable() -> int:
    """Nobody found the right address in a month."""
    lost = uptime.start_of(ADDRESS_REPAIRED_WITHIN, until=clock.now())
    return _leave(Entry.objects.unreachable().filter(unreachable_since__lte=lost), LeaveReason.UNREACHABLE)


# ── Nobody vouches


def note_orphans() -> int:
    """Note since when nobody vouches, and forget it where somebody does again. Returns how many became orphans."""
    _update_held(Entry.objects.orphaned().with_stamp(), orphaned_since=None)
    return _update_held(Entry.objects.live().without_stamp().filter(orphaned_since=None), orphaned_since=clock.now())


@transaction.atomic
def _update_held(entries: QuerySet, **fields) -> int:
    """Only what nobody else holds: sweeps side by side never wait for each other in a circle."""
    return entries.filter(pk__in=_hold(entries)).update(updated_at=clock.now(), **fields)


def leave_orphans() -> int:
    """Nobody vouched in a month. Said with the link to stay."""
    lost = uptime.start_of(STAMP_FOUND_WITHIN, until=clock.now())
    due = Entry.objects.orphaned().without_stamp().filter(orphaned_since__lte=lost)
    return _leave(due, LeaveReason.NO_STAMP, tell=True)


def _leave(entries: QuerySet, reason: LeaveReason, *, tell: bool = False) -> int:
    return sum(_leave_one(entries, pk, reason, tell=tell) for pk in list(entries.values_list("pk", flat=True)))


@transaction.atomic
def _leave_one(entries: QuerySet, pk: UUID, reason: LeaveReason, *, tell: bool) -> bool:
    entry = Entry.objects.select_for_update().filter(pk=pk).first()
    if entry is None or not entries.filter(pk=pk).exists():
        return False
    leave(entry=entry, reason=reason, by=SYSTEM)
    if tell:
        emails.hidden(Entry.objects.filter(pk=pk))
    return True


# ── After a fault of the clock


@transaction.atomic
def repair_clock(*, by: Actor) -> dict[str, int]:
    """The clock is right again: what it noted while it was wrong is put right, in favour of the people.

    Answers of the doubtful time are believed, but not their hour: such entries are hidden until the person answers
    again, and asked at once. All times for answers, for undoing and for repairing start again. Returns counts.
    """
    doubtful = uptime.repair()
    now = clock.now()
    held = _hold_since(doubtful) if doubtful else 0
    running = CheckIn.objects.open().filter(mail__accepted_at__isnull=False)
    counts = {"held": held, "check-ins": running.update(counted_from=now)}
    for field in ("left_at", "unreachable_since", "orphaned_since"):
        doubtful_rows = Entry.objects.filter(**{f"{field}__gt": doubtful or now})
        counts[field] = doubtful_rows.update(**{field: now})
    for pool in Pool.objects.all():
        audit.record("clock repaired", pool, by=by, **counts)
    return counts


def _hold_since(moment: datetime) -> int:
    held = 0
    for pool in Pool.objects.all():
        doubtful = pool.entries.filter(confirmed_at__gt=moment)
        fields = {"confirmed_at": moment, "visible_until": moment + pool.shown_for, "held_since": clock.now()}
        held += doubtful.update(**fields)
    return held


SWEEPS: Iterable[Callable[[], int]] = (
    note_unreachable,
    note_reachable,
    note_orphans,
    ask_first,
    ask_second,
    hide,
    leave_unreachable,
    leave_orphans,
)
"""In this order: what came back is noted before a question counts."""
