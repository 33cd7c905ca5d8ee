"""Reads the mailbox with reports now."""

import imaplib

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kit import bounces


class Command(BaseCommand):
    help = "Read what is new in the mailbox BOUNCE_IMAP_URL; the worker does so every few minutes."

    def handle(self, **options):
        if not settings.BOUNCE_IMAP_URL:
            raise CommandError("BOUNCE_IMAP_URL names no mailbox.")
        try:
            self.stdout.write(f"{bounces.fetch()} mails came back.")
        except (OSError, imaplib.IMAP4.error) as error:
            raise CommandError(f"The mailbox cannot be read: {error}") from error
