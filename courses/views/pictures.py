"""The hits of a search as a map or as a month. Both show the same courses as the list, and both have a list beside."""

import re
from calendar import Calendar
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.filters import Question
from courses.models import Session
from courses.search import Facet, Hit, SearchResult, extent
from courses.views import cards, wording
from kit import clock
from kit.templatetags.kit import query_with
from taxonomy import regionmap
from taxonomy.models import Place
from taxonomy.regionmap import Area, Cell, Map

LIST, MAP, CALENDAR = "", "karte", "kalender"
MOST_IN_AREA = 20
PER_DAY = 4
MOST_OF_DAY = 200
MONTHS_AHEAD = 18
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
DAY = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])-([0-3]\d)")
HEAVY = ["description", "text_simple", "requirements", "audience", "terms", "credits", "degree_additional"]
OWN_KEYS = ["gebiet", "monat", "datum"]


def asked(query: QueryDict) -> str:
    wanted = query.get("ansicht", "")
    return wanted if wanted in (MAP, CALENDAR) else LIST


def tabs(query: QueryDict) -> list[dict]:
    """For components/_view_tabs.html; what belongs to one view alone does not travel to the others."""
    kept = query.copy()
    for key in OWN_KEYS:
        kept.pop(key, None)
    views = [(LIST, _("List"), "list-ul"), (MAP, _("Map"), "map"), (CALENDAR, _("Calendar"), "calendar3")]
    here = asked(query)
    return [
        {"label": label, "icon": icon, "address": query_with(kept, "ansicht", view), "is_current": view == here}
        for view, label, icon in views
    ]


def answer(request: HttpRequest, question: Question, result: SearchResult, context: dict) -> HttpResponse:
    if asked(request.GET) == MAP:
        return render(request, "courses/course_map.html", context | map_of(question, result, request.GET))
    return render(request, "courses/course_calendar.html", context | month_of(question, request.GET))


# ── Map
def map_of(question: Question, result: SearchResult, query: QueryDict) -> dict:
    drawn = regionmap.current()
    numbers = area_numbers(drawn)
    counts = extent.areas(question.query, numbers)
    cells = drawn.cells if drawn else ()
    areas = [area(cell, counts[place], query) for place, cell in enumerate(cells) if place in counts]
    chosen = next((each for each in areas if each.is_chosen), None)
    online = result.counts[Facet.MODE].get("online", 0)
    return {
        **regionmap.picture(drawn, areas),
        "chosen": chosen,
        "chosen_cards": cards_of(question, drawn, chosen) if chosen else [],
        "most_in_area": MOST_IN_AREA,
        "online": courses(online) if online else "",
        "online_address": query_with(query_of_list(query), "format", "online"),
        "elsewhere": courses(counts[extent.ELSEWHERE]) if counts.get(extent.ELSEWHERE) else "",
    }


def area_numbers(drawn: Map | None) -> dict[int, int]:
    """Which place lies in which cell, by its number."""
    if drawn is None:
        return {}
    number = {cell.slug: place for place, cell in enumerate(drawn.cells)}
    places = Place.objects.in_region().values_list("pk", "slug")
    return {pk: number[drawn.by_place[slug].slug] for pk, slug in places if slug in drawn.by_place}


def area(cell: Cell, count: int, query: QueryDict) -> Area:
    address = query_with(query, "gebiet", cell.slug) + "#gebiet"
    return Area(cell, count, courses(count), address, query.get("gebiet") == cell.slug)


def cards_of(question: Question, drawn: Map, chosen: Area) -> list[cards.Card]:
    ids = list(Place.objects.filter(slug__in=chosen.cell.places).values_list("pk", flat=True))
    found = extent.runs_in(question.query, ids, MOST_IN_AREA)
    return cards.make(Hit(course=course, run=run, runs=1) for course, run in found)


def query_of_list(query: QueryDict) -> QueryDict:
    kept = query.copy()
    for key in ["ansicht", *OWN_KEYS]:
        kept.pop(key, None)
    return kept


def courses(number: int) -> str:
    return ngettext("{number} course", "{number} courses", number).format(number=wording.number(number))


# ── Month
@dataclass(frozen=True)
class Day:
    """A field of the month."""

    day: date
    is_other: bool  # of the month before or after
    is_today: bool
    sessions: list[Session] = field(default_factory=list)
    more: str = ""
    address: str = ""  # of the list of all its dates


def month_of(question: Question, query: QueryDict) -> dict:
    first = first_day(question, query)
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    found = extent.days(question.query, first=max(weeks[0][0], clock.today()), last=weeks[-1][-1], per_day=PER_DAY)
    sessions = sessions_of([pk for _count, ids in found.values() for pk in ids])
    chosen = chosen_day(query)
    ids = extent.sessions(question.query, first=chosen, last=chosen, most=MOST_OF_DAY) if chosen else []
    of_day = sessions_of(ids)
    return {
        "month": first,
        "weeks": [[day_of(day, first, found, sessions, query) for day in week] for week in weeks],
        "weekdays": weeks[0],
        "chosen_day": chosen,
        "chosen_sessions": [of_day[pk] for pk in ids if pk in of_day],
        **neighbours(first, query),
    }


def first_day(question: Question, query: QueryDict) -> date:
    """The month that is asked for, else that of the next date."""
    if match := MONTH.fullmatch(query.get("monat", "")):
        return date(int(match[1]), int(match[2]), 1)
    today = clock.today()
    last = _months_later(today.replace(day=1), MONTHS_AHEAD)
    ids = extent.sessions(question.query, first=today, last=last, most=1)
    day = Session.objects.get(pk=ids[0]).day if ids else today
    return day.replace(day=1)


def chosen_day(query: QueryDict) -> date | None:
    match = DAY.fullmatch(query.get("datum", ""))
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:  # 31 February
        return None


def sessions_of(ids: list[int]) -> dict[int, Session]:
    related = Session.objects.select_related("run__course", "run__location", "location")
    heavy = [f"run__course__{name}" for name in HEAVY]
    return related.defer(*heavy).in_bulk(ids) if ids else {}


def day_of(day: date, first: date, found: dict, sessions: dict[int, Session], query: QueryDict) -> Day:
    is_other = day.month != first.month
    count, ids = found.get(day, (0, []))
    if is_other or not count:
        return Day(day, is_other, day == clock.today())
    shown = [sessions[pk] for pk in ids if pk in sessions]
    more = ngettext("{number} more date", "{number} more dates", count - len(shown)).format(number=count - len(shown))
    address = query_with(query, "datum", day.isoformat()) + "#tag"
    return Day(day, is_other, day == clock.today(), shown, more if count > len(shown) else "", address)


def neighbours(first: date, query: QueryDict) -> dict:
    """The months before and after, as far as they can hold a date."""
    now = clock.today().replace(day=1)
    around = {"before": _months_later(first, -1), "after": _months_later(first, 1)}
    links = {}
    for name, month in around.items():
        is_sensible = now <= month <= _months_later(now, MONTHS_AHEAD)
        address = query_with(_without_day(query), "monat", f"{month:%Y-%m}")
        links[name] = {"month": month, "address": address} if is_sensible else None
    return links


def _without_day(query: QueryDict) -> QueryDict:
    kept = query.copy()
    kept.pop("datum", None)
    return kept


def _months_later(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
