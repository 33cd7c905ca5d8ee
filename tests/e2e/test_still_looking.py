"""Somebody answers "still looking?" from a mail: without JavaScript, by keyboard, on a phone; and changes the mind."""

import json

import pytest

from tests.e2e.test_accessibility import LOOKS, problems

ASK = """
import json
from datetime import timedelta
from kit import clock, tokens
from talentpool.models import CHECK_IN, ENTRY
from tests.talentpool.make import make_check_in, make_entry
asked = []
for _person in range(20):
    entry = make_entry(confirmed_at=clock.now() - timedelta(days=90))
    check_in = make_check_in(entry, accepted_at=clock.now())
    asked.append([tokens.make_for(CHECK_IN, check_in), tokens.make_for(ENTRY, entry)])
print(json.dumps(asked))
"""


@pytest.fixture(scope="module")
def people(portal):
    """People who have just been asked: the tokens of the first question and of the mail that says "hidden"."""
    done = portal.manage("shell", "--no-imports", "-c", ASK, check=False)
    assert done.returncode == 0, done.stderr
    return iter(json.loads(done.stdout.strip().splitlines()[-1]))


@pytest.fixture
def links(people):
    """Of one of them, whom no other test has met."""
    question, entry = next(people)
    return f"/t/{question}/noch-auf-der-suche/", f"/t/{entry}/bleiben/"


def heading(page) -> str:
    return page.locator("h1").inner_text()


def press(page, *labels: str) -> None:
    for label in labels:
        page.get_by_label(label, exact=True).check()
    page.locator("main button[type=submit]").click()


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [1280, 320])
def test_one_choice_and_one_button(visit, links, width, script):
    page = visit(links[0], width=width, script=script)
    assert page.locator("input[type=radio]:checked").count() == 0
    press(page)
    assert "Bitte wählen Sie eine der Antworten." in page.locator("main").inner_text()
    press(page, "Ja, ich suche noch")
    assert heading(page) == "Vielen Dank. Sie bleiben im Talentpool."


def test_the_keyboard_alone_answers(visit, links):
    page = visit(links[0])
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('h1').textContent.startsWith('Vielen Dank')")


def test_found_something_and_two_voluntary_questions(visit, links):
    page = visit(links[0], script=False)
    press(page, "Ich habe etwas gefunden")
    assert heading(page) == "Herzlichen Glückwunsch!"
    press(page, "Ja", "Ja, ich bleibe")
    assert "Ihre Antworten zählen" in page.locator("main").inner_text()


def test_erasing_has_a_second_page_and_a_way_back(visit, links):
    page = visit(links[0], script=False)
    press(page, "Bitte alles löschen")
    assert heading(page) == "Ihr Profil löschen?"
    press(page, "Ja, alles löschen")
    assert heading(page) == "Ihr Profil ist ausgeblendet"
    page.get_by_role("link", name="Im Talentpool bleiben").click()
    press(page, "Ich möchte im Talentpool bleiben")
    assert heading(page) == "Sie bleiben im Talentpool"


def test_nobody_is_shut_out(visit, links):
    for path, choices in ((links[0], []), (links[0], ["Bitte alles löschen"]), (links[1], []), ("/t/x.y/bleiben/", [])):
        page = visit(path)
        if choices:
            press(page, *choices)
        assert problems(page, LOOKS) == [], path
