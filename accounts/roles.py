"""What somebody may be in this portal. Roles are code; who has them stands on the user.

Portal roles (coordinator, editor …) are given by a coordinator. The roles company, school and provider follow from
memberships in organisations: the actions that open or end a membership call `accounts.actions.grant_role` and
`revoke_role` in the same transaction. They are copied onto the user, and not asked from the memberships at each
request, because then one column answers every question and each change leaves an audit entry. A stale copy opens no
foreign data: what somebody may do with an organisation is always asked from the membership itself.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    LEARNER = "learner", _("learner")
    CANDIDATE = "candidate", _("candidate")
    COMPANY = "company", _("company")
    SCHOOL = "school", _("school")
    PROVIDER = "provider", _("education provider")
    LECTURER = "lecturer", _("lecturer")
    COUNSELLOR = "counsellor", _("counsellor")
    EDITOR = "editor", _("editor")
    MODERATOR = "moderator", _("moderator")
    COORDINATOR = "coordinator", _("coordinator")
    DATA_PROTECTION = "data_protection", _("data protection")


STAFF = frozenset({Role.COORDINATOR, Role.EDITOR, Role.MODERATOR, Role.DATA_PROTECTION})
"""Who may enter the administration."""

SECOND_FACTOR = frozenset(
    {
        Role.COORDINATOR,
        Role.COUNSELLOR,
        Role.EDITOR,
        Role.MODERATOR,
        Role.DATA_PROTECTION,
    }
)
"""Who must prove a second factor: they see or publish what others entrusted to the region."""

BY_MEMBERSHIP = frozenset({Role.COMPANY, Role.SCHOOL, Role.PROVIDER})
"""Roles that follow from memberships in organisations and are never given by hand."""
