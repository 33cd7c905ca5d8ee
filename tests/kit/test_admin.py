"""Lists of the administration survive any address; rights follow roles; the editor works under a strict policy."""

import re

import pytest
from django import forms
from django.contrib import admin
from django.urls import path
from django_prose_editor.widgets import AdminProseEditorWidget
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from kit import outbox
from kit.admin import ModelAdmin, pseudonym
from kit.models import OutboxMail
from portal import urls as portal_urls
from portal.admin import PortalAdminSite
from tests import make
from tests.kit.test_access import urlconf

MAILS = "/verwaltung/kit/outboxmail/"
PEOPLE = "/verwaltung/accounts/user/"

NONSENSE = [
    "created_at__year=99999",
    "created_at__year=0",
    "created_at__year=2026&created_at__month=99",
    "created_at__gte=yesterday",
    "created_at__gte=99999-01-01",
    "state__exact=nonsense",
    "state__isnull=perhaps",
    "tries__exact=99999999999999999999999",
    "id__exact=99999999999999999999999",
    "id__in=,,,",
    "o=999.-999.x",
    "p=99999999999999999999",
    "p=-1",
    "all=1",
    "nosuchfield=1",
    "purpose__nosuch=1",
    "to__startswith=a",
    "q=%22%27%5C%25",
    "e=1",
    "_facets=True&state__exact=nonsense",
    "_popup=1&_to_field=nosuch",
]


@pytest.fixture
def mail(db):
    return OutboxMail.objects.create(
        template="kit/email/hello.txt", language="de", to="mara@example.org", purpose="news"
    )


@pytest.fixture
def office(login, coordinator, mail):
    return login(coordinator)


@pytest.mark.parametrize("query", NONSENSE)
def test_a_nonsensical_list_leads_to_a_list(office, query):
    answer = office.get(f"{MAILS}?{query}")

    assert answer.status_code in {200, 302}
    if answer.status_code == 302:
        assert office.get(answer["Location"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_what_only_the_database_refuses_leads_back_too(office):
    answer = office.get(f"{MAILS}?state__regex=(", follow=True)

    assert answer.redirect_chain == [(MAILS, 302)]
    assert [str(message) for message in answer.context["messages"]]


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["state", "tries", "created_at", "id", "purpose", "o", "p", "q", "accepted_at__isnull", "context"]),
    st.sampled_from(["", "__exact", "__year", "__in", "__gt", "__isnull", "__date", "__contains"]),
    st.one_of(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), st.integers().map(str)),
)
def test_no_address_breaks_a_list(office, field, lookup, value):
    assert office.get(MAILS, {field + lookup: value}).status_code in {200, 302}


def test_control_the_list_of_django_breaks(office, mail, rf, coordinator):
    """If Django mends this, the guard may go."""
    request = rf.get(f"{MAILS}?created_at__year=99999")
    request.user = coordinator
    plain = admin.ModelAdmin(OutboxMail, admin.site)
    plain.has_view_permission = lambda request, obj=None: True
    with pytest.raises(ValueError):
        plain.changelist_view(request).render()


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "abc", "_00", "1_2F", "é"])
def test_an_id_no_row_can_have_is_an_id_no_row_has(office, number):
    for page in ["change", "history"]:
        assert office.get(f"{MAILS}{number}/{page}/").status_code in {302, 404}


def test_a_posted_action_with_nonsense_leads_back(office):
    answer = office.post(MAILS, {"action": "retry", "_selected_action": "abc"})

    assert answer.status_code == 302


# ── Rights


def test_verbs_without_roles_are_closed_for_everybody(rf, coordinator):
    request = rf.get("/")
    request.user = coordinator
    closed = ModelAdmin(OutboxMail, admin.site)

    assert not closed.has_module_permission(request)
    assert closed.get_model_perms(request) == {"add": False, "change": False, "delete": False, "view": False}


@pytest.mark.parametrize(("role", "status"), [("coordinator", 200), ("editor", 403), ("moderator", 403)])
def test_the_postausgang_is_for_coordinators(db, client, mail, role, status):
    from_role = make.make_login(client, make.make_user(role))

    assert from_role.get(MAILS).status_code == status


# ── The Postausgang


def test_outside_a_demo_nobody_reads_text_or_address(office, mail):
    OutboxMail.objects.update(subject="Ihr Code", body="Code 4711")
    for address in [MAILS, f"{MAILS}{mail.pk}/change/"]:
        page = office.get(address).content.decode()
        assert "mara@example.org" not in page
        assert "4711" not in page
        assert pseudonym("mara@example.org") in page


def test_nobody_finds_out_an_address_by_searching(office, mail):
    assert office.get(f"{MAILS}?q=mara").context["cl"].result_count == 0


def test_a_demo_shows_its_mails(office, mail, settings):
    settings.DEMO = True
    OutboxMail.objects.update(subject="Ihr Code", body="Code 4711")

    page = office.get(f"{MAILS}{mail.pk}/change/").content.decode()

    assert "mara@example.org" in page
    assert "4711" in page


def test_nothing_can_be_written_by_hand(office, mail):
    assert office.get(f"{MAILS}add/").status_code == 403
    assert office.post(f"{MAILS}{mail.pk}/change/", {"state": "accepted"}).status_code == 403
    assert office.post(f"{MAILS}{mail.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_mail_that_was_given_up_is_tried_again(office, mail):
    OutboxMail.objects.update(state="failed", tries=5)

    office.post(MAILS, {"action": "retry", "_selected_action": mail.pk})

    mail.refresh_from_db()
    assert (mail.state, mail.tries) == ("queued", 0)
    assert mail.state == outbox.State.QUEUED


# ── The editor


class EditorForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["full_name"]
        widgets = {"full_name": AdminProseEditorWidget}


class WithEditor(ModelAdmin):
    form = EditorForm
    roles = {"change": {"coordinator"}}


@pytest.fixture
def editor_page(coordinator, client, settings):
    """A form with a rich text field, as the whole stack of middleware sends it out."""
    site = PortalAdminSite()
    site.register(User, WithEditor)
    ours = [path("verwaltung/", site.urls), *portal_urls.urlpatterns]
    settings.ROOT_URLCONF = urlconf(ours, portal_urls.EXTERNAL)
    return make.make_login(client, coordinator).get(f"{PEOPLE}{coordinator.pk}/change/")


def test_the_import_map_carries_the_nonce_of_the_policy(editor_page):
    policy = editor_page["Content-Security-Policy"]
    page = editor_page.content.decode()
    nonce = re.search(r"script-src 'self' 'nonce-([^']+)'", policy).group(1)
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page)

    assert editor_page.status_code == 200
    assert inline
    for attributes in inline:
        assert f'nonce="{nonce}"' in attributes or "application/json" in attributes
    assert any("importmap" in attributes for attributes in inline)
    assert "unsafe" not in policy


def test_without_an_editor_there_is_no_nonce(office, mail):
    assert "nonce" not in office.get(f"{MAILS}{mail.pk}/change/")["Content-Security-Policy"]
