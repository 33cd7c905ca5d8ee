"""Nobody reaches the inside of our network by naming an address, and no server holds us longer than we allow."""

import gzip
import ipaddress
import os
import ssl
import threading
import time
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kit import fetch
from kit.fetch import FetchFailed, Limits, check_url, is_public
from tests.kit.webserver import OUTSIDE, Guarded, Open, reply, serving


def words(text: str) -> list[str]:
    return text.split()


SPELLINGS = words("""
http://feed.example.org/ ftp://feed.example.org/ file:///etc/passwd gopher://127.0.0.1:11211/_stats dict://127.0.0.1/
unix:///run/docker.sock unix:/run/docker.sock http+unix://%2Frun%2Fdocker.sock/ jar:https://feed.example.org!/
data:text/plain,x javascript:alert(1) ldap://127.0.0.1 //127.0.0.1/ /etc/passwd feed.example.org https: https://
https:/127.0.0.1/ https:///127.0.0.1 https://127.0.0.1/ https://127.1/ https://127.0.1/ https://0/ https://0.0.0.0/
https://2130706433/ https://017700000001/ https://0177.0.0.1/ https://0x7f000001/ https://0x7f.1/ https://0x7f.0.0.1/
https://127.0.0.0x1/ https://127.000.000.001/ https://127.0.0.1./ https://localhost/ https://localhost./
https://169.254.169.254/latest/meta-data/ https://2852039166/ https://0xa9fea9fe/ https://10.0.0.1/ https://192.168.1.1/
https://172.16.0.1/ https://100.64.0.1/ https://100.100.100.200/ https://198.18.0.1/ https://224.0.0.1/ https://255.1/
https://[::]/ https://[::1]/ https://[::ffff:7f00:1]/ https://[::ffff:127.0.0.1]/ https://[::7f00:1]/ https://::1/
https://[64:ff9b::7f00:1]/ https://[2002:7f00:1::]/ https://[fe80::1%25eth0]/ https://[fd00:ec2::254]/ https://[v1.x]/
https://user@feed.example.org/ https://user:pass@feed.example.org/ https://feed.example.org@127.0.0.1/
https://feed.example.org:443@127.0.0.1/ https://@feed.example.org/ https://feed.example.org%40127.0.0.1/
https://feed.example.org:80/ https://feed.example.org:22/ https://feed.example.org:0443/ https://feed.example.org:/
https://feed.example.org:443:443/ https://127。0。0。1/ https://127.0.0.1/ https://①②⑦.⓪.⓪.①/ https://feed。example。org/
https://%31%32%37.0.0.1/ https://feed..example.org/ https://.example.org/ https://-a.example.org/ https://a_b.example.org/
https://feed.example.org\\@127.0.0.1/ https://feed.example.org\\.127.0.0.1/ https:\\\\127.0.0.1 https://example/
""")
WITH_SPACE = [
    "", " ", " https://feed.example.org/", "https://feed.example.org/ ", "https://feed.example.org/\r\nX: 1",
    "https://feed.example.org\t/", "https://127.0.0.1\n.example.org/", "\x00https://feed.example.org/",
    "https://feed.example.org/\u2028", "https://feed.example.org/" + "a" * 2000,
]  # fmt: skip
INSIDE = words("""
127.0.0.1 127.8.8.8 0.0.0.0 0.1.2.3 10.1.2.3 100.64.0.1 100.100.100.200 168.63.129.16 169.254.169.254 172.16.0.1
172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1
240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::127.0.0.1 ::ffff:7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1
64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2001:10::1 2002:7f00:1:: 2002:808:808:: 3fff::1 5f00::1
4000::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%lo fec0::1 ff02::1 ff0e::1 2606:4700::1%lo x 1 127.1 0x7f.1
""")


def get(url: str, network, **options):
    into = BytesIO()
    limits = Limits(**{"connect": 5, "headers": 10, "total": 20, **options.pop("limits", {})})
    return fetch.fetch(url, into=into, network=network, limits=limits, **options), into.getvalue()


def failure(url: str, network, **options) -> str:
    with pytest.raises(FetchFailed) as failed:
        get(url, network, **options)
    assert str(failed.value)
    return failed.value.rule


@pytest.fixture
def listener():
    """Somebody on 127.0.0.1 who would gladly answer."""
    with serving(reply(b"secret")) as server:
        yield server


# ── Where nobody goes


def test_the_list_of_spellings_is_long_enough():
    assert len({*SPELLINGS, *WITH_SPACE}) >= 60


@pytest.mark.parametrize("url", [*SPELLINGS, *WITH_SPACE])
def test_an_odd_spelling_reaches_nobody(url, listener):
    assert failure(url, Guarded(listener.port)) == "url"
    assert listener.accepted == 0


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_reaches_nobody(address, listener):
    network = Guarded(listener.port, {"feed.example.org": [address]})
    assert failure("https://feed.example.org/", network) == "inside"
    assert listener.accepted == 0


@pytest.mark.parametrize("addresses", [[], [OUTSIDE, "127.0.0.1"], ["127.0.0.1", OUTSIDE], [OUTSIDE, "::1"]])
def test_one_inner_address_spoils_the_name(addresses, listener):
    assert failure("https://feed.example.org/", Guarded(listener.port, {"feed.example.org": addresses})) == "inside"
    assert listener.accepted == 0


def test_control_without_the_guard_the_listener_is_reached(listener):
    assert get("https://feed.example.org/", Open(listener.port))[1] == b"secret"
    assert listener.accepted == 1


def test_a_name_is_asked_once_and_the_checked_address_is_taken(listener):
    class Rebinding(Guarded):
        """Answers with a public address first, then with ours; notes where a connection is wanted."""

        wanted: list = []

        def resolve(self, host):
            super().resolve(host)
            return [OUTSIDE] if len(self.asked) == 1 else ["127.0.0.1"]

        def connect(self, address, timeout):
            self.wanted.append(address)
            raise ConnectionRefusedError

    network = Rebinding(listener.port)
    assert failure("https://feed.example.org/", network) == "connection"
    assert (network.asked, network.wanted, listener.accepted) == (["feed.example.org"], [OUTSIDE], 0)


def test_who_was_reached_is_asked_again():
    """Whatever the way there (a route, a rule of the firewall): whoever answers at another address gets no byte."""

    class Detour(Guarded):
        def connect(self, address, timeout):
            return super().connect("127.0.0.1", timeout)

    with serving(reply(b"secret")) as server:
        network = Detour(server.port, {"feed.example.org": [OUTSIDE]})
        assert failure("https://feed.example.org/", network) == "inside"
    assert server.requests == []


@pytest.mark.parametrize(
    ("location", "rule"),
    [
        ("https://inner.example.org/", "inside"), ("//inner.example.org/", "inside"),
        ("http://feed.example.org/", "url"), ("https://127.0.0.1/", "url"), ("https://[::1]/", "url"),
        ("file:///etc/passwd", "url"),
        ("https://feed.example.org:8443/", "url"), ("https://user:pass@feed.example.org/", "url"),
        ("https://feed.example.org/\x0b", "url"), ("unix:/run/docker.sock", "url"),
    ],
)  # fmt: skip
def test_a_redirect_is_checked_like_the_first_address(location, rule):
    with serving(reply(b"", f"Location: {location}", status="302 Found")) as server:
        network = Open(server.port, {"inner.example.org": ["10.0.0.7"]})
        assert failure("https://feed.example.org/", network) == rule
    assert server.accepted == 1


def test_three_redirects_are_followed_and_no_more():
    def lead_on(wire, request, number):
        status, extra = ("302 Found", f"Location: /{number}") if number <= steps else ("200 OK", "X: 1")
        reply(b"" if number <= steps else b"there", extra, status=status)(wire, request, number)

    steps = 3
    with serving(lead_on) as server:
        result, data = get("https://feed.example.org/start", Open(server.port))
    assert (result.url, data) == ("https://feed.example.org/3", b"there")
    steps = 4
    with serving(lead_on) as server:
        assert failure("https://feed.example.org/start", Open(server.port)) == "redirects"
    assert server.accepted == 4


NETWORKS = [
    ipaddress.ip_network(each)
    for each in words("""
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.168.0.0/16
    198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 ::/3 4000::/2 8000::/1 2001::/23 2001:db8::/32 2002::/16
    """)
]


@given(st.ip_addresses())
@example(ipaddress.ip_address("64:ff9b::7f00:1"))
@example(ipaddress.ip_address("223.255.255.255"))
@example(ipaddress.ip_address("2003::1"))
def test_only_global_addresses_are_let_through(address):
    """Never one that Python or the registries call special; and all others are."""
    special = any(address in network for network in NETWORKS if network.version == address.version)
    if is_public(str(address)):
        assert address.is_global
        assert not special
    else:
        others = {"168.63.129.16", "192.88.99.0"}
        assert special or str(address) in others or not address.is_global or str(address).startswith(("3fff", "192.88"))


@given(st.text(max_size=80) | st.from_regex(r"https://[ -~]{0,60}"))
def test_whatever_is_let_through_is_a_plain_name(url):
    try:
        target = check_url(url)
    except FetchFailed:
        return
    assert target.host.isascii()
    assert "." in target.host
    assert not target.host[-1].isdigit() or target.host.rpartition(".")[2][0].isalpha()
    assert target.path.startswith("/")
    assert target.path.isascii()
    assert " " not in target.path


def test_ordinary_addresses_are_let_through():
    assert check_url("https://Feed.Example.org").path == "/"
    assert check_url("https://feed.example.org:443/kurse.xml?key=a%20b&x=[1]#top").path == "/kurse.xml?key=a%20b&x=[1]"
    assert check_url("https://feed.example.org?x").path == "/?x"
    assert check_url("https://xn--kln-sna.example.org/kürse").path == "/k%C3%BCrse"


# ── What is asked, what is taken


def test_a_file_is_fetched_with_what_is_needed_to_ask_again():
    body = b"<OPENQCAT/>" * 40_000
    with serving(reply(body, 'ETag: "7"', "Last-Modified: Tue, 12 May 2026 08:00:00 GMT", "Set-Cookie: a=b")) as server:
        result, data = get("https://feed.example.org/a?b=1", Open(server.port))
    assert data == body
    assert (result.size, result.etag, result.is_unchanged) == (len(body), '"7"', False)
    assert result.last_modified == "Tue, 12 May 2026 08:00:00 GMT"
    assert server.requests[0].startswith("GET /a?b=1 HTTP/1.1\r\nHost: feed.example.org\r\n")
    assert "User-Agent: Lernregion (+http" in server.requests[0]
    assert "Cookie" not in server.requests[0]
    assert "Authorization" not in server.requests[0]


def test_nothing_new_is_nothing_to_do():
    with serving(reply(status="304 Not Modified")) as server:
        result, data = get("https://feed.example.org/", Open(server.port), etag='"7"', last_modified="Tue")
        assert (result.is_unchanged, data) == (True, b"")
        assert failure("https://feed.example.org/", Open(server.port)) == "status"
    assert 'If-None-Match: "7"\r\nIf-Modified-Since: Tue\r\n' in server.requests[0]


@pytest.mark.parametrize("status", ["204 No Content", "206 Partial Content", "404 Not Found", "500 Oops", "401 No"])
def test_other_answers_are_failures(status):
    with serving(reply(b"<html>", status=status)) as server:
        assert failure("https://feed.example.org/", Open(server.port)) == "status"


def raw(data: bytes):
    return lambda wire, request, number: wire.sendall(data)


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (reply(b""), "empty"),
        (reply(b"half", length=8), "protocol"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"), "protocol"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n"), "protocol"),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "protocol"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n"), "protocol"),
        (raw(b""), "protocol"),
        (reply(b"x", "Content-Encoding: br"), "coding"),
        (reply(b"no gzip", "Content-Encoding: gzip"), "damaged"),
        (reply(gzip.compress(b"x" * 999)[:-9], "Content-Encoding: gzip"), "damaged"),
        (reply(gzip.compress(b"x") + b"more", "Content-Encoding: gzip"), "damaged"),
        (reply(gzip.compress(bytes(9_000_000)), "Content-Encoding: gzip"), "bomb"),
    ],
)
def test_what_is_not_one_whole_file_is_a_failure(answer, rule):
    with serving(answer) as server:
        assert failure("https://feed.example.org/", Open(server.port)) == rule


def test_a_body_without_length_counts_when_the_end_is_said_properly():
    with serving(raw(b"HTTP/1.1 200 OK\r\n\r\nall of it")) as server:
        assert get("https://feed.example.org/", Open(server.port))[1] == b"all of it"

    def cut(wire, request, number):
        wire.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf")
        os.close(wire.detach())  # the connection breaks without TLS saying goodbye

    with serving(cut) as server:
        assert failure("https://feed.example.org/", Open(server.port)) == "connection"


def test_a_packed_answer_is_unpacked():
    body = b"".join(b"<SERVICE>%d</SERVICE>" % number for number in range(50_000))
    with serving(reply(gzip.compress(body), "Content-Encoding: gzip")) as server:
        assert get("https://feed.example.org/", Open(server.port))[1] == body


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_beyond_the_limit_is_not_taken(packed):
    body = bytes(range(256)) * 512
    answer = reply(gzip.compress(body), "Content-Encoding: gzip") if packed else reply(body)
    with serving(answer) as server:
        assert failure("https://feed.example.org/", Open(server.port), limits={"largest": 100_000}) == "too-big"
        assert get("https://feed.example.org/", Open(server.port), limits={"largest": len(body)})[1] == body


def test_an_endless_body_ends():
    def endless(wire, request, number):
        wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            wire.sendall(bytes(1 << 16))

    with serving(endless) as server:
        assert failure("https://feed.example.org/", Open(server.port), limits={"largest": 1 << 20}) == "too-big"


# ── Time


def drip(head: bytes):
    def answer(wire, request, number):
        wire.sendall(head)
        while True:
            time.sleep(0.05)
            wire.sendall(b"x")

    return answer


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"])
def test_a_dripping_server_is_left_in_time(head):
    begun = time.monotonic()
    with serving(drip(head)) as server:
        assert failure("https://feed.example.org/", Open(server.port), limits={"headers": 0.5, "total": 1}) == "slow"
        assert time.monotonic() - begun < 3


def test_a_server_that_greets_nobody_is_left_in_time():
    class Mute(Open):
        def tls(self):
            context = super().tls()
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            return context

    with serving(reply(b"x")) as server:
        server.context = None  # accepts, and never speaks TLS
        server.serve = lambda plain: (time.sleep(1.5), plain.close())
        begun = time.monotonic()
        assert failure("https://feed.example.org/", Mute(server.port), limits={"headers": 0.4}) == "slow"
        assert time.monotonic() - begun < 1.4


def test_a_name_server_that_hangs_is_left_in_time(listener):
    release = threading.Event()

    class Hanging(Guarded):
        def resolve(self, host):
            release.wait(5)
            return ["127.0.0.1"]

    begun = time.monotonic()
    assert failure("https://feed.example.org/", Hanging(listener.port), limits={"connect": 0.3}) == "slow"
    assert time.monotonic() - begun < 2
    release.set()


# ── Certificates


def test_a_certificate_for_another_name_is_refused():
    with serving(reply(b"x")) as server:
        assert failure("https://third.example.org/", Open(server.port)) == "certificate"
    assert server.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused():
    class Strict(Open):
        def tls(self):
            return fetch.Network.tls(self)

    with serving(reply(b"x")) as server:
        assert failure("https://feed.example.org/", Strict(server.port)) == "certificate"
    assert server.requests == []
