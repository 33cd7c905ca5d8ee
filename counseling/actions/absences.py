"""Days on which a counsellor is away or ill. Nothing is cancelled silently: each client is asked what is to happen."""

from datetime import date, time

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from counseling import slots
from counseling.actions import changing
from counseling.actions.claiming import Taken
from counseling.emails import guidance as emails
from counseling.models import Appointment, Counsellor, DayException, Mode, WeeklyHours
from kit import clock


@transaction.atomic
def report_ill(*, counsellor: Counsellor, first_day: date, last_day: date, by: Actor) -> list[Appointment]:
    """Close the days and write to each client of them. Returns their talks, those without an address too.

    Reported twice, no client gets a second mail for the same version of a talk. Whoever does not answer stays in the
    list of the stand-in and of the coordinators (`Appointment.objects.unattended`).
    """
    DayException.objects.get_or_create(
        counsellor=counsellor, kind=DayException.Kind.ILL, first_day=first_day, last_day=last_day
    )
    audit.record("days excepted", counsellor, by=by)  # the log keeps no word about anybody's health
    talks = list(Appointment.objects.unattended().of(counsellor).on_days(first_day, last_day))
    for appointment in talks:
        if appointment.email:
            emails.counsellor_ill(appointment)
    return talks


def colleagues(appointment: Appointment, *, mode: str) -> list[Counsellor]:
    """Who could hold the talk at the same time: on the subject, in the language, in person only in the same house."""
    people = Counsellor.objects.for_talk(appointment.service, appointment.subject, appointment.language)
    if mode == Mode.IN_PERSON:
        people = people.filter(center=appointment.counsellor.center_id)
    found = slots.at(
        appointment.service, appointment.starts_at, counsellors=people.exclude(pk=appointment.counsellor_id), mode=mode,
        with_notice=False,
    )  # fmt: skip
    return [slot.counsellor for slot in found]


def pass_on(*, appointment: Appointment, mode: str, by: Actor) -> Appointment:
    """The same time with the first colleague who has it. Raises claiming.Taken when nobody has."""
    for colleague in colleagues(appointment, mode=mode):
        try:
            return changing.move(
                appointment=appointment, starts_at=appointment.starts_at, counsellor=colleague, mode=mode, by=by
            )
        except Taken:
            continue
    raise Taken


@transaction.atomic
def except_days(
    *,
    counsellor: Counsellor,
    kind: str,
    first_day: date,
    last_day: date,
    by: Actor,
    starts: time | None = None,
    ends: time | None = None,
) -> DayException:
    """Away, or more time than usual, on these days; talks that are booked already stay and are listed as unattended."""
    exception = DayException.objects.create(
        counsellor=counsellor, kind=kind, first_day=first_day, last_day=last_day, starts=starts, ends=ends
    )
    audit.record("days excepted", counsellor, by=by)
    return exception


@transaction.atomic
def take_back(*, exception: DayException, by: Actor) -> None:
    """The days are as usual again."""
    audit.record("exception taken back", exception.counsellor, by=by)
    exception.delete()


@transaction.atomic
def end_hours(*, hours: WeeklyHours, by: Actor) -> None:
    """Not offered from today on. What has been valid stays for the record; what never was is removed."""
    today = clock.today()
    if hours.valid_from >= today:
        hours.delete()
    else:
        hours.valid_to = today - clock.days(1)
        hours.save(update_fields=["valid_to"])
    audit.record("weekly hours ended", hours.counsellor, by=by)
