"""Where a talk is, how long it lasts, how one gets in: the words that pages, mails and calendar files share."""

from django.utils.translation import gettext as _

from counseling.models import Appointment, Mode


def title(appointment: Appointment) -> str:
    """For calendars, which others may see: nothing about the client and nothing about the subject."""
    return _("Appointment: {service}").format(service=appointment.service.name)


def where(appointment: Appointment) -> str:
    """One line: address, phone or video."""
    center = appointment.counsellor.center
    if appointment.mode == Mode.IN_PERSON:
        room = [str(appointment.room)] if appointment.room else []
        return ", ".join([center.name, str(center.location), *room])
    if appointment.mode == Mode.ON_SITE:
        return appointment.address or _("at your place")
    if appointment.mode == Mode.VIDEO:
        return _("Video")
    return _("By phone: we call you")


def way_in(appointment: Appointment) -> str:
    """What else helps to get together; empty where nothing does."""
    if appointment.mode == Mode.IN_PERSON:
        return appointment.counsellor.center.access_note
    if appointment.mode == Mode.VIDEO:
        return _("The link to the video room stands on the page of your appointment.")
    if appointment.mode == Mode.PHONE and appointment.phone:
        return _("We call this number: {phone}").format(phone=appointment.phone)
    return ""
