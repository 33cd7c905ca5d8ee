"""A referral: no word about the client leaves the house without the client's own yes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actors import LINK_HOLDER
from accounts.models import AuditEntry
from counseling.actions import referring
from counseling.models import Referral
from kit import clock, outbox
from kit.models import OutboxMail
from tests.counseling.guidance import make_past_talk, make_provider, make_referral
from tests.counseling.make import make_counsellor
from tests.make import make_contact, make_organization, make_region

pytestmark = pytest.mark.django_db
State = Referral.State


def mails(name: str):
    return OutboxMail.objects.filter(template=f"counseling/email/{name}.txt")


def suggest(talk=None, **fields):
    talk = talk or make_past_talk()
    fields.setdefault("provider", make_provider())
    return referring.suggest(appointment=talk, by=talk.counsellor.user, **fields)


def test_suggesting_asks_the_client_and_tells_nobody_else():
    referral = suggest(message="Sucht einen Kurs am Vormittag")
    assert referral.state == State.SUGGESTED
    assert list(OutboxMail.objects.values_list("to", flat=True)) == [referral.appointment.email]


def test_who_has_no_mail_address_gets_none():
    suggest(make_past_talk(email="", phone="03631 1"))
    assert not OutboxMail.objects.exists()


def test_a_provider_that_cannot_be_written_to_is_refused():
    with pytest.raises(referring.Unreachable):
        suggest(provider=make_organization())
    assert not Referral.objects.exists()


def test_the_address_of_a_contact_will_do():
    provider = make_organization()
    make_contact(provider, email="kim@provider.example")
    assert referring.address_of(provider) == "kim@provider.example"


def test_the_clients_yes_sends_it_once():
    referral = suggest()
    for _twice in range(2):
        referring.consent(referral=referral, by=LINK_HOLDER)
    referral.refresh_from_db()
    assert referral.state == State.SENT
    assert referral.consented_at == referral.sent_at
    assert list(mails("refer").values_list("to", flat=True)) == [referral.provider.email]


def test_the_database_lets_nothing_out_without_consent():
    referral = suggest()
    for state in (State.SENT, State.ACKNOWLEDGED, State.ENROLLED, State.DECLINED, State.NO_ANSWER):
        with pytest.raises(IntegrityError, match="referral_leaves_with_consent"), transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(state=state, sent_at=clock.now())


def test_without_the_constraint_it_would(django_db_blocker):
    """Negative control: it is the constraint that refuses."""
    referral = suggest()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE counseling_referral DROP CONSTRAINT referral_leaves_with_consent")
    assert Referral.objects.filter(pk=referral.pk).update(state=State.SENT, sent_at=clock.now()) == 1


def test_no_leaves_nothing():
    referral = suggest()
    referring.withdraw(referral=referral, by=LINK_HOLDER)
    referral.refresh_from_db()
    assert referral.state == State.WITHDRAWN
    assert not mails("refer").exists()
    assert not mails("referral_withdrawn").exists()


def test_a_client_may_change_the_mind_both_ways():
    referral = suggest()
    referring.consent(referral=referral, by=LINK_HOLDER)
    referring.withdraw(referral=referral, by=LINK_HOLDER)
    assert mails("referral_withdrawn").get().to == referral.provider.email
    referring.consent(referral=referral, by=LINK_HOLDER)
    referral.refresh_from_db()
    assert referral.state == State.SENT


def test_after_the_erasure_nothing_can_be_sent():
    referral = suggest()
    referral.appointment.erased_at = clock.now()
    referral.appointment.save()
    with pytest.raises(referring.WrongState):
        referring.consent(referral=referral, by=LINK_HOLDER)


@pytest.mark.parametrize("answer", referring.ANSWERS)
def test_the_provider_answers_and_may_correct_it(answer):
    referral = make_referral(state=State.SENT)
    referring.answer(referral=referral, answer=State.DECLINED, by=LINK_HOLDER)
    referring.answer(referral=referral, answer=answer, by=LINK_HOLDER)
    referral.refresh_from_db()
    assert referral.state == answer
    assert referral.answered_at is not None


@pytest.mark.parametrize("state", [State.SUGGESTED, State.WITHDRAWN])
def test_nobody_answers_what_was_not_asked(state):
    with pytest.raises(referring.WrongState):
        referring.answer(referral=make_referral(state=state), answer=State.ENROLLED, by=LINK_HOLDER)


def test_only_the_three_answers_are_answers():
    with pytest.raises(ValueError, match="sent"):
        referring.answer(referral=make_referral(state=State.SENT), answer=State.SENT, by=LINK_HOLDER)


# ── Providers that do not answer


def days_after_sending(days: float, **fields):
    at = clock.now() - timedelta(days=days)
    return make_referral(state=State.SENT, sent_at=at, consented_at=at, **fields)


def test_five_days_later_one_reminder_and_then_a_task(at, frozen):
    referral = days_after_sending(5)
    days_after_sending(4.9), make_referral(state=State.ENROLLED, sent_at=clock.now() - timedelta(days=9))
    assert referring.chase() == (1, 0)
    assert referring.chase() == (0, 0)
    assert mails("refer").get().key == f"referral:{referral.pk}:reminder"
    at("2026-05-17 10:00")
    assert referring.chase() == (1, 1)
    referral.refresh_from_db()
    assert referral.state == State.NO_ANSWER
    assert AuditEntry.objects.filter(verb="referral without an answer").count() == 1


def test_an_answer_after_that_counts_all_the_same():
    referral = make_referral(state=State.NO_ANSWER)
    referring.answer(referral=referral, answer=State.ENROLLED, by=LINK_HOLDER)
    referral.refresh_from_db()
    assert referral.state == State.ENROLLED


# ── What the mails say


def test_the_question_to_the_client_names_the_provider_and_the_mail_to_the_provider_the_client():
    make_region()
    counsellor = make_counsellor()
    referral = suggest(make_past_talk(counsellor, name="Noa Beispiel", phone="03631 77", question="Geheimes Anliegen"))
    asked = outbox.written(mails("ask_consent").get())
    assert str(referral.provider) in asked.body
    referring.consent(referral=referral, by=LINK_HOLDER)
    sent = outbox.written(mails("refer").get())
    assert {"Noa Beispiel", "03631 77"} <= {word for word in ("Noa Beispiel", "03631 77") if word in sent.body}
    assert "Geheimes Anliegen" not in sent.body
    assert len(asked.subject) <= 60
    assert len(sent.subject) <= 60
