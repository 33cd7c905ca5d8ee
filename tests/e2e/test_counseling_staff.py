"""A counsellor's Monday morning, without JavaScript: what waits, a call, an illness, a caller, a result, a list."""

from tests.e2e.test_accessibility import LOOKS_OF_JOURNEYS, problems, violations

DESK = "/mein/beratung/"
PAGES = ["", "tag/", "offen/", "anrufe/", "zeiten/", "zeiten/neu/", "zeiten/ausnahme/", "zeiten/krank/", "buchen/",
         "kurslisten/", "bedarf/", "bedarf/neu/", "raeume/", "team/"]  # fmt: skip
PUBLIC = ["/beratung/rueckruf/", "/beratung/orientierung/", "/beratung/orientierung/?wunsch=arbeit", "/beratung/team/",
          "/beratung/nordhausen/",
          "/beratung/orientierung/?wunsch=arbeit&lage=ohne&zeit=egal&hilfe=reden"]  # fmt: skip


def test_no_page_of_the_desk_has_a_barrier_that_axe_finds(visit, counsellor):
    page = visit(DESK, state=counsellor)
    found = {}
    talk = page.locator(".deskweek a[href*='/termin/']").first.get_attribute("href")
    page.goto(f"{DESK}kurslisten/")
    shortlist = page.locator(".rows a").first.get_attribute("href")
    beside = [talk, *(f"{talk}{each}/" for each in ("ergebnis", "notiz", "zettel", "vermitteln")), shortlist]
    for path in [*(DESK + each for each in PAGES), *beside, *PUBLIC]:
        page.goto(path)
        if wrong := problems(page, [*LOOKS_OF_JOURNEYS, (1280, "dark")]):
            found[path] = wrong
    assert not found


def test_a_planted_barrier_is_found(visit, counsellor):
    """Negative control: a field without a label on the page of rooms."""
    page = visit(f"{DESK}raeume/", state=counsellor)
    page.evaluate("document.querySelector('main form').insertAdjacentHTML('beforeend', '<input name=x>')")
    assert any(fault.startswith("label") for fault in violations(page))


def test_a_monday_morning_without_javascript(visit, counsellor):
    page = visit(DESK, script=False, state=counsellor)
    assert page.get_by_role("heading", level=1).inner_text() == "Meine Woche"
    # A call-back is taken and done
    page.get_by_role("link", name="Rückrufe").first.click()
    page.get_by_role("button", name="Ich rufe an").first.click()
    page.get_by_role("button", name="Ich habe angerufen").first.click()
    assert "Der Rückruf ist erledigt" in page.locator("main").inner_text()
    # A talk of last week gets its result
    page.goto(f"{DESK}offen/")
    page.get_by_role("link", name="Ergebnis eintragen").first.click()
    page.get_by_label("Ja, es hat stattgefunden").check()
    page.get_by_label("Kurs gewählt").check()
    page.get_by_role("button", name="Ergebnis speichern").click()
    assert "Das Ergebnis ist gespeichert" in page.locator("main").inner_text()
    # A note for the next time
    page.get_by_role("link", name="Notiz").click()
    page.locator("textarea").fill("Erfundene Notiz")
    page.get_by_role("button", name="Notiz speichern").click()
    assert "Das lesen nur Sie" in page.locator("main").inner_text()
    # A list of courses for this client
    page.get_by_role("button", name="Neue Kursliste").click()
    page.get_by_label("Was soll gelernt werden?").fill("Deutsch")
    page.get_by_role("button", name="Suchen").click()
    page.get_by_role("button", name="Auf die Liste").first.click()
    assert "Auf der Liste (1)" in page.locator("main").inner_text()
    page.get_by_role("link", name="Die Seite, wie die Person sie sieht").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Kurse für Sie"


def test_somebody_calls_who_has_no_mail(visit, counsellor):
    page = visit(f"{DESK}buchen/", script=False, state=counsellor)
    page.get_by_label("Worum geht es?").select_option(label="Ich weiß es noch nicht (45 Minuten)")
    page.get_by_role("button", name="Freie Zeiten zeigen").click()
    page.locator(".slotrows a").last.click()
    page.get_by_label("Name").fill("Kim Beispiel")
    page.get_by_role("button", name="Jetzt buchen").click()
    assert "Bitte schreiben Sie eine Telefonnummer" in page.locator(".errorsummary").inner_text()
    page.get_by_label("Telefon").fill("030 23125 555")
    page.get_by_role("button", name="Jetzt buchen").click()
    page.get_by_role("link", name="Zettel").click()
    page.emulate_media(media="print")
    slip = page.locator(".slip").inner_text()
    assert "Ihre Nummer" in slip
    assert "Sie können nicht kommen?" in slip
    assert not page.locator(".viewtabs").is_visible()


def test_somebody_who_does_not_know_yet_finds_a_next_step(visit):
    page = visit("/beratung/orientierung/", script=False)
    for answer in ("Ich weiß es nicht", "Das möchte ich nicht sagen", "das ist egal", "ein kurzer Anruf"):
        page.get_by_text(answer, exact=True).click()  # the whole line is the label and lies over its circle
        page.get_by_role("button", name="Weiter").click()
    page.locator(".door a").first.click()
    page.get_by_label("Ihr Name").fill("Kim Beispiel")
    page.get_by_label("Ihre Telefonnummer").fill("030 23125 556")
    page.get_by_role("button", name="Bitte rufen Sie mich an").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Danke. Wir rufen Sie an."
