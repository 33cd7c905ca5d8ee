"""Who acts: a person, or the portal itself when nobody is logged in (imports, sweeps, commands)."""

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


SYSTEM = System()
Actor = User | System
