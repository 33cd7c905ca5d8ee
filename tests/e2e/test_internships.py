"""J6, J7: somebody of 15 finds an internship and gets it, a company registers and offers one. Without JavaScript."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.e2e.conftest import tab_to
from tests.e2e.test_accessibility import LOOKS_OF_JOURNEYS, problems

LINKS = """
from internships.models import GUARDIAN, PUPIL, REGISTRATION, Guardian, Pupil, Registration
from kit import tokens
pupil = Pupil.objects.filter(email="{email}").first()
if pupil:
    print("mine /t/" + tokens.make_for(PUPIL, pupil) + "/praktikum/")
    print("parent /t/" + tokens.make_for(GUARDIAN, pupil.guardian) + "/praktikum-eltern/")
registration = Registration.objects.filter(email="{email}").first()
if registration:
    print("registration /t/" + tokens.make_for(REGISTRATION, registration) + "/betrieb/")
"""
OFFER = """
from internships.models import Offer
offer = Offer.objects.visible().filter(employer__organization__name__startswith="Federnwerk").order_by("pk").first()
print("offer", offer.get_absolute_url())
"""


def answers(portal, code: str, **fields) -> dict[str, str]:
    """What the mails to an address lead to."""
    said = portal.manage("shell", "-v0", "-c", code.format(**fields)).stdout
    return dict(line.split() for line in said.splitlines() if len(line.split()) == 2)


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture(scope="module")
def offer(portal) -> str:
    return answers(portal, OFFER)["offer"]


def fill_in(page, email: str) -> None:
    page.locator("input[name=time]").first.check()
    for name in ("subjects", "hobbies", "why"):
        if page.locator(f"[name={name}]").count():
            page.locator(f"[name={name}]").fill("Ich bastle gern.")
    page.get_by_label("Vorname").fill("Wilhelmine")
    page.get_by_label("Nachname").fill("Beispiel")
    page.get_by_label("Geburtsdatum").fill(f"{datetime.now(UTC).year - 15}-01-01")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=guardian_email]").fill("eltern@familie.example")
    press(page, "Senden")


def test_j6_from_the_search_to_a_place(visit, portal, offer, company):
    page = visit("/praktikum/", script=False)
    page.get_by_label("Ort oder Postleitzahl").fill("Nordhausen")
    page.get_by_label("Technik und Maschinen").check()
    press(page, "Praktika zeigen")
    assert "km von Nordhausen" in page.locator("main article").first.inner_text()
    page.goto(offer)
    page.get_by_role("link", name="Bewerben").click()
    fill_in(page, "wilhelmine@schule.example")
    assert page.locator("h1").inner_text() == "Bitte sehen Sie in Ihr Postfach"
    found = answers(portal, LINKS, email="wilhelmine@schule.example")
    page.goto(found["mine"])
    page.locator("main ul.tasks a").first.click()
    press(page, "Bewerbung absenden")
    assert "Wir warten auf die Antwort Ihrer Eltern" in page.locator("main").inner_text()
    application = page.url.rstrip("/").rpartition("/")[2]
    desk = visit("/mein/praktikum/", script=False, state=company)
    assert application not in desk.content()
    page.goto(found["parent"])
    page.get_by_label("Ja, ich stimme zu").check()
    press(page, "Antwort senden")
    desk.reload()
    desk.locator(f"a[href*='{application}']").click()
    press(desk, "Bewerbung lesen")
    assert "Beispiel" not in desk.locator("main").inner_text()
    desk.get_by_label("Ja, wir bieten den Platz an").check()
    press(desk, "Antwort senden")
    page.goto(found["mine"])
    page.locator("main ul.tasks a").first.click()
    press(page, "Ja, ich komme")
    assert "Freistellung für Ihre Schule (PDF)" in page.locator("main").inner_text()
    desk.reload()
    assert "Wilhelmine Beispiel" in desk.locator("h1").inner_text()


def test_j6_by_keyboard_alone(visit, offer):
    page = visit(offer)
    tab_to(page, "main a.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/anfragen/")
    tab_to(page, "input[name=time]", 40)
    page.keyboard.press("Space")
    tab_to(page, "main form button", 40)
    page.keyboard.press("Enter")
    page.locator(".errorsummary").wait_for()
    assert page.title().startswith("Fehler")
    assert page.locator("input[name=time]").first.is_checked()
    page.locator(".errorsummary a").first.click()
    assert page.evaluate("document.activeElement.name") in {"first_name", "subjects"}


def test_j7_a_company_registers_and_writes_its_first_offer(visit, portal):
    page = visit("/praktikum/betrieb-anmelden/", script=False)
    page.get_by_label("Name des Betriebs").fill("Federnwerk Zorgebrücke")
    page.get_by_label("Ort oder Postleitzahl").fill("Nordhausen")
    page.get_by_label("Ihr Name").fill("Kim Beispiel")
    page.get_by_label("Ihre E-Mail-Adresse im Betrieb").fill("kim@uhrwerk.example")
    page.get_by_label("Telefonnummer").fill("0152 28817386")
    press(page, "Betrieb anmelden")
    assert "Gehören Sie zu einem dieser Betriebe?" in page.locator("main").inner_text()
    page.get_by_label("Nein, wir sind ein anderer Betrieb.").check()
    page.get_by_label("Name des Betriebs").fill("Uhrwerk Beispiel GmbH")
    press(page, "Betrieb anmelden")
    assert page.locator("h1").inner_text() == "Fast geschafft"
    page.goto(answers(portal, LINKS, email="kim@uhrwerk.example")["registration"])
    page.get_by_label("Ja, das war ich").check()
    press(page, "Weiter")
    assert "Ihr Betrieb ist angemeldet" in page.locator("main").inner_text()


def test_every_page_is_accessible(visit, portal, offer, company):
    page = visit("/praktikum/")
    email, found = "axe@schule.example", {}

    def look(path: str = "") -> None:
        if path:
            page.goto(path)
        if wrong := problems(page, LOOKS_OF_JOURNEYS):
            found[path or page.url] = wrong

    public = ["", "?ansicht=karte", "?q=gibtesnicht", "wochen/", "wunsch/", "betrieb-anmelden/", "angefragt/"]
    for path in [*public, "aktion/praktikumswochen-suedharz/", "aktion/praktikumswochen-suedharz/anmelden/"]:
        look(f"/praktikum/{path}")
    look("/nachweis/")
    look(offer)
    page.goto(f"{offer}anfragen/")
    press(page, "Senden")
    look()
    fill_in(page, email)
    links = answers(portal, LINKS, email=email)
    look(links["mine"])
    page.locator("main ul.tasks a").first.click()
    look()
    look(links["parent"])
    for name in ("eltern/", "loeschen/"):
        look(links["mine"] + name)
    desk = visit("/mein/praktikum/", state=company)
    home = desk.url
    for path in ("", "angebote/neu/", "wuensche/"):
        desk.goto(home + path)
        if wrong := problems(desk, LOOKS_OF_JOURNEYS):
            found[path] = wrong
    desk.goto(home)
    desk.locator("main ul.tasks a").first.click()
    assert problems(desk, LOOKS_OF_JOURNEYS) == []
    assert found == {}


def test_a_teacher_asks_for_a_lesson_and_the_company_holds_it(visit, cookies_of, company):
    """Row 61 of the mission, with axe at each step."""
    page = visit("/mein/praktikum/", state=cookies_of("school"))
    found = {}

    def look(where) -> None:
        if wrong := problems(where, LOOKS_OF_JOURNEYS):
            found[where.url] = wrong

    page.locator("main a[href*='/schule/']").first.click()
    page.get_by_role("link", name="Unterricht planen").click()
    look(page)
    page.get_by_role("link", name="Thema finden").click()
    page.get_by_label("Unterrichtsfach").select_option(label="Physik")
    press(page, "Themen zeigen")
    look(page)
    page.locator("main .course a:has-text('Hookesche')").click()
    page.get_by_label("Klassenstufe").fill("8")
    page.get_by_label("Klasse", exact=True).fill("8x")
    page.get_by_label("Wie viele Schülerinnen und Schüler?").fill("21")
    page.get_by_label("Tag").fill("1999-01-01")
    press(page, "Betrieb anfragen")
    assert page.title().startswith("Fehler")
    look(page)
    page.get_by_label("Tag").fill(tuesday_in_two_weeks().isoformat())
    press(page, "Betrieb anfragen")
    assert "8x" in page.locator("main").inner_text()
    desk = visit("/mein/praktikum/", state=company)
    desk.locator("main a[href$='/unterricht/']").first.click()
    look(desk)
    desk.locator("main li:has-text('8x') a").first.click()
    look(desk)
    desk.get_by_label("Ja, wir halten den Unterricht").check()
    press(desk, "Antwort senden")
    page.goto("/mein/praktikum/")
    page.locator("main a[href*='/schule/']").first.click()
    page.get_by_role("link", name="Unterricht planen").click()
    page.locator("section:has(h2:text-is('Geplant')) li:has-text('8x') a").click()
    look(page)
    assert "Ihr Kontakt im Betrieb" in page.locator("main").inner_text()
    assert found == {}


def tuesday_in_two_weeks() -> date:
    day = datetime.now(UTC).date() + timedelta(days=14)
    return day + timedelta(days=(1 - day.weekday()) % 7)
