"""Below /beratung/."""

from django.urls import path

from counseling.views import answer, booking, guidance, waiting

app_name = "counseling"

urlpatterns = [
    # Booking
    path("", booking.start, name="start"),
    path("buchen/thema/", booking.topic, name="topic"),
    path("buchen/termin/", booking.time, name="time"),
    path("buchen/angaben/<str:token>/", booking.details, name="details"),
    path("buchen/verlaengern/<str:token>/", booking.prolong, name="prolong"),
    path("buchen/pruefen/<str:token>/", booking.check, name="check"),
    path("gebucht/<str:token>/", booking.booked, name="booked"),
    path("gebucht/<str:token>/noch-einmal/", booking.mail_again, name="mail_again"),
    path("termin-finden/", booking.find, name="find"),
    path("warteliste/", waiting.join, name="waiting"),
    path("hat-es-geholfen/<str:invitation>/", answer.answer, name="ask_back"),
    # Before and beside a talk
    path("rueckruf/", guidance.callback, name="callback"),
    path("rueckruf/danke/", guidance.callback_done, name="callback_done"),
    path("orientierung/", guidance.orient, name="orientation"),
    path("team/", guidance.team, name="team"),
    # Houses: any slug that nobody above has taken
    path("<slug:slug>/", guidance.center, name="center"),
]
