"""python -m wagtail_site.fill COURSES.jsonl: tables, courses, and Wagtail's index of them."""

import json
import sys
from itertools import islice

import django
from django.core.management import call_command
from django.db import connection

BATCH = 1_000


def main() -> None:
    django.setup()
    from wagtail_site.models import Course  # noqa: PLC0415 - needs the settings

    call_command("migrate", run_syncdb=True, verbosity=0)
    with open(sys.argv[1], encoding="utf-8") as lines:
        rows = (Course(**json.loads(line)) for line in lines)
        while batch := list(islice(rows, BATCH)):
            Course.objects.bulk_create(batch)
    call_command("update_index", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
