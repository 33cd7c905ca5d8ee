"""Brings public and school holidays into the database; once a year is enough, any number of times does no harm."""

from django.core.management.base import BaseCommand

from taxonomy import loading


class Command(BaseCommand):
    help = "Load public holidays of all Länder and the school holidays that are shipped. Repeatable."

    def handle(self, **options):
        self.stdout.write(f"holidays: {loading.load_holidays()}")
