"""J1: somebody finds a course and reads all about it; on a phone, without JavaScript, with the keyboard alone."""

import pytest


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [1280, 320])
def test_from_the_home_page_to_a_course(visit, width, script):
    page = visit("/", width=width, script=script)
    page.locator("input[name=q]").first.fill("Deutsch")
    page.locator("input[name=q]").first.press("Enter")
    assert "q=Deutsch" in page.url
    assert page.locator("h1").count() == 1
    page.locator("main h3 a[href^='/kurse/']").first.click()
    assert page.locator("h1").count() == 1
    assert page.locator("a[href^='tel:']").count()


def test_filters_are_part_of_the_address(visit):
    page = visit("/kurse/", script=False)
    page.locator("input[name=kosten]").first.check()
    page.locator("form:has(input[name=kosten]) button[type=submit]").first.click()
    again = visit(page.url)
    assert again.locator("h1").inner_text() == page.locator("h1").inner_text()
    assert "kosten=" in page.url


def test_the_keyboard_alone_reaches_a_course(visit):
    page = visit("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')").startswith("#")  # the skip link comes first
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "q":
            break
    page.keyboard.type("Deutsch")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kurse/**")
    for _step in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('h3') && document.activeElement.pathname"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/kurse/*-*/")
