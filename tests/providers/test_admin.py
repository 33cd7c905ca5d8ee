"""The administration of organisations."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from openpyxl import load_workbook
from tablib import Dataset

from accounts.models import AuditEntry
from kit import clock
from providers.admin import OrganizationResource
from providers.models import Certification, Organization
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/verwaltung/providers/organization/"


def inlines(**values):
    """The management data of the four inlines, empty unless told otherwise."""
    data = {}
    for prefix in ("locations", "contacts", "certifications", "memberships"):
        data |= {f"{prefix}-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return data | values


def change(thing):
    return reverse(f"admin:providers_{thing._meta.model_name}_change", args=[thing.pk])


@pytest.fixture
def admin(login, coordinator):
    return login(coordinator)


def test_a_new_organisation_is_a_draft_with_an_address(admin):
    answer = admin.post(f"{LIST}add/", inlines(name="Bildungswerk Süd", kinds=["provider", "school"]))
    assert answer.status_code == 302
    made = Organization.objects.get()
    assert (made.slug, made.state, made.kinds) == ("bildungswerk-sued", "draft", ["provider", "school"])


def test_every_page_opens(admin):
    certification = make.make_certification(proof=ContentFile(b"%PDF", name="nachweis.pdf"))
    organization = certification.organization
    make.make_location(organization), make.make_contact(organization)
    make.make_membership(make.make_user("provider"), organization)
    Organization.objects.filter(pk=organization.pk).update(logo="organizations/logo.png")
    for address in (LIST, f"{LIST}add/", change(organization), change(certification),
                    f"{change(organization)[:-7]}history/", "/verwaltung/providers/certification/"):  # fmt: skip
        assert admin.get(address).status_code == 200, address


@pytest.mark.parametrize(
    "query", ["art=school", "kreis=16062", "gesperrt=1", "state__exact=draft", "q=bildung", "art=x"]
)
def test_filters(admin, query):
    make.make_location()
    assert admin.get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("query", ["endet=90", "endet=ungeprueft", "endet=x"])
def test_filters_of_certifications(admin, query):
    make.make_certification()
    assert admin.get(f"/verwaltung/providers/certification/?{query}").status_code == 200


def act(client, name, organization, **data):
    return client.post(LIST, {"action": name, "_selected_action": [organization.pk], **data})


def test_publish(admin):
    organization = make.make_organization(state="draft")
    act(admin, "publish", organization)
    organization.refresh_from_db()
    assert organization.has_profile


def test_what_cannot_be_published_is_named(admin):
    organization = make.make_organization("Gesperrt", state="draft", blocked_at=clock.now(), blocked_reason="x")
    answer = admin.post(LIST, {"action": "publish", "_selected_action": [organization.pk]}, follow=True)
    assert "messagelist" in answer.content.decode()
    organization.refresh_from_db()
    assert organization.state == "draft"


@pytest.mark.parametrize(("name", "field"), [("block", "blocked_reason"), ("return_for_changes", "state")])
def test_block_and_return_ask_for_a_reason_first(admin, name, field):
    organization = make.make_organization()
    before = getattr(organization, field)
    page = act(admin, name, organization)
    assert 'name="reason"' in page.content.decode()
    assert 'aria-invalid="true"' in act(admin, name, organization, confirmed="1", reason=" ").content.decode()
    organization.refresh_from_db()
    assert getattr(organization, field) == before
    assert act(admin, name, organization, confirmed="1", reason="Falsche Angaben").status_code == 302
    organization.refresh_from_db()
    assert getattr(organization, field) != before
    assert AuditEntry.objects.filter(facts__reason="Falsche Angaben").exists()


def test_an_editor_looks_but_does_not_touch(login, editor):
    organization = make.make_organization(state="draft")
    client = login(editor)
    assert client.get(change(organization)).status_code == 200
    assert client.post(change(organization), inlines(name="Neu", kinds=["provider"])).status_code == 403
    act(client, "publish", organization)
    organization.refresh_from_db()
    assert (organization.state, organization.name != "Neu") == ("draft", True)


@pytest.mark.parametrize("role", ["moderator", "data_protection"])
def test_others_see_nothing(login, role):
    assert login(make.make_user(role)).get(LIST).status_code == 403


def certification_form(certification, **fields):
    values = {"organization": certification.organization_id, "kind": certification.kind, "number": certification.number,
              "valid_to": certification.valid_to or ""}  # fmt: skip
    return {**values, **fields}


def test_a_change_without_the_tick_takes_the_check_away(admin):
    certification = make.make_certification()
    admin.post(change(certification), certification_form(certification, number="NEU-1"))
    certification.refresh_from_db()
    assert (certification.number, certification.checked_at, certification.checked_by) == ("NEU-1", None, "")


def test_the_tick_is_a_check_by_this_person(admin, coordinator):
    certification = make.make_certification(checked_at=None)
    admin.post(change(certification), certification_form(certification, is_checked="on"))
    certification.refresh_from_db()
    assert certification.checked_by == str(coordinator)


def test_the_proof_is_a_download_for_those_who_may_see_it(admin, client):
    certification = make.make_certification(proof=ContentFile(b"<html>", name="nachweis.html"))
    answer = admin.get(reverse("admin:providers_certification_proof", args=[certification.pk]))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for close in answer._resource_closers:  # close() would end the test's transaction as well
        close()
    client.logout()
    assert client.get(reverse("admin:providers_certification_proof", args=[certification.pk])).status_code == 302


def test_people_come_and_go_with_their_roles(admin):
    organization, person = make.make_organization("Werk"), make.make_user()
    base = {"name": "Werk", "kinds": ["provider"]}
    row = {"memberships-TOTAL_FORMS": "1", "memberships-0-user": person.pk, "memberships-0-role": "admin",
           "memberships-0-organization": organization.pk}  # fmt: skip
    assert admin.post(change(organization), inlines(**base, **row)).status_code == 302
    person.refresh_from_db()
    assert person.roles == ["provider"]
    membership = organization.memberships.get()
    row |= {"memberships-INITIAL_FORMS": "1", "memberships-0-id": membership.pk, "memberships-0-DELETE": "on"}
    assert admin.post(change(organization), inlines(**base, **row)).status_code == 302
    person.refresh_from_db()
    assert person.roles == []


def test_an_address_finds_its_position(admin):
    organization = make.make_organization("Werk")
    place = make.make_place()
    row = {"locations-TOTAL_FORMS": "1", "locations-0-postcode": "99734", "locations-0-city": "Nordhausen",
           "locations-0-is_barrier_free": "unknown", "locations-0-organization": organization.pk}  # fmt: skip
    assert admin.post(change(organization), inlines(name="Werk", kinds=["provider"], **row)).status_code == 302
    location = organization.locations.get()
    assert (location.place, location.latitude) == (place, place.latitude)


def test_the_export_runs_nothing_in_a_spreadsheet():
    make.make_organization("=1+1", phone="+49 3631 1")
    assert "'=1+1" in OrganizationResource().export().csv
    assert "'+49 3631 1" in OrganizationResource().export().csv


def test_the_export_page_and_its_file(admin):
    organization = make.make_location(make.make_organization("Bildungswerk")).organization
    page = admin.get(f"{LIST}export/").content.decode()
    assert "style=" not in page
    resource = {"resource": "", "format": "1"}
    answer = admin.post(f"{LIST}export/", resource)
    assert answer.status_code == 200
    rows = list(load_workbook(BytesIO(b"".join(answer) if answer.streaming else answer.content)).active.values)
    assert rows[0][:2] == ("slug", "name")
    assert rows[1][:2] == (organization.slug, "Bildungswerk")


@pytest.mark.parametrize("page", ["export", "import"])
def test_an_editor_takes_nothing_out_and_brings_nothing_in(login, editor, page):
    assert login(editor).get(f"{LIST}{page}/").status_code == 403


def imported(coordinator, *rows, **options):
    table = Dataset(*rows, headers=["slug", "name", "kinds", "state", "phone"])
    return OrganizationResource().import_data(table, user=coordinator, **options)


def test_a_table_brings_drafts_and_changes_what_stands(coordinator):
    standing = make.make_organization("Alt")
    result = imported(
        coordinator,
        ("", "Neues Werk", "provider,company", "published", "'+49 3631 1"),
        (standing.slug, "Alt und gut", "provider", "archived", ""),
    )
    assert not result.has_errors()
    assert not result.has_validation_errors()
    new = Organization.objects.get(slug="neues-werk")
    assert (new.state, new.kinds, new.phone) == ("draft", ["provider", "company"], "+49 3631 1")
    standing.refresh_from_db()
    assert (standing.name, standing.state) == ("Alt und gut", "published")
    assert AuditEntry.objects.filter(verb="organization imported").count() == 2


def test_a_preview_of_a_table_changes_nothing(coordinator):
    imported(coordinator, ("", "Neues Werk", "provider", "", ""), dry_run=True)
    assert not Organization.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_row_that_fits_nowhere_is_refused(coordinator):
    result = imported(coordinator, ("", "Neues Werk", "bakery", "", ""))
    assert result.has_validation_errors()
    assert not Organization.objects.exists()


def test_the_import_page_opens(admin):
    page = admin.get(f"{LIST}import/").content.decode()
    assert "style=" not in page
    assert "<script>" not in page


def test_the_history_shows_what_changed(admin):
    organization = make.make_organization("Alt")
    admin.post(change(organization), inlines(name="Neu", kinds=["provider"]))
    page = admin.get(f"{change(organization)[:-7]}history/").content.decode()
    assert "Alt" in page
    assert "Neu" in page
    assert Certification.history.count() == 0
