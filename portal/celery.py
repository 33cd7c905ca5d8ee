"""The Celery app. Tasks live in the apps' tasks.py, the timetable in schedule.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from portal.schedule import BEAT_SCHEDULE

app = Celery("portal", task_cls="kit.celery:ClockedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = BEAT_SCHEDULE
app.autodiscover_tasks()
