"""/t/<token>/: pages for whoever holds the link of a mail. No login, no language in the address."""

from django.urls import path

from internships.views import checking, mine, papers, registering

app_name = "internship_links"

APPLICATION = "praktikum/<uuid:pk>/"

urlpatterns = [
    # A pupil
    path("praktikum/", mine.mine, name="mine"),
    path(APPLICATION, mine.application, name="application"),
    path(f"{APPLICATION}bestaetigen/", mine.confirm, name="confirm"),
    path(f"{APPLICATION}annehmen/", mine.accept, name="accept"),
    path(f"{APPLICATION}zuruecknehmen/", mine.withdraw, name="withdraw"),
    path(f"{APPLICATION}antworten/", mine.reply, name="reply"),
    path(f"{APPLICATION}dabei/", mine.attended, name="attended"),
    path(f"{APPLICATION}bewerten/", mine.evaluate, name="evaluate"),
    path(f"{APPLICATION}passt/", mine.fit, name="fit"),
    *(
        path(f"{APPLICATION}{kind}.pdf", papers.of_pupil, {"kind": kind}, name=name)
        for kind, name in [("freistellung", "release"), ("vereinbarung", "agreement"), ("bescheinigung", "certificate")]
    ),
    path("praktikum/wunsch/<uuid:pk>/bestaetigen/", mine.wish_deed, {"deed": "bestaetigen"}, name="wish_confirm"),
    path("praktikum/wunsch/<uuid:pk>/zuruecknehmen/", mine.wish_deed, {"deed": "zuruecknehmen"}, name="wish_withdraw"),
    path("praktikum/anmeldung/<int:pk>/bestaetigen/", mine.signup_confirm, name="signup_confirm"),
    path("praktikum/anmeldung/<int:pk>/nicht-dabei/", mine.absence, name="absence"),
    path("praktikum/eltern/", mine.parent, name="parent"),
    path("praktikum/daten.json", mine.data, name="data"),
    path("praktikum/loeschen/", mine.erase, name="erase"),
    # A parent, a proposal, a company
    path("praktikum-eltern/", mine.guardian, name="guardian"),
    path("praktikum-vorschlag/", mine.proposal, name="proposal"),
    path("betrieb/", registering.confirm, name="registration"),
    # An offer that grows old
    path("praktikum-angebot/pruefen/", checking.offer_check, name="offer_check"),
    path("praktikum-angebot/verlaengern/", checking.offer_extend, name="offer_extend"),
    path("unterrichtsangebot/pruefen/", checking.lesson_offer_check, name="lesson_offer_check"),
    path("unterrichtsangebot/verlaengern/", checking.lesson_offer_extend, name="lesson_offer_extend"),
]
