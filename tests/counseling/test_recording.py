"""After a talk: the coded result, and a note that nobody else reads."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import get_resolver

from accounts.models import AuditEntry
from accounts.privacy import export_person
from counseling.actions import recording
from counseling.models import Appointment, Note, Record
from kit import clock
from tests.counseling.guidance import make_desk, make_note, make_past_talk
from tests.counseling.make import make_appointment, make_counsellor
from tests.make import make_user

pytestmark = pytest.mark.django_db
State = Appointment.State


def complete(talk, by=None, result="course", minutes=40):
    return recording.complete(appointment=talk, result=result, minutes=minutes, by=by or talk.counsellor.user)


def test_a_result_is_kept_in_codes_to_the_month(frozen):
    talk = make_past_talk()
    record = complete(talk)
    talk.refresh_from_db()
    assert (talk.state, talk.ended_at) == (State.COMPLETED, clock.now())
    assert str(record.month) == "2026-05-01"
    assert (record.audience, record.subject, record.mode) == ("person", talk.subject, "in_person")
    assert (record.minutes, record.result) == (40, "course")


def test_a_result_can_be_corrected_and_is_counted_once():
    talk = make_past_talk()
    complete(talk)
    complete(talk, result="need", minutes=60)
    assert list(Record.objects.values_list("result", "minutes")) == [("need", 60)]


def test_whoever_did_not_come_is_not_counted_as_a_talk():
    talk = make_past_talk()
    complete(talk)
    recording.no_show(appointment=talk, by=talk.counsellor.user)
    talk.refresh_from_db()
    assert talk.state == State.NO_SHOW
    assert not Record.objects.exists()


def test_the_stand_in_may_enter_it_and_nobody_else():
    standin = make_counsellor()
    talk = make_past_talk(make_counsellor(standin=standin))
    complete(talk, by=standin.user)
    for stranger in (make_counsellor().user, make_user("coordinator")):
        with pytest.raises(recording.NotYours):
            complete(talk, by=stranger)


def test_nothing_can_be_said_before_the_talk():
    talk = make_appointment(starts_at=clock.now() + timedelta(minutes=1))
    with pytest.raises(recording.NotOver):
        complete(talk)


@pytest.mark.parametrize("state", [State.CANCELLED_LATE, State.CANCELLED_CLIENT, State.CANCELLED_OFFICE, State.EXPIRED])
def test_a_talk_that_was_cancelled_has_no_result(state):
    with pytest.raises(recording.WrongState, match=state):
        complete(make_past_talk(state=state))


def test_time_alone_makes_nobody_absent(at):
    talk = make_past_talk()
    at("2030-01-01 10:00")
    talk.refresh_from_db()
    assert talk.state == State.CONFIRMED
    assert list(Appointment.objects.unresolved()) == [talk]


# ── The note


def write(talk, text="Kanarienvogel", *, for_standin=False, by=None):
    return recording.write_note(
        appointment=talk, text=text, for_standin=for_standin, by=by or talk.counsellor.user
    )  # fmt: skip


def test_a_note_is_written_changed_and_erased_when_empty():
    talk = make_past_talk()
    write(talk)
    write(talk, "anders")
    assert Note.objects.get().text == "anders"
    assert write(talk, "  ") is None
    assert not Note.objects.exists()


def test_only_who_leads_the_talk_writes_it():
    standin = make_counsellor()
    talk = make_past_talk(make_counsellor(standin=standin))
    for other in (standin.user, make_user("coordinator")):
        with pytest.raises(recording.NotYours):
            write(talk, by=other)


@pytest.mark.parametrize("for_standin", [True, False])
def test_the_stand_in_reads_it_only_where_the_client_agreed(for_standin):
    standin = make_counsellor()
    make_note(make_past_talk(make_counsellor(standin=standin)), for_standin=for_standin)
    assert Note.objects.readable_by(standin).exists() is for_standin


def test_no_other_counsellor_may_read_a_note():
    make_note(make_past_talk(make_counsellor(standin=make_counsellor())), for_standin=True)
    assert not Note.objects.readable_by(make_counsellor()).exists()


def test_no_admin_no_log_and_no_disclosure_shows_a_note():
    assert Note not in admin.site._registry
    talk = make_past_talk()
    write(talk, "Kanarienvogel")
    assert "Kanarienvogel" not in str(list(AuditEntry.objects.values()))
    assert not AuditEntry.objects.filter(object_type__icontains="note").exists()
    assert "Kanarienvogel" not in str(export_person(talk.counsellor.user))


def test_the_disclosure_would_show_it_if_it_were_not_hidden(monkeypatch):
    """Negative control: the canary is in the row that the disclosure reads."""
    note = make_note()
    monkeypatch.setattr(Note.Privacy, "hidden", set())
    assert "Kanarienvogel" in str(export_person(note.counsellor.user))


def pages_of_the_administration() -> list[str]:
    return [f"/verwaltung/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]


def test_no_page_of_the_administration_and_no_other_desk_shows_a_note(login):
    """Every list, and every row of the counselling, with a canary in the note."""
    note = make_note(make_past_talk(make_counsellor(standin=make_counsellor())))
    client = login(make_user("coordinator"))
    rows = [
        f"/verwaltung/counseling/{model._meta.model_name}/{model._base_manager.first().pk}/change/"
        for model in apps.get_app_config("counseling").get_models()
        if model in admin.site._registry and model._base_manager.exists()
    ]
    assert len(rows) > 3
    for path in [*pages_of_the_administration(), *rows, f"/verwaltung/counseling/appointment/?q={note.text}"]:
        page = client.get(path, follow=True).content.decode()
        assert note.text not in page.replace(f"q={note.text}", "").replace(f'value="{note.text}"', ""), path
    other, _counsellor = make_desk()
    client = login(other)
    address = f"/mein/beratung/termin/{note.appointment.pk}/"
    assert [client.get(path).status_code for path in (address, f"{address}notiz/")] == [404, 404]


def test_the_canary_is_found_where_it_may_be_read(login):
    """Negative control: the same search finds the note on the desk of the person who wrote it."""
    note = make_note()
    page = login(note.counsellor.user).get(f"/mein/beratung/termin/{note.appointment.pk}/").content.decode()
    assert note.text in page


def test_the_stand_in_sees_the_talk_without_the_note(login):
    standin = make_counsellor()
    note = make_note(make_past_talk(make_counsellor(standin=standin)))
    address = f"/mein/beratung/termin/{note.appointment.pk}/"
    client = login(standin.user)
    page = client.get(address)
    assert page.status_code == 200
    assert note.text not in page.content.decode()
    assert client.get(f"{address}notiz/").status_code == 404
    Note.objects.update(for_standin=True)
    assert note.text in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": "Ruhig"}, "Die Notiz ist gespeichert. Niemand sonst liest sie."),
        ({"text": "Ruhig", "for_standin": "on"}, "Außer Ihnen liest sie nur Ihre Vertretung."),
        ({"text": " "}, "Die Notiz ist gelöscht."),
    ],
)
def test_the_page_says_what_became_of_the_note(login, sent, said):
    note = make_note()
    address = f"/mein/beratung/termin/{note.appointment.pk}/notiz/"
    page = login(note.counsellor.user).post(address, sent, follow=True)
    assert said in page.content.decode()


def test_no_address_leads_to_notes():
    names = [str(name) for name in get_resolver().reverse_dict if isinstance(name, str)]
    assert not [name for name in names if "counseling_note" in name]
