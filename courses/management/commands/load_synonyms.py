"""Brings the shipped synonyms into the database; run after migrate, any number of times."""

from django.core.management.base import BaseCommand

from courses import loading


class Command(BaseCommand):
    help = "Load synonyms of the search. What coordinators changed or removed stays as they left it."

    def handle(self, **options):
        self.stdout.write(f"synonyms: {loading.load_synonyms()}")
