"""Computes travel times by bus and train anew from a timetable in the format GTFS."""

import time
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from taxonomy.importing.feed import TimetableRefused
from taxonomy.importing.travel import import_timetable


class Command(BaseCommand):
    help = "Read a GTFS feed and replace all travel times between the places of the region. Repeatable."

    def add_arguments(self, parser):
        parser.add_argument("feed", type=Path, help="ZIP archive")
        parser.add_argument("--day", type=date.fromisoformat, help="a school day; else one is chosen")
        parser.add_argument("--source", default="", help="whom pages name as the source, as its licence wants it")

    def handle(self, *, feed: Path, day: date | None, source: str, **options):
        started = time.monotonic()
        try:
            done = import_timetable(feed, day=day, source=source)
        except TimetableRefused as refused:
            raise CommandError(str(refused)) from refused
        took = f"{time.monotonic() - started:.0f} s"
        self.stdout.write(
            f"{done.timetable.day:%A %Y-%m-%d}: {done.trips} trips at {done.stops} stops, {done.pairs} travel times"
            f" between {done.places} places, {took}. Source: {done.timetable.source}"
        )
