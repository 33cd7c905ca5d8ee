"""The look: built files match their sources, nothing comes from elsewhere, every page has the same frame."""

import gzip
import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

import html5lib
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal import colors, navigation
from portal.views import components, errors
from taxonomy.models import Page, Region
from tests import make
from tools.take_icons import used_icons

ROOT = settings.BASE_DIR
CSS = ROOT / "static" / "css"
SHEETS = ["portal.css", "portal.rtl.css"]
NODE_MODULES = Path(os.environ.get("NODE_MODULES", ROOT / "node_modules"))
PAGES = ["/", "/en/", "/sprachen/", "/kontakt/", "/en/kontakt/", "/konto/login/"]


@pytest.fixture
def region(db):
    return Region.objects.create(
        name="Lernregion Probe",
        subtitle="Zwei Kreise",
        office="Bildungsbüro Probe",
        address="Markt 1\n12345 Probestadt",
        phone="03900 123-456",
        email="buero@probe.example",
        opening_hours="Mo bis Fr 9–16 Uhr",
    )


@pytest.fixture
def contact(db):
    return Page.objects.create(slug="kontakt", language="de", title="Kontakt", body="<h3>Besuch</h3><p>Markt 1</p>")


def parsed(response):
    return html5lib.parse(response.content.decode(), namespaceHTMLElements=False)


# ── Built and vendored files
def sources_hash() -> str:
    digest = hashlib.sha256()
    for file in [ROOT / "package.json", *sorted((ROOT / "static" / "scss").glob("*.scss"))]:
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


def test_tools_that_build_the_look_are_pinned():
    """Another Sass prints hundreds of warnings with this Bootstrap, and builds other bytes."""
    tools = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    assert [version for version in tools.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert "sass" in tools


@pytest.mark.parametrize("name", SHEETS)
def test_css_was_built_from_these_sources(name):
    first_line = (CSS / name).read_text().partition("\n")[0]
    assert f"sha256:{sources_hash()} " in first_line, "run: npm install && npm run css"


@pytest.mark.skipif(not (NODE_MODULES / "sass").is_dir(), reason="no node_modules here: npm install")
def test_css_equals_a_fresh_build(tmp_path):
    build = ["node", str(ROOT / "tools" / "build_css.mjs"), str(tmp_path)]
    subprocess.run(build, check=True, env={**os.environ, "NODE_MODULES": str(NODE_MODULES)}, capture_output=True)
    for name in SHEETS:
        assert (tmp_path / name).read_text() == (CSS / name).read_text()


@pytest.mark.parametrize("name", SHEETS)
def test_css_is_small_and_asks_nobody_else(name):
    css = (CSS / name).read_text()
    assert len(css.encode()) <= 170_000
    assert all(address.startswith(("../fonts/", "data:")) for address in re.findall(r'url\("?([^")]+)', css))


def test_vendored_files_are_those_of_the_list():
    rows = re.findall(r"`([\w./-]+)` \| `([\w./-]+)` \| `([0-9a-f]{64})`", (ROOT / "VENDORED.md").read_text())
    listed = {file for file, _licence, _sum in rows}
    for file, licence, checksum in rows:
        assert hashlib.sha256((ROOT / file).read_bytes()).hexdigest() == checksum, file
        assert (ROOT / licence).is_file()
    found = [*(ROOT / "static").glob("fonts/*"), *(ROOT / "static").glob("js/vendor/*")]
    assert {str(file.relative_to(ROOT)) for file in found} <= listed


BUDGET = {
    "css/portal.css": 26_000,
    "css/portal.rtl.css": 26_000,
    "js/vendor/htmx.min.js": 18_000,
    "js/portal.js": 2_000,
}


@pytest.mark.parametrize(("name", "most"), BUDGET.items())
def test_styles_and_scripts_stay_within_their_budget(name, most):
    assert len(gzip.compress((ROOT / "static" / name).read_bytes())) < most


def test_icons_are_those_that_pages_name():
    assert {file.stem for file in (ROOT / "static" / "icons").glob("*.svg")} == used_icons()


# ── Every page
@pytest.mark.parametrize("address", PAGES)
def test_public_pages_are_valid_html(client, region, contact, address):
    html5lib.HTMLParser(strict=True).parse(client.get(address).content.decode())


@pytest.mark.parametrize("address", PAGES)
def test_public_pages_have_one_frame(client, region, contact, address):
    response = client.get(address)
    assert response.status_code == 200
    page = parsed(response)
    assert page.get("lang") == ("en" if address.startswith("/en/") else "de")
    assert len(page.findall(".//h1")) == 1
    assert page.find(".//title").text.strip().endswith(region.name)
    assert page.find(".//a[@class='skip']").get("href") == f"#{page.find('.//main').get('id')}"
    phones = [link.get("href") for link in page.find(".//header").iter("a") if link.get("href").startswith("tel:")]
    assert phones == ["tel:+493900123456"]


@pytest.mark.parametrize("address", PAGES)
def test_public_pages_carry_no_inline_code_and_load_nothing_foreign(client, region, contact, address):
    page = parsed(client.get(address))
    assert not page.findall(".//style")
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
        assert element.get("href") != "#"
        loaded = element.get("src") or (element.get("href") if element.tag == "link" else None)
        if loaded and element.get("rel") not in {"canonical", "alternate"}:
            assert loaded.startswith("/")
    for script in page.iter("script"):
        assert script.get("src") or script.get("type") == "application/json"


@pytest.mark.parametrize("address", ["/", "/en/", "/sprachen/", "/kontakt/", "/region.css", "/robots.txt"])
def test_reading_sets_no_cookie_and_may_be_cached(client, region, contact, address):
    response = client.get(address)
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
    assert "no-store" not in response.get("Cache-Control", "")


def test_other_languages_are_one_click_away(client, region, contact):
    page = parsed(client.get("/kontakt/?von=start"))
    alternates = {link.get("hreflang"): link.get("href") for link in page.findall(".//link[@rel='alternate']")}
    assert alternates == {
        "de": f"{settings.SITE_BASE_URL}/kontakt/",
        "en": f"{settings.SITE_BASE_URL}/en/kontakt/",
        "x-default": f"{settings.SITE_BASE_URL}/kontakt/",
    }  # as the canonical address, without the question; the menu keeps it
    assert page.find(".//a[@hreflang='en']").get("lang") == "en"


def test_missing_translation_is_german_and_says_so(client, region, contact):
    page = parsed(client.get("/en/kontakt/"))
    assert page.find(".//article/h1").get("lang") == page.find(".//article/div[@class='body']").get("lang") == "de"
    assert "available in German only" in "".join(page.find(".//main").itertext())


def test_headings_of_a_text_stand_right_under_its_title(client, region, contact):
    article = parsed(client.get("/kontakt/")).find(".//article")
    assert [element.tag for element in article.iter() if element.tag in {"h1", "h2", "h3", "h4"}] == ["h1", "h2"]


def test_template_text_says_that_it_is_one(client, region, contact):
    assert "Vorlage: bitte ergänzen" in client.get("/kontakt/").content.decode()
    Page.objects.update(is_template=False)
    assert "Vorlage" not in client.get("/kontakt/").content.decode()


def test_unknown_text_is_not_found(client, region):
    assert client.get("/gibt-es-nicht/").status_code == 404


@pytest.mark.parametrize("is_demo", [True, False])
def test_demonstration_says_that_everything_is_invented(client, region, settings, is_demo):
    settings.DEMO = is_demo
    assert ("Personen auf diesen Seiten sind erfunden" in client.get("/").content.decode()) is is_demo


def test_signed_in_people_find_their_account_and_the_way_out(client, region):
    assert "Abmelden" not in client.get("/").content.decode()
    make.make_login(client, make.make_user("coordinator"))
    page = client.get("/").content.decode()
    assert "Abmelden" in page
    assert 'href="/verwaltung/"' in page


# ── Region
def test_region_paints_the_portal(client, region):
    assert "region.css" not in client.get("/").content.decode()
    Region.objects.update(color_brand="#7a1f5c")
    assert "/region.css?7a1f5c-f2b632" in client.get("/").content.decode()
    sheet = client.get("/region.css")
    assert sheet["Content-Type"].startswith("text/css")
    assert "--brand:#7a1f5c" in sheet.content.decode()


def test_colour_that_is_none_never_reaches_the_style_sheet():
    with pytest.raises(ValueError, match="no colour"):
        colors.stylesheet("red;}body{display:none", "#f2b632")


@pytest.mark.parametrize("brand", ["#00566b", "#7a1f5c", "#1b5e20", "#b3201a", "#333333", "#ffcc00"])
def test_derived_colours_can_be_read(brand):
    assert colors.contrast(brand, colors.readable_on(brand)) >= 4.5
    assert colors.contrast(colors.with_lightness(brand, 0.7), "#0f1c20") >= 4.5


def test_contrast_is_that_of_wcag():
    assert colors.contrast("#000000", "#ffffff") == 21
    assert round(colors.contrast("#00566b", "#ffffff"), 1) == 8.3


def test_portal_without_a_region_still_shows_its_pages(client, db):
    assert client.get("/").status_code == 200


# ── Menus
def test_entries_without_an_address_are_left_out():
    request = RequestFactory().get("/")
    entries = [navigation.Entry(_("Home"), "home"), navigation.Entry("Nirgends", "nowhere:list")]
    assert [link.address for link in navigation.links(entries, request)] == ["/"]


def test_menu_marks_where_one_is():
    request = RequestFactory().get("/sprachen/")
    (link,) = navigation.links([navigation.Entry("Sprachen", "language")], request)
    assert link.is_here


# ── Errors
@pytest.mark.parametrize(
    ("view", "status"),
    [
        (errors.bad_request, 400),
        (errors.permission_denied, 403),
        (errors.csrf_failure, 403),
        (errors.page_not_found, 404),
        (errors.gone, 410),
        (errors.too_many_requests, 429),
        (errors.server_error, 500),
        (errors.unavailable, 503),
        (errors.too_slow, 503),
    ],
)
def test_error_pages_help_on_even_without_a_database(rf, region, view, status):
    Client().get("/")  # the phone number has been seen once

    def away(*_arguments):
        raise OperationalError("the database is away")

    with translation.override("de"), connection.execute_wrapper(away):
        response = view(rf.get("/irgendwo/"))
    page = parsed(response)
    assert response.status_code == status
    assert len(page.findall(".//h1")) == 1
    assert region.phone in "".join(page.find(".//main").itertext())


def test_pages_that_ask_for_patience_say_for_how_long(rf, region):
    assert errors.too_many_requests(rf.get("/"), minutes=2)["Retry-After"] == "120"
    assert errors.unavailable(rf.get("/"), minutes=1)["Retry-After"] == "60"


def test_error_page_that_fails_itself_still_says_something(rf):
    response = errors.answer(rf.get("/"), 599)  # there is no such template
    assert response.status_code == 599
    assert "noch einmal" in response.content.decode()


# ── Building blocks
def test_gallery_shows_every_component(rf, region):
    response = components.gallery(rf.get("/bausteine/"))
    html5lib.HTMLParser(strict=True).parse(response.content.decode())
    page = parsed(response)
    assert len(page.findall(".//h1")) == 1
    assert not [link for link in page.iter("a") if link.get("href") == "#"]
