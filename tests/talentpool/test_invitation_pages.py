"""The pages behind the links of mails to people and parents; what the mails say; many who accept at once."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from kit import clock, outbox, tokens
from kit.models import OutboxMail
from talentpool.actions import inviting, joining
from talentpool.models import GUARDIAN, INVITED, REQUEST, Agreement, Endorsement, Entry, Invitation
from tests.make import make_user
from tests.talentpool.make import make_endorsement, make_entry, make_invitation, make_member, make_pool, make_request
from tests.talentpool.test_profile_pages import changed, everything, words

pytestmark = pytest.mark.django_db


def link(invitation, name="invitation") -> str:
    return reverse(f"pool_links:{name}", kwargs={"token": tokens.make_for(INVITED, invitation)})


def sent(member=None, **fields) -> Invitation:
    invitation = make_invitation(member, **fields)
    inviting.send_waiting()
    OutboxMail.objects.filter(state="queued").update(state="accepted", accepted_at=clock.now())
    invitation.refresh_from_db()
    return invitation


def code() -> str:
    return OutboxMail.objects.filter(template__endswith="invitation_code.txt").first().context["code"]


def text_of(mail) -> tuple[str, str]:
    message = outbox.written(mail)
    return message.subject, message.body


# ── What the mails say


def test_the_invitation_says_all_that_the_law_wants_in_fifteen_lines():
    invitation = make_invitation(name="Mara Muster")
    inviting.send_waiting()
    invitation.refresh_from_db()
    subject, body = text_of(invitation.mail)
    company, office = invitation.member.organization.name, invitation.member.operator.organization.name
    assert len(subject) <= 60
    assert company in subject
    assert len(body.strip().splitlines()) <= 15
    assert len(re.findall(r"https?://", body)) == 1
    assert link(invitation) in body
    for word in (
        "Mara Muster", company, office, invitation.pool.name, "Art. 14 DSGVO", "keinen Einfluss auf Ihre Bewerbung",
        "löschen", "Telefon", "Datenschutzaufsicht",
    ):  # fmt: skip
        assert word in body, word


def test_a_long_name_leaves_a_short_subject():
    member = make_member()
    member.organization.name = "Gesellschaft für sehr lange Namen in der Region Nordthüringen mbH & Co. KG"
    member.organization.save()
    invitation = make_invitation(member)
    inviting.send_waiting()
    invitation.refresh_from_db()
    assert len(text_of(invitation.mail)[0]) <= 60


def test_a_school_has_rejected_nobody():
    make_invitation(make_member(kind="school"), criterion="school", rejected_on=None)
    inviting.send_waiting()
    assert "konnte Sie dieses Mal nicht" not in text_of(OutboxMail.objects.get())[1]


def mails_to_people():
    """One of each other kind, as they wait in the outbox."""
    invitation = sent()
    joining.send_code(invitation=invitation)
    entry = make_entry(user=make_user("candidate", email="in@example.org", full_name="Mara"))
    make_invitation(make_member(entry.pool), email="in@example.org")
    inviting.send_waiting()
    young = make_entry(state="onboarding", birth_date=clock.today() - timedelta(days=15 * 365))
    joining.agree(entry=young, agreements=[Agreement.SEEN], by=young.user)
    guardian = joining.ask_guardian(entry=young, name="Kim", email="kim@example.org", by=young.user)
    joining.answer_for_child(guardian=guardian, agrees=True)
    Entry.objects.filter(pk=young.pk).update(birth_date=clock.today() - timedelta(days=17 * 365))
    joining.note_birthdays()
    return OutboxMail.objects.filter(state="queued").order_by("template")


def test_every_mail_to_people_is_short_says_whom_to_call_and_has_one_link():
    templates = []
    for mail in mails_to_people():
        subject, body = text_of(mail)
        templates.append(mail.template.rpartition("/")[2])
        assert len(subject) <= 60, subject
        assert len(body.strip().splitlines()) <= 15
        assert "03631 000002" in body
        assert len(re.findall(r"https?://", body)) == (mail.template.endswith("code.txt") is False)
    assert templates == ["guardian.txt", "invitation_code.txt", "own_consent.txt", "recommended_again.txt"]


# ── The link


def test_opening_the_link_in_any_way_changes_nothing():
    invitation = sent()
    joining.send_code(invitation=invitation)
    invitation.refresh_from_db()
    young = make_entry(state="onboarding", birth_date=clock.today() - timedelta(days=15 * 365))
    guardian = joining.ask_guardian(entry=young, name="Kim", email="kim@example.org", by=young.user)
    asked = make_request(make_entry())
    addresses = [
        link(invitation), link(invitation, "invitation_code"),
        reverse("pool_links:guardian", kwargs={"token": tokens.make_for(GUARDIAN, guardian)}),
        reverse("pool_links:request", kwargs={"token": tokens.make_for(REQUEST, asked)}),
    ]  # fmt: skip
    before = everything()
    for address in addresses * 3:
        for method in ("get", "head"):
            response = getattr(Client(), method)(address)
            assert response.status_code == 200
            assert response["Cache-Control"] == "private, no-store"
            assert "noindex" in response["X-Robots-Tag"]
            # `no-referrer` would make browsers send "Origin: null", and no form could be sent (WHATWG Fetch).
            assert response["Referrer-Policy"] == "same-origin"
    assert changed(before, everything()) == []


def test_a_machine_that_presses_the_button_says_nothing(client):
    invitation = sent()
    before = everything()
    response = client.post(link(invitation), {})
    assert response.status_code == 400
    assert changed(before, everything()) == []


def test_no_answer_is_chosen_beforehand(client):
    assert "checked" not in words(client.get(link(sent())))


def test_from_the_link_to_the_profile(client):
    invitation = sent(name="Mara Muster", email="mara@example.org")
    page = words(client.get(link(invitation)))
    assert "mara@example.org" not in page
    assert "m•••@e•••.org" in page
    assert client.post(link(invitation), {"answer": "ja"})["Location"] == link(invitation, "invitation_code")
    response = client.post(link(invitation, "invitation_code"), {"code": f" {code()[:3]} {code()[3:]} "})
    entry = Entry.objects.get()
    assert response["Location"] == entry.get_absolute_url()
    assert "Guten Tag, Mara Muster" in words(client.get(response["Location"]))
    assert client.get(link(invitation)).status_code == 404


def test_people_with_a_second_factor_still_have_to_show_it(client, coordinator):
    invitation = sent(email=coordinator.email)
    client.post(link(invitation), {"answer": "ja"})
    response = client.post(link(invitation, "invitation_code"), {"code": code()})
    assert "2fa" in response["Location"]
    assert "_auth_user_id" not in client.session


def test_a_wrong_code_is_explained(client):
    invitation = sent()
    client.post(link(invitation), {"answer": "ja"})
    response = client.post(link(invitation, "invitation_code"), {"code": "abc"})
    assert response.status_code == 400
    assert "stimmt nicht oder ist zu alt" in words(response)


def test_a_new_code_within_a_minute_is_explained(client):
    invitation = sent()
    client.post(link(invitation), {"answer": "ja"})
    response = client.post(link(invitation, "invitation_code_again"), follow=True)
    assert "warten Sie eine Minute" in words(response)
    assert OutboxMail.objects.filter(template__endswith="code.txt").count() == 1


def test_nobody_skips_the_answer(client):
    assert client.get(link(sent(), "invitation_code")).status_code == 404


@pytest.mark.parametrize(("answer", "state"), [("nein", "declined"), ("nie", "declined"), ("nicht-ich", "mistaken")])
def test_other_answers_erase_and_thank(client, answer, state):
    invitation = sent()
    response = client.post(link(invitation), {"answer": answer}, follow=True)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.email) == (state, "")
    assert "Danke" in words(response)
    assert client.get(link(invitation)).status_code == 404


def dead_links() -> dict[str, str]:
    """Used, expired, revoked, of a member that left, changed, made for something else, made up."""
    used, expired, revoked, left, changed_link = sent(), sent(), sent(), sent(), sent()
    joining.decline(invitation=used, for_ever=False)
    OutboxMail.objects.filter(pk=expired.mail_id).update(accepted_at=clock.now() - timedelta(days=15))
    inviting.end([revoked], Invitation.State.REVOKED)
    left.member.ended_at, left.member.end_reason = clock.now(), "left"
    left.member.save()
    other = reverse("pool_links:guardian", kwargs={"token": tokens.make_for(INVITED, changed_link)})
    return {
        "used": link(used),
        "expired": link(expired),
        "revoked": link(revoked),
        "left": link(left),
        "not sent": link(make_invitation()),
        "changed": link(changed_link).replace("/einladung", "x/einladung"),
        "made for something else": other,
        "made up": "/t/abc/einladung/",
    }


def test_all_dead_links_show_the_same_page(client):
    pages = {}
    for why, address in dead_links().items():
        response = client.get(address)
        assert response.status_code == 404, why
        token = address.split("/")[2]
        pages[why] = re.sub(r"/(einladung|eltern)/", "/", words(response).replace(token, ""))
    assert len(set(pages.values())) == 1


# ── Parents and companies


@pytest.mark.parametrize(("answer", "shown"), [("ja", True), ("nein", False)])
def test_a_parent_answers_by_the_link(client, answer, shown):
    entry = make_entry(state="onboarding", birth_date=clock.today() - timedelta(days=15 * 365))
    joining.agree(entry=entry, agreements=[Agreement.SEEN], by=entry.user)
    guardian = joining.ask_guardian(entry=entry, name="Kim", email="kim@example.org", by=entry.user)
    address = reverse("pool_links:guardian", kwargs={"token": tokens.make_for(GUARDIAN, guardian)})
    assert entry.pool.consent_text in words(client.get(address))
    assert client.post(address, {}).status_code == 400
    assert client.post(address, {"answer": answer}, follow=True).status_code == 200
    assert Entry.objects.visible().exists() is shown
    assert client.get(address).status_code == (200 if shown else 404)


def test_a_request_is_answered_without_a_login(client):
    asked = make_request(make_entry())
    address = reverse("pool_links:request", kwargs={"token": tokens.make_for(REQUEST, asked)})
    assert asked.message in words(client.get(address))
    assert client.post(address, {}).status_code == 400
    assert "Sie haben Ja gesagt" in words(client.post(address, {"answer": "ja"}, follow=True))
    client.post(address, {"answer": "nein"})
    asked.refresh_from_db()
    assert asked.state == "accepted"


def test_a_request_of_a_member_that_left_is_over(client):
    asked = make_request(make_entry())
    asked.member.ended_at, asked.member.end_reason = clock.now(), "left"
    asked.member.save()
    address = reverse("pool_links:request", kwargs={"token": tokens.make_for(REQUEST, asked)})
    assert "vorbei" in words(client.get(address))
    client.post(address, {"answer": "ja"})
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_somebody_recommended_by_three_costs_no_more_queries_than_by_one(client):
    pool = make_pool()
    first = sent(make_member(pool), email="mara@example.org")
    with CaptureQueriesContext(connection) as few:
        client.get(link(first))
    for _number in range(2):
        sent(make_member(pool), email="mara@example.org")
    with CaptureQueriesContext(connection) as many:
        page = words(client.get(link(first)))
    assert len(few) == len(many)
    assert page.count("Bildungswerk") >= 3


# ── At once


@pytest.mark.django_db(transaction=True)
def test_many_acceptances_at_once_make_one_account():
    """`./dev faults pool_acceptance` does it a hundred times, over HTTP."""
    pool = make_pool()
    first = sent(make_member(pool), email="mara@example.org")
    second = sent(make_member(pool), email="mara@example.org")
    codes = {}
    for invitation in (first, second):
        joining.send_code(invitation=invitation)
        codes[invitation.pk] = code()
    start, met = threading.Barrier(8), []

    def accept(invitation):
        start.wait()
        try:
            met.append(type(joining.accept(invitation=invitation, code=codes[invitation.pk])).__name__)
        except joining.Closed as closed:
            met.append(type(closed).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=accept, args=[each]) for each in (first, second) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(met) == ["Closed"] * 7 + ["Entry"]
    assert User.objects.filter(email="mara@example.org").count() == 1
    assert (Entry.objects.count(), Endorsement.objects.count()) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_five_sweeps_at_once_write_one_mail():
    pool = make_pool()
    for _number in range(3):
        make_invitation(make_member(pool), email="mara@example.org")
    start = threading.Barrier(5)

    def sweep():
        start.wait()
        inviting.send_waiting()
        connections.close_all()

    threads = [threading.Thread(target=sweep) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert OutboxMail.objects.count() == 1
    assert set(Invitation.objects.values_list("state", flat=True)) == {"sent"}


def test_a_stamp_that_was_there_is_not_doubled():
    entry = make_entry(user=make_user("candidate", email="mara@example.org"))
    stamp = make_endorsement(entry)
    make_invitation(stamp.member, email="mara@example.org")
    inviting.send_waiting()
    assert entry.endorsements.filter(member=stamp.member).count() == 1
