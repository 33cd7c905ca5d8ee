"""Below /t/<token>/: what a link in a mail opens."""

from django.urls import path

from counseling.views import appointment, links, waiting

app_name = "counseling_links"

urlpatterns = [
    # Booking
    path("termin/", appointment.appointment, name="appointment"),
    path("termin/verschieben/", appointment.move, name="move"),
    path("termin/art/", appointment.mode, name="mode"),
    path("termin/absagen/", appointment.cancel, name="cancel"),
    path("termin/termin.ics", appointment.calendar_file, name="calendar"),
    path("warteliste/", waiting.offer, name="waiting"),
    # Around a talk
    path("vertretung/", links.illness, name="illness"),
    path("kopie/", links.copy, name="copy"),
    path("kursliste/", links.shortlist, name="shortlist"),
    path("vermittlung/", links.referral, name="referral"),
    path("vermittlung/antwort/", links.referral_answer, name="referral_answer"),
]
