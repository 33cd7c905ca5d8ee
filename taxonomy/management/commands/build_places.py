"""Makes taxonomy/data/places.csv.gz and districts.csv anew from GeoNames' postcode file."""

import csv
from pathlib import Path

from django.core.management.base import BaseCommand

from taxonomy import gazetteer
from taxonomy.loading import DATA


class Command(BaseCommand):
    help = "Build the shipped list of places from a postcode file of GeoNames (CSV with a header)."

    def add_arguments(self, parser):
        parser.add_argument("source", type=Path)
        parser.add_argument("--into", type=Path, default=DATA)

    def handle(self, *, source: Path, into: Path, **options):
        with source.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if gazetteer.is_place(row)]
        places = gazetteer.settlements(rows)
        gazetteer.write(places, into / "places.csv.gz")
        with (into / "districts.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["code", "name"])
            writer.writerows(gazetteer.districts(rows).items())
        self.stdout.write(f"{len(places)} places out of {len(rows)} rows")
