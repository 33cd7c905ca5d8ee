"""Every page of the portal, for the tests in a browser: what tests/access_matrix.py lists is looked at from here.

Pages whose address takes no argument and tables of the administration come by themselves. A URL with arguments needs an
address in SHOWN, or its reason in NOT_LOOKED_AT; tests/test_pages.py fails where one has neither.
"""

from contextlib import suppress
from dataclasses import dataclass

from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from tests.access_matrix import ADMIN, MATRIX, Row

ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Page:
    """An address; with `follow` the first link on it that matches, with `end` added to where that leads. Of a page that
    is shown in several states, further ones are looked at in German alone."""

    path: str
    follow: str = ""  # a CSS selector
    end: str = ""
    is_state: bool = False


def state(path: str, follow: str = "") -> Page:
    return Page(path, follow, is_state=True)


SHOWN = {
    "courses:list": [
        Page("/kurse/"),
        Page("/kurse/?q=Deutsch&ort=Nordhausen&km=200&kosten=frei&wann=abends"),
        state("/kurse/?kosten=frei#filter"),
        state("/kurse/?q=Deutscch&preis=viel&ab=gestern"),
        state("/kurse/?ort=Neustadt"),
        state("/kurse/?q=Deutsch&anbietername=xyzxyz"),
        Page("/kurse/?q=xyzxyz&wann=abends&ort=Nordhausen"),
        Page("/kurse/?ansicht=karte&gebiet=nordhausen"),
        Page("/kurse/?ansicht=kalender"),
        state("/kurse/?ansicht=kalender", "td a[href*='datum=']"),
    ],
    "courses:detail": [
        Page("/kurse/?q=Deutsch", ".course h3 a"),
        state("/kurse/?format=online", ".course h3 a"),
        state("/kurse/?foerderung=bildungsgutschein", ".course h3 a"),
    ],
    "topic": [Page("/themen/", "main a[href*='/themen/']")],
    "place": [Page("/orte/", "main a[href*='/orte/']")],
    "providers:list": [Page("/anbieter/"), state("/anbieter/?q=xyzxyz")],
    "providers:detail": [Page("/anbieter/", "main h2 a[href*='/anbieter/'], main h3 a[href*='/anbieter/']")],
    "page": [
        *(Page(f"/{slug}/") for slug in ("impressum", "datenschutz", "barrierefreiheit", "kontakt", "daten")),
        *(Page(f"/{slug}/") for slug in ("leichte-sprache", "gebaerdensprache")),
        Page("/gibt-es-nicht/"),
    ],
    "account_confirm_email": [Page("/konto/confirm-email/nothing/")],
    "account_reset_password_from_key": [Page("/konto/password/reset/key/1-nothing/")],
    "admin:app_list": [Page("/verwaltung/courses/")],
    "admin:courses_importplan_columns": [
        Page("/verwaltung/courses/importplan/", "#result_list tr:has-text('.csv') a[href*='/change/']", "../spalten/"),
    ],
    "admin:internships_campaign_funnel": [
        Page("/verwaltung/internships/campaign/", "#result_list a[href*='/zahlen/']"),
    ],
    "admin:internships_lessonunit_subjects": [Page("/verwaltung/internships/lessonunit/faecher/")],
    "admin:courses_synonym_preview": [Page("/verwaltung/courses/synonym/preview/?term=VHS&meaning=Volkshochschule")],
}

NOT_LOOKED_AT = {
    "for machines": "healthz healthz-ready courses:suggestions robots sitemap sitemap_section region_css region_logo"
    " mfa_login_webauthn admin:jsi18n admin:autocomplete admin:courses_importplan_template_csv"
    " admin:courses_importplan_template_xlsx",
    "files": "courses:feed courses:calendar courses:run_calendar mfa_download_recovery_codes"
    " admin:providers_certification_proof admin:courses_importplan_csv",
    "leads elsewhere": "courses:number admin:view_on_site admin:unknown mfa_reauthenticate_webauthn",
    "takes a POST": "admin:logout admin:courses_importplan_approve admin:courses_importplan_discard"
    " admin:courses_importplan_again admin:courses_feed_fetch admin:providers_organization_process_import"
    " admin:taxonomy_region_add",
    "takes a POST of a form": "counseling:prolong counseling:mail_again",
    "somebody's key, which the demo has none of": "mfa_remove_webauthn mfa_edit_webauthn",
}


WALKED = (
    "talentpool:", "pool_links:", "counseling:", "counseling_desk:", "counseling_links:", "internships:",
    "internship_links:", "certificates:",
)  # fmt: skip
"""Pages of one person's affairs, which only a journey reaches: tests/e2e/test_talentpool_*.py, test_counseling*.py and
test_internships.py look for barriers on their way."""


def walked() -> set[str]:
    """What a journey of its own walks through, since its address belongs to somebody."""
    return {name for name in MATRIX if name.startswith(WALKED)} - set(without_arguments(get_resolver().url_patterns))


def named() -> set[str]:
    """Everything that has a reason not to be looked at."""
    return {name for names in NOT_LOOKED_AT.values() for name in names.split()}


def of_tables() -> dict[str, list[Page]]:
    """The pages that Django makes for each table of the administration: list, new, and those of its first row.

    What is asked before a deletion and what happened to a row look the same everywhere: one table of each app shows it.
    """
    found: dict[str, list[Page]] = {}
    examples = {label.partition(".")[0]: label for label in ADMIN}.values()
    for label in ADMIN:
        name = f"admin:{label.replace('.', '_')}"
        rows = reverse(f"{name}_changelist")
        first = f"#result_list a[href^='{rows}']"
        found |= {
            f"{name}_changelist": [Page(rows)],
            f"{name}_change": [Page(rows, first)],
            f"{name}_delete": [Page(rows, first, "../delete/")] if label in examples else [],
            f"{name}_history": [Page(rows, first, "../history/")] if label in examples else [],
            f"{name}_redirect": [],
            f"{name}_simple_history": [],  # an old state, shown with the template of the change page
        }
    return found


def without_arguments(patterns, namespace: str = "") -> dict[str, list[Page]]:
    found: dict[str, list[Page]] = {}
    for pattern in patterns:
        if not isinstance(pattern, URLPattern):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            found |= without_arguments(pattern.url_patterns, namespace + inner)
        elif pattern.name:
            with suppress(NoReverseMatch):  # it takes arguments
                found[namespace + pattern.name] = [Page(reverse(namespace + pattern.name))]
    return found


def everything() -> dict[str, list[Page]]:
    """URL → its pages."""
    skipped = named()
    found = without_arguments(get_resolver().url_patterns) | of_tables() | SHOWN
    return {name: pages for name, pages in found.items() if name not in skipped and name in MATRIX}


def reader(row: Row) -> str:
    """Who looks: a stranger if one may, else the coordinator, else whoever may."""
    return next(role for role in [ANONYMOUS, "coordinator", *sorted(row.read)] if role in row.read)


def read_by(is_wanted) -> list[tuple[str, Page]]:
    """(reader, page) of all pages whose reader is wanted."""
    rows = ((MATRIX[name], pages) for name, pages in everything().items())
    return [(reader(row), page) for row, pages in rows if row.read and is_wanted(reader(row)) for page in pages]
