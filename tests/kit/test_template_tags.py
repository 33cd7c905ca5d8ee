"""Dates, money, phone numbers and addresses as pages print them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from kit.templatetags import kit as tags


@pytest.fixture(autouse=True)
def _german():
    with translation.override("de"):
        yield


def test_dates_read_as_people_say_them():
    day = date(2027, 1, 12)
    assert tags.longdate(day) == "Dienstag, 12. Januar 2027"
    assert tags.shortdate(day) == "Di, 12. Januar 2027"
    assert tags.numdate(day) == "12.01.2027"
    assert tags.weekdate(day) == "Di, 12. Jan."
    assert tags.weekdate(date(2026, 5, 18)) == "Mo, 18. Mai"
    assert tags.longdate(None) == ""
    with translation.override("en"):
        assert tags.longdate(day) == "Tuesday, 12 January 2027"


def test_moment_before_midnight_in_london_is_the_next_day_in_germany():
    assert tags.plaindate(datetime(2027, 1, 11, 23, 30, tzinfo=UTC)) == "12. Januar 2027"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2027, 1, 12), date(2027, 1, 12), "12. Januar 2027"),
        (date(2027, 1, 12), None, "12. Januar 2027"),
        (None, date(2027, 1, 12), "12. Januar 2027"),
        (date(2027, 1, 12), date(2027, 1, 14), "12. bis 14. Januar 2027"),
        (date(2027, 1, 28), date(2027, 2, 3), "28. Januar bis 3. Februar 2027"),
        (date(2026, 12, 28), date(2027, 1, 8), "28. Dezember 2026 bis 8. Januar 2027"),
        (None, None, ""),
    ],
)
def test_ranges_say_nothing_twice(start, end, words):
    assert tags.daterange(start, end) == words


def test_times():
    assert tags.timerange(time(17, 30), time(20)) == "17:30–20:00 Uhr"
    assert tags.timerange(time(8), None) == "08:00 Uhr"
    assert tags.clocktime(datetime(2027, 7, 1, 8, 0, tzinfo=UTC)) == "10:00 Uhr"


def test_money_keeps_cents_only_where_there_are_some():
    assert tags.money(Decimal("1234.50")) == "1.234,50\u00a0€"
    assert tags.money(Decimal("80.00")) == "80\u00a0€"
    assert tags.money(0) == "0\u00a0€"
    assert tags.money(None) == ""


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("03900 123-456", "+493900123456"),
        ("+49 (0)3900 123", "+493900123"),
        ("0049 3900/123", "+493900123"),
        ("115", "115"),
    ],
)
def test_phone_numbers_can_be_dialled(written, dialled):
    assert tags.tel(written) == dialled


def test_changing_a_filter_starts_again_at_the_first_page():
    query = QueryDict("q=Deutsch&thema=a&thema=b&seite=3")
    assert tags.query_without(query, "thema", "a") == "?q=Deutsch&thema=b"
    assert tags.query_without(query, "thema") == "?q=Deutsch"
    assert tags.query_with(query, "sort", "ort") == "?q=Deutsch&thema=a&thema=b&sort=ort"
    assert tags.query_with(query, "q") == "?thema=a&thema=b"
    assert tags.query_without(QueryDict("q=x"), "q") == "?"


def test_german_names_are_marked_in_other_languages_only():
    assert tags.german("Müller & Co") == "Müller & Co"
    with translation.override("en"):
        assert tags.german("Müller & Co") == '<bdi lang="de">Müller &amp; Co</bdi>'


def rendered(source: str) -> str:
    return Template(source).render(Context())


def test_leaf_of_a_calendar_speaks_the_language_of_its_page():
    day = date(2027, 1, 12)
    with translation.override("de"):
        assert tags.leaf(day) == {"iso": "2027-01-12", "weekday": "Di", "day": "12", "month": "Januar"}
    with translation.override("en"):
        assert tags.leaf(day) == {"iso": "2027-01-12", "weekday": "Tue", "day": "12", "month": "January"}


@pytest.mark.parametrize("make", [dict, SimpleNamespace], ids=["dicts", "objects"])
def test_tick_shows_what_is_chosen_what_is_empty_and_nothing_as_markup(make):
    facet = make(key="thema", is_radio=False)
    option = make(key=7, value='a"b', label="<b>", count=0, is_chosen=False, is_below=True)
    assert tags.ticks(facet, [option]) == (
        '<label class="is-empty is-below"><input type="checkbox" name="thema" value="a&quot;b">&lt;b&gt;'
        '<span id="n-thema-7">0</span></label>'
    )
    chosen = make(key=7, value="a", label="A", count=0, is_chosen=True)
    assert tags.ticks(make(key="thema", is_radio=True), [chosen]) == (
        '<label><input type="radio" name="thema" value="a" checked>A<span id="n-thema-7">0</span></label>'
    )
    assert "span" not in tags.ticks(facet, [make(value="a", label="A", count=None, is_chosen=False)])


def test_kept_part_is_made_once_for_each_state_and_brings_its_icons():
    page = Template('{% sprite %}{% keep state %}{% icon "clock" %}{{ word }}{% endkeep %}{% endsprite %}')
    first, again, other = [
        page.render(Context({"state": state, "word": word})) for state, word in [("a", 1), ("a", 2), ("b", 3)]
    ]
    assert first == again
    assert 'id="i-clock"' in again
    assert other == first.replace("/svg>1", "/svg>3")


def test_part_of_a_person_is_never_kept():
    page = Template("{% keep state %}{{ word }}{% endkeep %}")
    assert [page.render(Context({"state": None, "word": word})) for word in "ab"] == ["a", "b"]


def test_icons_are_decoration():
    assert 'aria-hidden="true"' in rendered('{% icon "clock" %}')
    with pytest.raises(TemplateSyntaxError):
        rendered('{% icon "no-such-icon" %}')


def test_icon_alone_is_drawn_where_it_stands():
    assert tags.drawing("clock") in rendered('{% icon "clock" "flip" %}')


def test_icons_of_a_sprite_are_drawn_once_at_its_end():
    page = rendered('{% sprite %}{% for _ in "abc" %}{% icon "clock" %}{% endfor %}<hr>{% endsprite %}')
    assert page.count('<use href="#i-clock"/>') == 3
    assert page.count(tags.drawing("clock")) == 1
    assert page.index("<hr>") < page.index('<symbol id="i-clock" viewBox="0 0 16 16">')
