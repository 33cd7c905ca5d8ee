"""After a talk: what came of it in codes, the private note, and nothing that happens by itself."""

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from counseling.models import Appointment, Note, Record
from counseling.permissions import can_write_note, works_on
from kit import clock

State = Appointment.State
CLOSED = {State.CONFIRMED, State.COMPLETED, State.NO_SHOW}


class NotYours(Exception):
    """Neither the counsellor of the talk nor the stand-in."""


class NotOver(Exception):
    """The talk has not begun: nobody can know what came of it."""


class WrongState(Exception):
    """Cancelled, or never booked; the message names the state."""


@transaction.atomic
def complete(*, appointment: Appointment, result: str, minutes: int, by: Actor) -> Record:
    """It took place. A second time corrects the record. Raises NotYours, NotOver, WrongState."""
    appointment = _ended(appointment, State.COMPLETED, by=by)
    record, _made = Record.objects.update_or_create(
        appointment=appointment,
        defaults={
            "month": clock.local(appointment.starts_at).date().replace(day=1),
            "audience": appointment.audience,
            "subject": appointment.subject,
            "mode": appointment.mode,
            "minutes": minutes,
            "result": result,
        },
    )
    return record


@transaction.atomic
def no_show(*, appointment: Appointment, by: Actor) -> Appointment:
    """The client did not come. Somebody says so, never a clock. Raises NotYours, NotOver, WrongState."""
    appointment = _ended(appointment, State.NO_SHOW, by=by)
    Record.objects.filter(appointment=appointment).delete()
    return appointment


def _ended(appointment: Appointment, target: str, *, by: Actor) -> Appointment:
    appointment = Appointment.objects.select_for_update(of=["self"]).get(pk=appointment.pk)
    if not works_on(by, appointment):
        raise NotYours
    if appointment.state not in CLOSED:
        raise WrongState(appointment.state)
    if appointment.starts_at > clock.now():
        raise NotOver
    if appointment.state != target:
        before, appointment.state, appointment.ended_at = appointment.state, target, clock.now()
        appointment.save(update_fields=["state", "ended_at"])
        audit.record(f"appointment {target}", appointment, by=by, before=before)
    return appointment


@transaction.atomic
def write_note(*, appointment: Appointment, text: str, for_standin: bool, by: Actor) -> Note | None:
    """Keep the note; an empty one is erased. No entry of the log says that there is one. Raises NotYours."""
    if not can_write_note(by, appointment):
        raise NotYours
    if not text.strip():
        Note.objects.filter(appointment=appointment).delete()
        return None
    values = {"text": text.strip(), "for_standin": for_standin, "counsellor": appointment.counsellor}
    return Note.objects.update_or_create(appointment=appointment, defaults=values)[0]
