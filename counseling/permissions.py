"""Who may do what at a counsellor's desk. Coordinators see when talks are, never what was said in them."""

from accounts.actors import Actor
from accounts.models import User
from counseling.models import Appointment, Counsellor


def desk_of(user: User) -> Counsellor | None:
    """The counsellor behind a login, or None while nobody has set up the desk."""
    return Counsellor.objects.select_related("center__location", "standin", "user").of(user).first()


def works_on(actor: Actor, appointment: Appointment) -> bool:
    """Leads the talk, or stands in for whoever leads it."""
    if not isinstance(actor, User) or not actor.is_active:
        return False
    standin = appointment.counsellor.standin
    return actor.pk in {appointment.counsellor.user_id, standin.user_id if standin else None}


def can_write_note(actor: Actor, appointment: Appointment) -> bool:
    """Whoever leads the talk. Who reads a note: `Note.objects.readable_by`."""
    return isinstance(actor, User) and actor.is_active and actor.pk == appointment.counsellor.user_id
