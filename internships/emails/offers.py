"""Mails to a company about what it offers, of whichever kind; in German, the language of the house."""

from django.conf import settings

from internships.models import Offer
from internships.models.offered import Offered
from kit import outbox
from kit.models import OutboxMail

PURPOSE = "internship offer"


def is_published(offer: Offered) -> OutboxMail:
    return _send(f"{offer.NAME}_published", offer)


def is_returned(offer: Offered) -> OutboxMail:
    return _send(f"{offer.NAME}_returned", offer)


def change_is_published(offer: Offered) -> OutboxMail:
    """The new words are to be read now."""
    return _send("offer_change_published", offer)


def change_is_returned(offer: Offered, *, reason: str) -> OutboxMail:
    """The old words stay; the new ones are to be changed."""
    return _send("offer_change_returned", offer, reason=reason)


def ends_soon(offer: Offered) -> OutboxMail:
    """With the one step that makes it longer."""
    return _send_once("offer_ends", offer, f"{offer.ends_on:%Y%m%d}")


def still_right(offer: Offered, *, number: int) -> OutboxMail:
    """The yearly question, and its repetition."""
    return _send_once("offer_check", offer, f"{offer.checked_at:%Y%m%d%H%M}:{number}", number=number)


def is_hidden(offer: Offered) -> OutboxMail:
    """Asked twice without an answer."""
    return _send_once("offer_hidden", offer, f"{offer.checked_at:%Y%m%d%H%M}")


def _send_once(name: str, offer: Offered, occasion: str, **context: int) -> OutboxMail:
    return _send(name, offer, key=f"{offer._meta.label_lower}:{offer.pk}:{name}:{occasion}", **context)


def _send(name: str, offer: Offered, *, key: str | None = None, **context: int | str) -> OutboxMail:
    values = {"offer": offer, "is_internship": isinstance(offer, Offer), **context}
    return outbox.send(
        f"internships/email/{name}.txt", offer.employer.contact_email, values, purpose=PURPOSE, key=key,
        language=settings.LANGUAGE_CODE,
    )  # fmt: skip
