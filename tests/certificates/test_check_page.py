"""The public check, also when the person is gone."""

import pytest

from accounts.actors import SYSTEM
from certificates.actions import issue
from certificates.models import Certificate
from internships.actions.erasing import forget_pupil
from tests.internships.make import make_application, make_pupil

pytestmark = pytest.mark.django_db
PERSON = {"name": "Sam Muster", "birth_date": "2010-01-01"}


@pytest.fixture
def certificate():
    pupil = make_pupil(birth_date="2010-01-01")
    pupil.refresh_from_db()
    made = issue(name="Sam Muster", birth_date=pupil.birth_date, title="Bescheinigung", issuer="Holte GmbH",
                 words="Eine Lampe gebaut.", by=SYSTEM)  # fmt: skip
    make_application(pupil=pupil, state="completed", certificate=made)
    forget_pupil(pupil=pupil)
    return made


def answer(client, certificate, **changes) -> str:
    return client.post(certificate.get_absolute_url(), {**PERSON, **changes}).content.decode()


def test_it_works_when_the_person_is_erased(client, certificate):
    assert "Echt: für diese Person ausgestellt" in answer(client, certificate)


def test_another_person_is_told_so(client, certificate):
    assert "Nicht echt" in answer(client, certificate, name="Kim Muster")


def test_a_changed_word_is_told_so(client, certificate):
    Certificate.objects.update(words="Ein Auto gebaut.")
    assert "Nicht echt" in answer(client, certificate)


def test_opening_it_says_nothing_about_anybody(client, certificate):
    page = client.get(certificate.get_absolute_url()).content.decode()
    assert "Holte GmbH" in page
    assert not [words for words in ("Muster", "Echt:", "Nicht echt") if words in page]


def test_names_cannot_be_tried_out(client, certificate):
    for number in range(30):
        answer(client, certificate, name=f"Name {number}")
    assert client.post(certificate.get_absolute_url(), PERSON).status_code == 429


def test_by_number(client, certificate):
    found = client.get("/nachweis/", {"nummer": certificate.number.lower()})
    assert found.headers["Location"] == certificate.get_absolute_url()
    assert "keine Bescheinigung" in client.get("/nachweis/?nummer=AAAA").content.decode()
