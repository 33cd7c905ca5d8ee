"""Role × URL × method, generated from the resolver and held against tests/access_matrix.py."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, pairwise
from urllib.parse import urlsplit

import html5lib
import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, get_resolver, reverse

from accounts import actions, audit
from accounts.actors import SYSTEM
from accounts.middleware import LAST_SEEN
from accounts.roles import Role
from counseling.actions import answering
from counseling.models import Waiting
from courses.models import Delivery, Feed, ImportPlan, Keyword, SearchMiss, Source, Synonym
from kit import clock, outbox, tokens
from talentpool.models import CHECK_IN, ENTRY, OpeningLimit, PurgeBrake
from taxonomy.models import Code, Holiday, Land, Page, Timetable
from tests import access_matrix, make
from tests.access_matrix import ALL, MATRIX, NOBODY, Row
from tests.counseling import guidance
from tests.counseling.make import make_appointment, make_counsellor, make_room
from tests.internships.world import Internships
from tests.talentpool import make as pool_make
from tests.talentpool.candidate import Candidate

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", *(role.value for role in Role))
SAMPLE = ("anonymous", "learner", "coordinator")  # HEAD and OPTIONS take the way of GET: three roles show it
ROW_FIELD = re.compile(r"\w+-(\d+|__prefix__)-\w+$")
ADMIN_REDIRECT = re.compile(r"^verwaltung/(\w+)/(\w+)/<path:object_id>/$")


# ── What there is: every pattern of the resolver, under one name


@dataclass(frozen=True)
class Url:
    name: str  # as in the matrix
    route: str
    pattern: URLPattern

    @property
    def access(self) -> str | None:
        return getattr(self.pattern.callback, "access", None)


def walk(patterns, namespace: str = "", route: str = "") -> Iterator[Url]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Url(namespace + (pattern.name or unnamed(here)), here, pattern)
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from walk(pattern.url_patterns, namespace + inner, here)


def unnamed(route: str) -> str:
    """Django's administration leaves two kinds of URL without a name."""
    if found := ADMIN_REDIRECT.match(route):
        return f"{found[1]}_{found[2]}_redirect"
    return "unknown" if route == "verwaltung/(?P<url>.*)$" else f"unnamed {route}"


URLS = {url.name: url for url in walk(get_resolver().url_patterns)}


# ── The world in which they are tried: one object of each kind, one person per role


class World:
    def __init__(self):
        self.people = {role.value: make.make_user(role.value) for role in Role}
        self.objects = self.furnish()
        # One for all calls: each client would build its own middleware.
        self.handlers = {strict: ClientHandler(enforce_csrf_checks=strict) for strict in (False, True)}
        self.sessions = {role: self.session(user) for role, user in self.people.items()}
        self._numbers = count()

    def session(self, user) -> str:
        """Noted as just used, which each call would otherwise write, and roll back."""
        client = make.make_login(Client(), user, fresh_for=3600)
        session = client.session
        session[LAST_SEEN] = int(time.time()) + 3600
        session.save()
        return client.cookies["sessionid"].value

    def furnish(self) -> dict[str, object]:
        """Makes the rows; returns for each namespace the object that its addresses name by slug or number."""
        learner = self.people["learner"]
        make.make_region()
        actions.give_consent(user=learner, purpose="newsletter", text="Text 1", text_version="1")
        audit.record("greeted", learner, by=SYSTEM)
        outbox.send("accounts/email/login_code.txt", learner.email, {"code": "1"}, purpose="account")
        Page.objects.create(slug="impressum", language="de", title="Impressum", body="<p>Text</p>")
        organization = make.make_organization()
        make.make_contact(organization)
        make.make_certification(organization)
        make.make_membership(self.people["provider"], organization)
        run = make.make_run(make.make_course(organization, topic=make.make_topic()))
        make.make_session(run)
        make.make_funding()
        self.furnish_imports(organization)
        self.candidate = Candidate(self.people["candidate"])
        Code.objects.create(list="course_type", number=999, label="999", is_known=False)
        Holiday.objects.create(
            land=Land.objects.get(code="16"), kind="public", name="Feiertag", first_day=clock.today(),
            last_day=clock.today(),
        )  # fmt: skip
        Timetable.objects.create(day=clock.today(), source="Verbund", imported_at=clock.now(), pk=1)
        self.internships = Internships(company=self.people["company"], school=self.people["school"])
        desk = self.furnish_desk()
        return {
            "counseling": desk["talk"].counsellor.center,
            **desk,
            "providers": organization,
            "courses": run.course,
            "talentpool": self.furnish_talentpool(),
            "pool_links": self.furnish_pool_links(),
            **self.furnish_counseling(),
        }

    def furnish_pool_links(self):
        """Somebody in a pool who is asked "still looking?"."""
        return pool_make.make_check_in(pool_make.make_entry(), accepted_at=clock.now())

    def furnish_talentpool(self):
        """A pool with a company and a person whom it has asked, and one more that waits to be let in."""
        member = pool_make.make_member()
        make.make_membership(self.people["company"], member.organization, "admin")
        entry = pool_make.make_entry(member.pool, stamped=False)
        pool_make.make_endorsement(entry, member)
        pool_make.make_request(entry, member, state="accepted", answered_at=clock.now())
        pool_make.make_document(entry)
        pool_make.make_member(member.pool, approved_at=None)
        pool_make.make_invitation(member)
        PurgeBrake.objects.create(pool=member.pool, count=9, of=20)
        OpeningLimit.objects.create(member=member, user=self.people["company"], day=clock.today())
        return member

    def furnish_desk(self) -> dict[str, object]:
        """A counsellor with a talk that is over, and one thing of each kind around it."""
        counsellor = make_counsellor(user=self.people["counsellor"])
        talk = guidance.make_past_talk(counsellor, state="completed")
        guidance.make_record(talk)
        return {
            "talk": talk,
            "call": guidance.make_callback(),
            "absence": guidance.make_ill(counsellor, clock.today()),
            "hours": counsellor.weekly_hours.first(),
            "shortlist": guidance.make_shortlist(counsellor, courses=1),
            "referral": guidance.make_referral(talk, state="sent"),
            "wish": guidance.make_wish(counsellor),
            "room_booking": guidance.make_room_booking(room=make_room(counsellor.center)),
        }

    def furnish_counseling(self) -> dict[str, object]:
        booked = make_appointment()
        held = make_appointment(state="held", held_until=clock.now() + timedelta(minutes=15), confirmed_at=None)
        waiting = Waiting.objects.create(
            service=booked.service, subject=booked.subject, mode="phone", name="Sam", email="sam@example.org",
            until=clock.today(),
        )  # fmt: skip
        return {"booked": booked, "held": held, "waiting": waiting}

    def furnish_imports(self, organization) -> None:
        Keyword.objects.create(word="Deutsch")
        Synonym.objects.create(term="VHS", meaning="Volkshochschule", term_stems=["vhs"], meaning_stems=["vhs"])
        SearchMiss.objects.create(term="imkern", day=clock.today(), searches=1)
        source = Source.objects.create(provider=organization, format=Source.Format.TABLE)
        delivery = Delivery.objects.create(
            provider=organization,
            file=ContentFile(b"title\n", name="courses.csv"),
            file_name="courses.csv",
            size=6,
            sha256="0" * 64,
            received_at=clock.now(),
        )
        ImportPlan.objects.create(delivery=delivery, source=source, state=ImportPlan.State.WAITING)
        Feed.objects.create(provider=organization, url="https://feed.example.org/courses.xml")

    def client(self, role: str, *, strict: bool = False) -> Client:
        """A browser of its own for each call; what the call does to the session is rolled back after it."""
        client = Client(REMOTE_ADDR=f"192.0.2.{next(self._numbers) % 250 + 1}")
        client.handler = self.handlers[strict]
        if role != "anonymous":
            client.cookies["sessionid"] = self.sessions[role]
        return client

    def path(self, name: str) -> str:
        if name.endswith("_redirect") and name.startswith("admin:"):
            return self.path(name.replace("_redirect", "_change")).removesuffix("change/")
        if name == "admin:unknown":
            return "/verwaltung/nothing-like-this"
        if name in URLS and (found := self.candidate.path(name, URLS[name].route)):
            return found
        if (own := self.internships.kwargs(name)) is not None:
            return reverse(name, kwargs=own)
        if kwargs := EXAMPLES.get(name):
            return reverse(name, kwargs=kwargs(self.objects))
        wanted = URLS[name].pattern.pattern.converters
        if "object_id" in wanted:
            return reverse(name, args=[self.row_of(name).pk])
        if name.startswith(("admin:courses_importplan_", "admin:courses_feed_")) and "pk" in wanted:
            return reverse(name, args=[self.row_of(name).pk])
        if name.endswith("_simple_history"):
            row = self.row_of(name)
            return reverse(name, args=[row.pk, row.history.first().pk])
        example = self.objects.get(name.partition(":")[0])
        return reverse(name, kwargs={field: getattr(example, field) for field in wanted})

    def row_of(self, name: str):
        """A row of the table that an address of the administration speaks of."""
        model = apps.get_model(*name.removeprefix("admin:").split("_")[:2])
        row = model._base_manager.first()
        assert row is not None, f"furnish() in tests/test_access.py makes no {model._meta.label}"
        return row


def token_of(purpose: str, obj) -> dict:
    return {"token": tokens.make_for(purpose, obj)}


def talent_of(world: dict) -> dict:
    return {"pk": world["talentpool"].pk, "entry_pk": world["talentpool"].endorsements.first().entry_id}


def waiting_at(world: dict) -> dict:
    operator = world["talentpool"].operator
    return {"pk": operator.pk, "member_pk": operator.members.waiting().first().pk}


def pk_of(kind: str) -> Callable:
    return lambda world: {"pk": world[kind].pk}


def link_of(purpose: str, kind: str) -> Callable:
    return lambda world: {"token": tokens.make_for(purpose, world[kind])}


TALK = ["talk", "confirm", "slip", "move", "cancel", "outcome", "note", "copy", "refer", "need", "start_list"]
DESK = {
    **{f"counseling_desk:{name}": pk_of("talk") for name in TALK},
    "counseling_desk:callback": pk_of("call"),
    "counseling_desk:hours_edit": pk_of("hours"),
    "counseling_desk:hours_end": pk_of("hours"),
    "counseling_desk:exception_delete": pk_of("absence"),
    **{f"counseling_desk:shortlist{name}": pk_of("shortlist") for name in ("", "_add", "_send")},
    "counseling_desk:shortlist_remove": lambda world: {
        "pk": world["shortlist"].pk,
        "item": world["shortlist"].items.get().pk,
    },
    "counseling_desk:wish": pk_of("wish"),
    "counseling_desk:wish_hand_over": pk_of("wish"),
    "counseling_desk:room_cancel": pk_of("room_booking"),
    "counseling_links:illness": link_of("appointment", "talk"),
    "counseling_links:copy": link_of("appointment", "talk"),
    "counseling_links:shortlist": link_of("shortlist", "shortlist"),
    "counseling_links:referral": link_of("referral_consent", "referral"),
    "counseling_links:referral_answer": link_of("referral_answer", "referral"),
}
EXAMPLES = {
    **DESK,
    "talentpool:thanks": lambda world: {"answer": "nein"},
    "pool_links:check_in": lambda world: token_of(CHECK_IN, world["pool_links"]),
    "pool_links:check_in_erase": lambda world: token_of(CHECK_IN, world["pool_links"]),
    "pool_links:check_in_found": lambda world: token_of(CHECK_IN, world["pool_links"]),
    "pool_links:stay": lambda world: token_of(ENTRY, world["pool_links"].entry),
    "page": lambda world: {"slug": "impressum"},
    "topic": lambda world: {"slug": world["courses"].topic.slug},
    "place": lambda world: {"slug": world["courses"].runs.first().location.place.slug},
    "sitemap_section": lambda world: {"section": "kurse"},
    "courses:run_calendar": lambda world: {
        "slug": world["courses"].slug,
        "pk": world["courses"].pk,
        "run": world["courses"].runs.first().pk,
    },
    "talentpool:pool": lambda world: {"slug": world["talentpool"].pool.slug},
    "talentpool:apply": lambda world: {"slug": world["talentpool"].pool.slug},
    "talentpool:member_outcome": lambda world: {
        "pk": world["talentpool"].pk,
        "request_pk": world["talentpool"].requests.first().pk,
    },
    "talentpool:talent": lambda world: talent_of(world),
    "talentpool:talent_ask": lambda world: talent_of(world),
    "talentpool:talent_document": lambda world: (
        talent_of(world) | {"document_pk": world["talentpool"].endorsements.first().entry.documents.first().pk}
    ),
    "talentpool:operator": lambda world: {"pk": world["talentpool"].operator_id},
    "talentpool:operator_edit": lambda world: {"pk": world["talentpool"].operator_id},
    "talentpool:operator_approve": lambda world: waiting_at(world),
    "talentpool:operator_refuse": lambda world: waiting_at(world),
    "talentpool:operator_end": lambda world: {
        "pk": world["talentpool"].operator_id,
        "member_pk": world["talentpool"].pk,
    },
    **{
        f"counseling:{name}": lambda world: {"token": tokens.make_for("appointment_form", world["held"])}
        for name in ("details", "prolong", "check", "booked", "mail_again")
    },
    "counseling:ask_back": lambda world: {"invitation": answering.invitation(world["booked"])},
    **{
        f"counseling_links:{name}": lambda world: {"token": tokens.make_for("appointment", world["booked"])}
        for name in ("appointment", "move", "mode", "cancel", "calendar")
    },
    "counseling_links:waiting": lambda world: {"token": tokens.make_for("appointment_waiting", world["waiting"])},
    "account_confirm_email": lambda world: {"key": "nothing"},
    "account_reset_password_from_key": lambda world: {"uidb36": "1", "key": "nothing"},
    "mfa_remove_webauthn": lambda world: {"pk": 1},
    "mfa_edit_webauthn": lambda world: {"pk": 1},
    "admin:app_list": lambda world: {"app_label": "accounts"},
    "admin:providers_certification_proof": lambda world: {"pk": world["providers"].certifications.first().pk},
    "admin:view_on_site": lambda world: {
        "content_type_id": ContentType.objects.get_for_model(Page).pk,
        "object_id": 0,
    },
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Made once; each call rolls back what it did."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def call(world: World, role: str, method: str, path: str, *, strict: bool = False):
    """What a request is answered; `strict` asks for the token against forgery, which Django's client leaves out."""
    with transaction.atomic():
        response = world.client(role, strict=strict).generic(method, path)
        for closer in response._resource_closers if response.streaming else ():
            closer()  # files of people; response.close() would close the connection too
        transaction.set_rollback(True)
    return response


def outcome(response, path: str) -> str:
    """What a visitor met, in one word."""
    status = response.status_code
    words = {403: "forbidden", 404: "missing", 405: "method", 400: "bad", 429: "too often", 503: "unwell"}
    if status in words:
        return words[status]
    if status >= 500:
        return "broken"
    target = urlsplit(response.get("Location", "")).path
    if target in {"/konto/login/", "/verwaltung/login/"} and target != path:
        return "login"
    if target in {"/konto/2fa/totp/activate/", "/konto/2fa/reauthenticate/"} and target != path:
        return "second factor"
    return "in"


def expected(row: Row, role: str, method: str) -> set[str]:
    """Every outcome that the matrix allows."""
    shut = {"login", "forbidden", "missing"}
    if role not in row.read and role not in row.write:
        return {*shut, "method"} if row.read == NOBODY and row.write != NOBODY else shut
    if method == "POST" and role not in row.write:
        return {"method", "forbidden", *({"missing"} & set(row.inside))}
    if method == "POST":
        return {*row.inside, "bad"}
    if role not in row.read:
        return {*shut, "method"}
    return {*row.inside, "method", "in"} if method == "OPTIONS" else set(row.inside)


# ── The tests


def test_every_url_has_a_row():
    assert sorted(set(URLS) - set(MATRIX)) == [], "new URLs: say in tests/access_matrix.py who may go there"


def test_no_row_without_its_url():
    assert sorted(set(MATRIX) - set(URLS)) == []


def test_every_table_of_the_administration_has_its_line():
    shown = {f"{name.removeprefix('admin:').removesuffix('_changelist')}" for name in URLS if "_changelist" in name}
    assert {label.replace(".", "_") for label in access_matrix.ADMIN} == shown


@pytest.mark.parametrize("name", sorted(set(MATRIX) & set(URLS)))
def test_who_gets_in(world, name):
    row, path = MATRIX[name], world.path(name)
    wrong = []
    for role in ROLES:
        for method in ("GET", "POST", "HEAD", "OPTIONS") if role in SAMPLE else ("GET", "POST"):
            response = call(world, role, method, path)
            met, allowed = outcome(response, path), expected(row, role, method)
            if met not in allowed:
                wrong.append(f"{method} {path} as {role}: {met} ({response.status_code}), not {sorted(allowed)}")
            wrong += [f"{method} {path} as {role}: {fault}" for fault in faulty_headers(response, row)]
    assert wrong == []


def faulty_headers(response, row: Row) -> Iterator[str]:
    """What every answer carries, whoever asked for whatever."""
    policy = response.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield f"content security policy is {policy!r}"
    for header, value in ALWAYS.items():
        if response.get(header) != value:
            yield f"{header} is {response.get(header)!r}"
    is_private = row.read != ALL or response.status_code >= 400
    if is_private and response.get("Cache-Control") != "private, no-store":
        yield f"Cache-Control is {response.get('Cache-Control')!r}"


ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("name", sorted(name for name, url in URLS.items() if url.access == "public"))
def test_public_pages_can_be_cached(world, name):
    """Strangers get no cookie, and nothing that depends on one: otherwise no cache may keep the page.

    A form that is posted needs the token against forgery, and with it its cookie.
    """
    response = call(world, "anonymous", "GET", world.path(name))
    if MATRIX[name].write:
        assert set(response.cookies) <= {"csrftoken"}
        return
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()


@pytest.mark.parametrize("name", sorted(name for name, url in URLS.items() if url.access == "public"))
def test_public_pages_that_show_a_person_are_kept_by_nobody(world, name):
    response = call(world, "coordinator", "GET", world.path(name))
    is_personal = bool(response.cookies) or "cookie" in response.get("Vary", "").lower()
    assert not is_personal or response["Cache-Control"] == "private, no-store"


def readers(name: str) -> list[str]:
    """One stranger and one person who may read the page, as far as there are any."""
    row = MATRIX.get(name, access_matrix.PUBLIC)
    inside = sorted(row.read - {"anonymous"}, key=lambda role: (role != "coordinator", role))[:1]
    return [*(["anonymous"] if "anonymous" in row.read else []), *inside]


@pytest.mark.parametrize("name", sorted(URLS))
def test_pages_are_built_for_everybody(world, name):
    """A language, a title, one h1, no heading skipped, and a label for each field."""
    for role in readers(name):
        response = call(world, role, "GET", world.path(name))
        if response.status_code == 200 and response.get("Content-Type", "").startswith("text/html"):
            assert list(flaws(response.content)) == [], role


def flaws(content: bytes) -> Iterator[str]:
    page = html5lib.parse(content, transport_encoding="utf-8", namespaceHTMLElements=False)
    if not page.get("lang"):
        yield "no language"
    if not (page.findtext("head/title") or "").strip():
        yield "no title"
    levels = [int(element.tag[1]) for element in page.iter() if re.fullmatch("h[1-6]", str(element.tag))]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} h1"
    for above, below in pairwise(levels):
        if below > above + 1:
            yield f"h{below} after h{above}"
    yield from unlabelled(page)


def unlabelled(page) -> Iterator[str]:
    """Fields without a word for those who do not see them."""
    labelled = {label.get("for") for label in page.iter("label")}
    inside = {id(field) for label in page.iter("label") for field in label.iter()}
    silent = {"hidden", "submit", "button", "reset", "image"}
    for field in (each for tag in ("input", "select", "textarea") for each in page.iter(tag)):
        if ROW_FIELD.match(field.get("name", "")):
            continue  # in Django's tables of dependent rows the head of the column is the label
        if field.get("type") in silent or id(field) in inside or field.get("id") in labelled:
            continue
        if not (field.get("aria-label") or field.get("aria-labelledby") or field.get("title")):
            yield f"no label for {field.get('name') or field.get('id')}"


def test_a_flawed_page_is_found():
    page = b"<html><body><h1>a</h1><h3>b</h3><h1>c</h1><input name=q></body></html>"
    assert list(flaws(page)) == ["no language", "no title", "2 h1", "h3 after h1", "no label for q"]


@pytest.mark.parametrize("name", sorted(URLS))
def test_no_post_without_a_token(world, name):
    assert call(world, "coordinator", "POST", world.path(name), strict=True).status_code == 403


def test_a_loosened_table_is_found(world, monkeypatch):
    """Negative control: a moderator who may suddenly read the audit log is reported."""
    admin = pytest.importorskip("accounts.admin")
    monkeypatch.setattr(admin.AuditEntryAdmin, "roles", {"view": {"moderator"}})
    path = world.path("admin:accounts_auditentry_changelist")
    row = MATRIX["admin:accounts_auditentry_changelist"]
    met = outcome(call(world, "moderator", "GET", path), path)
    assert met == "in"
    assert met not in expected(row, "moderator", "GET")


def test_a_forgotten_row_is_found(monkeypatch):
    monkeypatch.delitem(MATRIX, "home")
    with pytest.raises(AssertionError, match="home"):
        test_every_url_has_a_row()
