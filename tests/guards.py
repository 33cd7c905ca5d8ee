"""Guards that tests run under; `tests/test_guards.py` shows that each of them bites."""

import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import html5lib
import time_machine
from django.conf import settings
from django.template.base import Node

OURS = str(settings.BASE_DIR / "templates")
BERLIN = ZoneInfo("Europe/Berlin")


class UndefinedVariable(AssertionError):
    """A template of ours uses a variable that the view did not give."""


class MissingToken(AssertionError):
    """A page holds a POST form that nobody could send."""


class Undefined(str):
    """Stands as `string_if_invalid`, into which Django formats the name of the unknown variable."""

    __slots__ = ()

    def __new__(cls):
        return super().__new__(cls, "%s")

    def __mod__(self, variable):
        origin, line = where_rendered()
        if origin.startswith(OURS):
            raise UndefinedVariable(f"{variable} in {origin.removeprefix(OURS)}:{line}")
        return ""


def where_rendered() -> tuple[str, int]:
    """File and line of the template node that is being rendered, taken from the callers' frames."""
    frame = sys._getframe(1)
    while frame:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            return str(node.origin.name), node.token.lineno if getattr(node, "token", None) else 0
        frame = frame.f_back
    return "", 0


def check_forms(response) -> None:
    """Raises MissingToken for a POST form without csrf token in an HTML page that answered 200."""
    if response.streaming or response.status_code != 200 or "html" not in response.get("Content-Type", ""):
        return
    if b"<form" not in response.content:
        return
    page = html5lib.parse(response.content, transport_encoding="utf-8", namespaceHTMLElements=False)
    for form in page.iter("form"):
        if form.get("method", "get").lower() != "post":
            continue
        if not any(field.get("name") == "csrfmiddlewaretoken" for field in form.iter("input")):
            raise MissingToken(f"form to {form.get('action') or 'the same page'}")


class Traveller:
    """Stops all clocks at a moment of German wall time; the next call moves on."""

    def __init__(self):
        self._travel = None

    def __call__(self, moment: str | datetime) -> datetime:
        self.stop()
        when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        when = when if when.tzinfo else when.replace(tzinfo=BERLIN)
        self._travel = time_machine.travel(when, tick=False)
        self._travel.start()
        return when

    def stop(self) -> None:
        if self._travel:
            self._travel.stop()
            self._travel = None
