"""J12: a coordinator brings a provider's file, reads the plan, applies it and finds the course; in Chromium."""

import re

DELIVERY = """Kursnummer;Titel;Beschreibung;Beginn;Ende;Uhrzeit von;Uhrzeit bis;Wochentage;PLZ;Ort;Preis;Plätze
J12-1;Wattwandern für Binnenländer;Gezeitentafeln lesen.;04.05.2027;25.05.2027;18:00;19:30;Di;99734;Nordhausen;45,00;12
J12-2;Klöppeln am Nachmittag;Spitzen mit eigenen Händen.;05.05.2027;26.05.2027;14:00;16:00;Mi;38855;Wernigerode;0;8
"""


def upload(page, content: str, name: str = "katalog.csv") -> None:
    page.goto("/verwaltung/courses/importplan/add/")
    page.locator("select[name=provider]").evaluate(
        "(select) => { select.value = [...select.options].find(option => option.value).value }"
    )
    page.locator("input[name=is_partial]").check()  # two courses beside those that the provider already has
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content.encode("utf-8")}
    )
    page.locator("main form button[type=submit], #content-main form [type=submit]").first.click()


def test_a_file_becomes_a_plan_and_then_courses(visit, coordinator):
    page = visit("/verwaltung/", state=coordinator)
    upload(page, DELIVERY)
    page.get_by_text("Wattwandern für Binnenländer").first.wait_for(timeout=30_000)
    public = visit("/kurse/?q=Wattwandern")
    assert public.locator("main h3 a[href^='/kurse/']").count() == 0  # a plan changes nothing
    page.get_by_role("button", name=re.compile("bernehmen")).first.click()
    page.get_by_text("Der Import ist übernommen").first.wait_for(timeout=60_000)
    public.reload()
    public.locator("main h3 a", has_text="Wattwandern").click()
    assert "Nordhausen" in public.locator("main").inner_text()


STRANGE = """Kennung;Worum es geht;Los geht es am;In
J12-8;Besenbinden zum Feierabend;11.05.2027;Nordhausen
J12-9;Korbflechten am Vormittag;12.05.2027;Nordhausen
"""


def test_strange_headings_are_explained_once_and_remembered(visit, coordinator):
    page = visit("/verwaltung/", state=coordinator)
    upload(page, STRANGE)
    page.get_by_role("link", name="Was die Spalten bedeuten").click(timeout=30_000)
    for heading, column in {"Kennung": "Kursnummer", "Worum es geht": "Titel", "Los geht es am": "Beginn"}.items():
        page.get_by_label(heading, exact=True).select_option(label=column)
    page.get_by_role("button", name="Datei neu lesen").click()
    page.get_by_text("Besenbinden zum Feierabend").first.wait_for(timeout=30_000)
    page.get_by_role("button", name=re.compile("bernehmen")).first.click()
    page.get_by_text("Der Import ist übernommen").first.wait_for(timeout=60_000)
    assert visit("/kurse/?q=Besenbinden").locator("main h3 a", has_text="Besenbinden").count() == 1
    upload(page, STRANGE.replace("Vormittag", "Nachmittag"))
    page.get_by_text("Korbflechten am Nachmittag").first.wait_for(timeout=30_000)


SUBMIT_TWO = """
from courses.models import Course
two = Course.objects.visible().order_by("pk").values("pk")[:2]
Course.objects.filter(pk__in=list(two.values_list("pk", flat=True))).update(state="submitted")
"""


def test_courses_that_wait_are_published_from_the_queue(visit, portal, coordinator):
    assert portal.manage("shell", "-c", SUBMIT_TWO, check=False).returncode == 0
    page = visit("/verwaltung/", state=coordinator)
    page.get_by_role("link", name="Kurse, die auf Freigabe warten").click()
    ticks = page.locator("#result_list tbody input[name=_selected_action]")
    ticks.first.wait_for()  # count() does not wait for the page that the click opens
    waiting = ticks.count()
    assert waiting >= 2
    titles = [page.locator("#result_list tbody tr .field-title").nth(number).inner_text() for number in range(2)]
    for number in range(2):
        ticks.nth(number).check()
    page.locator("select[name=action]").select_option("publish")
    page.locator("#changelist-form button[name=index]").click()
    for title in titles:  # the question names what it is about
        assert title in page.locator("#content").inner_text()
    page.locator("#content form [type=submit]").first.click()
    page.get_by_text("2 Kurse wurden geändert.").wait_for()
    page.goto("/verwaltung/courses/course/?state__exact=submitted")
    assert page.locator("#result_list tbody input[name=_selected_action]").count() == waiting - 2


def test_a_file_that_is_no_catalogue_is_refused_in_words(visit, coordinator):
    page = visit("/verwaltung/", state=coordinator)
    upload(page, "<html><body>502 Bad Gateway</body></html>", name="export.xml")
    text = page.locator("body").inner_text()
    assert "HTML" in text or "Webseite" in text
