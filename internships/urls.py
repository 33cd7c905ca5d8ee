"""/praktikum/ for everybody, /mein/praktikum/ for companies, schools and counsellors."""

from django.urls import path

from internships.views import applying, company, desks, mine, papers, public, registering

app_name = "internships"

EMPLOYER = "mein/praktikum/betrieb/<int:pk>/"
OFFER = f"{EMPLOYER}angebote/<int:offer_pk>/"
APPLICATION = f"{EMPLOYER}bewerbungen/<uuid:application_pk>/"
SCHOOL = "mein/praktikum/schule/<int:pk>/"
DEEDS = {
    "zeigen": "offer_show",
    "pausieren": "offer_pause",
    "fortsetzen": "offer_resume",
    "beenden": "offer_end",
}

urlpatterns = [
    # Everybody
    path("praktikum/", public.offer_list, name="list"),
    path("praktikum/wochen/", desks.week_list, name="weeks"),
    path("praktikum/wunsch/", applying.wish, name="wish"),
    path("praktikum/wunsch/danke/", applying.wished, name="wished"),
    path("praktikum/angefragt/", applying.applied, name="applied"),
    path("praktikum/geloescht/", mine.erased, name="erased"),
    path("praktikum/betrieb-anmelden/", registering.register, name="register"),
    path("praktikum/betrieb-anmelden/danke/", registering.registered, name="registered"),
    path("praktikum/aktion/<slug:slug>/", applying.campaign, name="campaign"),
    path("praktikum/aktion/<slug:slug>/anmelden/", applying.sign_up, name="sign_up"),
    path("praktikum/aktion/<slug:slug>/danke/", applying.signed_up, name="signed_up"),
    path("praktikum/<slug:slug>-<int:pk>/", public.offer_detail, name="detail"),
    path("praktikum/<slug:slug>-<int:pk>/anfragen/", applying.apply, name="apply"),
    # Companies
    path("mein/praktikum/", company.mine, name="mine"),
    path(EMPLOYER, company.employer, name="employer"),
    path(f"{EMPLOYER}angebote/neu/", company.offer_edit, name="offer_new"),
    path(OFFER, company.offer, name="offer"),
    path(f"{OFFER}bearbeiten/", company.offer_edit, name="offer_edit"),
    *(path(f"{OFFER}{deed}/", company.offer_deed, {"deed": deed}, name=name) for deed, name in DEEDS.items()),
    path(APPLICATION, company.application, name="application"),
    path(f"{APPLICATION}gelesen/", company.application_read, name="application_read"),
    path(f"{APPLICATION}antworten/", company.application_answer, name="application_answer"),
    path(f"{APPLICATION}absagen/", company.application_cancel, name="application_cancel"),
    path(f"{APPLICATION}danach/", company.application_over, name="application_over"),
    path(f"{APPLICATION}bewerten/", company.application_marks, name="application_marks"),
    path(f"{APPLICATION}vereinbarung.pdf", papers.agreement, name="application_agreement"),
    path(f"{EMPLOYER}wuensche/", company.wishes, name="wishes"),
    path(f"{EMPLOYER}wuensche/<uuid:wish_pk>/", company.wish_answer, name="wish_answer"),
    # Schools
    path(SCHOOL, desks.school, name="school"),
    path(f"{SCHOOL}zeiten/<int:time_pk>/loeschen/", desks.school_time_delete, name="school_time_delete"),
    path(f"{SCHOOL}vorschlagen/<int:offer_pk>/", desks.propose, name="propose"),
    # Coordinators
    path("mein/praktikum/plakat/<slug:code>.pdf", papers.poster, name="poster"),
    # Counsellors
    path("mein/praktikum/wuensche/", desks.wish_list, name="wish_list"),
    path("mein/praktikum/wuensche/<uuid:pk>/", desks.wish_match, name="wish_match"),
]
