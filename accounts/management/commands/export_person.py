"""Prints everything the portal stores about one person, as JSON."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from accounts import audit
from accounts.actors import SYSTEM
from accounts.models import User
from accounts.privacy import export_person


class Command(BaseCommand):
    help = "Prints everything stored about one person (Art. 15 and 20 GDPR)."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError(f"Nobody logs in with {email}.")
        found = export_person(user)
        audit.record("exported", user, by=SYSTEM)
        self.stdout.write(json.dumps(found, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
