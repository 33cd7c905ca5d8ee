"""Input that no form could take gets a 400 and never reaches the database driver."""

import pytest
from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import DataError, transaction
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory
from django.urls import path
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from kit import access
from kit.http import RefuseBadInput, known_charset
from portal import urls as portal_urls
from tests.kit.test_access import urlconf


@access.public
def search(request):
    """Does with its input what a careless view does: asks the database."""
    words = [request.GET.get("q", ""), request.POST.get("q", ""), request.COOKIES.get("q", "")]
    return HttpResponse(f"{User.objects.filter(email__in=words).count()}")


@pytest.fixture
def site(settings, db):
    ours = [path("search/", search), path("search/<str:word>/", search)]
    settings.ROOT_URLCONF = urlconf([*ours, *portal_urls.urlpatterns], portal_urls.EXTERNAL)


BAD_GET = [
    "/search/?q=%00",
    "/search/?%00=1",
    "/search/%00/",
    "/search/?q=" + "x" * 2001,
    "/search/?" + "x" * 8001,
    "/search/?" + "&".join(f"p{number}=1" for number in range(201)),
    "/verwaltung/accounts/user/?q=%00",
    "/verwaltung/accounts/user/%00/change/",
]


@pytest.mark.parametrize("address", BAD_GET)
def test_bad_addresses_are_refused(client, site, address):
    answer = client.get(address)

    assert answer.status_code == 400
    assert answer["Cache-Control"] == "private, no-store"
    assert "Content-Security-Policy" in answer


@pytest.mark.parametrize("address", BAD_GET[-2:])
def test_bad_addresses_are_refused_in_the_administration_too(db, login, coordinator, address):
    assert login(coordinator).get(address).status_code == 400


@pytest.mark.parametrize(
    "address", ["/search/?q=N%C3%A4hkurs", "/search/?q=" + "x" * 2000, "/search/?q=%F0%9F%A7%B5", "/search/?q=%FF"]
)
def test_good_addresses_pass(client, site, address):
    assert client.get(address).status_code == 200


STRANGE = ["utf-7", "utf-16", "unicode_escape", "rot13", "zlib", "idna", "no-such", "cp037", "raw_unicode_escape"]


def ask(application, content_type: str, *, query: str = "q=%2B2AA-%5Cx00") -> int:
    """The status with which a WSGI application answers."""
    environ = RequestFactory().get(f"/healthz?{query}").environ | {"CONTENT_TYPE": content_type}
    statuses = []
    application(environ, lambda status, headers: statuses.append(int(status[:3])))
    return statuses[0]


@pytest.mark.parametrize("content_type", [*(f"text/html; charset={name}" for name in STRANGE), "a/b; charset*=x''y"])
def test_nobody_else_decides_how_an_address_is_decoded(site, content_type):
    assert ask(known_charset(WSGIHandler()), content_type) == 400


@pytest.mark.parametrize("content_type", ["", "text/plain", "text/plain; charset=UTF-8", "a/b; boundary=x"])
def test_ordinary_types_pass(site, content_type):
    assert ask(known_charset(WSGIHandler()), content_type) == 200


@pytest.mark.parametrize("content_type", ["a/b; charset=rot13", "a/b; charset*=x''y"])
def test_control_without_the_guard_the_request_cannot_even_be_built(site, content_type):
    with pytest.raises((LookupError, ValueError)):
        ask(WSGIHandler(), content_type)


@hypothesis_settings(deadline=None)
@given(st.text(st.sampled_from("abc;=*'\"\\%/ charset*=utf-8boundary?\t"), max_size=40))
def test_no_content_type_breaks_the_request(content_type):
    environ = RequestFactory().get("/?q=x").environ | {"CONTENT_TYPE": "text/x;" + content_type}
    known_charset(lambda environ, start_response: WSGIRequest(environ).GET)(environ, None)


@pytest.mark.parametrize("fields", [{"q": "a\x00b"}, {"a\x00b": "1"}])
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", None])
def test_bad_fields_are_refused(client, site, fields, content_type):
    if content_type:
        answer = client.post("/search/", "&".join(f"{k}={v}" for k, v in fields.items()), content_type=content_type)
    else:
        answer = client.post("/search/", fields)

    assert answer.status_code == 400


def test_a_field_may_be_long(client, site):
    assert client.post("/search/", {"q": "x" * 100_000}).status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"--x\r\nbroken", b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n\xff\r\n--x--\r\n']
)
def test_broken_bodies_are_no_errors_of_ours(client, site, body):
    assert client.post("/search/", body, content_type="multipart/form-data; boundary=x").status_code in {200, 400}
    assert client.post("/search/", body, content_type="multipart/form-data; boundary=\x00").status_code in {200, 400}
    assert client.post("/search/", body, content_type="multipart/form-data").status_code in {200, 400}


def test_too_many_fields_are_refused(client, site):
    body = "&".join(f"p{number}=1" for number in range(2001))

    assert client.post("/search/", body, content_type="application/x-www-form-urlencoded").status_code == 400


def test_a_cookie_cannot_smuggle_a_nul(client, site):
    """`\\000` within quotes is a NUL once the cookie has been read."""
    for name in ["q", "sessionid", "csrftoken", "django_language"]:
        answer = client.get("/search/", headers={"cookie": f'{name}="abcdefgh\\000ijkl"'})
        assert answer.status_code == 400


def test_control_without_the_guard_a_nul_is_an_error_of_the_driver(client, site, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != "kit.http.RefuseBadInput"]
    with pytest.raises(DataError, match="NUL"), transaction.atomic():
        client.get("/search/?q=%00")


@hypothesis_settings(deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_exactly_what_can_be_stored_passes(name, value):
    request = RequestFactory().get("/")
    query = QueryDict(mutable=True)
    query[name] = value
    vars(request)["GET"] = query
    can_be_stored = "\x00" not in name + value and not any("\ud800" <= letter <= "\udfff" for letter in name + value)
    try:
        RefuseBadInput(lambda request: HttpResponse())(request)
    except BadRequest:
        assert not can_be_stored
    else:
        assert can_be_stored


# ── Who we are is not for the visitor to say


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "testserver.evil.example",
        "testserver@evil.example",
        "evil.example:80",
        "testserver:80:80",
        "a b",
    ],
)
def test_a_foreign_host_is_refused(client, site, host):
    assert client.get("/search/", headers={"host": host}).status_code == 400


def test_a_forwarded_host_is_not_believed(client, site):
    answer = client.get("/verwaltung/", headers={"x-forwarded-host": "evil.example"})

    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
