"""What every template may use: icons, dates as people say them, query strings, German text inside other languages."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache

from django import template
from django.conf import settings
from django.http import QueryDict
from django.template import Context, TemplateSyntaxError
from django.template.base import Parser, Token
from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kit.pagination import PARAMETER

register = template.Library()
SPRITE = "icons_drawn"  # in the context: the icons of this page so far
NO_MARKUP = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


# ── Icons
@cache
def drawing(name: str) -> str:
    """The inside of static/icons/<name>.svg: Bootstrap Icons, all drawn on 16 × 16."""
    file = settings.BASE_DIR / "static" / "icons" / f"{name}.svg"
    if not file.is_file():
        raise TemplateSyntaxError(f"static/icons/ has no icon {name!r}.")
    svg = file.read_text(encoding="utf-8")
    return svg[svg.index(">") + 1 : svg.rindex("</svg>")].strip()


@cache
def reference(name: str, classes: str) -> SafeString:
    return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name)


@register.simple_tag(takes_context=True)
def icon(context: Context, name: str, css: str = "") -> SafeString:
    """An icon, always decoration: the words beside it say the same. Inside {% sprite %} a reference to its drawing."""
    drawn = context.get(SPRITE)
    classes = f"icon {css}".strip()
    if drawn is not None:
        drawn[name] = SafeString(drawing(name))
        return reference(name, classes)
    picture = '<svg class="{}" viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">{}</svg>'
    return format_html(picture, classes, SafeString(drawing(name)))


class SpriteNode(template.Node):
    """Draws every icon inside it once, after all else: a list of courses shows its four icons a hundred times."""

    def __init__(self, nodelist: template.NodeList):
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        drawn: dict[str, SafeString] = {}
        with context.push(**{SPRITE: drawn}):
            page = self.nodelist.render(context)
        return page + _drawings(*drawn)


@lru_cache(maxsize=500)
def _drawings(*names: str) -> SafeString:
    symbols = [(name, SafeString(drawing(name))) for name in names]
    drawn = format_html_join("", '<symbol id="i-{}" viewBox="0 0 16 16">{}</symbol>', symbols)
    return format_html('<svg hidden width="0" height="0" aria-hidden="true">{}</svg>', drawn)


@register.tag
def sprite(parser: Parser, token: Token) -> SpriteNode:
    """`{% sprite %} the body of a page {% endsprite %}`"""
    nodelist = parser.parse(("endsprite",))
    parser.delete_first_token()
    return SpriteNode(nodelist)


# ── Facets
@register.simple_tag
def ticks(facet: object, options: Iterable) -> SafeString:
    """The options of components/_facet.html.

    Written here and not as a template: a list of courses shows ninety of them, nearly always the same.
    """
    return mark_safe("".join([_tick(facet, option) for option in options]))  # noqa: S308 - its parts are escaped


def _tick(facet: object, option: object) -> str:
    """One option; its number has a name, by which it is renewed after a tick."""
    key, count, is_chosen = dotted(facet, "key"), dotted(option, "count"), bool(dotted(option, "is_chosen"))
    looks = is_chosen, count == 0 and not is_chosen, bool(dotted(option, "is_below"))
    label = conditional_escape(dotted(option, "label"))
    box = _box("radio" if dotted(facet, "is_radio") else "checkbox", key, str(dotted(option, "value")), label, *looks)
    number = "" if count is None else f"{_number(key, dotted(option, 'key'))}{int(count)}</span>"
    return f"{box}{number}</label>"


@lru_cache(maxsize=5_000)
def _number(key: str, option: object) -> SafeString:
    """What stands before it."""
    return format_html('<span id="n-{}-{}">', key, option)


@lru_cache(maxsize=5_000)
def _box(
    kind: str, key: str, value: str, label: SafeString, is_chosen: bool, is_empty: bool, is_below: bool
) -> SafeString:
    """All of an option but its number."""
    names = " ".join(name for name, is_so in [("is-empty", is_empty), ("is-below", is_below)] if is_so)
    return format_html(
        '<label{}><input type="{}" name="{}" value="{}"{}>{}',
        format_html(' class="{}"', names) if names else "",
        kind,
        key,
        value,
        " checked" if is_chosen else "",
        mark_safe(label),  # noqa: S308 - escaped by whoever calls; a cache may not tell it from a text that reads the same
    )


def dotted(thing: object, name: str) -> object:
    """What a dot means in a template, as far as facets need it."""
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


# ── Dates and times as people say them
def is_german() -> bool:
    return (get_language() or settings.LANGUAGE_CODE).startswith("de")


def as_day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def written(value: date, german: str, other: str) -> str:
    return _written(value, german if is_german() else other, get_language())


@lru_cache(maxsize=5_000)  # a page of courses says the same days again and again
def _written(value: date, pattern: str, language: str | None) -> str:
    return formats.date_format(value, pattern)


@register.filter
def longdate(value: date | datetime | None) -> str:
    """Dienstag, 12. Januar 2027"""
    return written(as_day(value), "l, j. F Y", "l, j F Y") if value else ""


@register.filter
def shortdate(value: date | datetime | None) -> str:
    """Di, 12. Januar 2027"""
    return written(as_day(value), "D, j. F Y", "D, j F Y") if value else ""


@register.filter
def weekdate(value: date | datetime | None) -> str:
    """Di, 12. Jan.; short months are written out: Mo, 18. Mai."""
    return written(as_day(value), "D, j. N", "D, j M") if value else ""


@register.filter
def weekof(value: date | datetime) -> date:
    """The Monday of the week in which it is."""
    day = as_day(value)
    return day - timedelta(days=day.weekday())


@register.filter
def plaindate(value: date | datetime | None) -> str:
    """12. Januar 2027"""
    return written(as_day(value), "j. F Y", "j F Y") if value else ""


@register.filter
def numdate(value: date | datetime | None) -> str:
    """12.01.2027, for narrow table columns"""
    return written(as_day(value), "d.m.Y", "d/m/Y") if value else ""


@register.filter
def leaf(value: date) -> dict[str, str]:
    """What stands on a leaf of a calendar (components/_date_box.html)."""
    return _leaf(value, get_language())


@lru_cache(maxsize=5_000)
def _leaf(value: date, language: str | None) -> dict[str, str]:
    patterns = {"iso": "Y-m-d", "weekday": "D", "day": "j", "month": "F"}
    return {part: formats.date_format(value, pattern) for part, pattern in patterns.items()}


@register.simple_tag
def daterange(start: date | None, end: date | None) -> str:
    """12. bis 14. Januar 2027; 28. Januar bis 3. Februar 2027; 28. Dezember 2026 bis 8. Januar 2027."""
    if start is None or end is None or start == end:
        return plaindate(start or end)
    return _("{start} to {end}").format(start=opening(as_day(start), as_day(end)), end=plaindate(end))


def opening(start: date, end: date) -> str:
    """The first half of a range, without what the second half says anyway."""
    if start.year != end.year:
        return plaindate(start)
    if start.month != end.month:
        return written(start, "j. F", "j F")
    return written(start, "j.", "j")


@register.filter
def clocktime(value: time | datetime | None) -> str:
    """17:30 Uhr"""
    if value is None:
        return ""
    return _("{time} h").format(time=hours(value))


def hours(value: time | datetime) -> str:
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%H:%M}"


@register.simple_tag
def timerange(start: time | datetime | None, end: time | datetime | None) -> str:
    """17:30–20:00 Uhr"""
    if start is None or end is None or start == end:
        return clocktime(start or end)
    return _("{time} h").format(time=f"{hours(start)}–{hours(end)}")


@register.filter
def money(amount: Decimal | int | None) -> str:
    """1.234,50 €; whole amounts without cents; nothing for an unknown price."""
    return "" if amount is None else _money(amount, get_language())


@lru_cache(maxsize=5_000)
def _money(amount: Decimal | int, language: str | None) -> str:
    places = 0 if amount == int(amount) else 2
    number = formats.number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{number}\u00a0€" if is_german() else f"€{number}"


@register.filter
def tel(number: str) -> str:
    """A phone number as a dialling address: digits only, Germany's code in front of a leading zero."""
    digits = "".join(sign for sign in number.replace("(0)", "") if sign.isdigit() or sign == "+")
    if digits.startswith("00"):
        return "+" + digits[2:]
    return "+49" + digits[1:] if digits.startswith("0") else digits


# ── For machines
@register.filter
def structured_data(data: dict) -> SafeString:
    """JSON-LD inside a page. A block of data that no browser executes; nothing in it can end the element."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(NO_MARKUP)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(written))  # noqa: S308 - escaped


# ── Query strings
def copy_of(query: QueryDict) -> QueryDict:
    """To be changed; every change of a list starts again at its first page."""
    changed = query.copy()
    changed.pop(PARAMETER, None)
    return changed


def address(query: QueryDict) -> str:
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag
def query_with(query: QueryDict, key: str, *values: str) -> str:
    """The same list with one key set to these values; no value removes the key."""
    changed = copy_of(query)
    changed.setlist(key, [str(value) for value in values if value not in (None, "")])
    return address(changed)


@register.simple_tag
def query_without(query: QueryDict, key: str, value: str | None = None) -> str:
    """The same list without one value of a key, or without the key: the address of a chip's cross."""
    changed = copy_of(query)
    rest = [] if value is None else [kept for kept in changed.getlist(key) if kept != str(value)]
    changed.setlist(key, rest)
    return address(changed)


# ── Text of the region inside pages in other languages
@register.filter
def german(value: object) -> str:
    """Names and texts that exist in German only, isolated so that they read right in every direction."""
    if is_german() or not value:
        return value
    return format_html('<bdi lang="de">{}</bdi>', value)


@register.filter
def under_title(html: str) -> str:
    """Cleaned text right under a page's <h1>: headings are stored from <h3> on, as course texts need them."""
    for old, new in (("h3", "h2"), ("h4", "h3")):
        html = html.replace(f"<{old}>", f"<{new}>").replace(f"</{old}>", f"</{new}>")
    return mark_safe(html)  # noqa: S308 - kit.text.clean has seen it
