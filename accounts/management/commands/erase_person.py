"""Erases one person everywhere."""

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.privacy import erase_person


class Command(BaseCommand):
    help = "Erases one person everywhere (Art. 17 GDPR); asks first unless --yes."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, email, yes, **options):
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError(f"Nobody logs in with {email}.")
        if not yes and input(f"Erase {email} for good? Type yes: ") != "yes":
            raise CommandError("Nothing was erased.")
        for label, count in erase_person(user=user, by=SYSTEM).items():
            if count:
                self.stdout.write(f"{label}: {count}")
