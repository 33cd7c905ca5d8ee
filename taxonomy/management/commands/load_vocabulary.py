"""Brings the shipped vocabulary into the database; run after migrate, any number of times."""

from django.core.management.base import BaseCommand

from taxonomy import loading


class Command(BaseCommand):
    help = "Load places, districts, topics, code lists, funding and legal texts. Repeatable."

    def handle(self, **options):
        written = loading.load_vocabulary()
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in written.items()))
