"""Guards that tests run under; `tests/test_guards.py` shows that each of them bites."""

import re
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import html5lib
import time_machine
from django.conf import settings
from django.template.base import Node

OURS = str(settings.BASE_DIR / "templates")
ELEMENTS = str(settings.BASE_DIR / "templates" / "allauth")  # their attributes are optional by allauth's design
POST_FORM = re.compile(rb"method=[\"']?post", re.IGNORECASE)
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
        frame = sys._getframe(1)
        expression, context = frame.f_locals["self"], frame.f_locals["context"]
        origin, line = where_rendered(frame)
        is_ours = origin.startswith(OURS) and not origin.startswith(ELEMENTS)
        if is_ours and not expects_nothing(expression):
            raise UndefinedVariable(f"{variable} in {origin.removeprefix(OURS)}:{line}")
        return as_without_guard(expression, context)


def expects_nothing(expression) -> bool:
    """Whether the template says itself what stands there when the variable is missing."""
    return bool(expression.filters) and expression.filters[0][0].__name__ in {"default", "default_if_none"}


def as_without_guard(expression, context):
    """What Django prints in production, filters included."""
    engine = context.template.engine
    guard, engine.string_if_invalid = engine.string_if_invalid, ""
    try:
        return expression.resolve(context)
    finally:
        engine.string_if_invalid = guard


def where_rendered(frame) -> tuple[str, int]:
    """File and line of the template node that is being rendered, taken from the callers' frames."""
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
    posts = POST_FORM.findall(response.content)
    if len(posts) <= response.content.count(b'name="csrfmiddlewaretoken"'):
        return  # the quick look; only a page with too few tokens is parsed
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
