"""Lets time pass in a demo, so that one can watch what happens in weeks."""

from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kit import clock, outbox
from kit.models import ClockState
from talentpool import tasks

STEP = timedelta(hours=5, minutes=59)  # a longer pause between two sweeps would count as downtime, and for nobody
TOLD = {
    "ask_first": "asked for the first time",
    "ask_second": "asked for the second time",
    "hide": "hidden for want of an answer",
    "erase_due": "erased",
}


class Command(BaseCommand):
    help = "Demo only: move the portal's clock ahead, sweep and deliver mail on the way, and tell what happened."

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, required=True)

    def handle(self, *, days: int, **options):
        if not settings.DEMO:
            raise CommandError("Only the clock of a demo can be moved (DEMO=1).")
        if days < 1:
            raise CommandError("The clock never runs backwards: --days is at least 1.")
        goal = clock.now() + timedelta(days=days)
        self._work()
        while (left := goal - clock.now()) > timedelta(0):
            ClockState.advance(min(STEP, left))
            self._work()
        self.stdout.write(f"It is {clock.local(clock.now()):%d.%m.%Y %H:%M} now.")

    def _work(self) -> None:
        """What worker and beat do every few minutes."""
        with clock.read_once():
            done = Counter(tasks.sweep())
            outbox.deliver_due()
        day = f"{clock.local(clock.now()):%d.%m.%Y}"
        for name, told in TOLD.items():
            if done[name]:
                self.stdout.write(f"{day}: {done[name]} {told}")
