"""The pages of the own profile: for their owner alone; opening them changes nothing, saving is a sign of life."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from kit import clock
from talentpool.actions import documents, joining, profiling
from talentpool.models import Agreement, Document, Entry, Exclusion, ProfileView
from tests.kit import hostile
from tests.make import make_organization, make_user
from tests.talentpool.make import (
    make_check_in,
    make_endorsement,
    make_entry,
    make_member,
    make_member_staff,
    make_request,
)

pytestmark = pytest.mark.django_db

READ = [
    "profile", "preview", "stamps", "exclusions", "requests", "seen", "documents", "consent", "proof", "data", "export",
    "found", "leave",
]  # fmt: skip
WRITE = ["still_current", "stay", "withdraw", "pause", "found", "leave", "consent", "documents"]
SECTIONS = ["person", "suche", "schule", "wohnort", "worte"]


@pytest.fixture
def files(settings, tmp_path):
    options = {**settings.STORAGES["default"]["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}
    return tmp_path


def furnished(**fields) -> Entry:
    """With something on each page."""
    entry = make_entry(**fields)
    member = make_member(entry.pool)
    make_endorsement(entry, make_member(entry.pool), state="proposed")
    make_request(entry, member)
    Exclusion.objects.create(entry=entry, organization=make_member(entry.pool).organization)
    ProfileView.objects.create(entry=entry, member=member, day=clock.today())
    return entry


def add_paper(entry, **fields) -> Document:
    upload = SimpleUploadedFile("cv.pdf", hostile.paper())
    defaults = {"kind": "cv", "title": "Lebenslauf", "is_visible": False}
    return documents.add(entry=entry, upload=upload, by=entry.user, **{**defaults, **fields})


def addresses(entry) -> list[str]:
    return [reverse(f"talentpool:{name}", args=[entry.pk]) for name in READ] + [
        reverse("talentpool:profile_edit", args=[entry.pk, section]) for section in SECTIONS
    ]


def everything() -> dict[str, str]:
    """All rows of all tables; what a GET may not change."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if "session" not in name]
        found = {}
        for table in tables:
            cursor.execute(
                f"SELECT coalesce(string_agg(row::text, chr(10) ORDER BY row::text), '') FROM \"{table}\" row"
            )
            found[table] = cursor.fetchone()[0]
    return found


def changed(before: dict, after: dict) -> list[str]:
    return [table for table in before if before[table] != after[table]]


# ── Whose it is


def test_the_owner_meets_every_page_and_opening_changes_nothing(login, files):
    entry = furnished()
    add_paper(entry)
    client = login(entry.user)
    before = everything()
    for address in addresses(entry):
        response = client.get(address)
        assert response.status_code == 200, address
        assert "noindex" in response["X-Robots-Tag"]
        assert response["Cache-Control"] == "private, no-store"
        client.head(address)
    assert changed(before, everything()) == []


def test_a_change_is_found():
    """Negative control of the comparison."""
    entry = make_entry()
    before = everything()
    Entry.objects.filter(pk=entry.pk).update(radius=50)
    assert changed(before, everything()) == ["talentpool_entry"]


def strangers(entry):
    return {
        "company": make_member_staff(entry.endorsements.first().member),
        "school": make_member_staff(make_member(entry.pool, kind="school")),
        "candidate": make_entry(entry.pool).user,
        "coordinator": make_user("coordinator"),
    }


@pytest.mark.parametrize("who", ["company", "school", "candidate", "coordinator"])
def test_for_everybody_else_there_is_no_profile(login, who):
    entry = furnished()
    client = login(strangers(entry)[who])
    for address in addresses(entry):
        assert client.get(address).status_code == 404, address
    assert not AuditEntry.objects.filter(verb="stranger at an entry").exists()
    for name in WRITE:
        assert client.post(reverse(f"talentpool:{name}", args=[entry.pk]), {"sure": "ja"}).status_code == 404, name
    for section in SECTIONS:
        address = reverse("talentpool:profile_edit", args=[entry.pk, section])
        assert client.post(address, {"about": "x"}).status_code == 404
    assert AuditEntry.objects.filter(verb="stranger at an entry").count() == len(WRITE) + len(SECTIONS)
    assert Entry.objects.visible().filter(pk=entry.pk).exists()


def test_strangers_do_not_answer_decide_or_exclude(login):
    entry = furnished()
    client = login(strangers(entry)["company"])
    request, stamp = entry.requests.get(), entry.endorsements.proposed().get()
    organization = make_member(entry.pool).organization
    for name, part in [("request_answer", request.pk), ("stamp", stamp.pk), ("exclude", organization.pk)]:
        address = reverse(f"talentpool:{name}", args=[entry.pk, part])
        assert client.post(address, {"answer": "ja", "zeigen": "ja"}).status_code == 404
    stamp.refresh_from_db()
    request.refresh_from_db()
    assert (stamp.state, request.state, entry.exclusions.count()) == ("proposed", "asked", 1)


def test_what_belongs_to_another_entry_is_not_there(login, files):
    mine, other = furnished(), furnished()
    paper = add_paper(other)
    client = login(mine.user)
    parts = {
        "stamp": other.endorsements.first().pk,
        "request_answer": other.requests.get().pk,
        "document_edit": paper.pk,
        "document_remove": paper.pk,
    }
    for name, part in parts.items():
        address = reverse(f"talentpool:{name}", args=[mine.pk, part])
        assert client.post(address, {"zeigen": "ja", "answer": "ja"}).status_code == 404, name
    assert client.get(reverse("talentpool:document", args=[mine.pk, paper.pk])).status_code == 404
    assert other.documents.count() == 1


# ── What the list says


def words(response) -> str:
    return " ".join(response.content.decode().split())


def profile_of(login, entry) -> str:
    return words(login(entry.user).get(entry.get_absolute_url()))


def test_the_list_says_who_sees_the_profile(login):
    entry = make_entry()
    assert "Ihr Profil ist für einen Betrieb sichtbar." in profile_of(login, entry)
    profiling.pause(entry=entry, by=entry.user)
    assert "Niemand sieht Ihr Profil." in profile_of(login, entry)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"state": "onboarding"}, "Es fehlt noch etwas."),
        ({"state": "guardian"}, "muss erst zustimmen"),
        ({"unreachable_since": clock.now()}, "kommen zurück"),
        ({"visible_until": clock.now(), "confirmed_at": clock.now() - timedelta(days=125)}, "lange nichts"),
    ],
)
def test_the_list_says_why_nobody_does(login, fields, reason):
    entry = make_entry()
    Entry.objects.filter(pk=entry.pk).update(**fields)
    assert reason in profile_of(login, entry)


def test_each_section_can_be_filled_in_and_then_the_profile_is_shown(login):
    pool_entry = make_entry(
        state="onboarding", birth_date=None, seeking=[], job_families=[], level="", hours="", place=None,
        available_from=None, about="", stamped=False,
    )  # fmt: skip
    entry = pool_entry
    place = entry.pool.operators.first() and make_entry().place
    stamp = make_endorsement(entry, state="proposed")
    entry.user.consents.all().delete()
    client = login(entry.user)
    answers = {
        "person": {"full_name": "Mara Muster", "birth_date_day": 1, "birth_date_month": 2, "birth_date_year": 2008},
        "suche": {"seeking": ["training"], "job_families": ["S13"], "hours": "full", "available_from": "2027-08-01"},
        "schule": {"level": "middle"},
        "wohnort": {"home": place.name, "radius": "25"},
    }
    for section, answer in answers.items():
        response = client.post(reverse("talentpool:profile_edit", args=[entry.pk, section]), answer)
        assert response.status_code == 302, words(response)
    client.post(reverse("talentpool:stamp", args=[entry.pk, stamp.pk]), {"zeigen": "ja"})
    assert not Entry.objects.visible().filter(pk=entry.pk).exists()
    client.post(reverse("talentpool:consent", args=[entry.pk]), {"seen": "on"})
    assert Entry.objects.visible().filter(pk=entry.pk).exists()
    entry.refresh_from_db()
    assert (entry.user.full_name, entry.place, entry.cycle > 5) == ("Mara Muster", place, True)


@pytest.mark.parametrize("section", ["person", "suche", "schule", "wohnort"])
def test_empty_answers_are_explained(login, section):
    entry = make_entry(user=make_user("candidate"), place=None)
    response = login(entry.user).post(reverse("talentpool:profile_edit", args=[entry.pk, section]), {})
    assert response.status_code == 400
    assert "errorsummary" in words(response)
    assert "Fehler:" in words(response)


def test_four_fields_of_work_are_too_many(login):
    entry = make_entry()
    answer = {
        "seeking": ["job"],
        "job_families": ["S11", "S12", "S13", "S14"],
        "hours": "full",
        "available_from": "2027-01-01",
    }
    response = login(entry.user).post(reverse("talentpool:profile_edit", args=[entry.pk, "suche"]), answer)
    assert "höchstens drei" in words(response)


def test_an_unknown_section_is_not_there(login):
    entry = make_entry()
    assert login(entry.user).get(f"{entry.get_absolute_url()}abschnitt/herkunft/").status_code == 404


# ── Every save is a sign of life


def test_each_save_ends_the_open_questions(login):
    entry = furnished()
    client = login(entry.user)
    stamp = entry.endorsements.proposed().get()
    deeds = {
        "still_current": ([], {}),
        "pause": ([], {}),
        "profile_edit": (["schule"], {"level": "high"}),
        "stamp": ([stamp.pk], {"zeigen": "nein"}),
        "consent": ([], {"contact": "on"}),
        "exclude": ([make_member(entry.pool).organization.pk], {}),
        "request_answer": ([entry.requests.get().pk], {"answer": "nein"}),
    }
    for name, (parts, data) in deeds.items():
        entry.refresh_from_db()
        asked = make_check_in(entry, accepted_at=clock.now())
        client.post(reverse(f"talentpool:{name}", args=[entry.pk, *parts]), data)
        asked.refresh_from_db()
        assert asked.closed_at, name


# ── Leaving, and coming back


def test_leaving_takes_a_second_page_and_a_choice(login):
    entry = make_entry()
    client = login(entry.user)
    address = reverse("talentpool:leave", args=[entry.pk])
    assert client.post(address, {}).status_code == 400
    assert client.post(address, {"sure": "nein"}).status_code == 302
    assert Entry.objects.visible().exists()
    client.post(address, {"sure": "ja"})
    assert not Entry.objects.visible().exists()
    assert "Ihr Profil ist ausgeblendet" in profile_of(login, entry)
    client.post(reverse("talentpool:stay", args=[entry.pk]))
    assert Entry.objects.visible().exists()


def test_on_the_way_out_nothing_can_be_changed(login):
    entry = furnished()
    client = login(entry.user)
    client.post(reverse("talentpool:found", args=[entry.pk]))
    entry.refresh_from_db()
    assert entry.leave_reason == "hired"
    response = client.post(reverse("talentpool:profile_edit", args=[entry.pk, "schule"]), {"level": "high"})
    assert response["Location"] == entry.get_absolute_url()
    assert Entry.objects.get(pk=entry.pk).level == "middle"


def test_who_has_found_something_is_asked_two_voluntary_questions(login):
    entry = make_entry()
    client = login(entry.user)
    address = reverse("talentpool:tell", args=[entry.pk])
    client.post(address, {"through_pool": "ja"})  # of somebody who has not found anything
    client.post(reverse("talentpool:found", args=[entry.pk]))
    assert "Zwei Fragen, wenn Sie mögen" in profile_of(login, entry)
    assert Entry.objects.get().through_pool is None
    assert client.post(address).status_code == 400
    client.post(address, {"through_pool": "ja", "whereabouts": "stayed"})
    assert "Ihre Antworten zählen" in profile_of(login, entry)
    entry = Entry.objects.get()
    assert (entry.through_pool, entry.whereabouts) == (True, "stayed")


# ── Consent


def test_no_box_is_ticked_and_none_is_coupled(login):
    entry = make_entry()
    entry.user.consents.all().delete()
    page = words(login(entry.user).get(reverse("talentpool:consent", args=[entry.pk])))
    assert page.count('type="checkbox"') == 3
    assert "checked" not in page


def test_an_empty_form_agrees_to_nothing(login):
    entry = make_entry()
    entry.user.consents.all().delete()
    response = login(entry.user).post(reverse("talentpool:consent", args=[entry.pk]), {})
    assert response.status_code == 400
    assert not entry.user.consents.exists()


def test_withdrawing_is_one_click(login):
    entry = make_entry()
    client = login(entry.user)
    client.post(reverse("talentpool:withdraw", args=[entry.pk]), {"einwilligung": "x"})
    assert Entry.objects.visible().exists()
    client.post(reverse("talentpool:withdraw", args=[entry.pk]), {"einwilligung": "seen"})
    assert not Entry.objects.visible().exists()


def test_the_proof_shows_words_way_and_withdrawal(login):
    entry = make_entry()
    joining.agree(entry=entry, agreements=[Agreement.SEEN], by=entry.user)
    joining.withdraw(entry=entry, agreement=Agreement.SEEN, by=entry.user)
    page = words(login(entry.user).get(reverse("talentpool:proof", args=[entry.pk])))
    assert entry.pool.consent_text in page
    assert "zurückgezogen am" in page


def test_without_a_date_of_birth_the_consent_waits(login):
    entry = make_entry(birth_date=None, state="onboarding")
    response = login(entry.user).get(reverse("talentpool:consent", args=[entry.pk]))
    assert response["Location"] == reverse("talentpool:profile_edit", args=[entry.pk, "person"])


def test_parents_are_asked_on_a_page_of_their_own(login):
    entry = make_entry(state="onboarding", birth_date=clock.today() - timedelta(days=5000))
    client = login(entry.user)
    address = reverse("talentpool:parents", args=[entry.pk])
    assert client.post(address, {"name": "Kim", "email": entry.user.email}).status_code == 400
    assert client.post(address, {"name": "Kim", "email": "kim@example.org"}).status_code == 302
    assert "Kim" in words(client.get(address))
    assert client.post(address, {"name": "Toni", "email": "toni@example.org"}).status_code == 400


def test_grown_ups_meet_no_page_about_parents(login):
    entry = make_entry()
    assert login(entry.user).get(reverse("talentpool:parents", args=[entry.pk])).status_code == 302


# ── Papers


def test_a_paper_is_kept_under_a_name_of_chance_and_sent_as_a_download(login, files):
    entry = make_entry()
    client = login(entry.user)
    upload = SimpleUploadedFile("Lebenslauf Mara.pdf", hostile.paper(hostile.open_script))
    data = {"file": upload, "kind": "cv", "title": "Lebenslauf", "is_visible": "on"}
    assert client.post(reverse("talentpool:documents", args=[entry.pk]), data).status_code == 302
    document = entry.documents.get()
    assert "Mara" not in document.file.name
    assert len(document.file.name.split("/")[-1]) == 36
    response = client.get(reverse("talentpool:document", args=[entry.pk, document.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="lebenslauf.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"JavaScript" not in b"".join(response.streaming_content)


def test_a_bad_file_is_refused_beside_its_field(login, files):
    entry = make_entry()
    data = {"file": SimpleUploadedFile("cv.pdf", b"<html>"), "kind": "cv", "title": "x"}
    response = login(entry.user).post(reverse("talentpool:documents", args=[entry.pk]), data)
    assert response.status_code == 400
    assert "weder PDF noch JPEG noch PNG" in words(response)
    assert not list(files.rglob("*.pdf"))


def test_three_papers_are_enough(files):
    entry = make_entry()
    for _number in range(documents.MOST):
        add_paper(entry)
    with pytest.raises(documents.TooMany):
        add_paper(entry)


def test_a_deleted_paper_is_gone_from_the_disk(login, files, django_capture_on_commit_callbacks):
    entry = make_entry()
    document = add_paper(entry)
    assert list(files.rglob("*.pdf"))
    with django_capture_on_commit_callbacks(execute=True):
        login(entry.user).post(reverse("talentpool:document_remove", args=[entry.pk, document.pk]))
    assert not list(files.rglob("*.pdf"))


def test_a_paper_can_be_opened_to_companies_and_closed_again(login, files):
    entry = make_entry()
    document = add_paper(entry)
    client = login(entry.user)
    address = reverse("talentpool:document_edit", args=[entry.pk, document.pk])
    client.post(address, {"title": "Zeugnis", "is_visible": "on"})
    document.refresh_from_db()
    assert (document.title, document.is_visible) == ("Zeugnis", True)
    assert "Zeugnis" in words(client.get(reverse("talentpool:preview", args=[entry.pk])))
    client.post(address, {"title": "Zeugnis"})
    assert "Zeugnis" not in words(client.get(reverse("talentpool:preview", args=[entry.pk])))


# ── Preview, exclusions, requests, lookers, export


def test_the_preview_names_nobody(login):
    entry = furnished(phone="03631 000777")
    page = words(login(entry.user).get(reverse("talentpool:preview", args=[entry.pk])))
    main = page[page.index("<main") : page.index("</main>")]
    for secret in (entry.user.full_name, entry.user.email, entry.phone, "2004", entry.place.name + " ·"):
        assert secret not in main
    assert entry.about in main


def test_only_organisations_of_the_pool_are_found(login):
    entry = make_entry()
    make_member(entry.pool, make_organization("Holzbau Anders", kinds=["company"]))
    make_organization("Holzbau Fremd", kinds=["company"])
    page = words(login(entry.user).get(reverse("talentpool:exclusions", args=[entry.pk]), {"q": "holzbau"}))
    assert "Holzbau Anders" in page
    assert "Holzbau Fremd" not in page


def test_an_excluded_organisation_can_be_let_in_again(login):
    entry = make_entry()
    member = make_member(entry.pool)
    client = login(entry.user)
    client.post(reverse("talentpool:exclude", args=[entry.pk, member.organization_id]))
    assert not Entry.objects.visible_to(member).exists()
    client.post(reverse("talentpool:readmit", args=[entry.pk, member.organization_id]))
    assert Entry.objects.visible_to(member).exists()


@pytest.mark.parametrize(("answer", "state"), [("ja", "accepted"), ("nein", "declined")])
def test_a_request_is_answered_once(login, answer, state):
    entry = make_entry()
    request = make_request(entry)
    client = login(entry.user)
    address = reverse("talentpool:request_answer", args=[entry.pk, request.pk])
    assert request.message in words(client.get(address))
    assert client.post(address, {}).status_code == 400
    client.post(address, {"answer": answer})
    client.post(address, {"answer": "ja"})
    request.refresh_from_db()
    assert request.state == state


def test_lookers_are_named_by_organisation_and_day(login):
    entry = make_entry()
    member = make_member(entry.pool)
    staff = make_member_staff(member)
    for _number in range(3):
        ProfileView.objects.create(entry=entry, member=member, user=staff, day=clock.today())
    page = words(login(entry.user).get(reverse("talentpool:seen", args=[entry.pk])))
    assert page.count(member.organization.name) == 1
    assert staff.email not in page


def test_the_export_holds_everything_and_no_staff(login, files):
    entry = furnished()
    staff = make_member_staff(make_member(entry.pool))
    ProfileView.objects.update(user=staff)
    add_paper(entry)
    joining.agree(entry=entry, agreements=[Agreement.CONTACT], by=entry.user)
    response = login(entry.user).get(reverse("talentpool:export", args=[entry.pk]))
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as packed:
        names = packed.namelist()
        data = json.loads(packed.read("daten.json"))
        agreed = json.loads(packed.read("einwilligungen.json"))
    assert len([name for name in names if name.startswith("unterlagen/")]) == 1
    assert data["talentpool.Entry"][0]["about"] == entry.about
    assert "user" not in data["talentpool.ProfileView"][0]
    assert "nonce" not in data["talentpool.Entry"][0]
    assert str(Agreement.CONTACT.label) in agreed.values() or len(agreed) == 1


# ── Lists


@pytest.mark.parametrize("name", ["profile", "stamps", "requests", "seen", "documents", "exclusions", "proof"])
def test_three_items_cost_no_more_queries_than_one(login, name, files):
    entry = furnished()
    add_paper(entry)
    client = login(entry.user)
    address = reverse(f"talentpool:{name}", args=[entry.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _number in range(2):
        furnish_more(entry)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(few) == len(many)


def furnish_more(entry) -> None:
    member = make_member(entry.pool)
    make_endorsement(entry, make_member(entry.pool), state="proposed")
    make_request(entry, member)
    Exclusion.objects.create(entry=entry, organization=make_member(entry.pool).organization)
    ProfileView.objects.create(entry=entry, member=member, day=clock.today())
    add_paper(entry)
    later = clock.now() + timedelta(days=1)
    entry.user.consents.create(purpose=entry.consent_purpose, text_version="0", text_hash="b" * 64, withdrawn_at=later)
