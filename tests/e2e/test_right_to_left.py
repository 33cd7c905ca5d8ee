"""Arabic, in which no installation speaks yet: the catalogue read from right to left, German names inside it."""

from contextlib import ExitStack

import pytest

from tests.e2e.conftest import Portal, Watch, free_port, new_context, serve
from tests.e2e.test_accessibility import problems

PAGES = [
    "/ar/",
    "/ar/kurse/?q=Deutsch",
    "/ar/kurse/?kosten=frei#filter",
    "/ar/kurse/?q=xyzxyz&kosten=frei",
    "/ar/kurse/?ansicht=karte&gebiet=nordhausen",
    "/ar/kurse/?ansicht=kalender",
    "/ar/themen/",
    "/ar/orte/nordhausen/",
    "/ar/anbieter/",
    "/ar/konto/login/",
]
# Where the last sign of a German text stands: right of the one before, as in German.
ENDS_RIGHT = """text => {
    const range = document.createRange(), last = text.firstChild.length - 1
    const left = at => {
        range.setStart(text.firstChild, at)
        range.setEnd(text.firstChild, at + 1)
        return range.getBoundingClientRect().left
    }
    return left(last) > left(last - 1)
}"""


@pytest.fixture(scope="module")
def arabic(portal, tmp_path_factory):
    """The same region, served with one language more."""
    url = f"http://127.0.0.1:{free_port()}"
    environment = portal.environment | {
        "DJANGO_SETTINGS_MODULE": "tests.e2e.arabic.settings",
        "SITE_BASE_URL": url,
    }
    served = Portal(url, environment)
    served.manage("compile_locales")
    with ExitStack() as stack:
        serve(stack, served, tmp_path_factory.mktemp("arabic") / "web.log")
        yield served


@pytest.fixture
def page(chromium, arabic):
    context = new_context(chromium, arabic, width=1280, scheme="light")
    page, watch = context.new_page(), Watch(arabic)
    watch.over(page)
    yield page
    context.close()
    assert watch == Watch(arabic)


def left(page, selector: str) -> float:
    return page.locator(selector).first.bounding_box()["x"]


def course(page, path: str = "/ar/kurse/?q=Deutsch") -> None:
    page.goto(path)
    page.locator(".course h3 a").first.click()


def test_pages_have_no_barrier_and_never_scroll_sideways(page):
    course(page)
    found = {}
    for path in [*PAGES, page.url]:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        if wrong := problems(page, [(1280, "light"), (390, "dark"), (320, "light")]):
            found[path] = wrong
    assert not found, found


def test_page_is_mirrored(page):
    page.goto("/ar/kurse/?kosten=frei")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("link[href*='portal.rtl']").count() == 1
    assert left(page, ".logo") > left(page, ".mainnav")
    assert left(page, ".facets") > left(page, ".cards")
    assert left(page, ".course .datebox") > left(page, ".course h3")
    assert left(page, ".facet label > input") > left(page, ".facet label > span")
    assert left(page, ".facts .icon") > left(page, ".facts li")


def test_letters_come_from_the_portal_itself(page):
    page.goto("/ar/kurse/")
    page.evaluate("document.fonts.ready.then(() => null)")
    loaded = page.evaluate("[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family)")
    assert any("Vazirmatn" in family for family in loaded)


def test_arrows_point_the_other_way(page, visit):
    arrow = ".actions .flip"
    page.goto("/ar/kurse/?ansicht=kalender")
    assert page.locator(arrow).first.evaluate("icon => getComputedStyle(icon).transform") == "matrix(-1, 0, 0, 1, 0, 0)"
    german = visit("/kurse/?ansicht=kalender")
    assert german.locator(arrow).first.evaluate("icon => getComputedStyle(icon).transform") == "none"


def test_german_names_keep_their_order(page):
    page.goto("/ar/anbieter/?q=e.+V.")
    name = page.locator("main bdi[lang=de]", has_text="e. V.").first
    assert name.evaluate(ENDS_RIGHT)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<p>Treff Neumarkt e. V.</p>')")
    assert not page.locator("main > p").last.evaluate(ENDS_RIGHT)  # what is not isolated ends on the left
    page.goto("/ar/kurse/?q=Deutsch")
    for selector in [".course h3 a", ".course .body > p"]:
        assert page.locator(selector).count() == page.locator(f"{selector} > bdi[lang=de]").count()
    for phone in page.locator("a[href^='tel:']").all():
        assert phone.locator("[dir=ltr], .ltr").count()


def test_nothing_points_to_a_language_that_is_not_there(visit):
    page = visit("/")
    assert page.locator("[hreflang=ar], a[href^='/ar/'], [lang=ar]").count() == 0
    assert page.goto("/ar/kurse/").status == 404
