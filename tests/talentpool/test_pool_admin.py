"""The administration of pools: nobody edits a person, each look has a reason, each deed says what it does first."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from kit import clock
from portal.queues import TALENTPOOL
from talentpool.models import Entry, Invitation, Member, OpeningLimit, Operator, Pool, PurgeBrake
from tests.talentpool.make import make_entry, make_invitation, make_member, make_pool

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(login, coordinator):
    return login(coordinator)


def changelist(model) -> str:
    return reverse(f"admin:talentpool_{model._meta.model_name}_changelist")


def change(row) -> str:
    return reverse(f"admin:talentpool_{row._meta.model_name}_change", args=[row.pk])


def run(client, row, action: str, **answers):
    return client.post(changelist(type(row)), {"action": action, "_selected_action": row.pk, **answers}, follow=True)


# ── People


def test_the_list_of_people_names_nobody(office):
    entry = make_entry()
    page = office.get(changelist(Entry)).content.decode()
    assert entry.code in page
    assert entry.user.full_name not in page
    assert entry.user.email not in page


def test_reading_a_person_needs_a_reason_and_is_noted(office, coordinator):
    entry = make_entry()
    asked = office.get(change(entry)).content.decode()
    assert entry.user.full_name not in asked
    assert not AuditEntry.objects.filter(verb="entry read").exists()
    office.post(change(entry), {"reason": ""})
    assert not AuditEntry.objects.filter(verb="entry read").exists()
    answer = office.post(change(entry), {"reason": "Adresse stimmt nicht"}, follow=True)
    page = answer.content.decode()
    assert entry.user.full_name in page
    assert 'class="historylink"' not in page  # would lead to a page that is closed
    assert 'class="viewsitelink"' not in page
    noted = AuditEntry.objects.get(verb="entry read")
    assert (noted.object_id, noted.actor_id) == (str(entry.pk), str(coordinator.pk))
    assert noted.facts == {"reason": "Adresse stimmt nicht"}


def test_a_reason_opens_one_person_for_one_reader_for_ten_minutes(office, login, at):
    at("2026-05-12 10:00")
    entry, other = make_entry(), make_entry()
    address = office.post(change(entry), {"reason": "Anruf"}).url
    query = address.partition("?")[2]
    assert other.user.full_name not in office.get(f"{change(other)}?{query}").content.decode()
    at("2026-05-12 10:09")
    assert entry.user.full_name in office.get(address).content.decode()
    at("2026-05-12 10:11")
    assert entry.user.full_name not in office.get(address).content.decode()


def test_nobody_edits_a_person(office):
    entry = make_entry()
    address = office.post(change(entry), {"reason": "Anruf"}).url
    office.post(address, {"reason": "x", "phone": "1", "state": "paused"})
    entry.refresh_from_db()
    assert (entry.state, entry.phone) == (Entry.State.ACTIVE, "")
    assert office.get(reverse("admin:talentpool_entry_history", args=[entry.pk])).status_code == 403


def test_invitations_are_numbers(office):
    invitation = make_invitation()
    for path in (changelist(type(invitation)), change(invitation)):
        page = office.get(path).content.decode()
        assert invitation.name not in page
        assert invitation.email not in page


# ── Members


def test_a_member_is_let_in_on_a_page_that_says_what_happens(office):
    member = make_member(approved_at=None)
    page = run(office, member, "approve").content.decode()
    assert "Die Vereinbarung wird mit Fassung und Tag festgehalten." in page
    member.refresh_from_db()
    assert not member.approved_at
    run(office, member, "approve", confirmed="1", signed_on=clock.today())
    member.refresh_from_db()
    assert member.is_active


@pytest.mark.parametrize(("action", "waits"), [("refuse", True), ("end", False)])
def test_the_end_needs_a_reason(office, action, waits):
    member = make_member(**({"approved_at": None} if waits else {}))
    run(office, member, action, confirmed="1", reason="")
    assert Member.objects.get().ended_at is None
    run(office, member, action, confirmed="1", reason="Zieht weg.")
    assert Member.objects.get().end_reason == "Zieht weg."


def test_what_cannot_be_done_is_said(office):
    member = make_member()
    page = run(office, member, "refuse", confirmed="1", reason="x").content.decode()
    assert "In diesem Zustand nicht möglich" in page


@pytest.mark.parametrize(
    ("fields", "deeds"), [({}, ["end"]), ({"approved_at": None}, ["approve", "refuse"]), ({"ended_at": True}, [])]
)
def test_the_page_of_a_member_offers_what_is_possible(office, fields, deeds):
    if fields.get("ended_at"):
        fields = {"ended_at": clock.now(), "end_reason": "x"}
    page = office.get(change(make_member(**fields))).content.decode()
    for deed in ("approve", "refuse", "end"):
        assert (f'name="action" value="{deed}"' in page) is (deed in deeds)


# ── Brakes and limits


@pytest.mark.parametrize(("action", "released"), [("release", True), ("refuse", False)])
def test_a_brake_is_decided_on_a_page_that_says_what_happens(office, action, released):
    brake = PurgeBrake.objects.create(pool=make_pool(), count=9, of=20)
    assert "Was dann passiert" in run(office, brake, action).content.decode()
    assert PurgeBrake.objects.open().exists()
    run(office, brake, action, confirmed="1")
    assert PurgeBrake.objects.get().is_released is released


def test_a_limit_is_looked_at(office):
    limit = OpeningLimit.objects.create(member=make_member(), day=clock.today())
    run(office, limit, "seen")
    assert not OpeningLimit.objects.open().exists()


# ── Pools and queues


def test_a_new_consent_starts_its_time_anew(office, at):
    at("2026-05-12 10:00")
    pool = make_pool()
    form = office.get(change(pool)).context["adminform"].form
    said = {name: form[name].value() or "" for name in form.fields} | {"consent_version": "2026-2"}
    office.post(change(pool), {**said, "is_open": "on"})
    assert (Pool.objects.get().consent_version, Pool.objects.get().consent_since) == ("2026-2", clock.now())


def test_each_queue_holds_what_waits_and_says_what_to_do(office):
    make_member(approved_at=None)
    make_entry(unreachable_since=clock.now())
    make_entry(orphaned_since=clock.now())
    PurgeBrake.objects.create(pool=make_pool(), count=9, of=20)
    OpeningLimit.objects.create(member=make_member(), day=clock.today())
    make_invitation(state="bounced", ended_at=clock.now())
    index = office.get("/verwaltung/").content.decode()
    for queue in TALENTPOOL:
        assert queue.rows().count() == 1, queue.label
        assert str(queue.help) in index.replace("&quot;", '"')
        assert office.get(queue.url).context["cl"].result_count == 1, queue.label


def fill():
    entry = make_entry(unreachable_since=clock.now())
    make_invitation(make_member(entry.pool))
    PurgeBrake.objects.create(pool=make_pool(), count=9, of=20)
    OpeningLimit.objects.create(member=make_member(entry.pool), user=entry.user, day=clock.today())


@pytest.mark.parametrize("model", [Pool, Operator, Member, Invitation, Entry, PurgeBrake, OpeningLimit])
def test_a_list_of_three_costs_what_a_list_of_one_costs(office, model):
    fill()
    office.get(changelist(model))  # the first visit writes down the login
    counts = []
    for _number in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert office.get(changelist(model)).status_code == 200
        counts.append(len(queries))
        fill()
        fill()
    assert counts[0] == counts[1]
