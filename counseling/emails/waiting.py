"""What people on the waiting list get by mail."""

from counseling.models import Waiting
from kit import outbox
from taxonomy.models import Region


def joined(waiting: Waiting) -> None:
    """They are on it, and how they get off it. Whose time it will be is not known yet."""
    _send(waiting, "waiting_joined", Region.objects.current().email, key=f"waiting:{waiting.pk}:joined")


def offered(waiting: Waiting) -> None:
    """A time, for a day."""
    house, key = waiting.offered.counsellor.center, f"waiting:{waiting.pk}:offer:{waiting.offers}"
    _send(waiting, "waiting_offered", house.email, key=key, appointment=waiting.offered)


def _send(waiting: Waiting, name: str, reply_to: str, *, key: str, **context) -> None:
    outbox.send(
        f"counseling/email/{name}.txt",
        waiting.email,
        {"waiting": waiting, **context},
        purpose=name.replace("_", " "),
        key=key,
        language=waiting.mail_language,
        reply_to=reply_to,
    )
