"""Background work of the catalogue. The tables say what is to be done; a lost message costs a minute."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from accounts.actors import SYSTEM
from courses.importing import deliveries, feeds
from courses.models import ImportPlan
from courses.search import generations, index, misses
from courses.search.generations import Unsettled

log = logging.getLogger(__name__)

FETCH_SECONDS = 5 * 60  # downloads end after one minute; the rest is for keeping big files


@shared_task
def apply_import(plan_id: int) -> None:
    """Apply an approved plan. Called twice, it works once."""
    plan = ImportPlan.objects.filter(pk=plan_id).first()
    if plan is None:
        return
    try:
        deliveries.apply_plan(plan=plan, by=SYSTEM)
    except deliveries.NotPossible as error:
        log.info("import %s not applied: %s", plan_id, error)
    ring(build_search)


@shared_task
def read_plan(plan_id: int) -> None:
    """Say what a delivery would change. One that was fetched is settled at once."""
    plan = ImportPlan.objects.select_related("delivery__feed_run").filter(pk=plan_id).first()
    if plan is None:
        return
    deliveries.read_plan(plan=plan, by=SYSTEM)
    if run := getattr(plan.delivery, "feed_run", None):
        settle_fetch(run.pk)


@shared_task
def sweep_imports() -> None:
    """Plans whose message was lost or whose process died are read or applied now."""
    for plan in deliveries.left_behind():
        work_on(plan.pk)


def work_on(plan_id: int) -> None:
    """What a plan needs next, in this process."""
    state = ImportPlan.objects.filter(pk=plan_id).values_list("state", flat=True).first()
    if state == ImportPlan.State.PLANNING:
        read_plan(plan_id)
    elif state is not None:
        apply_import(plan_id)


@shared_task(time_limit=FETCH_SECONDS)
def fetch_feeds() -> None:
    """Fetch what is due, a handful at a time; between two handfuls other imports get their turn."""
    for run_id in feeds.left_behind():
        settle_fetch(run_id)
    plans, more = feeds.fetch_due()
    for plan in plans:
        ring(read_plan, plan.pk)
    if more:
        ring(fetch_feeds)


@shared_task(time_limit=FETCH_SECONDS)
def fetch_feed(feed_id: int) -> None:
    """Fetch one feed, if it is due."""
    for plan in feeds.fetch_due(only=feed_id)[0]:
        ring(read_plan, plan.pk)


def settle_fetch(run_id: int) -> None:
    for plan in feeds.settle(run_id):
        ring(apply_import, plan.pk)


def ring(task, *ids: int) -> None:
    """Tell a worker at once. Without a broker a sweep finds the work later."""
    try:
        task.delay(*ids)
    except OperationalError as error:
        log.warning("no broker for %s %s: %s", task.name, ids, error)


@shared_task
def forget_old_deliveries() -> None:
    """Files of deliveries go after 24 months, notes about fetches after 90 days."""
    deliveries.forget_old_deliveries()
    feeds.forget_old_runs()


@shared_task
def store_search_misses() -> None:
    """Searches without a result are counted in the cache; here they get into the table."""
    misses.store()


@shared_task
def refresh_search() -> None:
    """Make all search rows anew: providers and topics may have got other names since."""
    index.refresh()
    ring(build_search)


@shared_task
def build_search() -> None:
    """Make the segments that are wanted: today's after many changes, tomorrow's before midnight."""
    for day in generations.wanted():
        try:
            generations.build(day)
        except Unsettled:
            log.info("the search of %s is made in the next minute", day)
