"""Believe the machine's clock again after it was wrong, in favour of the people in the pools."""

from django.core.management.base import BaseCommand

from accounts.actors import SYSTEM
from talentpool.actions import cycle


class Command(BaseCommand):
    help = (
        "After the machine's clock was wrong and is right again: entries confirmed in the doubtful time are hidden "
        "until the person answers again, and all times for answers start again."
    )

    def handle(self, **options):
        for what, count in cycle.repair_clock(by=SYSTEM).items():
            self.stdout.write(f"{what}: {count}")
