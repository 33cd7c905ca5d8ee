"""The last step after restoring a backup."""

from django.core.management.base import BaseCommand

from portal import erasures


class Command(BaseCommand):
    help = "After a backup was restored: erase again whoever was erased since, as the journal in the state folder says."

    def handle(self, **options):
        erased = erasures.replay()
        for label, count in sorted(erased.items()):
            self.stdout.write(f"{label}: {count} erased again")
        self.stdout.write("The database is level with the journal.")
