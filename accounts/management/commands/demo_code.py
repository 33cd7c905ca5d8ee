"""Prints what a demo login needs at this moment."""

from django.core.management.base import BaseCommand, CommandError

from accounts import demo
from accounts.models import User


class Command(BaseCommand):
    help = "Prints password and current six-digit code of a demo login; only where DEMO=1."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        try:
            demo.refuse_outside_demo()
        except demo.NotADemoError as refusal:
            raise CommandError(str(refusal)) from refusal
        user = User.objects.filter(email=email.lower()).first()
        if user is None or user.email not in {login.email for login in demo.LOGINS}:
            raise CommandError(f"{email} is no demo login; demo_logins lists them.")
        self.stdout.write(f"Password: {demo.PASSWORD}")
        self.stdout.write("Without password: ask for a code by mail; the mail lies in the Postausgang of the portal.")
        if user.needs_second_factor:
            self.stdout.write(f"Second factor: {demo.current_code()} (valid about 30 seconds, once)")
