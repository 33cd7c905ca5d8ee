"""What companies, schools and municipalities meet: one request for a recommendation, people without names."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kit import clock
from kit.models import OutboxMail
from talentpool import permissions
from talentpool.actions import membership
from talentpool.models import ContactRequest, Entry, Exclusion, Invitation, OpeningLimit, Operator, ProfileView
from talentpool.models.contact import MOST_OPENED
from tests.make import make_membership, make_organization, make_place, make_user
from tests.talentpool.make import (
    make_contact_consent,
    make_document,
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
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def member():
    return make_member(make_pool(rejection_text="Vielen Dank für das gute Gespräch."))


@pytest.fixture
def company(login, member):
    """A browser in which somebody of the company is logged in."""
    return login(make_member_staff(member))


def url(member, name: str, *args) -> str:
    return reverse(f"talentpool:{name}", args=[member.pk, *args])


def body(answer, status: int = 200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


FORM = {
    "name": "Kim Beispiel", "email": "kim@example.org", "job_family": "S13", "criterion": "interview",
    "rejected_on": "2026-05-10",
}  # fmt: skip


# ── Everybody


def test_a_pool_tells_who_is_responsible_and_whom_to_ask(client):
    pool = make_pool()
    other = make_operator(pool, contact_name="Ali Muster", contact_away_until=clock.today())
    make_member(pool, make_organization("Holzbau", kinds=["company"]))
    make_member(pool, make_organization("Wartet", kinds=["company"]), approved_at=None)
    page = body(client.get(pool.get_absolute_url()))
    assert "Art. 26" in page
    for operator in Operator.objects.all():
        assert operator.organization.name in page
        assert operator.standin_phone in page
    assert other.standin_name in page
    assert "abwesend bis" in page
    assert "Holzbau" in page
    assert "Wartet" not in page


@pytest.mark.parametrize("path", ["/talentpool/", "/"])
def test_companies_find_the_pool(client, path):
    assert 'href="/talentpool/"' in body(client.get(path))


def test_closed_pages_are_in_no_site_map_and_no_index(company, member, client):
    assert "/mein/" not in body(client.get("/sitemap-seiten.xml"))
    answer = company.get(url(member, "talents"))
    assert (answer["X-Robots-Tag"], answer["Cache-Control"]) == ("noindex, nofollow", "private, no-store")


# ── Taking part


def test_an_organisation_asks_with_one_form(login):
    pool, boss = make_pool(), make_user("company")
    organization = make_organization(kinds=["company"])
    make_membership(boss, organization, "admin")
    said = {"organization": organization.pk, "kind": "company", "operator": pool.operators.get().pk}
    answer = login(boss).post(reverse("talentpool:apply", args=[pool.slug]), said)
    member = organization.pool_members.get()
    assert (answer.status_code, answer.url) == (302, member.get_absolute_url())
    assert "wird geprüft" in body(login(boss).get(answer.url))


def test_nobody_asks_for_an_organisation_of_others(login):
    pool, foreign = make_pool(), make_organization(kinds=["company"])
    said = {"organization": foreign.pk, "kind": "company", "operator": pool.operators.get().pk}
    page = body(login(make_user("company")).post(reverse("talentpool:apply", args=[pool.slug]), said))
    assert "Sie verwalten hier keinen Betrieb" in page
    assert not foreign.pool_members.exists()


CLOSED = {
    "waits": {"approved_at": None},
    "ended": {"ended_at": clock.now() - timedelta(days=1), "end_reason": "Zieht weg."},
    "blocked": {},
}


@pytest.mark.parametrize("why", CLOSED)
@pytest.mark.parametrize("name", ["talents", "member_invite", "member_requests"])
def test_who_does_not_take_part_is_told_why(login, why, name):
    member = make_member(**CLOSED[why])
    if why == "blocked":
        member.organization.blocked_at, member.organization.blocked_reason = clock.now(), "x"
        member.organization.save()
    page = body(login(make_member_staff(member)).get(url(member, name)), 403)
    assert {"waits": "wird geprüft", "ended": "Zieht weg.", "blocked": "gesperrt"}[why] in page
    assert member.operator.contact_phone in page


def test_access_ends_in_the_same_request(company, member, coordinator):
    entry = make_entry(member.pool)
    assert company.get(url(member, "talent", entry.pk)).status_code == 200
    membership.end_membership(member=member, reason="Zieht weg.", by=coordinator)
    for name, *args in [("talent", entry.pk), ("talents",), ("talent_ask", entry.pk), ("member_invite",)]:
        assert company.get(url(member, name, *args)).status_code == 403


def test_a_company_leaves_on_a_second_page_and_by_a_choice(login, member):
    entry = make_entry(member.pool)
    company = login(make_member_staff(member, "admin"))
    address = url(member, "member_leave")
    assert address in body(company.get(url(member, "member")))
    assert "Soll Ihre Mitgliedschaft enden?" in body(company.get(address))
    assert "Bitte wählen Sie eine Antwort." in body(company.post(address, {"reason": ""}))
    assert company.post(address, {"sure": "stay"}).url == url(member, "member")
    assert company.get(url(member, "talent", entry.pk)).status_code == 200
    page = body(company.post(address, {"sure": "leave"}, follow=True))
    assert "Auf eigenen Wunsch." in page
    assert company.get(url(member, "talent", entry.pk)).status_code == 403
    assert company.post(address, {"sure": "leave"}).status_code == 403


def test_only_who_manages_a_company_finds_the_way_out(company, member):
    assert url(member, "member_leave") not in body(company.get(url(member, "member")))
    assert company.post(url(member, "member_leave"), {"sure": "leave"}).status_code == 403


def test_the_guard_is_what_keeps_former_members_out(company, member, coordinator, monkeypatch):
    """Negative control: without the question "may search?" only the query would stand between."""
    make_entry(member.pool)
    membership.end_membership(member=member, reason="x", by=coordinator)
    monkeypatch.setattr(permissions, "can_search", lambda actor, member: True)
    assert company.get(url(member, "talents")).status_code == 200


# ── Recommending: J8 and J11


def test_a_recommendation_is_one_form_and_one_request(company, member, at_noon):
    page = body(company.get(url(member, "member_invite")))
    assert "Vielen Dank für das gute Gespräch." in page
    answer = company.post(url(member, "member_invite"), FORM)
    assert (answer.status_code, answer.url) == (302, url(member, "member_invited"))
    invitation = Invitation.objects.get()
    assert (invitation.member, invitation.email, invitation.state) == (member, "kim@example.org", "queued")


@pytest.fixture
def at_noon(at):
    at("2026-05-12 12:00")


def visible_fields(form) -> list[str]:
    return [field.name for field in form.visible_fields()]


def test_companies_fill_in_five_fields_schools_four(login, member, company):
    form = company.get(url(member, "member_invite")).context["form"]
    assert visible_fields(form) == ["name", "email", "job_family", "rejected_on", "criterion"]
    school = make_member(member.pool, kind="school")
    form = login(make_member_staff(school, "teacher")).get(url(school, "member_invite")).context["form"]
    assert visible_fields(form) == ["name", "email", "job_family", "strengths"]
    assert not form.is_multipart()  # no papers


def test_nothing_is_chosen_beforehand(company, member):
    assert "checked" not in body(company.get(url(member, "member_invite")))


@pytest.mark.parametrize("missing", FORM)
def test_what_is_missing_is_named(company, member, at_noon, missing):
    page = body(company.post(url(member, "member_invite"), {**FORM, missing: ""}))
    assert 'class="errorsummary"' in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("day", ["2026-05-13", "2025-05-11", "gestern"])
def test_first_the_rejection_then_the_recommendation(company, member, at_noon, day):
    body(company.post(url(member, "member_invite"), {**FORM, "rejected_on": day}))
    assert not Invitation.objects.exists()


def test_the_same_form_sent_twice_is_one_recommendation(company, member, at_noon):
    key = company.get(url(member, "member_invite")).context["form"]["key"].value()
    for _number in range(3):
        assert company.post(url(member, "member_invite"), {**FORM, "key": key}).url == url(member, "member_invited")
    assert Invitation.objects.count() == 1
    other = company.get(url(member, "member_invite")).context["form"]["key"].value()
    company.post(url(member, "member_invite"), {**FORM, "key": other, "email": "toni@example.org"})
    assert Invitation.objects.count() == 2


def test_a_form_that_failed_may_be_sent_again(company, member, at_noon):
    key = company.get(url(member, "member_invite")).context["form"]["key"].value()
    body(company.post(url(member, "member_invite"), {**FORM, "key": key, "name": ""}))
    company.post(url(member, "member_invite"), {**FORM, "key": key})
    assert Invitation.objects.count() == 1


def test_the_inviter_cannot_tell_who_is_in_the_pool(company, member, at_noon):
    """Same answer, same page, same number of queries for somebody known and somebody unknown."""
    known = make_entry(member.pool)
    seen = []
    for address in (known.user.email, "nobody@example.org"):
        with CaptureQueriesContext(connection) as queries:
            answer = company.post(url(member, "member_invite"), {**FORM, "email": address})
        page = TOKEN.sub("", body(company.get(answer.url)))
        seen.append((answer.status_code, answer.url, page, len(queries)))
    assert seen[0] == seen[1]


def test_nothing_is_left_to_do_after_a_recommendation(company, member, at):
    at("2026-05-12 12:00")
    company.post(url(member, "member_invite"), FORM)
    staff = make_member_staff(member)
    for day in ("2026-05-27 12:00", "2026-12-01 12:00", "2027-05-12 12:00"):
        at(day)
        membership.clean_up_after_ended()
        assert not OutboxMail.objects.filter(to=staff.email).exists()


def test_a_school_recommends_with_strengths_and_sees_nobody(login, member):
    school = make_member(member.pool, kind="school")
    entry = make_entry(member.pool)
    teacher = login(make_member_staff(school, "teacher"))
    said = {"name": "Kim", "email": "kim@example.org", "job_family": "S22", "strengths": ["reliable", "team"]}
    assert teacher.post(url(school, "member_invite"), said).url == url(school, "member_invited")
    invitation = Invitation.objects.get()
    assert (invitation.criterion, invitation.strengths, invitation.rejected_on) == (
        "school",
        ["reliable", "team"],
        None,
    )
    for name, *args in [("talents",), ("talent", entry.pk), ("talent_ask", entry.pk), ("member_requests",)]:
        assert "Schulen empfehlen und sehen niemanden." in body(teacher.get(url(school, name, *args)), 403)
    assert "Talente finden" not in body(teacher.get(url(school, "member")))


def test_three_strengths_are_enough(login, member):
    school = make_member(member.pool, kind="school")
    said = {"name": "Kim", "email": "kim@example.org", "job_family": "S22"}
    four = ["reliable", "team", "careful", "quick"]
    page = body(login(make_member_staff(school)).post(url(school, "member_invite"), {**said, "strengths": four}))
    assert "höchstens drei" in page
    assert not Invitation.objects.exists()


def test_a_closed_pool_takes_no_recommendations(company, member):
    member.pool.is_open = False
    member.pool.save()
    assert "nimmt zurzeit keine Empfehlungen an" in body(company.get(url(member, "member_invite")), 403)
    assert company.get(url(member, "talents")).status_code == 200


# ── Talents: J9


@pytest.fixture
def entry(member):
    person, home = make_user("candidate", full_name="Geheim Muster"), make_place("Bleicherode", postcodes=("99752",))
    found = make_entry(member.pool, person, phone="0171 1234567", place=home)
    make_contact_consent(found)
    return found


def is_anonymous(page: str, entry: Entry) -> bool:
    secrets = [entry.user.full_name, entry.user.email, entry.phone, entry.place.name, "April 2004", "12.04.2004"]
    return not any(secret in page for secret in secrets)


def test_neither_list_nor_profile_says_who_it_is(company, member, entry):
    for path in (url(member, "talents"), url(member, "talent", entry.pk), url(member, "talent_ask", entry.pk)):
        page = body(company.get(path))
        main = page[page.index("<main") : page.index("</main>")]
        assert is_anonymous(main, entry), path
        assert entry.place.district.name in main


def test_a_card_tells_field_region_and_stamps(company, member, entry):
    make_endorsement(entry, make_member(member.pool, make_organization("Holzbau", kinds=["company"])))
    page = body(company.get(url(member, "talents")))
    for words in ("Technik und Maschinen", "Realschulabschluss", "Empfohlen von 2", "Holzbau", "sofort"):
        assert words in page


def test_every_opening_is_noted_and_said(company, member, entry):
    body(company.get(url(member, "talents")))
    assert not ProfileView.objects.exists()  # a list opens nobody
    assert "heute dieses Profil angesehen" in body(company.get(url(member, "talent", entry.pk)))
    assert ProfileView.objects.get().entry == entry


def test_an_excluded_organisation_meets_the_page_of_somebody_unknown(company, member, entry):
    """Byte by byte, but for the token of the form that signs out; and the document and the question as well."""
    document = make_document(entry)
    paths = [
        url(member, "talent", entry.pk),
        url(member, "talent_ask", entry.pk),
        url(member, "talent_document", entry.pk, document.pk),
    ]
    for answer in map(company.get, paths):
        assert answer.status_code == 200
        b"".join(answer)  # to the end: files are closed there
    Exclusion.objects.create(entry=entry, organization=member.organization)
    excluded = [company.get(path) for path in paths]
    Entry.objects.filter(pk=entry.pk).delete()
    unknown = [company.get(path) for path in paths]
    for one, other in zip(excluded, unknown, strict=True):
        assert one.status_code == other.status_code == 404
        assert TOKEN.sub("", one.content.decode()) == TOKEN.sub("", other.content.decode())
        assert one.headers == other.headers
    assert ProfileView.objects.count() == 0


def test_enough_is_enough(company, member, entry):
    user = member.organization.memberships.get().user
    for _number in range(MOST_OPENED):
        ProfileView.objects.create(entry=make_entry(member.pool), member=member, user=user, day=clock.today())
    page = body(company.get(url(member, "talent", entry.pk)), 429)
    assert "Genug Profile für heute" in page
    assert is_anonymous(page[page.index("<main") :], entry)
    assert OpeningLimit.objects.open().exists()


def test_while_the_clock_is_in_doubt_nobody_is_shown(company, member, entry, monkeypatch):
    monkeypatch.setattr(permissions, "is_closed", lambda: True)
    for path in (url(member, "talents"), url(member, "talent", entry.pk), url(member, "member_requests")):
        assert "Der Pool wird gerade geprüft" in body(company.get(path), 503)
    assert company.get(url(member, "member_invite")).status_code == 200  # recommending goes on


def test_papers_are_downloads_and_noted(company, member, entry):
    document, hidden = make_document(entry), make_document(entry, is_visible=False)
    answer = company.get(url(member, "talent_document", entry.pk, document.pk))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 test"
    assert answer["Content-Disposition"] == f'attachment; filename="{entry.code}-cv.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert ProfileView.objects.get().document == document
    assert company.get(url(member, "talent_document", entry.pk, hidden.pk)).status_code == 404
    other = make_document(make_entry(member.pool))
    assert company.get(url(member, "talent_document", entry.pk, other.pk)).status_code == 404


def test_another_company_s_browser_opens_nothing(login, member, entry):
    other = login(make_member_staff(make_member(member.pool)))
    for name, *args in [("member",), ("talents",), ("talent", entry.pk), ("member_invite",)]:
        assert other.get(url(member, name, *args)).status_code == 404


# ── Asking for a talk


SAID = {"purpose": "interview", "message": "Kommen Sie vorbei."}


def test_a_company_asks_and_sees_the_name_after_a_yes(company, member, entry):
    answer = company.post(url(member, "talent_ask", entry.pk), SAID)
    assert answer.url == url(member, "member_requests")
    assert is_anonymous(body(company.get(answer.url)).partition("<main")[2], entry)
    ContactRequest.objects.update(state="accepted", answered_at=clock.now())
    for path in (answer.url, url(member, "talent", entry.pk)):
        page = body(company.get(path))
        assert all(word in page for word in ("Geheim Muster", entry.user.email, entry.phone))


def test_the_name_opens_for_this_company_alone(login, member, entry):
    make_request(entry, member, state="accepted", answered_at=clock.now())
    other = make_member(member.pool)
    page = body(login(make_member_staff(other)).get(url(other, "talent", entry.pk)))
    assert is_anonymous(page.partition("<main")[2], entry)


def test_who_excludes_a_company_takes_the_name_back(company, member, entry):
    make_request(entry, member, state="accepted", answered_at=clock.now())
    Exclusion.objects.create(entry=entry, organization=member.organization)
    assert "Geheim Muster" not in body(company.get(url(member, "member_requests")))


def test_asking_twice_is_one_question(company, member, entry):
    for _number in range(2):
        company.post(url(member, "talent_ask", entry.pk), SAID)
    assert ContactRequest.objects.count() == 1


def test_doubtful_words_are_shown_once_and_do_not_block(company, member, entry):
    said = {**SAID, "message": "Wir suchen junge Leute."}
    page = body(company.post(url(member, "talent_ask", entry.pk), said))
    assert "§ 1 AGG" in page
    assert not ContactRequest.objects.exists()
    assert company.post(url(member, "talent_ask", entry.pk), {**said, "seen": "1"}).status_code == 302
    assert ContactRequest.objects.get().message == "Wir suchen junge Leute."


def test_who_does_not_want_to_be_asked_has_no_button(company, member):
    entry = make_entry(member.pool)
    page = body(company.get(url(member, "talent", entry.pk)))
    assert "möchte zurzeit nicht um ein Gespräch gebeten werden" in page
    assert url(member, "talent_ask", entry.pk) not in page
    assert company.post(url(member, "talent_ask", entry.pk), SAID).url == url(member, "talent", entry.pk)


def test_what_came_of_it_may_be_said(company, member, entry):
    asked = make_request(entry, member, state="accepted", answered_at=clock.now())
    company.post(url(member, "member_outcome", asked.pk), {"outcome": "internship"})
    assert "Ein Praktikum ist daraus geworden" in body(company.get(url(member, "member_requests")))
    assert (
        company.get(url(member, "member_outcome", make_request(make_entry(member.pool), member).pk)).status_code == 404
    )


# ── Municipalities


@pytest.fixture
def manager(member, login):
    user = make_user()
    make_membership(user, member.operator.organization, "admin")
    return login(user)


def test_a_municipality_lets_in_and_ends(manager, member):
    waiting = make_member(member.pool, approved_at=None)
    operator = member.operator
    assert waiting.organization.name in body(manager.get(operator.get_absolute_url()))
    manager.post(url(operator, "operator_approve", waiting.pk), {"signed_on": clock.today()})
    waiting.refresh_from_db()
    assert waiting.may_search
    manager.post(url(operator, "operator_end", waiting.pk), {"reason": "Zieht weg."})
    waiting.refresh_from_db()
    assert not waiting.may_search


def test_a_municipality_meets_its_own_members_only(manager, member):
    other = make_operator(member.pool)
    foreign = make_member(member.pool, operator=other)
    assert foreign.organization.name not in body(manager.get(member.operator.get_absolute_url()))
    assert manager.get(other.get_absolute_url()).status_code == 404
    for operator in (other, member.operator):
        assert manager.post(url(operator, "operator_end", foreign.pk), {"reason": "x"}).status_code == 404


def test_a_company_is_no_municipality(company, member):
    assert company.get(member.operator.get_absolute_url()).status_code == 404


def test_the_stand_in_takes_over_on_every_page(manager, member):
    operator = member.operator
    said = {
        name: getattr(operator, name) or ""
        for name in ("contact_name", "contact_phone", "contact_email", "standin_name", "standin_phone", "standin_email")
    }
    manager.post(
        url(operator, "operator_edit"), {**said, "contact_away_until": clock.today(), "introduction": "Hallo!"}
    )
    page = body(manager.get(member.pool.get_absolute_url()))
    assert f"{operator.standin_name}" in page
    assert "abwesend bis" in page


def test_every_company_of_the_pool_sees_people_of_all_municipalities(login, member):
    here, there = make_entry(member.pool), make_entry(member.pool)
    other = make_member(member.pool, operator=make_operator(member.pool))
    make_endorsement(there, other)
    for each in (member, other):
        assert set(Entry.objects.visible_to(each)) == {here, there}


# ── My talent pool


def test_one_way_is_gone_at_once_several_are_shown(login):
    user = make_user("company")
    client = login(user)
    assert "Sie sind in keinem Talentpool" in body(client.get(reverse("talentpool:mine")))
    first = make_member()
    make_membership(user, first.organization)
    assert client.get(reverse("talentpool:mine")).url == first.get_absolute_url()
    second = make_member()
    make_membership(user, second.organization)
    page = body(client.get(reverse("talentpool:mine")))
    assert first.organization.name in page
    assert second.organization.name in page


# ── One item or three: the same number of queries


def fill_pool(member):
    make_operator(member.pool)
    make_member(member.pool)
    make_pool()


def fill_talents(member):
    make_endorsement(make_entry(member.pool), make_member(member.pool))


def fill_requests(member):
    make_request(make_entry(member.pool), member, state="accepted", answered_at=clock.now())


def fill_operator(member):
    for fields in ({}, {"approved_at": None}, {"ended_at": clock.now(), "end_reason": "x"}):
        make_member(member.pool, **fields)
    make_invitation(member)


def fill_mine(member):
    organization = make_member(member.pool).organization
    make_membership(member.organization.memberships.get().user, organization)


LISTS = {
    "pools": (fill_pool, lambda member: reverse("talentpool:pools")),
    "pool": (fill_pool, lambda member: member.pool.get_absolute_url()),
    "talents": (fill_talents, lambda member: url(member, "talents")),
    "requests": (fill_requests, lambda member: url(member, "member_requests")),
    "mine": (fill_mine, lambda member: reverse("talentpool:mine")),
}


def count_queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_three_costs_what_a_list_of_one_costs(company, member, name):
    fill, path = LISTS[name]
    fill(member)
    company.get(path(member))  # the first visit writes down the login
    one = count_queries(company, path(member))
    fill(member)
    fill(member)
    assert count_queries(company, path(member)) == one


def test_the_page_of_a_municipality_costs_the_same_with_more_members(manager, member):
    fill_operator(member)
    path = member.operator.get_absolute_url()
    manager.get(path)
    one = count_queries(manager, path)
    fill_operator(member)
    fill_operator(member)
    assert count_queries(manager, path) == one
