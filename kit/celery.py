"""What our background processes do differently from Celery's own."""

import logging

from celery import Task
from celery.beat import PersistentScheduler
from django.apps import apps
from django.db import Error as DatabaseError
from django.db import close_old_connections

from kit import clock

log = logging.getLogger(__name__)


class ClockedTask(Task):
    """Every task reads the clock once."""

    def __call__(self, *args, **kwargs):
        with clock.read_once():
            return super().__call__(*args, **kwargs)


class Scheduler(PersistentScheduler):
    """Beat with a sign of life: a worker that is alive cannot tell that nobody sends it anything any more."""

    def sync(self):
        super().sync()
        _sign_of_life()

    sync_every = 15  # seconds


def _sign_of_life() -> None:
    """A database that is away must not stop beat."""
    try:
        close_old_connections()
        apps.get_model("kit", "Heartbeat").objects.beat("beat")
    except DatabaseError as error:
        log.warning("no sign of life of beat: %s", type(error).__name__)
