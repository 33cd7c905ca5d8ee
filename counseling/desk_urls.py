"""/mein/beratung/: the counsellor's own pages."""

from django.urls import path

from counseling.views import callers, colleagues, desk, hours, rooms, shortlists, talks, wishes

app_name = "counseling_desk"

urlpatterns = [
    # The week
    path("", desk.week, name="week"),
    path("tag/", desk.day_list, name="day"),
    path("offen/", desk.unresolved, name="unresolved"),
    # Calls
    path("anrufe/", desk.calls, name="calls"),
    path("anrufe/<int:pk>/", desk.callback, name="callback"),
    # One's times
    path("zeiten/", hours.hours, name="hours"),
    path("zeiten/neu/", hours.hours_edit, name="hours_new"),
    path("zeiten/<int:pk>/", hours.hours_edit, name="hours_edit"),
    path("zeiten/<int:pk>/beenden/", hours.hours_end, name="hours_end"),
    path("zeiten/ausnahme/", hours.exception, name="exception"),
    path("zeiten/ausnahme/<int:pk>/loeschen/", hours.exception_delete, name="exception_delete"),
    path("zeiten/krank/", hours.illness, name="illness"),
    # Booking for people who call
    path("buchen/", callers.search, name="book"),
    path("buchen/angaben/", callers.book, name="book_caller"),
    # One talk
    path("termin/<uuid:pk>/", talks.talk, name="talk"),
    path("termin/<uuid:pk>/bestaetigen/", desk.confirm, name="confirm"),
    path("termin/<uuid:pk>/zettel/", callers.slip, name="slip"),
    path("termin/<uuid:pk>/verlegen/", callers.move, name="move"),
    path("termin/<uuid:pk>/absagen/", callers.cancel, name="cancel"),
    path("termin/<uuid:pk>/ergebnis/", talks.outcome, name="outcome"),
    path("termin/<uuid:pk>/notiz/", talks.note, name="note"),
    path("termin/<uuid:pk>/kopie/", talks.copy, name="copy"),
    path("termin/<uuid:pk>/vermitteln/", talks.refer, name="refer"),
    path("termin/<uuid:pk>/bedarf/", talks.need, name="need"),
    path("termin/<uuid:pk>/kursliste/", talks.start_list, name="start_list"),
    # Lists of courses
    path("kurslisten/", shortlists.shortlists, name="shortlists"),
    path("kurslisten/neu/", shortlists.new, name="shortlist_new"),
    path("kurslisten/<uuid:pk>/", shortlists.shortlist, name="shortlist"),
    path("kurslisten/<uuid:pk>/kurs/", shortlists.add, name="shortlist_add"),
    path("kurslisten/<uuid:pk>/kurs/<int:item>/", shortlists.remove, name="shortlist_remove"),
    path("kurslisten/<uuid:pk>/senden/", shortlists.send, name="shortlist_send"),
    # Needs
    path("bedarf/", wishes.wish_list, name="wishes"),
    path("bedarf/neu/", wishes.wish, name="wish_new"),
    path("bedarf/<int:pk>/", wishes.wish, name="wish"),
    path("bedarf/<int:pk>/weitergeben/", wishes.hand_over, name="wish_hand_over"),
    # House and colleagues
    path("raeume/", rooms.rooms, name="rooms"),
    path("raeume/<uuid:pk>/absagen/", rooms.room_cancel, name="room_cancel"),
    path("team/", colleagues.team, name="team"),
]
