"""Who acts: a person, the portal itself (imports, sweeps, commands), or whoever holds a link."""

from dataclasses import dataclass

from accounts.models import User


@dataclass(frozen=True)
class System:
    """The portal acting by itself. It has every role, because its actions were decided by the people who run it."""

    pk: None = None
    audit_label: str = "system"

    def has_role(self, *roles: str) -> bool:
        return bool(roles)

    def __str__(self) -> str:
        return self.audit_label


@dataclass(frozen=True)
class LinkHolder:
    """Somebody without an account who acts by the link of one object. The link is the right; there are no roles."""

    pk: None = None
    audit_label: str = "holder of the link"

    def has_role(self, *roles: str) -> bool:
        return False

    def __str__(self) -> str:
        return self.audit_label


SYSTEM = System()
LINK_HOLDER = LinkHolder()
Actor = User | System | LinkHolder
