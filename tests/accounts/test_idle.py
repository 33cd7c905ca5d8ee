"""A forgotten screen of the staff closes itself; after signing out the browser forgets what it kept."""

import pytest
from django.urls import reverse

from accounts.middleware import LAST_SEEN

pytestmark = pytest.mark.django_db
ADMIN = "/verwaltung/"


def sleep(client, seconds: int) -> None:
    session = client.session
    session[LAST_SEEN] -= seconds
    session.save()


@pytest.mark.parametrize(("seconds", "status"), [(1700, 200), (1900, 302)])
def test_a_staff_login_ends_after_half_an_hour_of_nothing(login, coordinator, seconds, status):
    client = login(coordinator)
    assert client.get(ADMIN).status_code == 200
    sleep(client, seconds)
    response = client.get(ADMIN)
    assert response.status_code == status
    assert ("_auth_user_id" in client.session) is (status == 200)
    assert ("Clear-Site-Data" in response) is (status != 200)


def test_whoever_works_stays_in(login, coordinator):
    client = login(coordinator)
    client.get(ADMIN)
    for _click in range(3):
        sleep(client, 1700)
        assert client.get(ADMIN).status_code == 200


def test_learners_have_no_idle_limit(login, learner):
    client = login(learner)
    client.get(reverse("account_email"))
    assert LAST_SEEN not in client.session


@pytest.mark.parametrize("name", ["account_logout", "admin:logout"])
def test_signing_out_clears_what_the_browser_kept(login, coordinator, name):
    assert login(coordinator).post(reverse(name))["Clear-Site-Data"] == '"cache"'
