"""Mails about offers that grow old, to the company; in German, the language of the house."""

from django.conf import settings

from internships.models import Offer
from internships.models.checked import Checked
from kit import outbox
from kit.models import OutboxMail

PURPOSE = "internship offer"


def ends_soon(offer: Checked) -> OutboxMail:
    """With the one step that makes it longer."""
    return _send("offer_ends", offer, f"{offer.ends_on:%Y%m%d}")


def still_right(offer: Checked, *, number: int) -> OutboxMail:
    """The yearly question, and its repetition."""
    return _send("offer_check", offer, f"{offer.checked_at:%Y%m%d%H%M}:{number}", number=number)


def is_hidden(offer: Checked) -> OutboxMail:
    """Asked twice without an answer."""
    return _send("offer_hidden", offer, f"{offer.checked_at:%Y%m%d%H%M}")


def _send(name: str, offer: Checked, occasion: str, **context: int) -> OutboxMail:
    key = f"{offer._meta.label_lower}:{offer.pk}:{name}:{occasion}"
    values = {"offer": offer, "is_internship": isinstance(offer, Offer), **context}
    return outbox.send(
        f"internships/email/{name}.txt", offer.employer.contact_email, values, purpose=PURPOSE, key=key,
        language=settings.LANGUAGE_CODE,
    )  # fmt: skip
