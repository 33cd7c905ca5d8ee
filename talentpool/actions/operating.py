"""A municipality changes what it says of itself in a pool."""

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from talentpool.models import Operator
from talentpool.permissions import can_run


class NotAllowed(Exception):
    """Whoever asks does not run this pool for this municipality."""


@transaction.atomic
def change(*, operator: Operator, by: Actor, **fields) -> Operator:
    """New contact person, stand-in or words. The audit log keeps which fields, not what they say. Raises NotAllowed."""
    operator = Operator.objects.select_for_update(of=("self",)).select_related("organization").get(pk=operator.pk)
    if not can_run(by, operator):
        raise NotAllowed
    if not fields:
        return operator
    for name, value in fields.items():
        setattr(operator, name, value)
    operator.save(update_fields=list(fields))
    audit.record("pool operator changed", operator, by=by, fields=sorted(fields))
    return operator
