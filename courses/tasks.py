"""Background work of the catalogue. The tables say what is to be done; a lost message costs a minute."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from accounts.actors import SYSTEM
from courses.importing import deliveries
from courses.models import ImportPlan
from courses.search import index, misses

log = logging.getLogger(__name__)


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


@shared_task
def read_plan(plan_id: int) -> None:
    """Say what a delivery would change."""
    plan = ImportPlan.objects.filter(pk=plan_id).first()
    if plan is not None:
        deliveries.read_plan(plan=plan, by=SYSTEM)


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


def ring(task, plan_id: int) -> None:
    """Tell a worker at once. Without a broker the sweep finds the plan a minute later."""
    try:
        task.delay(plan_id)
    except OperationalError as error:
        log.warning("no broker for import %s: %s", plan_id, error)


@shared_task
def forget_old_deliveries() -> None:
    """Files of deliveries go after 24 months."""
    deliveries.forget_old_deliveries()


@shared_task
def store_search_misses() -> None:
    """Searches without a result are counted in the cache; here they get into the table."""
    misses.store()


@shared_task
def refresh_search() -> None:
    """Make all search rows anew: providers and topics may have got other names since."""
    index.refresh()
