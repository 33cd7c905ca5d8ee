"""Takes one report from a mail server's pipe: `bounces: "|…/manage.py read_bounce"`."""

import sys

from django.core.management.base import BaseCommand

from kit import bounces


class Command(BaseCommand):
    help = "Read a message of a mail server from stdin; a report that a mail of ours came back is noted."

    def handle(self, **options):
        noted = bounces.take(sys.stdin.buffer.read(bounces.LONGEST))
        self.stdout.write("noted" if noted else "nothing to note")
