"""Closed by default; public pages stay cacheable; a forgotten declaration stops the start."""

import itertools
import sys
from types import ModuleType

import pytest
from django.core.checks import Tags, run_checks
from django.http import Http404, HttpResponse
from django.urls import include, path

from kit import access, checks, tokens
from kit.models import OutboxMail
from portal import urls as portal_urls
from tests import make

tokens.purpose("look", model="kit.OutboxMail", nonce="message_id")


@access.public
def shown(request):
    return HttpResponse("shown")


@access.public
def visitor(request):
    return HttpResponse(f"hello {request.user.is_authenticated}")


@access.login
def inside(request):
    return HttpResponse("inside")


@access.role("coordinator", "editor")
def desk(request):
    return HttpResponse("desk")


@access.by_token("look")
def opened(request, mail):
    if request.GET.get("expired"):
        raise Http404
    return HttpResponse(mail.purpose)


def forgotten(request):
    return HttpResponse("forgotten")


urls = [
    path("shown/", shown),
    path("visitor/", visitor),
    path("inside/", inside),
    path("desk/", desk),
    path("t/<str:token>/", opened),
]


_numbers = itertools.count()


def urlconf(patterns, external=None) -> str:
    module = ModuleType(f"urls_of_test_{next(_numbers)}")
    module.urlpatterns = patterns
    module.EXTERNAL = {"konto/": "allauth"} if external is None else external
    module.handler400, module.handler403 = portal_urls.handler400, portal_urls.handler403
    module.handler404, module.handler500 = portal_urls.handler404, portal_urls.handler500
    sys.modules[module.__name__] = module
    return module.__name__


@pytest.fixture
def site(settings):
    settings.ROOT_URLCONF = urlconf([*urls, *portal_urls.urlpatterns], portal_urls.EXTERNAL)


@pytest.fixture
def mail(db):
    return OutboxMail.objects.create(template="t", language="de", to="mara@example.org", purpose="news")


# ── What an answer says about itself


def test_a_public_page_depends_on_nobody(client, site, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/shown/")

    assert answer.status_code == 200
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies
    assert "no-store" not in answer.get("Cache-Control", "")
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "X-Robots-Tag" not in answer


def test_a_public_page_that_looks_at_its_visitor_is_not_kept(client, site, login, learner):
    answer = login(learner).get("/visitor/")

    assert "Cookie" in answer["Vary"]
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/inside/", "/desk/"])
def test_a_page_of_a_person_is_not_kept(site, login, coordinator, address):
    answer = login(coordinator).get(address)

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


# ── Who gets in


@pytest.mark.parametrize("address", ["/inside/", "/desk/"])
def test_strangers_are_led_to_the_login(client, site, db, address):
    answer = client.get(address)

    assert answer.status_code == 302
    assert answer["Location"] == f"/konto/login/?next={address}"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(("role", "status"), [("coordinator", 200), ("editor", 200), ("learner", 403)])
def test_roles_decide(client, site, db, role, status):
    make.make_login(client, make.make_user(role))

    assert client.get("/desk/").status_code == status


def test_without_a_role_nothing_can_be_declared():
    with pytest.raises(ValueError):
        access.role()


def test_a_token_opens_its_page_for_everybody_and_no_search_engine(client, site, mail):
    answer = client.get(f"/t/{tokens.make_for('look', mail)}/")

    assert answer.content == b"news"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_every_token_that_is_no_good_gets_the_same_page(client, site, mail):
    tokens.purpose("other", model="kit.OutboxMail", nonce="message_id")
    good = tokens.make_for("look", mail)
    bad = [
        tokens.make_for("other", mail),
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "rubbish",
        "OTk5." + good[-43:],
    ]
    answers = [client.get(f"/t/{token}/") for token in bad] + [client.get(f"/t/{good}/?expired=1")]

    assert {answer.status_code for answer in answers} == {404}
    bodies = {answer.content.replace(token.encode(), b"") for answer, token in zip(answers, [*bad, good], strict=True)}
    assert len({body.replace(b"?expired=1", b"") for body in bodies}) == 1


# ── The check


def test_every_view_of_the_portal_declares_its_access():
    assert checks.every_view_declares_access() == []


def test_the_check_is_one_of_those_that_stop_the_start(settings):
    settings.ROOT_URLCONF = urlconf([path("forgotten/", forgotten)])

    assert [error.id for error in run_checks(tags=[Tags.urls]) if error.id == "kit.E001"]


@pytest.mark.parametrize(
    "patterns",
    [
        [path("forgotten/", forgotten)],
        [path("deep/", include([path("down/", include([path("forgotten/", forgotten)]))]))],
        [path("area/", include(([path("forgotten/", forgotten)], "area")))],
        [path("kontor/", forgotten)],
    ],
)
def test_control_a_forgotten_view_is_found_wherever_it_hangs(patterns):
    [error] = checks.every_view_declares_access(urlconf=urlconf(patterns))

    assert error.is_serious()
    assert "forgotten" in error.msg


def test_foreign_urls_are_named_by_prefix_or_namespace():
    foreign = [
        path("konto/", include([path("in/", forgotten)])),
        path("x/", include(([path("y/", forgotten)], "admin"))),
    ]

    assert checks.every_view_declares_access(urlconf=urlconf(foreign, {"konto/": "a", "admin": "b"})) == []
    assert len(checks.every_view_declares_access(urlconf=urlconf(foreign, {}))) == 2
