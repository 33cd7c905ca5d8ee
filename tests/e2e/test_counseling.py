"""J4 and J5: somebody books a talk without an account, moves it, cancels it; without JavaScript, with the keyboard."""

import pytest

from tests.e2e.conftest import tab_to
from tests.e2e.test_accessibility import LOOKS_OF_JOURNEYS, problems, violations

STEPS = 150  # with the tab key, at most
START = "/beratung/buchen/thema/?fuer=person"
OFFER = """
from datetime import time
from counseling.models import Subject
from tests.counseling.make import make_counsellor, make_service, make_subject
if not Subject.objects.filter(name="Reise").exists():
    hours = [(day, time(hour), time(hour + 4)) for day in range(7) for hour in (8, 12, 16)]
    service = make_service(make_subject("Reise"), minutes=30, every=30, horizon_days=60, notice_hours=0)
    make_counsellor(service, hours=hours, display_name="Beraterin Reise")
"""
LINK = """
from counseling.models import Appointment
from kit import tokens
found = Appointment.objects.filter(email="{email}").latest("created_at")
print("LINK", "/t/" + tokens.make_for("appointment", found) + "/termin/")
"""


@pytest.fixture(scope="module")
def offer(portal):
    """A counsellor with a subject of her own, who always has time."""
    portal.manage("shell", "-c", OFFER)
    return portal


def link(portal, email: str) -> str:
    """What the mail to this address leads to."""
    answer = portal.manage("shell", "-c", LINK.format(email=email)).stdout
    return next(line.split()[1] for line in answer.splitlines() if line.startswith("LINK"))


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose_subject(page) -> None:
    page.get_by_label("Reise", exact=True).check()
    page.get_by_label("per Video", exact=True).check()
    page.get_by_label("Deutsch", exact=True).check()
    press(page, "Weiter")


def choose_time(page, number: int = 0) -> None:
    page.get_by_role("link", name="Nächste Woche").click()
    page.locator(".week input").nth(number).check(force=True)


def book(page, email: str, number: int = 0) -> None:
    choose_subject(page)
    choose_time(page, number)
    press(page, "Weiter")
    page.get_by_label("Ihr Name").fill("Sam Muster")
    page.get_by_label("E-Mail-Adresse").fill(email)
    press(page, "Weiter")
    press(page, "Termin buchen")


@pytest.mark.parametrize(("script", "width"), [(False, 1280), (True, 320)])
def test_book_confirm_move_and_cancel(visit, offer, script, width):
    email = f"sam-{width}@example.org"
    page = visit(START, script=script, width=width)
    book(page, email)
    assert "Fast fertig" in page.locator("h1").inner_text()

    page.goto(link(offer, email))
    assert "Bitte bestätigen Sie" in page.locator("h1").inner_text()
    press(page, "Termin bestätigen")
    assert page.locator("h1").inner_text() == "Ihr Termin ist gebucht"

    before = page.locator(".confirmation").inner_text()
    page.get_by_role("link", name="Andere Zeit wählen").click()
    choose_time(page, 3)
    press(page, "Termin verschieben")
    assert page.locator("h1").inner_text() == "Ihr Termin ist gebucht"
    assert page.locator(".confirmation").inner_text() != before

    page.get_by_role("link", name="Termin absagen").click()
    press(page, "Termin absagen")
    assert page.locator("h1").inner_text() == "Ihr Termin ist abgesagt"
    page.get_by_role("link", name="Neuen Termin buchen").wait_for()


def test_the_keyboard_alone_books(visit, offer):
    page = visit(START)
    tab_to(page, "[name=thema]", STEPS)
    while page.evaluate("document.activeElement.labels[0].innerText.trim()") != "Reise":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    tab_to(page, "[name=art]", STEPS)
    page.keyboard.press("Space")
    tab_to(page, "button[name=weiter]", STEPS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/termin/**")
    tab_to(page, "a[rel=next]", STEPS)
    page.keyboard.press("Enter")
    page.wait_for_url("**woche=**")
    tab_to(page, ".week input", STEPS)
    page.keyboard.press("ArrowDown")
    assert page.locator(".week input:checked").count() == 1
    tab_to(page, ".week + button", STEPS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/angaben/**")
    tab_to(page, "#id_name", STEPS)
    page.keyboard.type("Sam Muster")
    tab_to(page, "#id_email", STEPS)
    page.keyboard.type("tasten@example.org")
    tab_to(page, "#id_phone", STEPS)
    page.keyboard.type("03631 000009")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pruefen/**")
    tab_to(page, "main form:last-of-type button.btn-primary", STEPS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/gebucht/**")


def test_two_people_one_time(visit, offer):
    """The second one gets the same page, with the next time and nothing ticked."""
    first, second = visit(START, script=False), visit(START, script=False)
    for page in (first, second):
        choose_subject(page)
        choose_time(page, 5)
    press(first, "Weiter")
    press(second, "Weiter")
    assert "ist gerade vergeben. Nächste freie Zeit:" in second.locator("[role=alert]").inner_text()
    assert second.locator(".week input:checked").count() == 0
    assert second.locator("h1").inner_text() == "Wann passt es Ihnen?"


def test_mistakes_are_named_and_nothing_is_lost(visit, offer):
    page = visit(START, script=False)
    press(page, "Weiter")
    assert page.title().startswith("Fehler:")
    choose_subject(page)
    choose_time(page, 7)
    press(page, "Weiter")
    page.get_by_label("E-Mail-Adresse").fill("sam.example.org")
    press(page, "Weiter")
    assert page.title().startswith("Fehler:")
    assert "Schreiben Sie die E-Mail-Adresse mit @" in page.locator("[role=alert]").inner_text()
    assert page.get_by_label("E-Mail-Adresse").input_value() == "sam.example.org"


def test_every_page_of_a_booking_is_accessible(visit, offer):
    page = visit("/beratung/")
    email, found = "axe@example.org", {}

    def look(name: str) -> None:
        if wrong := problems(page, LOOKS_OF_JOURNEYS):
            found[name] = wrong

    look("start")
    page.goto(START)
    press(page, "Weiter")
    look("subject, with errors")
    choose_subject(page)
    look("times")
    choose_time(page, 9)
    press(page, "Weiter")
    press(page, "Weiter")
    look("details, with errors")
    page.get_by_label("Ihr Name").fill("Sam Muster")
    page.get_by_label("E-Mail-Adresse").fill(email)
    press(page, "Weiter")
    look("check")
    press(page, "Termin buchen")
    look("booked")
    page.goto(link(offer, email))
    look("to confirm")
    press(page, "Termin bestätigen")
    look("confirmed")
    address = page.url
    for name in ("verschieben/", "art/", "absagen/"):
        page.goto(address + name)
        look(name)
    press(page, "Termin absagen")
    look("cancelled")
    page.goto("/beratung/termin-finden/")
    look("find")
    assert found == {}


def test_a_broken_page_would_be_noticed(visit, offer):
    """Negative control for the test above."""
    page = visit(START)
    page.evaluate("document.querySelector('label[for=id_thema_0]').remove()")
    assert violations(page)
