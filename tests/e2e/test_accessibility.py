"""axe and layout on every page: light and dark, German and English, wide and narrow, administration included."""

from pathlib import Path

import pytest

from tests.e2e import pages
from tests.e2e.pages import ANONYMOUS

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What changes with colours and room, asked again at each look; all else stands in the HTML.
OF_THE_LOOK = {
    "type": "rule",
    "values": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"],
}
# One width on each side of every breakpoint; at the first look of each width more or less is shown: everything again.
LOOKS = [(width, scheme) for width in (1280, 390, 320) for scheme in ("light", "dark")]
ASKED_IN_FULL = [(1280, "light"), (390, "light")]
LOOKS_OF_WORDS = [(1280, "light"), (390, "light"), (320, "light")]  # another language: other lengths, same colours
LOOKS_OF_JOURNEYS = [(1280, "light"), (390, "light"), (320, "dark")]
LOOKS_OF_TABLES = [(1280, "light"), (390, "dark")]
# Colours in the middle of a transition, which the administration has, are nobody's design.
RUN = """async rules => {
    document.getAnimations().forEach(animation => animation.cancel())
    const {violations} = await axe.run({runOnly: rules, preload: false, resultTypes: ["violations"]})
    return violations.map(({id, nodes}) => `${id}: ${nodes[0].html.slice(0, 160)} (+${nodes.length - 1})`)
}"""
UNFOLD = "document.querySelectorAll('main details').forEach(details => { details.open = true })"


def violations(page, rules: dict = EVERYTHING) -> list[str]:
    page.wait_for_load_state()  # a click returns before the page that it opens is whole
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    return page.evaluate(RUN, rules)


def scrolls_sideways(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")


def problems(page, looks: list[tuple[int, str]]) -> list[str]:
    """What is wrong with a page at any look, everything unfolded; the page is loaded once for all of them."""
    found, before = [], page.viewport_size
    page.wait_for_load_state()
    page.evaluate(UNFOLD)
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        rules = EVERYTHING if (width, scheme) in ASKED_IN_FULL else OF_THE_LOOK
        wrong = violations(page, rules) + (["scrolls sideways"] if scrolls_sideways(page) else [])
        found += [f"{width} {scheme} {each}" for each in wrong]
    page.set_viewport_size(before)
    return found


def arrive(page, where: pages.Page, language: str = "") -> str:
    """Go there; "" where the demo has none, and where a page was already left for another one."""
    page.goto(f"{language}{where.path}")
    if not where.follow:
        return page.url
    link = page.locator(where.follow).first
    if not link.count():
        return ""
    address = link.evaluate("(link, end) => new URL(end, link.href).href", where.end)
    page.goto(address)
    return page.url


def look_at(page, wanted: list[pages.Page], looks: list[tuple[int, str]], language: str = "") -> tuple[set[str], dict]:
    """All addresses that were looked at, and what is wrong with them."""
    seen: set[str] = set()
    found = {}
    for where in wanted:
        page.set_viewport_size({"width": 1280, "height": 900})
        address = arrive(page, where, language)
        if not address or address in seen:
            continue
        seen.add(address)
        if wrong := problems(page, looks):
            found[address] = wrong
    return seen, found


def told(found: dict[str, list[str]]) -> str:
    return "\n".join(f"{address} {each}" for address, wrong in found.items() for each in wrong)


@pytest.mark.parametrize(("language", "looks"), [("", LOOKS), ("/en", LOOKS_OF_WORDS)], ids=["German", "English"])
def test_pages_for_everybody_have_no_barrier_that_axe_finds(visit, language, looks):
    wanted = [page for _reader, page in pages.read_by(lambda role: role == ANONYMOUS)]
    wanted = [page for page in wanted if not (language and page.is_state)]
    seen, found = look_at(visit("/"), wanted, looks, language)
    assert not found, told(found)
    assert len(seen) > 30


def test_pages_behind_the_login_have_no_barrier_that_axe_finds(visit, cookies_of):
    wanted: dict[str, list[pages.Page]] = {}
    for role, page in pages.read_by(lambda role: role != ANONYMOUS):
        wanted.setdefault(role, []).append(page)
    number, found = 0, {}
    for role, places in wanted.items():
        seen, wrong = look_at(visit("/", state=cookies_of(role)), places, LOOKS_OF_TABLES)
        number, found = number + len(seen), found | wrong
    assert not found, told(found)
    assert number > 60


def test_a_planted_barrier_is_found(visit):
    page = visit("/impressum/")
    assert not problems(page, LOOKS)
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend',"
        ' \'<img src="/static/x.png"><input><p class="text-muted">Zu blass</p>\')'
    )
    page.evaluate("document.querySelector('main p:last-child').style.setProperty('color', '#999', 'important')")
    found = {problem.split(":")[0] for problem in problems(page, LOOKS)}
    assert found >= {"1280 light image-alt", "390 light label", "320 light color-contrast"}


def test_planted_sideways_scrolling_is_found(visit):
    page = visit("/impressum/", width=320)
    assert not scrolls_sideways(page)
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<pre>' + 'x'.repeat(400) + '</pre>')"
    )
    page.evaluate("document.querySelector('main pre:last-child').style.overflow = 'visible'")
    assert scrolls_sideways(page)


def test_planted_requests_to_another_host_are_found(chromium, portal, watch):
    context = chromium.new_context(base_url=portal.url, bypass_csp=True)
    page = context.new_page()
    watch.over(page)
    page.goto("/impressum/")
    assert not watch.foreign
    page.evaluate("fetch('http://127.0.0.1:9/').catch(() => null)")
    context.close()
    assert watch.foreign == ["http://127.0.0.1:9/"]


def test_planted_inline_script_is_refused_and_told(chromium, portal, watch):
    context = chromium.new_context(base_url=portal.url)
    page = context.new_page()
    watch.over(page)
    page.goto("/impressum/")
    with page.expect_console_message():
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'alert(1)'}))")
    context.close()
    assert watch.refused
