"""/praktikum/ for everybody, /mein/praktikum/ for companies, schools and counsellors."""

from django.urls import path

from internships.views import applying, company, desks, lessons, mine, offers, papers, public, registering

app_name = "internships"

EMPLOYER = "mein/praktikum/betrieb/<int:pk>/"
APPLICATION = f"{EMPLOYER}bewerbungen/<uuid:application_pk>/"
SCHOOL = "mein/praktikum/schule/<int:pk>/"
LESSON = f"{EMPLOYER}unterricht/anfragen/<int:unit_pk>/"
PARTNER = f"{EMPLOYER}unterricht/partner/<int:partnership_pk>/"
SCHOOL_LESSON = f"{SCHOOL}unterricht/<int:unit_pk>/"
SCHOOL_PARTNER = f"{SCHOOL}unterricht/partner/<int:partnership_pk>/"


def pages_of(kind: offers.Kind, folder: str) -> list:
    """What a company does with one kind of offers, below that folder of its own."""
    name, options = kind.model.NAME, {"kind": kind}
    one = f"{EMPLOYER}{folder}<int:offer_pk>/"
    return [
        path(f"{EMPLOYER}{folder}neu/", offers.edit, options, name=f"{name}_new"),
        path(one, offers.offer, options, name=name),
        path(f"{one}bearbeiten/", offers.edit, options, name=f"{name}_edit"),
        path(f"{one}aenderung-verwerfen/", offers.drop_change, options, name=f"{name}_change_drop"),
        *(path(f"{one}{word}/", offers.do, options | {"deed": deed}, name=f"{name}_{deed}")
          for deed, (word, *_) in offers.DEEDS.items()),
    ]  # fmt: skip


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
    *pages_of(offers.INTERNSHIP, "angebote/"),
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
    # Lessons: a company
    path(f"{EMPLOYER}unterricht/", lessons.company_lessons, name="lessons"),
    *pages_of(offers.TOPIC, "unterricht/angebote/"),
    path(LESSON, lessons.lesson, name="lesson"),
    path(f"{LESSON}antworten/", lessons.lesson_answer, name="lesson_answer"),
    path(f"{LESSON}absagen/", lessons.lesson_cancel, name="lesson_cancel"),
    path(f"{EMPLOYER}unterricht/partner/", lessons.partner_new, name="partner_new"),
    path(f"{PARTNER}zustimmen/", lessons.partner_agree, name="partner_agree"),
    path(f"{PARTNER}beenden/", lessons.partner_end, name="partner_end"),
    # Lessons: a school
    path(f"{SCHOOL}unterricht/", lessons.school_lessons, name="school_lessons"),
    path(f"{SCHOOL}unterricht/angebote/", lessons.school_lesson_offers, name="school_lesson_offers"),
    path(f"{SCHOOL}unterricht/anfragen/", lessons.school_lesson_ask, name="school_lesson_ask_own"),
    path(f"{SCHOOL}unterricht/anfragen/<int:offer_pk>/", lessons.school_lesson_ask, name="school_lesson_ask"),
    path(SCHOOL_LESSON, lessons.school_lesson, name="school_lesson"),
    path(f"{SCHOOL_LESSON}zuruecknehmen/", lessons.school_lesson_withdraw, name="school_lesson_withdraw"),
    path(f"{SCHOOL_LESSON}danach/", lessons.school_lesson_tell, name="school_lesson_tell"),
    path(f"{SCHOOL}unterricht/partner/", lessons.school_partner_new, name="school_partner_new"),
    path(f"{SCHOOL_PARTNER}zustimmen/", lessons.school_partner_agree, name="school_partner_agree"),
    path(f"{SCHOOL_PARTNER}beenden/", lessons.school_partner_end, name="school_partner_end"),
    # Coordinators
    path("mein/praktikum/plakat/<slug:code>.pdf", papers.poster, name="poster"),
    # Counsellors
    path("mein/praktikum/wuensche/", desks.wish_list, name="wish_list"),
    path("mein/praktikum/wuensche/<uuid:pk>/", desks.wish_match, name="wish_match"),
]
