"""J8, seen by the person who was recommended: mail, code, short pages, consent, visible; also without JavaScript."""

import re

import pytest

from tests.e2e.test_accessibility import LOOKS_OF_JOURNEYS, problems, scrolls_sideways, violations

MAKE = """
from django.core.files.base import ContentFile
from taxonomy.models import Place
from providers.models import Organization
from talentpool.models import Entry, Member, Operator, Pool
from talentpool.actions import inviting
from kit import clock
pool, made = Pool.objects.get_or_create(slug="e2e-{key}", defaults=dict(
    name="Talentpool Vorführung", consent_text="Ich möchte, dass geprüfte Betriebe mein Profil sehen.",
    consent_version="1", agreement_text="x", agreement_version="1"))
town, company = Organization.objects.order_by("pk")[:2]
operator, _ = Operator.objects.get_or_create(pool=pool, organization=town, defaults=dict(
    contact_name="Kim Muster", contact_phone="03631 000002", contact_email="kim@stadt.example",
    standin_name="Toni Muster", standin_phone="03631 000003", standin_email="toni@stadt.example"))
member, _ = Member.objects.get_or_create(pool=pool, organization=company, defaults=dict(
    operator=operator, kind="company", approved_at=clock.now(), approved_by="c", agreement_version="1",
    agreement_signed_on=clock.today()))
from talentpool.models import Invitation
Invitation.objects.create(pool=pool, member=member, name="Lena Berger", email="{key}@example.org", job_family="S13",
    criterion="interview", rejected_on=clock.today(), expires_at=clock.now() + clock.days(14))
inviting.send_waiting()
"""
NEWEST = """
from kit import outbox
from kit.models import OutboxMail
print(outbox.written(OutboxMail.objects.filter(to="{key}@example.org", template__endswith="/{name}.txt")[0]).body)
"""


def mail_to(portal, key: str, name: str) -> str:
    """The text of the newest mail in the outbox, as it leaves."""
    return portal.manage("shell", "-v0", "-c", NEWEST.format(key=key, name=name)).stdout


def invited(portal, key: str) -> str:
    """The link in the mail of somebody who has just been recommended."""
    done = portal.manage("shell", "-v0", "-c", MAKE.format(key=key), check=False)
    assert done.returncode == 0, done.stderr
    return re.search(r"https?://\S+", mail_to(portal, key, "invitation"))[0]


def send(page) -> None:
    page.locator("main form button[type=submit]").first.click()


def fill_in(page, portal, key: str, link: str, check) -> None:
    """From the link to a profile that companies see."""
    page.goto(link)
    check("invitation")
    page.get_by_label("Ja, ich möchte dabei sein").check()
    page.get_by_role("button", name="Antwort senden").click()
    check("code")
    page.get_by_label("Ihr Code").fill(re.search(r"\b\d{6}\b", mail_to(portal, key, "invitation_code"))[0])
    page.get_by_role("button", name="Weiter").click()
    assert page.locator("h1").inner_text() == "Guten Tag, Lena Berger"
    check("profile")
    page.get_by_role("link", name="Wer empfiehlt mich?").click()
    check("stamps")
    page.get_by_role("button", name="Zeigen", exact=True).click()
    page.get_by_role("link", name="Zurück zu meinem Profil").click()
    page.get_by_role("link", name="Über Sie").click()
    for name, value in [("day", "2"), ("month", "5"), ("year", "2008")]:
        page.locator(f"select[name=birth_date_{name}]").select_option(value)
    check("person")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("link", name="Was Sie suchen").click()
    check("seeking")
    page.locator("input[name=seeking]").first.check()
    page.locator("input[name=job_families]").nth(2).check()
    page.locator("input[name=hours]").first.check()
    page.locator("input[name=available_from]").fill("2027-08-01")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("link", name="Schule und Ausbildung").click()
    page.locator("input[name=level]").nth(2).check()
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("link", name="Wo Sie wohnen").click()
    page.locator("input[name=home]").fill("99734")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("link", name="Wer darf mich sehen?").click()
    check("consent")
    page.locator("input[name=seen]").check()
    page.get_by_role("button", name="Ich stimme dem Angekreuzten zu").click()
    page.get_by_role("link", name="Mein Profil").first.click()
    assert "sichtbar" in page.locator("#sichtbar").inner_text()
    check("visible")


@pytest.mark.parametrize("width", [1280, 320])
def test_from_the_mail_to_a_visible_profile_without_javascript(visit, portal, width):
    """axe needs scripts: the same pages are looked at by a second browser of the same person where they are open."""
    key = f"lena-{width}"
    link = invited(portal, key)
    page = visit("/impressum/", width=width, script=False)
    sideways = []

    def check(name: str) -> None:
        if scrolls_sideways(page):
            sideways.append(name)

    fill_in(page, portal, key, link, check)
    assert not sideways
    if width == 320:
        return
    state = page.context.storage_state()
    profile = page.url.partition("127.0.0.1")[2].partition("/")[2]
    watcher = visit(f"/{profile}", state=state)
    found = {}
    for part in ["", "vorschau/", "empfehlungen/", "abschnitt/person/", "abschnitt/suche/", "abschnitt/worte/",
                 "unterlagen/", "ausschluesse/?q=a", "anfragen/", "gesehen/", "einwilligung/", "einwilligung/nachweis/",
                 "daten/", "daten/gefunden/", "daten/loeschen/"]:  # fmt: skip
        watcher.goto(f"/{profile}{part}")
        if wrong := problems(watcher, LOOKS_OF_JOURNEYS):
            found[part] = wrong
    assert not found


def test_the_pages_behind_the_link_have_no_barrier_that_axe_finds(visit, portal):
    page = visit(invited(portal, "mara"))
    assert not problems(page, LOOKS_OF_JOURNEYS)
    page.get_by_label("Ja, ich möchte dabei sein").check()
    page.get_by_role("button", name="Antwort senden").click()
    assert not problems(page, LOOKS_OF_JOURNEYS)
    page.get_by_label("Ihr Code").fill("1")
    page.get_by_role("button", name="Weiter").click()
    page.wait_for_function("document.activeElement.className == 'errorsummary'")
    assert not violations(page)
    page.goto("/danke/nicht-ich/")
    assert not problems(page, LOOKS_OF_JOURNEYS)


def test_the_keyboard_alone_answers_the_invitation(visit, portal):
    page = visit(invited(portal, "kim"))
    for _step in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "answer":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/einladung/code/")
    for _step in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "code":
            break
    page.keyboard.type(re.search(r"\b\d{6}\b", mail_to(portal, "kim", "invitation_code"))[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/profil/**")
