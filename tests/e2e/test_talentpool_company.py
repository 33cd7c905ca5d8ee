"""J8, J9, J11: a company recommends in one request, searches and asks; a teacher recommends and sees nobody."""

from datetime import UTC, date, datetime

import pytest

from tests.e2e.conftest import signed_in, tab_to
from tests.e2e.test_accessibility import LOOKS_OF_JOURNEYS, problems, violations


@pytest.fixture(scope="module")
def teacher(cookies_of):
    return cookies_of("school")


@pytest.fixture(scope="module")
def municipality(chromium, portal):
    return signed_in(chromium, portal, "traeger@lernregion.example")  # no role


def twin_day() -> date:
    """The last day whose month and day are the same number: typed alike in every order of a date field."""
    today = datetime.now(UTC).date()
    days = [date(year, number, number) for year in (today.year - 1, today.year) for number in range(1, 13)]
    return max(day for day in days if day < today)


def test_j8_a_company_recommends_in_one_request_without_javascript(visit, company):
    page = visit("/mein/talentpool/", script=False, state=company)
    page.get_by_role("link", name="Jemanden empfehlen").click()
    assert "vielen Dank für Ihre Bewerbung" in page.locator("blockquote").inner_text()
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.get_by_label("Name der Person").fill("Jo Beispiel")
    page.get_by_label("E-Mail der Person").fill("jo.beispiel@talente.example")
    page.get_by_label("Berufsfeld").select_option("S13")
    page.get_by_label("Wann haben Sie abgesagt?").fill(twin_day().isoformat())
    page.get_by_label("hat uns im Gespräch überzeugt").check()
    page.get_by_role("button", name="Empfehlung senden").click()
    assert page.locator("h1").inner_text() == "Danke für Ihre Empfehlung"
    assert len(posts) == 1


def test_j8_by_keyboard_alone(visit, company):
    page = visit("/mein/talentpool/", state=company)
    tab_to(page, "a[href$='/empfehlen/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/empfehlen/")
    tab_to(page, "#id_name")
    page.keyboard.type("Kai Beispiel")
    page.keyboard.press("Tab")
    page.keyboard.type("kai.beispiel@talente.example")
    page.keyboard.press("Tab")
    page.keyboard.type("Gesundheit")
    page.keyboard.press("Tab")
    day = twin_day()
    page.keyboard.type(f"{day:%d%m%Y}")
    tab_to(page, "input[name=criterion]", 5)
    page.keyboard.press("Space")
    tab_to(page, "input[type=submit], main button[type=submit]", 5)
    page.keyboard.press("Enter")
    page.wait_for_url("**/gesendet/")
    assert page.locator("h1").inner_text() == "Danke für Ihre Empfehlung"


def test_j8_what_is_missing_is_said_in_words(visit, company):
    page = visit("/mein/talentpool/", state=company)
    page.get_by_role("link", name="Jemanden empfehlen").click()
    page.get_by_role("button", name="Empfehlung senden").click()
    assert page.title().startswith("Fehler")
    assert "Bitte schreiben Sie den Namen." in page.locator(".errorsummary").inner_text()
    assert not violations(page)
    page.locator(".errorsummary a").first.click()
    assert page.evaluate("document.activeElement.id") == "id_name"


def test_j9_a_company_searches_and_asks_without_javascript(visit, company):
    page = visit("/mein/talentpool/", script=False, state=company)
    page.get_by_role("link", name="Talente finden").click()
    found = page.locator("h1").inner_text()
    page.locator("input[name=sucht][value=training]").check()
    page.get_by_role("button", name="Talente zeigen").click()
    assert "sucht=training" in page.url
    assert page.locator("h1").inner_text() != found
    for number in range(page.locator("main h3 a").count()):
        page.locator("main h3 a").nth(number).click()
        page.wait_for_load_state()
        if page.get_by_role("link", name="Um ein Gespräch bitten").count():
            break
        page.go_back()
    assert "@" not in page.locator("main").inner_text()
    page.get_by_role("link", name="Um ein Gespräch bitten").click()
    page.get_by_label("Praktikum").check()
    page.get_by_label("Ihre Nachricht").fill("Guten Tag, wir suchen junge Leute. Kommen Sie vorbei?")
    page.get_by_role("button", name="Anfragen").click()
    assert "§ 1 AGG" in page.locator(".notice").inner_text()
    page.get_by_role("button", name="So senden").click()
    assert page.locator("h1").inner_text() == "Unsere Anfragen"
    assert "wartet auf Antwort" in page.locator("main article").first.inner_text()


def test_j11_a_teacher_recommends_and_sees_nobody(visit, teacher):
    page = visit("/mein/talentpool/", script=False, state=teacher)
    assert page.get_by_role("link", name="Talente finden").count() == 0
    home = page.url
    page.get_by_role("link", name="Schülerin oder Schüler empfehlen").click()
    page.get_by_label("Name der Person").fill("Mia Beispiel")
    page.get_by_label("E-Mail der Person").fill("mia.beispiel@talente.example")
    page.get_by_label("Berufsfeld").select_option("S22")
    for strength in ("zuverlässig", "hilft anderen", "bleibt dran"):
        page.get_by_label(strength, exact=True).check()
    page.get_by_role("button", name="Empfehlung senden").click()
    assert page.locator("h1").inner_text() == "Danke für Ihre Empfehlung"
    page.goto(f"{home}talente/")
    assert "Schulen empfehlen und sehen niemanden." in page.locator("main").inner_text()


def test_the_municipality_lets_a_company_in(visit, municipality):
    page = visit("/mein/talentpool/", script=False, state=municipality)
    page.get_by_role("link", name="Aufnehmen").first.click()
    page.get_by_label("An welchem Tag").fill(twin_day().isoformat())
    page.get_by_role("button", name="Aufnehmen").click()
    assert "Niemand wartet." in page.locator("main").inner_text()


def addresses(page, *names: str) -> list[str]:
    return [page.get_by_role("link", name=name).first.get_attribute("href") for name in names]


def test_pages_have_no_barrier_that_axe_finds(visit, company, teacher, municipality):
    found = {}

    def look(page, *paths: str) -> None:
        for path in paths:
            page.goto(path)
            if wrong := problems(page, LOOKS_OF_JOURNEYS):
                found[path] = wrong

    look(visit("/"), "/talentpool/", "/talentpool/nordthueringen-harz/", "/en/talentpool/")
    page = visit("/mein/talentpool/", state=company)
    invite, talents, requests = addresses(page, "Jemanden empfehlen", "Talente finden", "Unsere Anfragen")
    look(page, page.url, invite, f"{invite}gesendet/", requests, "/talentpool/nordthueringen-harz/mitmachen/", talents)
    profile = page.locator("main h3 a").last.get_attribute("href")
    look(page, profile, f"{profile}anfragen/", f"{talents}?feld=S53")
    page = visit("/mein/talentpool/", state=teacher)
    look(page, page.url, *addresses(page, "Schülerin oder Schüler empfehlen"))
    page = visit("/mein/talentpool/", state=municipality)
    ending = page.get_by_role("link", name="Beenden").first.get_attribute("href")
    look(page, page.url, f"{page.url}bearbeiten/", ending)
    assert not found
