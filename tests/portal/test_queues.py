"""The work that waits, on the first page of the administration."""

from datetime import timedelta

import pytest

from kit import clock, outbox
from kit.models import OutboxMail
from portal.queues import QUEUES, waiting_for
from providers.models import Organization
from tests.make import make_certification, make_organization, make_user

pytestmark = pytest.mark.django_db

INDEX = "/verwaltung/"


def waiting(user) -> dict[str, tuple[int, bool]]:
    return {str(queue.url): (queue.count, queue.is_late) for queue in waiting_for(user)}


def test_every_queue_leads_to_its_list(login, coordinator):
    client = login(coordinator)
    for queue in QUEUES:
        assert queue.url, queue.label
        assert client.get(queue.url).status_code == 200, queue.label


@pytest.mark.parametrize("role", ["editor", "moderator", "data_protection", "provider"])
def test_others_see_no_queue_of_the_coordinators(role):
    assert waiting_for(make_user(role)) == []


def test_the_index_counts_what_waits(login, coordinator):
    outbox.send("accounts/email/login_code.txt", "a@example.org", {"code": "1"}, purpose="account")
    OutboxMail.objects.update(state="quarantined", created_at=clock.now() - timedelta(days=3))
    page = login(coordinator).get(INDEX).content.decode()
    assert "queue-late" in page
    assert "state__exact=quarantined" in page


def test_an_editor_sees_the_index_without_queues(login, editor):
    assert "queues-title" not in login(editor).get(INDEX).content.decode()


def count_of(user, part: str) -> int:
    return next(queue.count for queue in waiting_for(user) if part in queue.url)


def test_drafts_of_organisations_wait(coordinator):
    if not any("organization" in queue.url for queue in waiting_for(coordinator)):
        pytest.skip("no administration of organisations")
    make_organization(state=Organization.State.DRAFT)
    make_organization()
    assert count_of(coordinator, "organization") == 1


def test_certifications_that_end_soon_wait(coordinator):
    if not any("certification" in queue.url for queue in waiting_for(coordinator)):
        pytest.skip("no administration of certifications")
    for days in (-1, 0, 89, 90):
        make_certification(valid_to=clock.today() + timedelta(days=days))
    assert count_of(coordinator, "certification") == 2
