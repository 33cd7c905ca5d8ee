"""What people on the waiting list get by mail."""

from counseling.models import Waiting
from kit import outbox


def joined(waiting: Waiting) -> None:
    """They are on it, and how they get off it."""
    _send(waiting, "waiting_joined", key=f"waiting:{waiting.pk}:joined")


def offered(waiting: Waiting) -> None:
    """A time, for a day."""
    context = {"appointment": waiting.offered}
    _send(waiting, "waiting_offered", key=f"waiting:{waiting.pk}:offer:{waiting.offers}", **context)


def _send(waiting: Waiting, name: str, *, key: str, **context) -> None:
    outbox.send(
        f"counseling/email/{name}.txt",
        waiting.email,
        {"waiting": waiting, **context},
        purpose=name.replace("_", " "),
        key=key,
        language=waiting.mail_language,
    )
