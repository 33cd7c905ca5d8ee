"""J1: somebody finds a course and reads all about it; on a phone, without JavaScript, with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

FOUND = re.compile(r"^([\d.]+) Kurse? gefunden$")
DECIDES = ["Beginn", "Uhrzeit", "Ort", "Kosten"]  # what the page of a course says first
HAS_FOCUS = """() => {
    const here = document.activeElement, box = here.getBoundingClientRect(), style = getComputedStyle(here)
    const x = box.left + box.width / 2, y = box.top + Math.min(box.height / 2, 12)
    const top = document.elementFromPoint(x, y)
    return {
        ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        free: Boolean(top) && (here.contains(top) || top.contains(here) || here.labels?.[0]?.contains(top)),
        where: here.outerHTML.slice(0, 120),
    }
}"""


def number_found(page: Page) -> int:
    return int(FOUND.match(page.locator("h1").inner_text())[1].replace(".", ""))


def numbers(page: Page) -> dict[str, str]:
    """The counts of all options, by their names."""
    return page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[id^=n-]')].map(n => [n.id, n.textContent]))"
    )


def search(page: Page, words: str, place: str = "") -> None:
    page.get_by_label("Was möchten Sie lernen?").fill(words)
    page.get_by_label("Ort oder Postleitzahl").fill(place)
    page.get_by_role("button", name="Suchen").click()
    page.wait_for_url("**/kurse/**")


def open_filter(page: Page) -> None:
    """On a phone it is opened by a link; on wide screens it stands beside the list."""
    if page.get_by_role("link", name="Filter").is_visible():
        page.get_by_role("link", name="Filter").click()


def tick(page: Page, label: str) -> None:
    page.locator(".facets").get_by_label(re.compile(f"^{label}")).check()


# ── The way
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("width", [1280, 320])
def test_three_clicks_lead_from_the_home_page_to_all_facts_of_a_course(visit, width, script):
    page = visit("/", width=width, script=script)
    search(page, "Deutsch")
    all_of_them = number_found(page)
    open_filter(page)
    tick(page, "kostenfrei")
    tick(page, "abends")
    page.locator("#filter-knopf").click()
    page.wait_for_url(re.compile("kosten=frei"))
    assert {"q=Deutsch", "kosten=frei", "wann=abends"} <= set(page.url.partition("?")[2].split("&"))
    assert 0 < number_found(page) < all_of_them
    assert page.locator(".chips .chip").count() == 2
    page.locator("main h3 a[href^='/kurse/']").first.click()
    page.wait_for_load_state()
    facts = page.locator("main").inner_text()
    assert [fact for fact in DECIDES if fact not in facts] == []
    assert page.locator("h1").count() == 1
    assert page.locator("main a[href^='tel:'], main a[href^='mailto:']").count()


def test_the_same_address_shows_the_same_list_elsewhere(visit):
    page = visit("/kurse/", script=False)
    tick(page, "kostenfrei")
    page.locator("#filter-knopf").click()
    again = visit(page.url)
    assert again.locator("h1").inner_text() == page.locator("h1").inner_text()
    assert again.locator(".course h3").all_inner_texts() == page.locator(".course h3").all_inner_texts()


def test_nothing_found_leads_on_with_numbers_that_hold(visit):
    page = visit("/kurse/?q=Yoga&kosten=frei", script=False)
    assert page.locator("h1").inner_text() == "Keine Kurse gefunden"
    ways = page.locator("main ul.rows li")
    promised = int(ways.first.locator("span").inner_text().split()[0])
    ways.first.locator("a").click()
    assert number_found(page) == promised


# ── Live counts: an enhancement, which changes numbers and nothing else
def test_tick_renews_the_counts_and_the_button_and_leaves_the_focus(visit):
    page = visit("/kurse/?q=Deutsch")
    button, status = page.locator("#filter-knopf"), page.locator("#filter-meldung")
    before, address = button.inner_text(), page.url
    first_card = page.locator(".course h3").first.inner_text()
    box = page.locator(".facets").get_by_label(re.compile("^kostenfrei"))
    box.focus()
    page.keyboard.press("Space")
    expect(button).not_to_have_text(before)
    expect(box).to_be_focused()
    expect(box).to_be_checked()
    expect(status).to_have_text(re.compile(r"^\d+ Kurse? gefunden$"))
    assert button.inner_text().split()[0] == status.inner_text().split()[0]
    assert page.url == address
    assert page.locator(".course h3").first.inner_text() == first_card
    announced, counts = int(status.inner_text().split()[0]), numbers(page)
    button.click()
    page.wait_for_url("**kosten=frei**")
    assert {"q=Deutsch", "kosten=frei"} <= set(page.url.partition("?")[2].split("&"))
    assert number_found(page) == announced
    assert {name: counts.get(name) for name in numbers(page)} == numbers(page)


def test_ticks_one_after_the_other_end_at_the_last_state(visit):
    page = visit("/kurse/")
    button = page.locator("#filter-knopf")
    everything = button.inner_text()
    for label in ["kostenfrei", "mit Förderung", "abends"]:
        tick(page, label)
    expect(button).not_to_have_text(everything)
    for label in ["kostenfrei", "mit Förderung", "abends"]:
        page.locator(".facets").get_by_label(re.compile(f"^{label}")).uncheck()
    expect(button).to_have_text(everything)


# ── Suggestions while typing: a list of the browser's own, filled by htmx
def test_words_are_suggested_while_somebody_types_and_each_of_them_finds_something(visit):
    page = visit("/")
    field = page.get_by_label("Was möchten Sie lernen?")
    options = page.locator("#worte option")
    with page.expect_request("**/kurse/vorschlaege/?q=De"):
        field.press_sequentially("De")  # one letter asks nobody, and who goes on typing is not waited for
    expect(options.first).to_be_attached()
    words = [option.get_attribute("value") for option in options.all()]
    assert "Deutsch" in words
    assert all(word.startswith("De") for word in words)
    field.fill("")
    field.press_sequentially("Xy")
    expect(options).to_have_count(0)
    field.fill(words[-1])
    field.press("Enter")
    page.wait_for_url("**/kurse/**")
    assert number_found(page) > 0


# ── A week of one's own
def test_a_week_that_was_ticked_narrows_the_list_and_a_chip_takes_it_away(visit):
    page = visit("/kurse/", width=320, script=False)
    everything = number_found(page)
    open_filter(page)
    page.get_by_role("button", name="Nur was in meine Woche passt").click()
    for day in ["Montag", "Dienstag", "Mittwoch", "Donnerstag"]:
        page.locator(".myweek").get_by_label(f"{day} abends").check()
    page.locator("#filter-knopf").click()
    page.wait_for_url(re.compile("woche=mo-abends"))
    assert 0 < number_found(page) < everything
    page.locator(".chips a", has_text="Mo bis Do").click()
    page.wait_for_url(lambda url: "woche" not in url)
    assert number_found(page) == everything


# ── The keyboard
def step(page: Page, key: str = "Tab") -> dict:
    """One step; whatever has the focus shows it, and nothing lies over it."""
    page.keyboard.press(key)
    focus = page.evaluate(HAS_FOCUS)
    assert focus["ring"], f"the focus does not show: {focus['where']}"
    assert focus["free"], f"something lies over the focus: {focus['where']}"
    return focus


def walk(page: Page, until: str, most: int = 120) -> None:
    for _step in range(most):
        step(page)
        if page.evaluate(f"document.activeElement.matches({until!r})"):
            return
    pytest.fail(f"{until} was not reached in {most} steps")


@pytest.mark.parametrize("width", [1280, 320])
def test_the_keyboard_alone_finds_a_course(visit, width):
    page = visit("/", width=width)
    step(page)
    assert page.evaluate("document.activeElement.matches('a[href=\"#inhalt\"]')")  # the skip link comes first
    walk(page, "[name=q]")
    page.keyboard.type("Deutsch")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kurse/**")
    if width < 992:
        walk(page, "a[href='#filter']")
        page.keyboard.press("Enter")
    walk(page, ".facets [name=kosten]")
    page.keyboard.press("Space")
    walk(page, "#filter-knopf")
    page.keyboard.press("Enter")
    page.wait_for_url("**kosten=**")
    walk(page, ".course h3 a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kurse/*-*/")
    step(page)


def test_a_planted_cover_over_the_focus_is_found(visit):
    page = visit("/impressum/")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<div id=cover></div>');"
        "Object.assign(document.querySelector('#cover').style, {position: 'fixed', inset: 0, zIndex: 99})"
    )
    with pytest.raises(AssertionError, match="lies over"):
        walk(page, "footer a")
