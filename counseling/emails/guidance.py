"""Mails of what goes on around a talk: illness, lists of courses, referrals, wishes."""

from counseling.emails import GERMAN
from counseling.models import Appointment, Counsellor, Referral, Shortlist, Wish
from kit import outbox
from kit.models import OutboxMail
from taxonomy.models import Region


def counsellor_ill(appointment: Appointment) -> OutboxMail:
    """What shall happen to the talk? Once for each version of it: a moved talk that is hit again gets a new mail."""
    key = f"counsellor-ill:{appointment.pk}:{appointment.sequence}"
    return _to_client("counsellor_ill", appointment, {"appointment": appointment}, key=key)


def shortlist(shortlist: Shortlist) -> OutboxMail:
    """The courses that were chosen in the talk; sent again as often as the counsellor wants."""
    return _to_client("shortlist", shortlist.appointment, {"shortlist": shortlist})


def ask_consent(referral: Referral) -> OutboxMail:
    """May we give your name and number to this provider?"""
    key = f"referral-consent:{referral.pk}"
    return _to_client("ask_consent", referral.appointment, {"referral": referral}, key=key)


def refer(referral: Referral, to: str, *, again: bool = False) -> OutboxMail:
    """Somebody is interested; answered by link, without a login."""
    key = f"referral:{referral.pk}:{'reminder' if again else 'first'}"
    context = {"referral": referral, "again": again}
    return _to_provider("refer", to, context, key=key, by=referral.appointment.counsellor)


def referral_withdrawn(referral: Referral, to: str) -> OutboxMail:
    key = f"referral-withdrawn:{referral.pk}"
    return _to_provider("referral_withdrawn", to, {"referral": referral}, key=key, by=referral.appointment.counsellor)


def hand_wish(wish: Wish, to: str) -> OutboxMail:
    """A need for which there is no course, without a name."""
    return _to_provider("wish", to, {"wish": wish}, key=f"wish:{wish.pk}:{to}", by=wish.counsellor)


def _to_client(template: str, appointment: Appointment, context: dict, *, key: str | None = None) -> OutboxMail:
    language, by = appointment.mail_language, appointment.counsellor
    return _send(template, appointment.email, context, key=key, language=language, by=by)


def _to_provider(template: str, to: str, context: dict, *, key: str, by: Counsellor | None) -> OutboxMail:
    return _send(template, to, context, key=key, language=GERMAN, by=by)


def _send(template, to: str, context: dict, *, key: str | None, language: str, by: Counsellor | None) -> OutboxMail:
    """Answers go to the house of the counsellor, or to the education office."""
    region = Region.objects.current()
    office = {"office": region.office, "phone": region.phone, "opening_hours": region.opening_hours}
    answers = by.center.email if by else region.email
    return outbox.send(
        f"counseling/email/{template}.txt", to, {**office, **context},
        purpose="counselling", key=key, language=language, reply_to=answers,
    )  # fmt: skip
