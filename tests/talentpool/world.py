"""Tells the portal and the reference model the same random story, and compares them after each event.

One world has a clock, a worker, a mail server and some dozens of people in two pools; each person is one history. The
invariants I1 to I5, I7 and I8 are judged by a ledger of the world's own, which believes neither of the two.
"""

import random
from collections.abc import Callable, Collection
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from uuid import UUID

import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts import journal
from kit import bounces, outbox, tokens
from kit.models import Heartbeat, OutboxMail
from kit.uptime import MARK
from talentpool import tasks
from talentpool.actions import answering, cycle, erasing, leaving
from talentpool.actions.confirming import Gone, confirm
from talentpool.models import CHECK_IN, CheckIn, Endorsement, Entry, LeaveReason, Pool, PurgeBrake
from taxonomy.models import Holiday
from tests.make import make_district, make_user
from tests.talentpool import transport
from tests.talentpool.make import make_entry, make_pool
from tests.talentpool.reference import DAY, HOUR, Mail, Person, Reference

BEGIN = datetime(2026, 1, 13, 9, tzinfo=UTC)  # spans over wall time would lose an hour in spring
KINDS = {
    "Suchen Sie noch?": "first",
    "Letzte Frage: Suchen Sie noch?": "second",
    "Ihr Profil ist ausgeblendet und wird gelöscht": "hidden",
    "Ihr Profil ist gelöscht": "last",
    "Ihr Code zum Anmelden": "login",
}
SCANNERS = ("Mozilla/5.0 (compatible; SafeLinks)", "Barracuda Sentinel", "Proofpoint URL Defense", "curl/8")
SWEEPS = (*cycle.SWEEPS, erasing.erase_due)  # the others have nothing to do in a world
LONGEST_VISIBLE = 125 * DAY
SLACK = 2 * HOUR  # of steps back of the clock, which count nowhere


class Breach(AssertionError):
    """An invariant does not hold, or the portal and the model differ."""


@contextmanager
def undone():
    """A transaction around everything, as around a test: the sender's own, which must be outermost, believes it is.

    What stands outside of the database goes as well: a journal that knows more would say that it was restored.
    """
    journal.path().unlink(missing_ok=True)
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        try:
            yield
        finally:
            transaction.set_rollback(True)
    journal.path().unlink(missing_ok=True)


class World:
    def __init__(self, seed: int, *, people: int, events: int, often: Collection[str] = ()):
        """`often`: names of events of which this world sees five times as many."""
        self.chance = random.Random(seed)
        self.seed, self.events, self.often = seed, events, often
        self.number_of_people = people
        self.now = BEGIN
        self.elapsed = timedelta(0)  # real time: what the machine's clock says may be another
        self.offset = timedelta(0)
        self.reference = Reference()
        self.log: list[str] = []
        # The ledger: moments of real time
        self.ticks: list[timedelta] = []
        self.answered: dict[str, datetime] = {}
        self.arrived: dict[str, list[tuple[timedelta, str, str]]] = {}  # name → (when, kind, Message-ID)
        self.came_back: set[str] = set()
        self.silenced: set[str] = set()  # hidden for not answering, before the sweep that is judged
        self.gone: set[str] = set()
        self.since_jump = timedelta(0)

    # ── The story

    def run(self) -> "World":
        transport.SERVER.__init__(chance=self.chance)
        with undone(), self._travel():
            self._people()
            for _number in range(self.events):
                self._event()
        return self

    @contextmanager
    def _travel(self):
        with patch.object(tasks, "SWEEPS", SWEEPS), time_machine.travel(self.now, tick=False) as self.traveller:
            yield

    def _people(self) -> None:
        pools = [make_pool(), make_pool()]
        self.pools = {str(pool.pk): pool for pool in pools}
        self.reference.brakes = {name: [] for name in self.pools}
        self.coordinator = make_user("coordinator")
        self._holidays()
        self.entries: dict[str, Entry] = {}
        for number in range(self.number_of_people):  # learners too: accounts stay, which saves most statements
            pool = pools[0] if number % 4 else pools[1]
            user = make_user("candidate", "learner", email=f"p{number}@example.org", full_name=f"Kandidat {number}")
            confirmed = self.now - timedelta(days=self.chance.uniform(40, 100))
            pk = UUID(int=self.chance.getrandbits(128), version=4)  # rows in the same order for the same seed
            entry = make_entry(pool, user, id=pk, confirmed_at=confirmed)
            self.entries[user.email] = entry
            self.answered[user.email] = confirmed
            self.arrived[user.email] = []
            self.reference.people[user.email] = Person(user.email, str(pool.pk), confirmed)

    def _holidays(self) -> None:
        """More than any law has, so that many a question falls on one; real ones are none here."""
        Holiday.objects.all().delete()
        land = make_district().land
        land.districts.update(in_region=True)  # a database with the vocabulary has them already
        days = {(BEGIN + timedelta(days=self.chance.randrange(700))).date() for _number in range(100)}
        Holiday.objects.bulk_create(
            Holiday(land=land, kind="public", name="Feiertag", first_day=day, last_day=day) for day in days
        )
        self.reference.holidays = days

    def _event(self) -> None:
        kinds: list[tuple[Callable[[], None], int]] = [
            (self.serve, 50),
            (self.human, 14),
            (self.outage, 4),
            (self.mail_server_changes, 5),
            (self.come_back, 4),
            (self.come_back_late, 4),
            (self.scan, 2),
            (self.decide, 6),
            (self.clock_runs_ahead, 2),
            (self.clock_steps_back, 1),
        ]
        weights = [5 * weight if each.__name__ in self.often else weight for each, weight in kinds]
        [event] = self.chance.choices([each for each, _weight in kinds], weights)
        event()
        self.compare(event.__name__)

    def tell(self, text: str) -> None:
        self.log.append(f"{self.now:%Y-%m-%d %H:%M} {text}")

    def move(self, span: timedelta) -> None:
        self.now += span
        self.elapsed += span
        self.traveller.move_to(self.now, tick=False)

    # ── Worker

    def serve(self) -> None:
        """The portal works for some days, now busy, now idle."""
        for _step in range(self.chance.randint(4, 30)):
            self.move(timedelta(hours=self.chance.uniform(4, 5.9)))
            self.idle()
            if self.chance.random() < 0.15:
                self.sweep()
            if self.chance.random() < 0.15:
                self.deliver()
            if self.chance.random() < 0.15:
                self.human()

    def idle(self) -> None:
        """A tick that finds nothing to note, which are most: the mark moves on."""
        if self.reference.tick(self.now):
            Heartbeat.objects.filter(name=MARK, at__lt=self.now).update(at=self.now)
            self.ticks.append(self.elapsed)

    def tick(self) -> None:
        with suppress(cycle.uptime.ClockAlarm):
            cycle.uptime.tick()
            self.ticks.append(self.elapsed)
        self.reference.tick(self.now)

    def sweep(self) -> None:
        if self.chance.random() < 0.1:
            self._die_in_a_sweep()
        self._sweep_once()
        self.reference.sweep(self.now)
        self.judge_departures()
        if self.chance.random() < 0.1:
            self._sweep_again()

    def _sweep_once(self) -> dict[str, int]:
        silenced = Entry.objects.filter(leave_reason=LeaveReason.NO_ANSWER)
        self.silenced = set(silenced.values_list("user__email", flat=True))
        done = tasks.sweep()
        if done:
            self.ticks.append(self.elapsed)
        return done

    def _die_in_a_sweep(self) -> None:
        """At some statement, before the commit of what it belongs to."""
        left = self.chance.randint(1, 60)

        def countdown(execute, *arguments):
            nonlocal left
            left -= 1
            if left == 0:
                raise transport.Killed
            return execute(*arguments)

        with suppress(transport.Killed), connection.execute_wrapper(countdown):
            tasks.sweep()
        connection.set_rollback(False)

    def _sweep_again(self) -> None:
        """I7: the same sweep at the same moment finds nothing to do. A brake that is on is told how many wait now: one
        of them may have left at the end of the first sweep."""
        again = {name: count for name, count in self._sweep_once().items() if count}
        self.reference.sweep(self.now)
        if again:
            raise Breach(f"I7 a sweep done twice did {again}")

    def deliver(self) -> None:
        server = transport.SERVER
        server.taken, server.lost, server.refused = [], [], []
        with suppress(transport.Killed):
            outbox.deliver_due()
        for to, subject, message_id in [*server.taken, *server.lost]:
            if kind := KINDS.get(subject):
                self.arrived[to].append((self.elapsed, kind, message_id))
        for to, subject, _message_id in server.taken:
            self._waiting(to, KINDS[subject]).accepted = self.now
        for to, subject, _message_id in server.refused:
            self._waiting(to, KINDS[subject]).is_bad = True

    def _waiting(self, to: str, kind: str) -> Mail:
        """The mail of this kind for which the model waits; a mail of which it knows nothing should not have left."""
        found = [m for m in self.reference.people[to].mails if m.kind == kind and not m.accepted and not m.is_bad]
        if not found:
            raise Breach(f"a mail ({kind}) to {to} that should not have left")
        return found[0]

    def outage(self) -> None:
        """Everything is down."""
        days = self.chance.uniform(0.3, 30)
        self.tell(f"outage of {days:.1f} days")
        self.move(timedelta(days=days))
        self.compare("outage")
        self.tick()
        self.sweep()

    # ── Mail server

    def mail_server_changes(self) -> None:
        server = transport.SERVER
        server.is_away = self.chance.random() < 0.25
        server.defers = self.chance.choice([0, 0, 0.3])
        server.kills = self.chance.choice([0, 0, 0.1])
        server.refuses = set(self.chance.sample(sorted(self.entries), k=self.chance.choice([0, 0, 1, 2])))
        self.tell(f"mail server: away={server.is_away} refuses={sorted(server.refuses)}")

    def come_back(self) -> None:
        """A server that had taken a mail reports that nobody got it."""
        taken = OutboxMail.objects.filter(state=OutboxMail.State.ACCEPTED, is_last=False).exclude(to="").order_by("pk")
        self._report_one_of([mail for mail in taken if mail.created_at > self.now - 20 * DAY])

    def come_back_late(self) -> None:
        """As above, of a question to somebody who is hidden for not answering it."""
        questions = CheckIn.objects.filter(entry__leave_reason=LeaveReason.NO_ANSWER, cycle=F("entry__cycle"))
        asked = OutboxMail.objects.filter(state=OutboxMail.State.ACCEPTED, pool_check_in__in=questions)
        self._report_one_of(list(asked.order_by("pk")))

    def _report_one_of(self, mails: list[OutboxMail]) -> None:
        if not mails:
            return
        mail = self.chance.choice(mails)
        self.tell(f"a mail to {mail.to} comes back")
        bounces.take(
            b"From: MAILER-DAEMON@mx.example.org\nSubject: Undelivered\nContent-Type: text/plain\n\n"
            b"550 5.1.1 User unknown\n" + mail.message_id.encode()
        )
        self.came_back.add(mail.message_id)
        for known in self.reference.people[mail.to].mails:
            if known.accepted == mail.accepted_at and known.created == mail.created_at:
                known.is_bad = True

    # ── People

    def human(self) -> None:
        name = self.chance.choice(sorted(self.entries))
        if name in self.gone:
            return
        actions = [
            self.answer,
            self.answer,
            self.save_profile,
            self.pause,
            self.stamp,
            self.withdraw,
            self.stay,
            self.log_in,
        ]
        action = self.chance.choice(actions)
        self.tell(f"{name}: {action.__name__}")
        action(name)

    def answer(self, name: str) -> None:
        """To any question that ever was asked; most are closed."""
        entry = self.entries[name]
        asked = list(entry.check_ins.order_by("cycle", "ordinal"))
        if not asked:
            return
        check_in = self.chance.choice(asked) if self.chance.random() < 0.2 else asked[-1]
        choice = self.chance.choice([*["looking"] * 6, "found", "erase"])
        was_open = check_in.closed_at is None
        with suppress(Gone):
            answering.answer(check_in=check_in, answer=CheckIn.Answer(choice), by=entry.user)
            if was_open and choice == "looking":
                self.answered[name] = self.now
        self.reference.answer(self.reference.people[name], (check_in.cycle, check_in.ordinal), choice, self.now)

    def save_profile(self, name: str) -> None:
        with suppress(Gone):
            confirm(entry=self.entries[name], by=self.entries[name].user)
            self.answered[name] = self.now
        self.reference.confirm(self.reference.people[name], self.now)

    def pause(self, name: str) -> None:
        person = self.reference.people[name]
        person.is_paused = not person.is_paused
        state = Entry.State.PAUSED if person.is_paused else Entry.State.ACTIVE
        Entry.objects.filter(pk=self.entries[name].pk).update(state=state)

    def stamp(self, name: str) -> None:
        person = self.reference.people[name]
        person.is_stamped = not person.is_stamped
        state = Endorsement.State.ACCEPTED if person.is_stamped else Endorsement.State.HIDDEN
        Endorsement.objects.filter(entry=self.entries[name].pk).update(state=state)

    def withdraw(self, name: str) -> None:
        if self.chance.random() < 0.7:
            return
        with suppress(Gone):
            leaving.leave(entry=self.entries[name], reason=LeaveReason.WITHDRAWN, by=self.entries[name].user)
        self.reference.leave(self.reference.people[name], "withdrawn", self.now)

    def stay(self, name: str) -> None:
        if self.reference.people[name].left is None:
            return
        leaving.undo(entry=self.entries[name], by=self.entries[name].user)
        self.answered[name] = self.now
        self.reference.undo(self.reference.people[name], self.now)

    def log_in(self, name: str) -> None:
        """A code by mail: whether it arrives tells about the address."""
        outbox.send("accounts/email/login_code.txt", name, {"code": "1"}, purpose="account", language="de")
        self.reference.people[name].queue("login", self.now)

    def decide(self) -> None:
        brake = PurgeBrake.objects.open().order_by("pk").first()
        if brake is None or self.reference.is_alarmed(self.now):
            return
        release = self.chance.random() < 0.6
        self.tell(f"brake: release={release}")
        cycle.decide_brake(brake=brake, release=release, by=self.coordinator)
        self.reference.decide(str(brake.pool_id), self.now, release=release)
        self.judge_departures()

    # ── Machines that open links

    def scan(self) -> None:
        """I5: GET, HEAD and a form without a choice change no row."""
        asked = list(CheckIn.objects.order_by("entry", "cycle", "ordinal"))
        if not asked:
            return
        check_in = self.chance.choice(asked)
        address = reverse("pool_links:check_in", args=[tokens.make_for(CHECK_IN, check_in)])
        before = self.rows()
        client = Client(headers={"user-agent": self.chance.choice(SCANNERS)})
        for method in (client.get, client.head, client.options, client.post):
            for _number in range(2):
                method(address)
                method(f"{address}loeschen/")
        if self.rows() != before:
            raise Breach("I5 a scanner has changed something")

    def rows(self) -> list:
        models = (Entry, CheckIn, OutboxMail, Endorsement, PurgeBrake, Pool)
        return [list(model.objects.order_by("pk").values()) for model in models]

    # ── Clock

    def clock_runs_ahead(self) -> None:
        """The clock jumps ahead, the worker works on for a while, somebody sets it right."""
        span = timedelta(days=self.chance.uniform(1.1, 200))
        self.tell(f"the clock runs ahead by {span.days} days")
        self.now += span
        self.traveller.move_to(self.now, tick=False)
        for _step in range(self.chance.randint(1, 4)):
            self.tick()
            self.sweep()
            self.deliver()
            if self.chance.random() < 0.5:
                self.human()
            self.move(timedelta(hours=self.chance.uniform(0.5, 5)))
        self.now -= span
        self.traveller.move_to(self.now, tick=False)
        self.compare("clock set right")
        self.sweep()
        self.compare("sweep while the clock is not trusted")
        self.tell("clock repaired")
        cycle.repair_clock(by=self.coordinator)
        self.reference.repair(self.now)
        self.answered = {name: min(moment, self.now) for name, moment in self.answered.items()}

    def clock_steps_back(self) -> None:
        self.now -= timedelta(minutes=self.chance.uniform(1, 50))
        self.traveller.move_to(self.now, tick=False)
        self.sweep()

    # ── Judgement

    def compare(self, after: str) -> None:
        cache.clear()
        rows = {entry.user.email: entry for entry in Entry.objects.select_related("user")}
        visible = set(Entry.objects.visible().values_list("user__email", flat=True))
        checks = self._checks()
        for name, person in self.reference.people.items():
            ours, theirs = self._ours(rows.get(name), checks, name in visible), self._theirs(person, name in visible)
            if ours != theirs:
                raise Breach(f"seed {self.seed}, {self.now:%Y-%m-%d %H:%M}, after {after}: {name}\n{ours}\n{theirs}")
            self._judge_visible(person, name in visible)
        self._compare_brakes(after)

    def _checks(self) -> dict:
        found: dict = {}
        for check in CheckIn.objects.select_related("mail").order_by("pk"):
            mail = check.mail
            delivered = mail is not None and mail.state == OutboxMail.State.ACCEPTED
            found.setdefault(check.entry_id, []).append(
                (check.cycle, check.ordinal, check.asked_at, delivered, check.closed_at is None, check.counted_from)
            )
        return found

    def _ours(self, entry: Entry | None, checks: dict, is_visible: bool) -> tuple | None:
        if entry is None:
            return None
        now = (entry.cycle, entry.confirmed_at, entry.left_at, entry.leave_reason, entry.unreachable_since)
        return (*now, entry.orphaned_since, entry.held_since, is_visible, sorted(checks.get(entry.pk, [])))

    def _theirs(self, person: Person, _is_visible: bool) -> tuple | None:
        if person.is_erased:
            return None
        checks = [(*key, c.asked, c.is_delivered, c.is_open, c.counted) for key, c in person.checks.items()]
        now = (person.cycle, person.confirmed, person.left, person.reason, person.unreachable)
        visible = self.reference.is_visible(person, self.now)
        return (*now, person.orphaned, person.held, visible, sorted(checks))

    def _compare_brakes(self, after: str) -> None:
        for pool, brakes in self.reference.brakes.items():
            ours = list(PurgeBrake.objects.filter(pool=pool).order_by("pk").values_list("count", "decided_at"))
            theirs = [(brake.count, brake.decided) for brake in brakes]
            if ours != theirs:
                raise Breach(f"seed {self.seed}, after {after}: brakes {ours} {theirs}")

    def _judge_visible(self, person: Person, is_visible: bool) -> None:
        """I1 and I2, from the ledger."""
        if is_visible and not (person.is_stamped and not person.is_paused):
            raise Breach(f"I1 {person.name} is visible without a stamp")
        if is_visible and self.now - self.answered[person.name] > LONGEST_VISIBLE:
            raise Breach(f"I2 {person.name} is visible for ever")

    def judge_departures(self) -> None:
        """I3 and I8: who is hidden, or erased, for not answering was asked twice, with a fortnight of service each."""
        self.judge_twins()
        here = dict(Entry.objects.values_list("user__email", "leave_reason"))
        for name, person in self.reference.people.items():
            is_silenced = here.get(name) == LeaveReason.NO_ANSWER
            if is_silenced and name not in self.gone and person.left == self.now:
                self._judge_silence(name)
        gone = self.entries.keys() - here.keys() - self.gone
        for name in sorted(gone & self.silenced):
            self._judge_silence(name)
        self.gone |= gone

    def _judge_silence(self, name: str) -> None:
        arrived = [each for each in self.arrived[name] if each[2] not in self.came_back]
        firsts = [when for when, kind, _id in arrived if kind == "first"]
        seconds = [when for when, kind, _id in arrived if kind == "second"]
        if not firsts or not seconds:
            raise Breach(f"I3 {name} is gone and was not asked twice")
        if self.uptime(firsts[-1], seconds[-1]) < 14 * DAY - SLACK:
            raise Breach(f"I3 {name} had no fortnight for the first question")
        if self.uptime(seconds[-1], self.elapsed) < 14 * DAY - SLACK:
            raise Breach(f"I8 {name} had no fortnight for the second question")

    def uptime(self, since: timedelta, until: timedelta) -> timedelta:
        """Real time in which the worker gave signs of life, with pauses of at most six hours."""
        moments = sorted({since, until, *(tick for tick in self.ticks if since < tick < until)})
        before = max((tick for tick in self.ticks if tick <= since), default=since)
        total = timedelta(0)
        for start, end in zip([before, *moments], moments, strict=False):
            gap = end - start
            total += max(timedelta(0), end - max(start, since)) if gap <= 6 * HOUR else timedelta(0)
        return total

    def judge_twins(self) -> None:
        """I4: never two questions of one kind in one round."""
        keys = list(CheckIn.objects.values_list("entry", "cycle", "ordinal"))
        if len(keys) != len(set(keys)):
            raise Breach("I4 a question was asked twice")


def settings_of_a_world() -> dict:
    return {"EMAIL_BACKEND": "tests.talentpool.transport.Backend", "DEMO": False}


__all__ = ["Breach", "World", "settings_of_a_world"]
