"""What people write about times, and what is understood of it; titles that name a level; names, amounts, texts."""

# ruff: noqa: E501  a table reads better in lines

from decimal import Decimal

import pytest

from courses.importing import addresses, level, markup, money, schedule, values

MO_FR, MO_DO, SA_SO = 31, 15, 96

TEXTS = [
    ("Mo-Fr 8-15 Uhr", MO_FR, ["all_day"]),
    ("Mo. - Fr. 08:00 - 16:00 Uhr", MO_FR, ["all_day"]),
    ("Montag bis Freitag 8,5 Stunden, Kernzeit von 09:30 Uhr bis 16:30 Uhr", MO_FR, ["all_day"]),
    ("Montag bis Freitag 5,5 Stunden mit einer Kernzeit von 09:30 Uhr bis 13:30 Uhr.", MO_FR, ["morning"]),
    ("Di-Do 09:00-16:00", 14, ["all_day"]),
    ("08.00 - 15.00 Uhr", 0, ["all_day"]),
    ("jeden 2. Samstag 10-16 Uhr", 32, ["all_day", "weekend"]),
    ("abends", 0, ["evening"]),
    ("Mi 18:00–19:30", 4, ["evening"]),
    ("Mo-Do 8:00-16:00 Uhr, Fr 8:00-13:00 Uhr", MO_FR, ["morning", "all_day"]),
    ("montags und mittwochs, 17.30 bis 19.00 Uhr", 5, ["evening"]),
    ("Fr 18-21 Uhr, Sa 9-17 Uhr", 48, ["evening", "all_day", "weekend"]),
    ("Sa/So 9-17", SA_SO, ["all_day", "weekend"]),
    ("Fr+Sa", 48, ["weekend"]),
    ("Mo, Mi, Fr 8.30–11.45", 21, ["morning"]),
    ("Mo/Mi/Fr vormittags", 21, ["morning"]),
    ("dienstags, 14 bis 17 Uhr", 2, ["afternoon"]),
    ("Donnerstagabend", 8, ["evening"]),
    ("freitagnachmittags", 16, ["afternoon"]),
    ("täglich von 8 bis 16 Uhr", MO_FR, ["all_day"]),
    ("werktags 9.00-12.15 Uhr", MO_FR, ["morning"]),
    ("am Wochenende", SA_SO, ["weekend"]),
    ("Wochenendseminar, Sa 10-18 Uhr, So 10-14 Uhr", SA_SO, ["morning", "all_day", "weekend"]),
    ("ganztägig", 0, ["all_day"]),
    ("8:00 bis 12:00 Uhr und 13:00 bis 17:00 Uhr", 0, ["all_day"]),
    ("9-12 Uhr oder 13-16 Uhr", 0, ["morning", "afternoon"]),
    ("ab 18 Uhr", 0, ["evening"]),
    ("Beginn: 9.00 Uhr", 0, ["morning"]),
    ("Sonnabend 9-14 Uhr", 32, ["morning", "weekend"]),
    ("Samstags von 9:00 h bis 15:00 h", 32, ["all_day", "weekend"]),
    ("Mo bis Do 17-20 Uhr", MO_DO, ["evening"]),
    ("kein Unterricht am Freitag, Mo-Do 8-12 Uhr", MO_DO, ["morning"]),
    ("außer samstags", 0, []),
    ("01.09.-03.09.2026, 9-16 Uhr", 0, ["all_day"]),
    ("05.10. - 07.10.2026", 0, []),
    ("10-12 Teilnehmer", 0, []),
    ("Dauer 12 - 18 Monate", 0, []),
    ("2-3 Tage je Woche", 0, []),
    ("40 h / Woche", 0, []),
    ("Tel. 0234/9621-22", 0, []),
    ("So dass alle mitkommen", 0, []),
    ("Fr. Müller berät Sie", 0, []),
    ("Preis 10-20 €", 0, []),
    ("Individuelle Gleitzeitvereinbarung", 0, []),
    ("", 0, []),
]


@pytest.mark.parametrize(("text", "weekdays", "times"), TEXTS)
def test_free_text_times(text, weekdays, times):
    read = schedule.parse(text)
    assert (read.weekdays, list(read.times_of_day)) == (weekdays, times)


@pytest.mark.parametrize(
    ("starts", "ends", "name"),
    [
        ("08:00", "14:00", "morning"),
        ("08:00", "14:01", "all_day"),
        ("11:59", "12:30", "morning"),
        ("12:00", "16:00", "afternoon"),
        ("16:59", "20:00", "afternoon"),
        ("17:00", "18:00", "evening"),
        ("09:00", None, "morning"),
    ],
)
def test_the_rule_for_times_of_day(starts, ends, name):
    assert schedule.time_of_day(starts, ends) == name


def test_single_dates_decide_and_rare_ones_do_not():
    days = [{"day": f"2027-04-{5 + number:02d}", "starts": "18:00", "ends": "19:30"} for number in range(0, 21, 7)]
    days += [{"day": f"2027-05-{3 + number:02d}", "starts": "18:00", "ends": "19:30"} for number in range(0, 21, 7)]
    assert schedule.from_sessions([*days, {"day": "2027-06-05", "starts": "09:00", "ends": "16:00"}]) == (
        33,
        ["evening"],
    )
    assert schedule.from_sessions([{"day": "2027-06-05"}, {"day": "2027-06-04"}]) == (48, ["weekend"])
    assert schedule.from_sessions([]) == (0, [])


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Englisch A1", "a1"), ("Deutsch als Fremdsprache B2.1", "b2"), ("Allgemeiner Integrationskurs B.1.2", "b1"),
        ("Spanisch für Anfänger", "basic"), ("Grundkurs Tabellenkalkulation", "basic"), ("Excel Aufbaukurs", "intermediate"),
        ("Excel für Fortgeschrittene", "advanced"), ("Yoga für Anfänger und Fortgeschrittene", ""),
        ("Führerschein Klasse B", ""), ("Umschulung Fachinformatiker", ""), ("Papier A4 falten", ""),
        ("Alphabetisierungskurs Aufbau 2", "intermediate"),
    ],
)  # fmt: skip
def test_levels_stand_in_titles(title, found):
    assert level.guess(title) == found


@pytest.mark.parametrize(
    ("raw", "german", "plain"),
    [
        ("245.00", Decimal(245), Decimal(245)), ("1.234,50 €", Decimal("1234.50"), Decimal("1234.50")),
        ("1.200", Decimal(1200), Decimal("1.200")), ("EUR 99,-", Decimal(99), Decimal(99)), ("", None, None),
        ("1,234.50", Decimal("1234.50"), Decimal("1234.50")), ("12 345,6", Decimal("12345.6"), Decimal("12345.6")),
    ],
)  # fmt: skip
def test_amounts(raw, german, plain):
    assert (money.amount(raw, german=True), money.amount(raw)) == (german, plain)


@pytest.mark.parametrize("raw", ["-5", "NaN", "Infinity", "viel", "1e99", "12,3,4"])
def test_what_is_no_amount_is_said(raw):
    with pytest.raises(values.BadValue):
        money.amount(raw)


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("https://a.example/x", "https://a.example/x"), ("www.a.example", "https://www.a.example"),
        ("a.example/kurs", "https://a.example/kurs"), ("javascript:alert(1)", ""), ("data:text/html,x", ""),
        ("ftp://a.example", ""), ("https://a.example/x y", "https://a.example/x"), ("bild.jpg", "https://bild.jpg"), ("https://user@x", ""),
    ],
)  # fmt: skip
def test_addresses_that_may_be_linked(raw, url):
    assert addresses.url(raw) == url


@pytest.mark.parametrize(
    ("raw", "html"),
    [
        ("Ein Satz.\nNoch einer.\n\nAbsatz", "<p>Ein Satz.<br>Noch einer.</p><p>Absatz</p>"),
        ("* a\n*b\n\n* c", "<ul><li>a</li><li>b</li><li>c</li></ul>"),
        ("!Kopf\n- eins\n• zwei", "<h3>Kopf</h3><ul><li>eins</li><li>zwei</li></ul>"),
        ("<h1>Kopf</h1><script>x</script><p>ja</p>", "<h3>Kopf</h3><p>ja</p>"),
        ("&lt;p&gt;ja&lt;/p&gt;", "<p>ja</p>"),
        ("5 < 7 & 8 > 3", "<p>5 &lt; 7 &amp; 8 &gt; 3</p>"),
        ("<p> </p>", ""),
        ("---", ""),
        ("*wichtig*", "<p>wichtig</p>"),
        ("zeile<br>zwei\n", "zeile<br>zwei"),
    ],
)
def test_texts_become_clean_html(raw, html):
    assert markup.to_html(raw) == html
