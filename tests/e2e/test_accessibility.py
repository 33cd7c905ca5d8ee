"""axe and layout on every kind of page: light and dark, German and English, wide and narrow, admin included."""

from pathlib import Path

import pytest

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PUBLIC = [
    "/",
    "/kurse/",
    "/kurse/?q=Deutsch&kosten=free",
    "/kurse/?q=xyzxyz",
    "/kurse/?ansicht=karte&gebiet=nordhausen",
    "/kurse/?ansicht=kalender",
    "/themen/",
    "/themen/deutsch-lernen/",
    "/orte/",
    "/orte/nordhausen/",
    "/anbieter/",
    "/impressum/",
    "/datenschutz/",
    "/barrierefreiheit/",
    "/leichte-sprache/",
    "/gebaerdensprache/",
    "/kontakt/",
    "/konto/login/",
    "/gibt-es-nicht/",
]
ADMIN = [
    "/verwaltung/",
    "/verwaltung/courses/course/",
    "/verwaltung/courses/importplan/",
    "/verwaltung/courses/importplan/add/",
    "/verwaltung/providers/organization/",
    "/verwaltung/providers/organization/add/",
    "/verwaltung/taxonomy/page/",
    "/verwaltung/taxonomy/page/1/change/",
    "/verwaltung/courses/course/1/change/",
    "/verwaltung/kit/outboxmail/",
]
LOOKS = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 320)]


def violations(page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules, preload: false})", RULES)["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]} (+{len(each['nodes']) - 1})" for each in found]


def scrolls_sideways(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")


def first_link(page, prefix: str) -> str:
    return page.locator(f"main a[href^='{prefix}']").first.get_attribute("href")


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_public_pages_have_no_barrier_that_axe_finds(visit, language, scheme, width):
    page = visit("/", width=width, scheme=scheme)
    page.goto("/kurse/")
    course = first_link(page.locator("#treffer, main").first.page, "/kurse/")
    page.goto("/anbieter/")
    provider = first_link(page, "/anbieter/")
    found = {}
    for path in [*PUBLIC, course, provider]:
        page.goto(f"{language}{path}")
        problems = violations(page)
        if scrolls_sideways(page):
            problems.append(f"scrolls sideways at {width} px")
        if problems:
            found[path] = problems
    assert not found


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_administration_has_no_barrier_that_axe_finds(visit, coordinator, scheme, width):
    page = visit("/verwaltung/", width=width, scheme=scheme, state=coordinator)
    found = {}
    for path in ADMIN:
        page.goto(path)
        if problems := violations(page):
            found[path] = problems
    assert not found


def test_a_planted_barrier_is_found(visit):
    page = visit("/impressum/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/static/x.png\"><input>')"
    )
    assert {problem.split(":")[0] for problem in violations(page)} >= {"image-alt", "label"}


def test_planted_sideways_scrolling_is_found(visit):
    page = visit("/impressum/", width=320)
    assert not scrolls_sideways(page)
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<pre>' + 'x'.repeat(400) + '</pre>')"
    )
    page.evaluate("document.querySelector('main pre:last-child').style.overflow = 'visible'")
    assert scrolls_sideways(page)
