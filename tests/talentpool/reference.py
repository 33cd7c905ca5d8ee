"""The cycle of the pool told a second time, in plain Python, from its rules and not from its code.

Nothing of the portal is imported here. A world (`tests/talentpool/world.py`) tells this model and the portal the same
story and compares them after each event.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASK_AFTER, ANSWER_WITHIN, UNDO_WITHIN = 90 * DAY, 14 * DAY, 7 * DAY
SHOWN_FOR = ASK_AFTER + 2 * ANSWER_WITHIN + UNDO_WITHIN


@dataclass
class Mail:
    """A mail to a person. `kind`: first, second, hidden, last, login."""

    kind: str
    created: datetime
    cycle: int = 0
    accepted: datetime | None = None
    is_bad: bool = False  # refused for good, or come back


@dataclass
class Check:
    asked: datetime
    mail: Mail
    counted: datetime | None = None
    is_open: bool = True

    @property
    def is_delivered(self) -> bool:
        return self.mail.accepted is not None and not self.mail.is_bad


@dataclass
class Person:
    name: str
    pool: str
    confirmed: datetime
    cycle: int = 1
    is_paused: bool = False
    is_stamped: bool = True
    is_erased: bool = False
    left: datetime | None = None
    reason: str = ""
    unreachable: datetime | None = None
    orphaned: datetime | None = None
    held: datetime | None = None
    checks: dict[tuple[int, int], Check] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        return not self.is_erased and self.left is None

    def check(self, ordinal: int) -> Check | None:
        return self.checks.get((self.cycle, ordinal))

    def round(self) -> list["Check"]:
        return [check for (cycle, _ordinal), check in self.checks.items() if cycle == self.cycle]

    def come_back(self) -> None:
        """Not on the way out any more: the questions are open again, and a mail that says otherwise does not leave."""
        self.left, self.reason = None, ""
        self.drop_waiting("hidden")
        for check in self.round():
            check.is_open = True

    def drop_waiting(self, kind: str) -> None:
        self.mails = [m for m in self.mails if m.kind != kind or m.accepted or m.is_bad]

    def close_checks(self) -> None:
        for check in self.checks.values():
            check.is_open = False

    def new_round(self) -> None:
        self.close_checks()
        self.cycle += 1

    def queue(self, kind: str, now: datetime) -> Mail:
        mail = Mail(kind, now, self.cycle)
        self.mails.append(mail)
        return mail


@dataclass
class Brake:
    count: int
    decided: datetime | None = None
    is_released: bool = False


class Reference:
    def __init__(self):
        self.people: dict[str, Person] = {}
        self.brakes: dict[str, list[Brake]] = {}
        self.holidays: set[date] = set()
        self.mark: datetime | None = None
        self.pauses: list[list] = []  # [since, until, explained]

    # ── Service time

    def is_alarmed(self, now: datetime) -> bool:
        return self.mark is not None and now < self.mark - HOUR

    def tick(self, now: datetime) -> bool:
        """False while the clock is wrong."""
        if self.is_alarmed(now):
            return False
        if self.mark and now - self.mark > 6 * HOUR:
            self.pauses.append([self.mark, now, False])
        self.mark = max(now, self.mark or now)
        return True

    def has_served(self, span: timedelta, since: datetime, now: datetime) -> bool:
        pauses = [(start, end) for start, end, _explained in self.pauses]
        if self.mark and now - self.mark > 6 * HOUR:
            pauses.append((self.mark, now))
        lost = sum((max(timedelta(0), min(end, now) - max(start, since)) for start, end in pauses), timedelta(0))
        return now - since - lost >= span

    def repair(self, now: datetime) -> None:
        doubtful = min(
            (since for since, until, known in self.pauses if until - since >= DAY and not known), default=None
        )
        self.pauses = [[since, until, True] for since, until, _known in self.pauses if until <= now]
        self.mark = now
        for person in (each for each in self.people.values() if not each.is_erased):
            if doubtful and person.confirmed > doubtful:
                person.confirmed, person.held = doubtful, now
            for check in person.checks.values():
                if check.is_open and check.mail.accepted:
                    check.counted = now
            for name in ("left", "unreachable", "orphaned"):
                value = getattr(person, name)
                if value and value > (doubtful or now):
                    setattr(person, name, now)

    # ── What companies see

    def is_visible(self, person: Person, now: datetime) -> bool:
        if self.is_alarmed(now) or not person.is_live or person.is_paused or not person.is_stamped:
            return False
        if person.unreachable or person.orphaned or person.held:
            return False
        return person.confirmed <= now < person.confirmed + SHOWN_FOR

    # ── Sweep

    def sweep(self, now: datetime) -> None:
        if not self.tick(now):
            return
        everybody = [person for person in self.people.values() if not person.is_erased]
        for step in (self._addresses, self._stamps):
            for person in everybody:
                step(person, now)
        local = now.astimezone(BERLIN)
        if 9 <= local.hour < 17 and local.isoweekday() != 7 and local.date() not in self.holidays:
            for person in everybody:
                self._ask(person, now)
        for pool in self.brakes:
            self._hide([person for person in everybody if person.pool == pool], pool, now)
        for person in everybody:
            self._leave(person, now)
        for person in everybody:
            self._erase(person, now)

    def _addresses(self, person: Person, now: datetime) -> None:
        """A question that was lost was no question, however late one hears of it."""
        is_silent = not person.is_erased and person.left is not None and person.reason == "no_answer"
        if not person.is_live and not is_silent:
            return
        good = [m.accepted for m in person.mails if m.accepted and not m.is_bad]
        if person.unreachable is None:
            bad = [m.created for m in person.mails if m.is_bad and m.kind != "login" and m.created >= person.confirmed]
            fails = person.is_live and bad and not any(moment > max(bad) for moment in good)
            if fails or any(check.mail.is_bad for check in person.round()):
                person.unreachable = now
                if is_silent:
                    person.come_back()
        if person.unreachable and any(person.unreachable <= moment <= now - DAY for moment in good):
            person.unreachable = None
            person.new_round()

    def _stamps(self, person: Person, now: datetime) -> None:
        if person.is_live and person.is_stamped:
            person.orphaned = None
        elif person.is_live:
            person.orphaned = person.orphaned or now

    def _ask(self, person: Person, now: datetime) -> None:
        if not person.is_live or person.unreachable:
            return
        is_due = now - person.confirmed >= ASK_AFTER or person.held is not None
        if person.check(1) is None and is_due:
            person.checks[person.cycle, 1] = Check(now, person.queue("first", now))
        if person.check(2) is None and self._is_ripe(person.check(1), now):
            person.checks[person.cycle, 2] = Check(now, person.queue("second", now))

    def _is_ripe(self, check: Check | None, now: datetime) -> bool:
        if check is None or not check.is_open or not check.is_delivered:
            return False
        return self.has_served(ANSWER_WITHIN, check.counted or check.mail.accepted, now)

    def _silent(self, people: list[Person], now: datetime) -> list[Person]:
        found = []
        for person in (each for each in people if each.is_live and not each.unreachable):
            first = person.check(1)
            asked = first and first.is_open and first.is_delivered and first.asked >= person.confirmed
            if asked and self._is_ripe(person.check(2), now):
                found.append(person)
        return found

    def _hide(self, people: list[Person], pool: str, now: datetime) -> None:
        silent = self._silent(people, now)
        brakes = self.brakes[pool]
        waiting = next((brake for brake in brakes if brake.decided is None), None)
        if not silent:
            if waiting:
                waiting.decided = now
            return
        hidden = sum(not p.is_erased and p.reason == "no_answer" and p.left > now - DAY for p in people if p.left)
        released = sum(brake.count for brake in brakes if brake.is_released and brake.decided > now - DAY)
        lately = max(0, hidden - released)
        count, of = len(silent) + lately, sum(person.is_live for person in people) + lately
        if waiting:
            waiting.count = count
        elif count > max(5, 0.02 * of):
            brakes.append(Brake(count))
        else:
            self._go(silent, now)

    def _go(self, silent: list[Person], now: datetime) -> None:
        for person in silent:
            person.close_checks()
            person.left, person.reason = now, "no_answer"
            person.queue("hidden", now)

    def decide(self, pool: str, now: datetime, *, release: bool) -> None:
        brake = next(brake for brake in self.brakes[pool] if brake.decided is None)
        silent = self._silent([person for person in self.people.values() if person.pool == pool], now)
        brake.decided, brake.is_released, brake.count = now, release, len(silent)
        if release:
            self._go(silent, now)
        else:
            for person in silent:
                person.new_round()

    def _leave(self, person: Person, now: datetime) -> None:
        if person.is_live and person.unreachable and self.has_served(30 * DAY, person.unreachable, now):
            person.close_checks()
            person.left, person.reason = now, "unreachable"
        if (
            person.is_live
            and person.orphaned
            and not person.is_stamped
            and self.has_served(30 * DAY, person.orphaned, now)
        ):
            person.close_checks()
            person.left, person.reason = now, "no_stamp"
            if not any(mail.kind == "hidden" and mail.cycle == person.cycle for mail in person.mails):  # once a round
                person.queue("hidden", now)

    def _erase(self, person: Person, now: datetime) -> None:
        if person.is_erased or person.left is None:
            return
        if person.reason == "withdrawn":
            is_over = now - person.left >= 12 * HOUR
        else:
            is_over = self.has_served(UNDO_WITHIN, person.left, now)
        if is_over:
            person.is_erased = True
            last = [] if person.reason == "unreachable" else [Mail("last", now)]
            logins = [mail for mail in person.mails if mail.kind == "login"]  # the account is not the pool's
            person.mails = logins + last

    # ── What people do

    def confirm(self, person: Person, now: datetime) -> None:
        if person.is_live:
            self._confirmed(person, now)

    def _confirmed(self, person: Person, now: datetime) -> None:
        person.new_round()
        person.confirmed, person.held, person.unreachable = now, None, None

    def answer(self, person: Person, key: tuple[int, int], choice: str, now: datetime) -> None:
        check = person.checks.get(key)
        if not person.is_live or check is None or not check.is_open:
            return
        check.is_open = False
        if choice == "looking":
            self._confirmed(person, now)
        else:
            self.leave(person, {"found": "hired", "erase": "withdrawn"}[choice], now)

    def leave(self, person: Person, reason: str, now: datetime) -> None:
        if person.is_live:
            person.close_checks()
            person.left, person.reason = now, reason

    def undo(self, person: Person, now: datetime) -> None:
        if not person.is_erased:
            person.left, person.reason, person.orphaned = None, "", None
            person.drop_waiting("hidden")
            self._confirmed(person, now)
