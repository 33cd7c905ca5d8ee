"""Mails around companies and schools: short subject, why, what to do, whom to call; in German."""

import pytest

from kit import clock, outbox
from talentpool.emails import company as emails
from talentpool.models import Member
from tests.make import make_organization, make_user
from tests.talentpool.make import make_entry, make_member, make_pool, make_request

pytestmark = pytest.mark.django_db
LONG = "Gesellschaft für außerordentlich vielseitige Federntechnik Zorgebrücke mbH"


@pytest.fixture
def member():
    return make_member(
        make_pool(name="Talentpool für den gesamten Südharz und den Kyffhäuser"),
        make_organization(LONG, kinds=["company"], email="buero@federn.example"),
        ended_at=clock.now(),
        end_reason="Der Betrieb zieht weg.",
    )


def entry_of(member: Member):
    return make_entry(member.pool, make_user("candidate", full_name="Kim Muster"))


MAILS = {
    "asks_to_join": lambda member: emails.asks_to_join(member),
    "is_member": lambda member: emails.is_member(member)[0],
    "is_refused": lambda member: emails.is_refused(member)[0],
    "leaves": lambda member: emails.leaves(member),
    "has_left": lambda member: emails.has_left(member)[0],
    "member_has_left": lambda member: emails.member_has_left(entry_of(member), member),
    "asks_for_contact": lambda member: emails.asks_for_contact(make_request(entry_of(member), member)),
}


@pytest.mark.parametrize("name", MAILS)
def test_each_mail_is_short_german_and_names_somebody_to_call(member, name):
    message = outbox.written(MAILS[name](member))
    assert len(message.subject) <= 60, message.subject
    assert member.organization.name in message.body
    assert "{" not in message.body
    assert "&" not in message.body
    if name not in ("asks_to_join", "leaves"):  # these go to whom one would call
        assert member.operator.contact_phone in message.body
        assert "Mit freundlichen Grüßen" in message.body


def test_a_person_hears_of_a_member_that_left_once(member):
    entry = entry_of(member)
    assert emails.member_has_left(entry, member).pk == emails.member_has_left(entry, member).pk


def test_a_question_carries_the_message_and_no_name_of_who_wrote_it(member):
    request = make_request(entry_of(member), member, asked_by=make_user("company", full_name="Chefin Geheim"))
    body = outbox.written(emails.asks_for_contact(request)).body
    assert request.message in body
    assert "Chefin Geheim" not in body
