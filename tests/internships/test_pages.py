"""Pages for everybody, for pupils by link, for companies, schools and counsellors."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import journal
from accounts.models import ErasureReceipt
from accounts.privacy import erase_person
from internships.actions import answering, erasing, matching
from internships.models import (
    GUARDIAN,
    PROPOSAL,
    PUPIL,
    REGISTRATION,
    Application,
    Employer,
    Offer,
    Period,
    Proposal,
    Pupil,
    Registration,
    SchoolTime,
)
from kit import clock, tokens
from kit.models import OutboxMail
from portal.erasures import replay
from providers.models import Organization
from tests.internships.make import (
    make_application,
    make_campaign,
    make_employer,
    make_guardian,
    make_offer,
    make_pupil,
    make_scheme,
    make_wish,
    next_monday,
)
from tests.make import make_membership, make_organization, make_place, make_region, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

PERSON = {
    "first_name": "Wilhelmine", "last_name": "Zaunkoenig", "birth_date": "2011-03-04",
    "email": "wilhelmine@example.org", "phone": "0152 28817386", "school": "Schule am Park", "grade": "9b",
    "guardian_email": "eltern@example.org",
}  # fmt: skip


def link(page: str, purpose: str, obj, *args) -> str:
    return reverse(f"internship_links:{page}", args=[tokens.make_for(purpose, obj), *args])


def body(response) -> str:
    return response.content.decode()


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body(response)))


def staff_of(employer: Employer):
    user = make_user("company")
    make_membership(user, employer.organization)
    return user


class TestList:
    def test_each_hit_says_why(self, client):
        make_place()
        make_offer(title="Lampen bauen")
        page = text(client.get("/praktikum/?ort=99734&alter=15&feld=S13"))
        assert "Lampen bauen" in page
        assert "1 km von Nordhausen" in page
        assert "mit 15 erlaubt" in page

    @pytest.mark.parametrize(
        "query", ["alter=13", "feld=S22", "ab=2026-06-30", "mehr=online", "q=Brot", "modell=gibt-es-nicht", "woche=x"]
    )
    def test_what_was_asked_narrows(self, client, query):
        make_offer(title="Lampen bauen")
        shown = "Lampen bauen" in text(client.get(f"/praktikum/?{query}"))
        assert shown == (query in {"modell=gibt-es-nicht", "woche=x"})  # nonsense is no filter

    def test_counts_are_as_if_a_facet_were_not_asked(self, client):
        make_offer(job_family="S13")
        make_offer(job_family="S22")
        page = client.get("/praktikum/?feld=S13").content.decode()
        assert 'id="n-feld-S22">1<' in page

    @pytest.mark.parametrize(
        "hidden",
        [{"state": "submitted"}, {"paused_at": "now"}, {"days": []}, {"employer": "waiting"}, {"employer": "silent"}],
    )
    def test_only_what_can_be_had_is_shown(self, client, hidden):
        fields = dict(hidden)
        if fields.get("paused_at"):
            fields["paused_at"] = clock.now()
        if waits := fields.pop("employer", ""):
            fields["employer"] = make_employer(
                approved_at=None if waits == "waiting" else clock.now(),
                paused_at=clock.now() if waits == "silent" else None,
            )
        make_offer(title="Lampen bauen", **fields)
        assert "Lampen bauen" not in text(client.get("/praktikum/"))

    def test_the_same_queries_for_one_and_three(self, client, django_assert_num_queries):
        make_region()
        make_offer()
        client.get("/praktikum/")
        with django_assert_num_queries(7) as counted:
            client.get("/praktikum/")
        make_offer()
        make_offer()
        with django_assert_num_queries(len(counted)):
            client.get("/praktikum/")

    def test_map_and_list_show_the_same(self, client):
        make_offer(title="Lampen bauen")
        assert "Lampen bauen" in text(client.get("/praktikum/?ansicht=karte"))

    def test_what_is_over_is_gone_and_not_missing(self, client):
        offer = make_offer(days=[])
        assert client.get(offer.get_absolute_url()).status_code == 410
        assert client.get(make_offer(state="draft").get_absolute_url()).status_code == 404
        other = make_offer()
        assert client.get(f"/praktikum/falsch-{other.pk}/").status_code == 301


class TestApplication:
    """The way of somebody of 15, page by page, without JavaScript."""

    def test_from_the_form_to_the_certificate(self, client, at):
        offer = make_offer(title="Lampen bauen")
        staff = staff_of(offer.employer)
        answers = {"time": offer.periods.get().pk, "subjects": "Kunst", "hobbies": "Rad", "why": "Ich bastle gern."}
        address = reverse("internships:apply", args=[offer.slug, offer.pk])
        assert client.post(address, {**PERSON, **answers}).status_code == 302
        pupil = Pupil.objects.get()
        application = pupil.applications.get()
        client.post(link("confirm", PUPIL, pupil, application.pk))
        assert client.post(link("guardian", GUARDIAN, pupil.guardian), {"answer": "ja"}).status_code == 302
        client.force_login(staff)
        company = [offer.employer.pk, application.pk]
        unread = text(client.get(reverse("internships:application", args=company)))
        assert "Kunst" not in unread
        client.post(reverse("internships:application_read", args=company))
        read = text(client.get(reverse("internships:application", args=company)))
        assert "Kunst" in read
        assert not [word for word in ("Zaunkoenig", "2011", "wilhelmine@", "0152") if word in read]
        client.post(reverse("internships:application_answer", args=company), {"answer": "ja"})
        client.post(link("accept", PUPIL, pupil, application.pk))
        known = text(client.get(reverse("internships:application", args=company)))
        assert "Wilhelmine Zaunkoenig" in known
        assert "2011" not in known
        assert client.get(link("release", PUPIL, pupil, application.pk)).content.startswith(b"%PDF")
        at("2026-05-26 10:00")
        client.force_login(staff)  # the login of before has ended
        client.post(reverse("internships:application_over", args=company), {"attended": "ja"})
        client.post(link("attended", PUPIL, pupil, application.pk), {"attended": "ja"})
        assert client.get(link("certificate", PUPIL, pupil, application.pk)).status_code == 200
        assert "Bescheinigung (PDF)" in text(client.get(link("application", PUPIL, pupil, application.pk)))

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"time": ""}, "Bitte wählen Sie einen Termin."),
            ({"guardian_email": ""}, "Sie sind unter 18."),
            ({"guardian_email": PERSON["email"]}, "Das ist Ihre eigene Adresse."),
            ({"birth_date": "1950-01-01"}, "Bitte prüfen Sie das Jahr Ihrer Geburt."),
            ({"birth_date": "2013-01-01"}, "Für dieses Praktikum muss man am ersten Tag 14 Jahre alt sein."),
            ({"website": "x"}, "leer"),
            ({"last_name": "محمد"}, "Bitte schreiben Sie den Namen mit lateinischen Buchstaben, wie im Ausweis."),
        ],
    )
    def test_errors_say_what_to_do(self, client, changes, words):
        offer = make_offer()
        answers = {"time": offer.periods.get().pk, "subjects": "Kunst", "hobbies": "Rad", "why": "Darum."}
        address = reverse("internships:apply", args=[offer.slug, offer.pk])
        assert words in text(client.post(address, {**PERSON, **answers, **changes}))
        assert not Application.objects.exists()

    def test_opening_links_changes_nothing(self, client):
        pupil = make_pupil(15)
        guardian = make_guardian(pupil, agreed=None)
        application = make_application(pupil=pupil, state="draft")
        proposal = Proposal.objects.create(offer=make_offer(), wish=make_wish(pupil, state="draft"))
        pages = [link(name, PUPIL, pupil) for name in ("mine", "parent", "erase")]
        pages += [link("application", PUPIL, pupil, application.pk), link("guardian", GUARDIAN, guardian)]
        pages += [link("proposal", PROPOSAL, proposal)]
        before = list(Application.objects.values()), list(Proposal.objects.values())
        for page in pages:
            assert client.get(page).status_code == client.head(page).status_code == 200
            assert client.post(page).status_code in {400, 405}
        assert (list(Application.objects.values()), list(Proposal.objects.values())) == before
        guardian.refresh_from_db()
        assert guardian.agreed is None

    def test_another_link_opens_nothing(self, client):
        application, other = make_application(), make_pupil()
        assert client.get(link("application", PUPIL, other, application.pk)).status_code == 404

    def test_filling_in_changes_nothing_of_somebody_known(self, client):
        known = make_pupil(email=PERSON["email"], birth_date="2011-03-04", first_name="Ada")
        offer = make_offer(is_direct=True)
        address = reverse("internships:apply", args=[offer.slug, offer.pk])
        client.post(address, {**PERSON, "time": offer.periods.get().pk})
        known.refresh_from_db()
        assert (known.first_name, known.applications.count()) == ("Ada", 1)

    def test_nobody_fills_a_mailbox(self, client):
        for _each in range(8):
            offer = make_offer(is_direct=True)
            address = reverse("internships:apply", args=[offer.slug, offer.pk])
            client.post(address, {**PERSON, "time": offer.periods.get().pk})
        assert client.post(address, {**PERSON, "time": offer.periods.get().pk}).status_code == 429

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            ("rejected", "Die Plätze sind schon vergeben."),
            ("expired", "Das liegt nicht an Ihnen."),
            ("cancelled", "Der Betrieb muss absagen."),
            ("expired_pupil", "Sie können sich jederzeit wieder bewerben."),
            ("withdrawn", "Sie haben diese Bewerbung zurückgenommen."),
            ("no_show", "Hier steht, dass Sie nicht da waren."),
            ("aborted", "Es ist früher zu Ende gegangen."),
        ],
    )
    def test_whoever_gets_no_place_reads_why_and_what_else_there_is(self, client, state, words):
        pupil = make_pupil()
        application = make_application(pupil=pupil, state=state)
        page = client.get(link("application", PUPIL, pupil, application.pk))
        assert words in text(page)
        assert reverse("internships:wish") in body(page)

    def test_nothing_else_is_offered_while_an_application_runs(self, client):
        pupil = make_pupil()
        page = client.get(link("application", PUPIL, pupil, make_application(pupil=pupil).pk))
        assert reverse("internships:wish") not in body(page)


class TestCompanySeesNothing:
    """A canary in everything that is personal, and every page of the company."""

    @pytest.mark.parametrize("state", ["draft", "guardian"])
    def test_before_pupil_and_parent_have_agreed(self, client, state):
        offer = make_offer()
        pupil = make_pupil(15, first_name="Wilhelmine", last_name="Zaunkoenig", email="canary@example.org")
        application = make_application(offer.periods.get(), pupil, state=state, why="canary")
        make_wish(pupil, words="canary")
        client.force_login(staff_of(offer.employer))
        pages = [reverse(f"internships:{name}", args=[offer.employer.pk]) for name in ("employer", "wishes")]
        pages.append(reverse("internships:offer", args=[offer.employer.pk, offer.pk]))
        for page in pages:
            assert not re.search("wilhelmine|zaunkoenig|canary", text(client.get(page)).lower()), page
        page = reverse("internships:application", args=[offer.employer.pk, application.pk])
        assert client.get(page).status_code == 404
        assert not OutboxMail.objects.filter(to=offer.employer.contact_email).exists()

    def test_of_others_applications(self, client):
        application = make_application()
        client.force_login(staff_of(make_employer()))
        page = reverse("internships:application", args=[application.offer.employer_id, application.pk])
        assert client.get(page).status_code == 404

    def test_of_a_proposal(self, client):
        offer, wish = make_offer(), make_wish()
        matching.propose_to_wish(wish=wish, offer=offer, by=make_user("counsellor"))
        assert not OutboxMail.objects.filter(to=offer.employer.contact_email).exists()


class TestRegistering:
    FORM = {"name": "Holte Maschinenbau GmbH", "where": "99734", "contact_name": "Kim Holte",
            "email": "kim@holte.example", "phone": "03631 1"}  # fmt: skip

    def test_five_fields_a_mail_and_the_first_offer(self, client, coordinator):
        make_place()
        assert client.post("/praktikum/betrieb-anmelden/", self.FORM).status_code == 302
        registration = Registration.objects.get()
        assert not Organization.objects.exists()
        page = reverse("internship_links:registration", args=[tokens.make_for(REGISTRATION, registration)])
        assert "Ihr Betrieb ist angemeldet" in text(client.post(page, {"answer": "ja"}))
        employer = Employer.objects.get()
        assert (employer.approved_at, employer.organization.state) == (None, "draft")
        client.force_login(employer.organization.memberships.get().user)
        offer = {
            "title": "Lampen bauen", "job_family": "S13", "summary": "feilen", "task": "Eine Lampe", "feedback": "Ja",
            "guidance": "Kim", "takeaway": "Die Lampe", "scheme": make_scheme().pk, "starts": "09:00", "ends": "15:00",
            "location": employer.main_location.pk, "pause_minutes": 60, "min_age": 14, "is_step_free": "unknown",
            "first_0": next_monday(2).isoformat(), "seats_0": "2",
        }  # fmt: skip
        assert client.post(reverse("internships:offer_new", args=[employer.pk]), offer).status_code == 302
        made = Offer.objects.get()
        client.post(reverse("internships:offer_show", args=[employer.pk, made.pk]))
        made.refresh_from_db()
        assert (made.state, made.periods.get().seats) == ("submitted", 2)
        assert "Lampen bauen" not in text(client.get("/praktikum/"))

    @pytest.mark.parametrize("name", ["Holte Maschinenbau", "HOLTE Maschinenbau GmbH & Co. KG", "Holte Maschinenbav"])
    def test_a_company_that_is_there_is_recognised(self, client, name):
        organization = make_employer().organization
        Organization.objects.filter(pk=organization.pk).update(name="Holte Maschinenbau GmbH")
        page = client.post("/praktikum/betrieb-anmelden/", {**self.FORM, "name": name})
        assert "Ja, zu Holte Maschinenbau GmbH" in text(page)
        answer = {**self.FORM, "name": name, "same": organization.pk}
        assert client.post("/praktikum/betrieb-anmelden/", answer).status_code == 302
        assert Registration.objects.get().organization == organization

    @pytest.mark.parametrize("where", ["same town, other name", "other town, same name"])
    def test_another_company_is_not_taken_for_it(self, client, where):
        organization = make_employer().organization
        name = "Bäckerei Krume" if "other name" in where else "Holte Maschinenbau GmbH"
        Organization.objects.filter(pk=organization.pk).update(name=name)
        make_place("Ellrich", postcodes=("99755",))
        postcode = "99734" if "same town" in where else "99755"
        assert client.post("/praktikum/betrieb-anmelden/", {**self.FORM, "where": postcode}).status_code == 302

    def test_not_me_erases_it(self, client):
        make_place()
        client.post("/praktikum/betrieb-anmelden/", self.FORM)
        token = tokens.make_for(REGISTRATION, Registration.objects.get())
        client.post(reverse("internship_links:registration", args=[token]), {"answer": "nein"})
        assert not Registration.objects.exists()


class TestOfferForm:
    def test_the_law_is_said_at_its_field(self, client):
        offer = make_offer()
        client.force_login(staff_of(offer.employer))
        page = reverse("internships:offer_edit", args=[offer.employer.pk, offer.pk])
        fields = {"title": "x", "job_family": "S13", "scheme": offer.scheme.pk, "starts": "08:00", "ends": "17:30",
                  "pause_minutes": 30, "min_age": 14, "is_step_free": "unknown"}  # fmt: skip
        said = text(client.post(page, fields))
        assert "Unter 15 Jahren sind höchstens 7 Stunden am Tag erlaubt" in said
        assert "Mehr als 6 Stunden brauchen 60 Minuten Pause." in said

    def test_its_times_are_read_once(self, client):
        offer = make_offer(days=[next_monday(2), next_monday(3)])
        client.force_login(staff_of(offer.employer))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse("internships:offer_edit", args=[offer.employer.pk, offer.pk])).content.decode()
        assert [f'value="{day.isoformat()}"' in page for day in (next_monday(2), next_monday(3))] == [True, True]
        assert sum('FROM "internships_period"' in query["sql"] for query in asked) == 1

    def test_a_day_outside_of_the_campaign_cannot_be_offered(self, client):
        campaign = make_campaign()
        offer = make_offer(campaign=campaign, days=[campaign.last_day + timedelta(days=3)], state="draft")
        client.force_login(staff_of(offer.employer))
        assert "außerhalb der Aktion" in text(
            client.get(reverse("internships:offer", args=[offer.employer.pk, offer.pk]))
        )
        client.post(reverse("internships:offer_show", args=[offer.employer.pk, offer.pk]))
        offer.refresh_from_db()
        assert offer.state == "draft"


class TestSchoolsAndCounsellors:
    def test_a_teacher_sees_numbers_and_no_names(self, client, school_staff):
        school, offer = make_organization(kinds=["school"]), make_offer()
        make_membership(school_staff, school)
        client.force_login(school_staff)
        form = {"group": "9a", "addresses": "ada@example.org\nbea@example.org", "words": ""}
        client.post(reverse("internships:propose", args=[school.pk, offer.pk]), form)
        proposal = Proposal.objects.get(email="ada@example.org")
        client.post(link("proposal", PROPOSAL, proposal), {"answer": "ja"})
        page = text(client.get(reverse("internships:school", args=[school.pk])))
        assert "ada@example.org" not in page
        assert re.search(r"9a .* 2 1 ", page)
        proposal.refresh_from_db()
        assert (proposal.state, proposal.email) == ("taken", "")

    def test_a_counsellor_matches_and_the_pupil_decides(self, client, counsellor, login):
        offer, wish = make_offer(), make_wish()
        login(counsellor)
        page = reverse("internships:wish_match", args=[wish.pk])
        assert offer.title in text(client.get(page))
        client.post(page, {"offer": offer.pk, "words": "Passt das?"})
        proposal = Proposal.objects.get()
        response = client.post(link("proposal", PROPOSAL, proposal), {"answer": "ja"})
        assert response.headers["Location"] == reverse("internships:apply", args=[offer.slug, offer.pk])

    @pytest.mark.parametrize("chosen", [{}, {"offer": "0"}])
    @pytest.mark.parametrize("asks", ["counsellor", "company"])
    def test_a_proposal_without_an_offer_is_an_error_at_the_field(self, counsellor, login, asks, chosen):
        offer, wish = make_offer(), make_wish()
        if asks == "counsellor":
            client, page = login(counsellor), reverse("internships:wish_match", args=[wish.pk])
        else:
            client = login(staff_of(offer.employer))
            page = reverse("internships:wish_answer", args=[offer.employer.pk, wish.pk])
        response = client.post(page, {"words": "Passt das?", **chosen})
        assert (response.status_code, Proposal.objects.count()) == (400, 0)
        group = re.search(r'<fieldset[^>]* aria-describedby="id_offer_error">.*?</fieldset>', body(response), re.DOTALL)
        assert group, "an error that no control speaks of"
        assert '<div id="id_offer_error">' in group[0]
        assert "Bitte wählen Sie ein Angebot." in group[0]
        assert "Passt das?" in body(response)

    def test_an_offer_that_was_proposed_is_not_chosen_again(self, counsellor, login):
        proposed, other, wish = make_offer(), make_offer(), make_wish()
        Proposal.objects.create(offer=proposed, wish=wish)
        page = body(login(counsellor).get(reverse("internships:wish_match", args=[wish.pk])))
        for offer, is_sent in [(proposed, True), (other, False)]:
            (button,) = re.findall(rf'<input [^>]*name="offer"[^>]*value="{offer.pk}"[^>]*>', page)
            assert ("disabled" in button) == is_sent

    def test_a_week_with_too_few_places_is_red(self, client):
        monday = next_monday(2)
        make_offer(seats=40)
        school = make_organization(kinds=["school"])
        for grade in ("9b", "9a"):
            SchoolTime.objects.create(school=school, grade=grade, first_day=monday, last_day=monday, pupils=60)
        page = text(client.get("/praktikum/wochen/"))
        assert "zu wenig Plätze" in page
        assert page.count(school.name) == 1  # each school has one line
        assert f"{school.name}: 9a, 9b" in page


class TestErasing:
    def test_three_months_later_nobody_is_left(self, at):
        application = make_application(make_offer().periods.get(), make_pupil(15), state="completed")
        make_guardian(application.pupil)
        at("2026-08-24 10:00")
        assert erasing.sweep()["applications"] == 0
        at("2026-08-27 10:00")
        erasing.sweep()
        assert not Application.objects.exists()
        assert not Pupil.objects.exists()

    def test_at_once_by_the_own_link(self, client):
        offer = make_offer()
        application = make_application(offer.periods.get())
        answering.offer_place(application=application, by=staff_of(offer.employer))
        page = link("erase", PUPIL, application.pupil)
        assert client.post(page, {"sure": "nein"}).status_code == 302
        assert Pupil.objects.exists()
        client.post(page, {"sure": "ja"})
        assert (Pupil.objects.exists(), offer.periods.get().taken) == (False, 0)

    def test_everything_can_be_taken_along(self, client):
        pupil = make_pupil(15)
        make_guardian(pupil)
        make_application(pupil=pupil, why="Ich bastle gern.")
        make_wish(pupil)
        found = client.get(link("data", PUPIL, pupil)).json()
        assert set(found) == {"internships.Pupil", "internships.Guardian", "internships.Application",
                              "internships.Wish", "words"}  # fmt: skip
        assert (found["internships.Application"][0]["why"], "nonce" in str(found)) == ("Ich bastle gern.", False)

    def test_a_restored_backup_brings_nobody_back(self, client):
        pupil = make_pupil()
        kept = Pupil.objects.filter(pk=pupil.pk).values().get()
        client.post(link("erase", PUPIL, pupil), {"sure": "ja"})
        journal.write_down()
        ErasureReceipt.objects.all().delete()
        Pupil.objects.create(**kept)
        assert replay()["internships.Pupil"] == 1
        assert not Pupil.objects.exists()

    def test_who_is_erased_elsewhere_leaves_no_seat_taken(self, coordinator):
        user = make_user("learner", email="sam@example.org")
        application = make_application(pupil=make_pupil(email="sam@example.org"), state="accepted")
        Period.objects.filter(pk=application.period_id).update(taken=1)
        erase_person(user=user, by=coordinator)
        assert (erasing.sweep()["seats"], Period.objects.get().taken, Pupil.objects.exists()) == (1, 0, False)

    def test_a_wish_goes_after_a_month(self, at):
        make_wish(last_day=clock.today() + timedelta(days=1))
        at("2026-06-15 10:00")
        erasing.sweep()
        assert not Pupil.objects.exists()
