"""Writes the audit log: who did what to which object. Entries carry numbers and roles, never names or addresses."""

from typing import Any

from django.db import models

from accounts.actors import Actor
from accounts.models import AuditEntry


def label_of(obj: Any) -> str:
    """The object's `audit_label` where it has one, because its str() names a person; else its str()."""
    return str(getattr(obj, "audit_label", None) or obj)[:200]


def record(verb: str, obj: models.Model, *, by: Actor, **facts: Any) -> AuditEntry:
    """One entry, in the transaction of the deed, so that a deed that is rolled back leaves none.

    `facts` are JSON values that explain the deed (reason, counts, states); personal data do not belong into them,
    since nobody can erase them.
    """
    return AuditEntry.objects.create(
        verb=verb,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk or ""),
        object_label=label_of(obj),
        actor_id=str(by.pk or ""),
        actor_label=label_of(by),
        facts=facts,
    )
