"""The columns of the table, and their names as people write them."""

import re

from kit import text as kit_text

# Key, name in the template, further spellings, example, what it means (German, for the sheet "Erklärung").
COLUMNS: list[tuple[str, str, str, str, str]] = [
    (
        "number",
        "Kursnummer",
        "nummer nr kursnr kurs_nr veranstaltungsnummer id knr",
        "E-101",
        "Ihre eigene Nummer; bleibt bei jeder Lieferung gleich",
    ),
    (
        "title",
        "Titel",
        "kurstitel kursname kursbezeichnung veranstaltung veranstaltungstitel "
        "thema bezeichnung name_des_kurses haupttitel kurs angebot",
        "Englisch A1 für den Beruf",
        "Pflicht",
    ),
    (
        "description",
        "Beschreibung",
        "inhalt inhalte beschreibungstext kursbeschreibung text",
        "Sie lernen …",
        "Worum es geht, in ganzen Sätzen",
    ),
    (
        "requirements",
        "Voraussetzungen",
        "voraussetzung vorkenntnisse zugangsvoraussetzungen",
        "keine",
        "Was man mitbringen muss",
    ),
    ("audience", "Zielgruppe", "zielgruppen fuer_wen", "Beschäftigte im Büro", "Für wen der Kurs ist"),
    ("degree", "Abschluss", "zertifikat abschlussart nachweis", "Teilnahmebescheinigung", "Was man am Ende bekommt"),
    (
        "keywords",
        "Stichworte",
        "schlagworte stichwoerter schlagwoerter tags keywords schlagwort",
        "Sprachen, Büro",
        "Durch Komma getrennt",
    ),
    (
        "starts_on",
        "Beginn",
        "startdatum start kursstart starttermin beginn_datum datum_beginn "
        "datum_von beginndatum datum von_datum anfang kursbeginn beginnt_am",
        "07.09.2026",
        "Tag.Monat.Jahr; leer, wenn offen",
    ),
    (
        "ends_on",
        "Ende",
        "enddatum end_datum datum_bis datum_ende endtermin endet bis_datum kursende endet_am",
        "14.12.2026",
        "Tag.Monat.Jahr",
    ),
    (
        "starts",
        "Uhrzeit von",
        "von zeit_von beginn_uhrzeit uhrzeit_beginn startzeit beginnuhr uhrzeit_start",
        "18:00",
        "Stunde:Minute",
    ),
    ("ends", "Uhrzeit bis", "bis zeit_bis ende_uhrzeit uhrzeit_ende endzeit endeuhr", "19:30", "Stunde:Minute"),
    ("weekdays", "Wochentage", "wochentag tage tag", "Mo, Mi", "Mo Di Mi Do Fr Sa So"),
    (
        "sessions",
        "Einzeltermine",
        "termine kurstermine einzeltermin",
        "",
        "Mehrere Termine: 07.09.2026 18:00-19:30; 09.09.2026 18:00-19:30",
    ),
    (
        "schedule_note",
        "Zeiten",
        "zeit uhrzeit uhrzeiten unterrichtszeiten unterrichtszeit kurszeiten",
        "",
        "Freier Text, zum Beispiel Mo-Fr 8-15 Uhr",
    ),
    ("registration_until", "Anmeldeschluss", "anmeldefrist anmelden_bis anmeldung_bis", "01.09.2026", "Tag.Monat.Jahr"),
    (
        "venue",
        "Ort Name",
        "veranstaltungsort haus gebaeude einrichtung ortsname kursort adresse_name lernort",
        "Haus der Bildung",
        "Name des Hauses",
    ),
    ("room", "Raum", "raumname zimmer", "Raum 3", ""),
    (
        "street",
        "Straße",
        "strasse_hausnummer strasse_nr strasse_und_hausnummer adresse anschrift",
        "Musterweg 1",
        "Straße und Hausnummer",
    ),
    ("postcode", "PLZ", "postleitzahl", "38855", ""),
    ("city", "Ort", "stadt gemeinde wohnort", "Wernigerode", ""),
    ("country", "Land", "staat country", "Deutschland", "Leer: Deutschland"),
    ("is_barrier_free", "Barrierefrei", "rollstuhlgerecht stufenlos barrierefreiheit", "ja", "ja oder nein"),
    (
        "mode",
        "Format",
        "durchfuehrungsform kursform lernform unterrichtsform veranstaltungsform",
        "vor Ort",
        "vor Ort, online, gemischt oder Fernunterricht",
    ),
    (
        "price",
        "Preis",
        "kosten gebuehr kursgebuehr kurspreis preis_in_eur kosten_eur kosten_in_euro "
        "teilnahmepreis kurskosten lehrgangsgebuehr entgelt teilnahmegebuehr preis_eur preis_euro preis_in_euro",
        "120,00",
        "In Euro; 0 oder „kostenlos“, wenn er nichts kostet; leer: auf Anfrage",
    ),
    (
        "special_price",
        "Preis ermäßigt",
        "ermaessigt ermaessigung ermaessigte_gebuehr kursgebuehr_ermaessigt ermaessigter_preis gebuehr_ermaessigt",
        "80,00",
        "In Euro",
    ),
    ("price_note", "Preis Hinweis", "preishinweis kosten_hinweis gebuehrenhinweis hinweis_preis", "inkl. Material", ""),
    (
        "funding",
        "Förderung",
        "foerderungen foerdermoeglichkeiten foerderart",
        "Bildungsgutschein",
        "Durch Komma getrennt",
    ),
    (
        "places",
        "Plätze",
        "max_teilnehmer max_tn tn_max maximale_teilnehmer teilnehmer "
        "maximale_teilnehmerzahl teilnehmer_max tnmax teilnehmerzahl maximum platzzahl",
        "12",
        "Wie viele höchstens teilnehmen",
    ),
    ("places_min", "Mindestteilnehmer", "min_teilnehmer mindestteilnehmerzahl teilnehmer_min tnmin minimum", "6", ""),
    ("places_taken", "Belegt", "anmeldungen belegte_plaetze tnanmeldungen gebucht", "4", "Schon vergebene Plätze"),
    (
        "places_free",
        "Freie Plätze",
        "frei plaetze_frei restplaetze",
        "",
        "Wenn Sie statt „Belegt“ lieber freie Plätze nennen",
    ),
    ("hours", "Unterrichtsstunden", "stunden ustd ue unterrichtseinheiten umfang", "30", ""),
    ("languages", "Unterrichtssprache", "sprache sprachen kurssprache", "Deutsch", ""),
    ("measure_number", "Maßnahmenummer", "massnahme_nr massnahmenr azav_nummer", "", "Nummer der Agentur für Arbeit"),
    ("link", "Link", "url webseite internet homepage website kurslink anmeldelink", "", "Seite des Kurses"),
    ("contact", "Ansprechpartner", "ansprechpartnerin ansprechperson kontakt kontaktperson", "", "Wen man fragen kann"),
    ("phone", "Telefon", "tel telefonnummer", "", ""),
    ("email", "E-Mail", "mail emailadresse e_mail_adresse", "", ""),
    ("note", "Hinweis", "hinweise bemerkung bemerkungen anmerkung", "", "Zu dieser Durchführung"),
]


def fold(name: str) -> str:
    """Column name without case, umlauts and signs. "Straße / Nr." and "strasse nr" are the same."""
    spelled = kit_text.fold(
        name.replace("ä", "ae")
        .replace("ö", "oe")
        .replace("ü", "ue")
        .replace("Ä", "ae")
        .replace("Ö", "oe")
        .replace("Ü", "ue")
    )
    return re.sub(r"[^a-z0-9]+", "_", spelled).strip("_")


def _names() -> dict[str, str]:
    found = {}
    for key, name, others, _example, _meaning in COLUMNS:
        for spelling in (name, name.replace("ß", "ss"), key, *others.split()):
            found.setdefault(fold(spelling), key)
    return found


NAMES = _names()
BARE_NAMES = {name.replace("_", ""): key for name, key in reversed(NAMES.items())}


def key_of(name: str) -> str | None:
    """Also without signs between its words ("Kurs-Titel") and without what stands in brackets ("Preis (in €)")."""
    spellings = (fold(name), fold(re.sub(r"[(\[].*", "", name)))
    return next((NAMES[each] for each in spellings if each in NAMES), None) or next(
        (BARE_NAMES[bare] for each in spellings if (bare := each.replace("_", "")) in BARE_NAMES), None
    )


def column_name(key: str) -> str:
    """The column as people know it."""
    return next(name for column, name, *_rest in COLUMNS if column == key)
