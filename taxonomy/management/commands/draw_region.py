"""Draws the map of the region; run it after marking other districts as its part."""

from django.core.management.base import BaseCommand

from taxonomy import regionmap


class Command(BaseCommand):
    help = "Draw the map of the region from the positions of its places. Repeatable."

    def add_arguments(self, parser):
        parser.add_argument("--ship", action="store_true", help="also write it into taxonomy/data/maps/")

    def handle(self, *, ship: bool, **options):
        row = regionmap.draw()
        if row is None:
            self.stdout.write("No district is marked as part of the region: there is no map.")
            return
        self.stdout.write(f"{len(row.drawing['cells'])} areas")
        if ship:
            self.stdout.write(str(regionmap.ship().name))
