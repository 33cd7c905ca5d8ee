"""Organisations come into a pool and leave it: who may decide, what is recorded, what ends at once."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from kit import clock
from kit.models import OutboxMail
from talentpool.actions import membership, operating, requesting
from talentpool.models import ContactRequest, Entry, Invitation, Member
from tests.make import make_membership, make_organization, make_user
from tests.talentpool.make import (
    make_contact_consent,
    make_endorsement,
    make_entry,
    make_invitation,
    make_member,
    make_member_staff,
    make_operator,
    make_pool,
    make_request,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool():
    return make_pool()


@pytest.fixture
def manager(pool):
    """Manages the municipality that runs the pool."""
    user = make_user()
    make_membership(user, pool.operators.get().organization, "admin")
    return user


def company_of(user, **fields):
    organization = make_organization(kinds=["company"], **fields)
    make_membership(user, organization, "admin")
    return organization


def mails(template: str) -> list[str]:
    found = OutboxMail.objects.filter(template=f"talentpool/email/{template}.txt").order_by("pk")
    return list(found.values_list("to", flat=True))


# ── Asking


def test_an_organisation_asks_and_the_municipality_hears_of_it(pool):
    boss = make_user("company")
    operator = pool.operators.get()
    member = membership.apply(organization=company_of(boss), operator=operator, kind="company", by=boss)
    assert (member.pool, member.approved_at, member.may_search) == (pool, None, False)
    assert mails("member_asks") == [operator.contact_email]
    assert AuditEntry.objects.filter(verb="pool membership asked", object_id=str(member.pk)).exists()


def test_the_stand_in_hears_of_it_while_the_contact_is_away(pool):
    operator = pool.operators.get()
    operator.contact_away_until = clock.today()
    operator.save()
    boss = make_user("company")
    membership.apply(organization=company_of(boss), operator=operator, kind="company", by=boss)
    assert mails("member_asks") == [operator.standin_email]


def test_only_who_manages_an_organisation_can_bind_it(pool):
    clerk = make_user("company")
    organization = make_organization(kinds=["company"])
    make_membership(clerk, organization, "editor")
    with pytest.raises(membership.NotAllowed):
        membership.apply(organization=organization, operator=pool.operators.get(), kind="company", by=clerk)


@pytest.mark.parametrize("fields", [{"kind": "school"}, {"blocked": True}])
def test_nobody_comes_in_as_something_else_or_blocked(pool, fields):
    boss = make_user("company")
    reason = {"blocked_at": clock.now(), "blocked_reason": "x"} if fields.get("blocked") else {}
    organization = company_of(boss, **reason)
    with pytest.raises(membership.NotAllowed):
        membership.apply(
            organization=organization, operator=pool.operators.get(), kind=fields.get("kind", "company"), by=boss
        )


def test_asking_twice_is_one_request(pool):
    boss = make_user("company")
    organization = company_of(boss)
    for _number in range(2):
        try:
            membership.apply(organization=organization, operator=pool.operators.get(), kind="company", by=boss)
        except membership.AlreadyMember:
            break
    else:
        pytest.fail("asked twice")
    assert Member.objects.count() == len(mails("member_asks")) == 1


# ── Letting in


def test_approval_records_agreement_and_day(pool, manager):
    member = make_member(pool, approved_at=None)
    make_membership(boss := make_user("company"), member.organization, "admin")
    day = clock.today() - timedelta(days=3)
    member = membership.approve(member=member, signed_on=day, by=manager)
    assert (member.agreement_version, member.agreement_signed_on) == (pool.agreement_version, day)
    assert member.may_search
    assert mails("member_approved") == [boss.email]
    assert AuditEntry.objects.get(verb="pool member approved").facts["agreement"] == pool.agreement_version


def test_approving_twice_mails_once(pool, manager):
    member = make_member(pool, organization=make_organization(kinds=["company"], email="a@b.example"), approved_at=None)
    for _number in range(2):
        membership.approve(member=member, signed_on=clock.today(), by=manager)
    assert mails("member_approved") == ["a@b.example"]


def test_nobody_signs_tomorrow(pool, manager):
    with pytest.raises(ValueError, match="future"):
        membership.approve(
            member=make_member(pool, approved_at=None), signed_on=clock.today() + timedelta(days=1), by=manager
        )


@pytest.mark.parametrize("deed", ["approve", "refuse", "end"])
def test_a_municipality_decides_about_its_own_members_only(pool, manager, deed):
    """Three municipalities in one pool: each lets in its own companies."""
    other = make_operator(pool)
    member = make_member(pool, operator=other, **({} if deed == "end" else {"approved_at": None}))
    act = {
        "approve": lambda by: membership.approve(member=member, signed_on=clock.today(), by=by),
        "refuse": lambda by: membership.refuse(member=member, reason="x", by=by),
        "end": lambda by: membership.end_membership(member=member, reason="x", by=by),
    }[deed]
    with pytest.raises(membership.NotAllowed):
        act(manager)
    with pytest.raises(membership.NotAllowed):
        act(make_member_staff(member, "admin"))
    act(make_user("coordinator"))


def test_a_refused_organisation_is_told_why_and_may_ask_again(pool, manager):
    boss = make_user("company")
    organization = company_of(boss)
    member = membership.apply(organization=organization, operator=pool.operators.get(), kind="company", by=boss)
    membership.refuse(member=member, reason="Der Vertrag fehlt.", by=manager)
    assert mails("member_refused") == [boss.email]
    again = membership.apply(organization=organization, operator=pool.operators.get(), kind="company", by=boss)
    assert again.pk != member.pk


def test_what_was_decided_is_not_decided_again(pool, manager):
    member = make_member(pool)
    with pytest.raises(membership.WrongState):
        membership.refuse(member=member, reason="x", by=manager)
    membership.end_membership(member=member, reason="x", by=manager)
    with pytest.raises(membership.WrongState):
        membership.end_membership(member=member, reason="x", by=manager)


# ── The end


def test_the_end_of_a_membership_ends_what_it_has_begun(pool, manager):
    member = make_member(pool)
    entry = make_entry(pool)
    invitation, ended = make_invitation(member), make_invitation(member, state="expired", ended_at=clock.now())
    asked = make_request(entry, member)
    membership.end_membership(member=member, reason="Zieht weg.", by=manager)
    for row in (invitation, ended, asked, member):
        row.refresh_from_db()
    assert (invitation.state, ended.state) == (Invitation.State.REVOKED, Invitation.State.EXPIRED)
    assert asked.state == ContactRequest.State.EXPIRED
    assert not member.may_search
    assert not Entry.objects.visible_to(member).exists()


def test_an_organisation_leaves_by_itself(pool):
    member = make_member(pool)
    boss, asked = make_member_staff(member, "admin"), make_request(make_entry(pool), member)
    membership.leave(member=member, reason="Wir ziehen weg.", by=boss)
    for row in (asked, member):
        row.refresh_from_db()
    assert (member.end_reason, member.may_search) == ("Wir ziehen weg.", False)
    assert asked.state == ContactRequest.State.EXPIRED
    assert mails("member_leaves") == [member.operator.contact_email]
    assert mails("member_ended") == [boss.email]


@pytest.mark.parametrize("who", ["clerk", "another company", "municipality"])
def test_who_does_not_manage_an_organisation_does_not_take_it_out(pool, manager, who):
    member = make_member(pool)
    stranger = make_member_staff(make_member(pool), "admin")
    by = {"clerk": make_member_staff(member), "another company": stranger, "municipality": manager}[who]
    with pytest.raises(membership.NotAllowed):
        membership.leave(member=member, reason="x", by=by)
    assert not mails("member_leaves")


def test_whom_it_concerns_is_told_once(pool, manager):
    member = make_member(pool)
    stamped, asked, declined, _stranger = (make_entry(pool, stamped=False) for _number in range(4))
    make_endorsement(stamped, member)
    make_request(stamped, member)
    make_request(asked, member)
    make_request(declined, member, state="declined", answered_at=clock.now())
    membership.end_membership(member=member, reason="x", by=manager)
    assert sorted(mails("member_left")) == sorted([stamped.user.email, asked.user.email])


def test_stamps_of_a_former_member_still_count(pool, manager):
    member = make_member(pool)
    entry = make_entry(pool, stamped=False)
    make_endorsement(entry, member)
    membership.end_membership(member=member, reason="x", by=manager)
    assert Entry.objects.visible().get() == entry


def test_access_ends_in_the_middle_of_a_visit(pool, manager):
    """The page was open, then the membership ended: neither reading nor asking works any more."""
    member = make_member(pool)
    staff, entry = make_member_staff(member), make_entry(pool)
    make_contact_consent(entry)
    requesting.open_profile(entry=entry, member=member, by=staff)
    membership.end_membership(member=member, reason="x", by=manager)
    with pytest.raises(requesting.NotAllowed):
        requesting.open_profile(entry=entry, member=member, by=staff)
    with pytest.raises(requesting.NotAllowed):
        requesting.ask(entry=entry, member=member, purpose="talk", message="Hallo", by=staff)


def test_what_former_members_asked_goes_after_a_month(pool):
    recently, long_ago = (
        make_member(pool, ended_at=clock.now() - timedelta(days=days), end_reason="x") for days in (29, 31)
    )
    clerk = make_user("company")
    entry = make_entry(pool)
    for member in (recently, long_ago):
        make_request(entry, member, state="expired", answered_at=clock.now())
        make_invitation(member, invited_by=clerk)
    assert [membership.clean_up_after_ended() for _number in range(2)] == [1, 0]
    assert ContactRequest.objects.get().member == recently
    assert Invitation.objects.get(invited_by=clerk).member == recently


# ── What a municipality says of itself


def test_a_municipality_names_its_contact(pool, manager):
    operator = operating.change(operator=pool.operators.get(), by=manager, contact_name="Neu Muster")
    assert operator.contact_name == "Neu Muster"
    assert AuditEntry.objects.get(verb="pool operator changed").facts == {"fields": ["contact_name"]}


def test_a_municipality_does_not_speak_for_another(pool, manager):
    other = make_operator(pool)
    with pytest.raises(operating.NotAllowed):
        operating.change(operator=other, by=manager, contact_name="Fremd")
