"""Background work of the catalogue. The tables say what is to be done; a lost message costs a minute."""

import logging

from celery import shared_task

from accounts.actors import SYSTEM
from courses.importing import deliveries
from courses.models import ImportPlan

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
def sweep_imports() -> None:
    """Approved plans whose message was lost or whose process died are applied now."""
    for plan in deliveries.left_behind():
        apply_import(plan.pk)


@shared_task
def forget_old_deliveries() -> None:
    """Files of deliveries go after 24 months."""
    deliveries.forget_old_deliveries()
