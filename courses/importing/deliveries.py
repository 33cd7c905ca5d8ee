"""What happens to deliveries and plans: every deed checks where it comes from, and leaves an audit entry.

A delivery is received, planned, looked at, applied. Applying is one transaction: whoever applies a plan approves it.
"""

import hashlib
import logging
from datetime import timedelta
from typing import BinaryIO

from django.core.cache import cache
from django.core.files import File
from django.db import DatabaseError, OperationalError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.audit import label_of, record
from courses.actions import NotPossible
from courses.importing import gather, planning, readings, store
from courses.importing.records import DeliveryRefused
from courses.models import Delivery, ImportPlan
from kit import clock
from providers.models import Organization

log = logging.getLogger(__name__)

LARGEST_UPLOAD = 50 * 1024**2
LARGEST_DELIVERY = 2 * 1024**3
KEEP_DELIVERIES = timedelta(days=730)
ALIVE = 120  # seconds that a sign of life of an apply is believed
State = ImportPlan.State


# ── Deliveries


def receive(
    *, file: BinaryIO, name: str, provider: Organization, by: Actor, is_partial: bool = False,
    columns: dict[str, str] | None = None, largest: int = LARGEST_DELIVERY,
) -> Delivery:  # fmt: skip
    """Keep a file as it came in. NotPossible where it is too big.

    `columns` says what headings of a table mean, on top of what was said about earlier tables of this provider.
    """
    size, sha256 = _measure(file, largest)
    delivery = Delivery(
        provider=provider, file_name=name[-255:], size=size, sha256=sha256, received_at=clock.now(),
        received_by=label_of(by)[:160], is_partial=is_partial, columns=_remembered_columns(provider) | (columns or {}),
    )  # fmt: skip
    file.seek(0)
    delivery.file.save(f"{sha256[:16]}.delivery", File(file), save=False)
    delivery.save()
    return delivery


def _remembered_columns(provider: Organization) -> dict[str, str]:
    last = provider.deliveries.order_by("-pk").first()
    return last.columns if last else {}


def _measure(file: BinaryIO, largest: int) -> tuple[int, str]:
    sha256, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(1 << 20):
        sha256.update(chunk)
        size += len(chunk)
        if size > largest:
            raise NotPossible(_("The file is bigger than %(size)s MB.") % {"size": largest // 1024**2})
    return size, sha256.hexdigest()


def opened(delivery: Delivery) -> BinaryIO:
    """The file that was kept. NotPossible where it is no longer there."""
    if not delivery.file:
        raise NotPossible(_("The file of this delivery is no longer kept."))
    return delivery.file.open("rb")


def plan_delivery(*, delivery: Delivery, by: Actor) -> list[ImportPlan]:
    """What the delivery would change: a plan for each provider in it. To undo an import, plan the one before it."""
    unread = list(delivery.plans.filter(state=State.PLANNING).order_by("pk")[:1])
    with opened(delivery) as stream, transaction.atomic():
        plans = planning.plan(delivery, stream, known_plans=unread)
        for plan in plans:
            record("import.planned", plan, by=by, rules=[brake["rule"] for brake in plan.brakes])
    return plans


@transaction.atomic
def explain_columns(*, delivery: Delivery, columns: dict[str, str], by: Actor) -> ImportPlan:
    """Somebody says what the headings of a table mean: it is read anew, and so is every later one of this provider."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.plans.filter(state__in=[State.PLANNING, State.QUEUED, State.APPLYING]).exists():
        raise NotPossible(_("This delivery is being worked on. Please try again in a minute."))
    for plan in delivery.plans.filter(state__in=[State.WAITING, State.FAILED]).order_by("pk"):
        discard(plan=plan, by=by)
    delivery.columns |= columns
    delivery.save(update_fields=["columns"])
    record("import.columns", delivery, by=by)
    return await_planning(delivery=delivery)


def await_planning(*, delivery: Delivery) -> ImportPlan:
    """A plan that has not been read yet: a task does so, the page of the plan tells when it is done."""
    if not delivery.file:
        raise NotPossible(_("The file of this delivery is no longer kept."))
    return ImportPlan.objects.create(delivery=delivery, provider=delivery.provider, state=State.PLANNING)


def read_plan(*, plan: ImportPlan, by: Actor) -> None:
    """Fill a plan that waits to be read. Called twice, it works once."""
    with transaction.atomic():
        plan = ImportPlan.objects.select_for_update().select_related("delivery__provider").get(pk=plan.pk)
        if plan.state != State.PLANNING or cache.get(_alive_key(plan.pk)):
            return
        cache.set(_alive_key(plan.pk), True, 5 * ALIVE)
    try:
        plan_delivery(delivery=plan.delivery, by=by)
    except (NotPossible, OSError) as error:
        _fail(plan, str(error))
    finally:
        cache.delete(_alive_key(plan.pk))


def forget_old_deliveries() -> int:
    """Files go after 24 months and the names of who sent and decided with them; the numbers stay."""
    before = clock.now() - KEEP_DELIVERIES
    old = Delivery.objects.filter(received_at__lt=before).exclude(file="", received_by="")
    count = 0
    for delivery in old:
        delivery.file.delete(save=False)
        delivery.received_by = ""
        delivery.save(update_fields=["file", "received_by"])
        delivery.plans.update(decided_by="", decided_at=None)
        count += 1
    readings.forget_old()
    return count


# ── Plans


def approve(*, plan: ImportPlan, by: Actor, new_courses_wait: bool = False) -> None:
    """The plan may be applied. Starts nothing.

    Whoever has looked at it approves its courses with it; where nobody has, new ones may wait for approval.
    """
    with transaction.atomic():
        plan = ImportPlan.objects.select_for_update().get(pk=plan.pk)
        if plan.state not in {State.WAITING, State.QUEUED}:
            raise NotPossible(_("This import does not wait for a decision (any more)."))
        if plan.is_blocked:
            raise NotPossible(" ".join(brake["text"] for brake in plan.brakes if brake.get("hard")))
        plan.state, plan.decided_by, plan.decided_at = State.QUEUED, label_of(by)[:160], clock.now()
        plan.new_courses_wait = new_courses_wait
        plan.save(update_fields=["state", "decided_by", "decided_at", "new_courses_wait"])
        record("import.approved", plan, by=by, rules=[brake["rule"] for brake in plan.brakes])


def discard(*, plan: ImportPlan, by: Actor) -> None:
    with transaction.atomic():
        plan = ImportPlan.objects.select_for_update().get(pk=plan.pk)
        if plan.state not in {State.WAITING, State.FAILED}:
            raise NotPossible(_("This import does not wait for a decision (any more)."))
        plan.state, plan.decided_by, plan.decided_at = State.DISCARDED, label_of(by)[:160], clock.now()
        plan.save(update_fields=["state", "decided_by", "decided_at"])
        record("import.discarded", plan, by=by)
    _forget_reading(plan.delivery)


def apply_plan(*, plan: ImportPlan, by: Actor) -> ImportPlan:
    """Write an approved plan to the catalogue, all of it or nothing.

    A plan that the catalogue has overtaken is made anew and waits again. What fails leaves the catalogue as it was.
    """
    plan = _begin(plan)
    if plan is None:
        raise NotPossible(_("This import is not approved or is being applied already."))
    _show(plan, 0, 1)
    try:
        _write(plan, by)
    except store.StalePlan:
        _plan_again(plan)
    except (DeliveryRefused, NotPossible) as error:
        _fail(plan, str(error))
    except OperationalError:
        raise  # the database is away: the plan stays as it is and is taken up again
    except (DatabaseError, OSError, ValueError, LookupError, TypeError) as error:
        log.exception("import %s failed", plan.pk)
        reason = _("An error stopped the import; nothing was changed. (%(error)s)")
        _fail(plan, reason % {"error": type(error).__name__})
    finally:
        cache.delete(_alive_key(plan.pk))
    plan.refresh_from_db()
    _forget_reading(plan.delivery)
    return plan


def _forget_reading(delivery: Delivery) -> None:
    """Nobody needs it any more once all plans of the delivery are decided."""
    open_states = [State.PLANNING, State.WAITING, State.QUEUED, State.APPLYING]
    if not delivery.plans.filter(state__in=open_states).exists():
        readings.forget(delivery)


def _begin(plan: ImportPlan) -> ImportPlan | None:
    """Only one process at a time takes a plan; one that died is followed by another when its sign of life is old."""
    with transaction.atomic():
        plan = (
            ImportPlan.objects.filter(pk=plan.pk, state__in=[State.QUEUED, State.APPLYING])
            .select_for_update(of=("self",))
            .select_related("delivery", "provider", "source")
            .first()
        )
        if plan is None or (plan.state == State.APPLYING and cache.get(_alive_key(plan.pk))):
            return None
        cache.set(_alive_key(plan.pk), True, ALIVE)
        plan.state = State.APPLYING
        plan.save(update_fields=["state"])
        return plan


def _write(plan: ImportPlan, by: Actor) -> None:
    with plan.delivery.file.open("rb") as stream:
        if _measure(stream, LARGEST_DELIVERY)[1] != plan.delivery.sha256:
            raise NotPossible(_("The kept file is not the one that was planned. Nothing was changed."))
        with gather.gathered(readings.items(plan.delivery, stream)) as parts, transaction.atomic():
            part = next(part for part in parts if part.supplier.id == plan.supplier_id)
            store.write(plan, part, lambda done, total: _show(plan, done, total))
            plan.state, plan.finished_at, plan.error = State.APPLIED, clock.now(), ""
            plan.save(update_fields=["state", "finished_at", "error"])
            facts = {name: getattr(plan, f"count_{name}") for name in ("new", "changed", "withdrawn", "rejected")}
            record("import.applied", plan, by=by, **facts)


def _fail(plan: ImportPlan, reason: str) -> None:
    ImportPlan.objects.filter(pk=plan.pk).update(state=State.FAILED, error=reason, finished_at=clock.now())


def _plan_again(plan: ImportPlan) -> None:
    plan = ImportPlan.objects.select_related("delivery").get(pk=plan.pk)
    with plan.delivery.file.open("rb") as stream, transaction.atomic():
        planning.plan(plan.delivery, stream, known_plans=[plan])
        reason = _("The catalogue has changed since the plan was made. The plan was made anew; please look again.")
        ImportPlan.objects.filter(pk=plan.pk, state=State.WAITING).update(error=reason)


def left_behind() -> list[ImportPlan]:
    """Plans that nobody is reading or applying though somebody should: a message was lost or a process died."""
    plans = ImportPlan.objects.filter(state__in=[State.PLANNING, State.QUEUED, State.APPLYING]).order_by("pk")
    return [plan for plan in plans if not cache.get(_alive_key(plan.pk))]


# ── Progress lives outside of the transaction, so that others can see it


def progress(plan: ImportPlan) -> tuple[int, int]:
    """(done, total) of an apply; (0, 1) when nothing is known."""
    done, total = cache.get(_progress_key(plan.pk)) or (0, 1)
    return done, total


def _show(plan: ImportPlan, done: int, total: int) -> None:
    cache.set(_progress_key(plan.pk), (done, total), 24 * 3600)
    cache.set(_alive_key(plan.pk), True, ALIVE)


def _progress_key(pk: int) -> str:
    return f"import-progress:{pk}"


def _alive_key(pk: int) -> str:
    return f"import-alive:{pk}"
