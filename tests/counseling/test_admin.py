"""The administration: what coordinators need, and of clients no more than somebody needs to call them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from counseling.models import Appointment, Callback, DayException
from kit import clock
from portal.queues import waiting_for
from tests.counseling.guidance import make_callback, make_ill, make_note, make_past_talk, make_record, make_referral
from tests.counseling.make import make_appointment, make_center, make_counsellor, make_service, make_subject
from tests.make import make_location, make_user

pytestmark = pytest.mark.django_db
TALKS = "/verwaltung/counseling/appointment/"


@pytest.fixture
def office(login, coordinator):
    return login(coordinator)


def test_a_settled_talk_names_nobody(office):
    talk = make_past_talk(state="completed", name="Noa Beispiel", phone="03631 77", question="Geheim")
    make_record(talk), make_note(talk)
    for path in (TALKS, f"{TALKS}{talk.pk}/change/"):
        page = office.get(path).content.decode()
        for words in ("Noa Beispiel", "03631 77", talk.email, "Geheim", "Kanarienvogel"):
            assert words not in page, (path, words)
        assert talk.number in page


def test_an_open_one_says_whom_to_call_and_not_why(office):
    talk = make_past_talk(name="Noa Beispiel", phone="03631 77", question="Geheim", on_site_needs="Rollstuhl")
    page = office.get(f"{TALKS}{talk.pk}/change/").content.decode()
    assert "Noa Beispiel, 03631 77" in page
    assert "Geheim" not in page
    assert "Rollstuhl" not in page


def test_a_client_cannot_be_searched_for(office):
    talk = make_past_talk(name="Noa Beispiel")
    assert talk.number not in office.get(TALKS, {"q": "Noa"}).content.decode()
    assert talk.number in office.get(TALKS, {"q": talk.reference}).content.decode()


@pytest.mark.parametrize(("value", "expected"), [("ergebnis", "past"), ("vertretung", "hit"), ("telefon", "pending")])
def test_open_ones_are_filtered(office, value, expected):
    counsellor = make_counsellor()
    tomorrow = clock.now() + timedelta(days=1)
    talks = {
        "past": make_past_talk(),
        "hit": make_appointment(counsellor, tomorrow),
        "pending": make_appointment(make_counsellor(), tomorrow, state="pending", phone="1", confirm_until=tomorrow),
    }
    make_ill(counsellor, clock.local(tomorrow).date())
    assert list(office.get(TALKS, {"offen": value}).context["cl"].queryset) == [talks[expected]]


def test_whoever_becomes_a_counsellor_gets_the_role(office):
    user, center, subject = make_user("learner"), make_center(), make_subject()
    given = {"user": user.pk, "display_name": "Neue Beraterin", "center": center.pk, "subjects": [subject.pk],
             "languages": ["de"], "modes": ["phone"], "is_active": "on"}  # fmt: skip
    response = office.post("/verwaltung/counseling/counsellor/add/", given)
    assert response.status_code == 302, response.context["adminform"].form.errors
    user.refresh_from_db()
    assert "counsellor" in user.roles


def test_nobody_advises_by_video_without_a_room(office):
    counsellor = make_counsellor(make_service(), modes=["phone"])
    given = {"user": counsellor.user.pk, "display_name": "Neue Beraterin", "center": counsellor.center.pk,
             "subjects": [subject.pk for subject in counsellor.subjects.all()], "languages": ["de"],
             "modes": ["phone", "video"], "is_active": "on"}  # fmt: skip
    page = f"/verwaltung/counseling/counsellor/{counsellor.pk}/change/"
    errors = office.post(page, given).context["adminform"].form.errors
    assert list(errors) == ["video_url"]
    assert office.post(page, {**given, "video_url": "https://video.example.org/raum/"}).status_code == 302


def test_a_house_is_closed_on_days(office):
    center = make_center()
    given = {"name": center.name, "slug": center.slug, "organization": center.organization_id,
             "location": make_location(center.organization).pk, "land": center.land_id, "phone": "1",
             "email": "a@example.org", "opening_hours": "immer", "is_open": "on",
             "rooms-TOTAL_FORMS": 0, "rooms-INITIAL_FORMS": 0, "exceptions-TOTAL_FORMS": 1,
             "exceptions-INITIAL_FORMS": 0, "exceptions-0-first_day": "24.12.2026",
             "exceptions-0-last_day": "31.12.2026"}  # fmt: skip
    assert office.post(f"/verwaltung/counseling/center/{center.pk}/change/", given).status_code == 302
    closed = DayException.objects.get()
    assert (closed.kind, closed.center, str(closed.last_day)) == ("closed", center, "2026-12-31")


def test_call_backs_are_finished_in_one_go(office):
    waiting = make_callback()
    office.post("/verwaltung/counseling/callback/", {"action": "finish", "_selected_action": [waiting.pk]})
    assert not Callback.objects.open().exists()


def test_a_referral_names_the_provider_and_not_the_client(office):
    referral = make_referral(make_past_talk(name="Noa Beispiel"), state="no_answer", message="Geheim")
    for path in ("", f"{referral.pk}/change/"):
        page = office.get(f"/verwaltung/counseling/referral/{path}").content.decode()
        assert referral.provider.name in page
        assert "Noa Beispiel" not in page
        assert "Geheim" not in page


def counts(user) -> dict[str, int]:
    return {queue.url.partition("?")[2]: queue.count for queue in waiting_for(user) if "counseling" in queue.url}


def test_queues_count_what_waits(coordinator):
    counsellor = make_counsellor()
    tomorrow = clock.now() + timedelta(days=1)
    make_past_talk()
    make_appointment(counsellor, tomorrow)
    make_ill(counsellor, clock.local(tomorrow).date())
    make_appointment(make_counsellor(), tomorrow, state="pending", phone="1", confirm_until=tomorrow)
    make_callback(created_at=clock.now() - timedelta(days=3)), make_callback()
    make_referral(state="no_answer"), make_referral(state="sent")
    assert counts(coordinator) == {
        "offen=ergebnis": 3, "offen=vertretung": 1, "offen=telefon": 1, "offen=alt": 1, "state__exact=no_answer": 1,
    } | {"offen=ergebnis": Appointment.objects.unresolved().count()}  # fmt: skip


def test_the_navigation_leads_counsellors_to_their_desk(login):
    counsellor = make_counsellor(make_service())
    assert reverse("counseling_desk:week") in login(counsellor.user).get("/kurse/").content.decode()


def test_nobody_else_sees_that_entry(login, coordinator):
    assert reverse("counseling_desk:week") not in login(coordinator).get("/kurse/").content.decode()
