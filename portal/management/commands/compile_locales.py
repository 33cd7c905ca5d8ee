"""Compile the catalogues of all languages, without gettext on the machine."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import locales


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, **options):
        for folder in settings.LOCALE_PATHS:
            try:
                written = locales.compile_all(folder)
            except locales.ConflictingTranslations as error:
                raise CommandError(str(error)) from error
            for path in written:
                self.stdout.write(str(path))
