"""./dev bench pages: what whole pages cost, against a bare Django view in the same process.

Requests go through WSGI without a web server: the bare view without any middleware, the same view behind all of ours,
and the pages that people see most.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db.models import Count
from django.test import override_settings

from benchmarks import _database
from benchmarks._machine import command, parser, record, say
from benchmarks._measure import Spent, measure, milliseconds, percentile, table
from courses.models import Course
from courses.search import generations
from kit import clock
from portal.embedded.prepare import collect_static
from providers.models import Organization

BARE = "bare view"
Page = Callable[[], bytes]


class BareRequest(WSGIRequest):
    urlconf = "benchmarks._urls"


class BareHandler(WSGIHandler):
    request_class = BareRequest


def main() -> None:
    options = parser(__doc__, sizes="S,M", rounds=30).parse_args()
    collect_static()
    for size in options.sizes.split(","):
        with _database.region(size, keep=options.keep), as_served():
            say(f"{size}: {options.rounds} rounds …")
            spent = run(pages(), rounds=options.rounds)
            times = ratio(spent, "detail page"), ratio(spent, "list")
            title = "Pages, {}: detail {:.0f}, list {:.0f} times a bare view".format(size, *times)
            record(title, report(spent), command=command("bench"), keep=not options.dry)


@contextmanager
def as_served() -> Iterator[None]:
    """As a web process in production: the search in memory, no clock that could be moved."""
    with override_settings(SEARCH_IN_MEMORY=True, DEMO=False):
        generations.build(clock.today())
        generations.forget()
        yield


def pages() -> dict[str, Page]:
    """The bare ones, then those of the portal by their address."""
    with override_settings(MIDDLEWARE=[]):
        found = {BARE: page(BareHandler(), "/")}
    found["bare view, our middleware"] = page(BareHandler(), "/")
    portal = WSGIHandler()
    return found | {name: page(portal, address) for name, address in addresses().items()}


def addresses() -> dict[str, str]:
    """Of the portal, as it is filled: the course with the most runs, the provider with the most courses."""
    course = Course.objects.visible().annotate(n=Count("runs")).order_by("-n", "pk").first()
    provider = Organization.objects.visible().annotate(n=Count("courses")).order_by("-n", "pk").first()
    return {
        "home": "/",
        "detail page": course.get_absolute_url(),
        "provider": provider.get_absolute_url(),
        "list": "/kurse/",
        "list in English": "/en/kurse/",
        "list with words": "/kurse/?q=pflege",
        "list with words and radius": "/kurse/?q=kurs&ort=Nordhausen&km=30",
    }


def page(handler: WSGIHandler, address: str) -> Page:
    """One request from its WSGI environment to the last byte; anything but 200 ends the run."""
    path, _mark, query = address.partition("?")

    def ask() -> bytes:
        response = handler(environ(path, query), lambda status, headers: None)
        body = b"".join(response)
        response.close()
        if response.status_code != 200:
            raise SystemExit(f"{response.status_code} for {address}")
        return body

    return ask


def environ(path: str, query: str) -> dict:
    address = {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1"}
    asked = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query}
    wsgi = {"wsgi.url_scheme": "http", "wsgi.input": BytesIO(), "wsgi.errors": BytesIO()}
    return {**asked, **address, **wsgi, "SERVER_PROTOCOL": "HTTP/1.1"}


def run(ways: dict[str, Page], *, rounds: int) -> dict[str, list[Spent]]:
    """In turns, after one round that warms templates and caches."""
    spent: dict[str, list[Spent]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, ask in ways.items():
            taken = measure(ask)
            if number:
                spent[name].append(taken)
    return spent


# ── The report


def cpu(spent: list[Spent], share: float = 0.5) -> float:
    return percentile([each.cpu for each in spent], share)


def ratio(spent: dict[str, list[Spent]], name: str) -> float:
    return cpu(spent[name]) / cpu(spent[BARE])


def report(spent: dict[str, list[Spent]]) -> str:
    rows = []
    for name, each in spent.items():
        database = percentile([one.database for one in each], 0.5)
        size = f"{len(each[0].answer) / 1000:,.0f}"
        numbers = [*map(milliseconds, [cpu(each), cpu(each, 0.95), database])]
        rows.append([name, *numbers, size, f"{ratio(spent, name):,.0f}"])
    head = ["", "CPU median, ms", "CPU p95", "of it database", "kB", "× bare view"]
    return table(head, rows)


if __name__ == "__main__":
    main()
