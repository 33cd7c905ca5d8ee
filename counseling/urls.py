"""Below /beratung/."""

from django.urls import path

from counseling.views import answer, booking, waiting

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
]
