"""Makes the invented demo region "Lernregion Harz-Kyffhäuser"."""

import time

from django.core.management.base import BaseCommand, CommandError

from portal.demo import loading
from portal.demo.profiles import PROFILES
from providers.models import Organization


class Command(BaseCommand):
    help = "Make the invented demo region (only where DEMO=1). The same week gives the same content."

    def add_arguments(self, parser):
        parser.add_argument("--profile", choices=PROFILES, default="S", help="size: XS, S (default), M, L")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are organisations already")
        parser.add_argument("--reset", action="store_true", help="remove all courses and organisations first")

    def handle(self, *, profile: str, if_empty: bool, reset: bool, **options):
        if if_empty and Organization.objects.exists():
            self.stdout.write("The demo region is there already.")
            return
        started = time.monotonic()
        try:
            counts = loading.load(PROFILES[profile], say=self._say, reset=reset)
        except loading.Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        told = ", ".join(f"{number:,} {name}".replace(",", " ") for name, number in counts.items())
        self.stdout.write(f"Demo region, profile {profile}: {told} in {time.monotonic() - started:.1f} s.")

    def _say(self, line: str) -> None:
        self.stdout.write(f"  {line} …")
        self.stdout.flush()
