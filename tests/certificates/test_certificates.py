"""A certificate proves itself to whoever holds it, and names nobody to whoever does not."""

from datetime import date

import pytest

from accounts.actors import SYSTEM
from certificates.actions import NotAllowed, issue, revoke
from certificates.models import Certificate

pytestmark = pytest.mark.django_db
BORN = date(2010, 3, 4)


def made(**fields) -> Certificate:
    paper = {"title": "Teilnahme", "issuer": "Holte GmbH", "words": "Eine Lampe gebaut.", **fields}
    return issue(name="Zoë Weiß", birth_date=BORN, by=SYSTEM, **paper)


@pytest.mark.parametrize("name", ["Zoë Weiß", "zoe weiss", "  ZOË   WEISS "])
def test_the_holder_is_recognised_in_any_spelling(name):
    assert made().belongs_to(name, BORN)


def test_another_name_or_day_of_birth_is_not():
    certificate = made()
    assert not certificate.belongs_to("Zoe Weiß-Muster", BORN)
    assert not certificate.belongs_to("Zoë Weiß", date(2010, 4, 3))


@pytest.mark.parametrize("field", ["title", "issuer", "words"])
def test_a_changed_word_is_found(field):
    certificate = made()
    Certificate.objects.filter(pk=certificate.pk).update(**{field: "Etwas anderes"})
    certificate.refresh_from_db()
    assert not certificate.belongs_to("Zoë Weiß", BORN)


def test_the_row_names_nobody():
    row = Certificate.objects.filter(pk=made().pk).values().get()
    assert not [value for value in row.values() if "Weiß" in str(value) or "2010" in str(value)]


def test_a_key_that_was_in_use_before_still_proves_it(settings):
    certificate, old = made(), settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    assert not certificate.belongs_to("Zoë Weiß", BORN)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert certificate.belongs_to("Zoë Weiß", BORN)


@pytest.mark.parametrize("spelling", [str.lower, lambda number: number.replace("-", " ")])
def test_numbers_are_found_in_any_spelling(spelling):
    certificate = made()
    assert Certificate.objects.numbered(spelling(certificate.number)) == certificate
    assert Certificate.objects.numbered("ABC") is None


def test_only_a_coordinator_declares_void(coordinator, editor):
    certificate = made()
    with pytest.raises(NotAllowed):
        revoke(certificate=certificate, reason="falsch", by=editor)
    assert revoke(certificate=certificate, reason="falsch", by=coordinator).revoked_reason == "falsch"
