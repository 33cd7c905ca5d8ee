"""Prints a table of the demo logins."""

from django.core.management.base import BaseCommand, CommandError

from accounts import demo
from accounts.models import User


class Command(BaseCommand):
    help = "Prints the demo logins per role; only where DEMO=1."

    def handle(self, **options):
        try:
            demo.refuse_outside_demo()
        except demo.NotADemoError as refusal:
            raise CommandError(str(refusal)) from refusal
        there = User.objects.in_bulk([login.email for login in demo.LOGINS], field_name="email")
        for login in demo.LOGINS:
            if user := there.get(login.email):
                code = f"./dev manage demo_code {user.email}" if user.needs_second_factor else "no second factor"
                self.stdout.write(
                    f"{'/'.join(user.roles) or login.local:<16} {user.email:<34} {demo.PASSWORD}   {code}"
                )
