"""Queries by people who mean harm, and by machines that mean nothing: the same for the same seed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import quote, quote_from_bytes

LISTS = ["/kurse/", "/kurse/", "/kurse/", "/kurse/rss/", "/kurse/kalender.ics", "/en/kurse/", "/anbieter/"]
PAGES = ["/", "/themen/", "/orte/", "/themen/deutsch-lernen/", "/orte/nordhausen/", "/sprachen/", "/sitemap-kurse.xml"]
VIEWS = ["", "", "", "karte", "kalender", "liste", "' OR 1=1 --"]
KEYS = [
    "q", "ort", "km", "thema", "kosten", "foerderung", "wann", "tag", "zeit", "ab", "bis", "preis", "niveau", "format",
    "online", "zielgruppe", "barrierefrei", "sprache", "frei", "anbieter", "anbietername", "seite", "sort", "ansicht",
    "monat", "stichwort", "name", "art",
]  # fmt: skip
TICKS = {
    "kosten": ["frei", "foerderung", "preis", "anfrage"],
    "wann": ["vormittags", "nachmittags", "abends", "ganztags", "wochenende"],
    "format": ["vor-ort", "online", "teils-online", "fernlehrgang"],
    "tag": ["mo", "di", "mi", "do", "fr", "sa", "so"],
    "zeit": ["vollzeit", "teilzeit"],
    "niveau": ["a1", "a2", "b1", "b2", "c1", "c2", "beginner", "advanced"],
    "barrierefrei": ["stufenlos", "digital", "behinderung"],
    "sprache": ["deu", "eng", "ara", "ukr"],
}
BROAD = ["kurs", "grundlagen", "deutsch", "pflege", "der", "und", "abend", "sprache", "arbeit", "praxis", "e", "n"]
NOUNS = ["alten", "pflege", "helfer", "kurs", "sprach", "schul", "abend", "grund", "computer", "garten", "haus", "bild"]
OPERATORS = ["&", "|", "!", "<->", "<2>", ":*", ":A", "(", ")", "'", '"', "\\", "''", "<", ">", "--", ";", "$$", "\\'"]
NUMBERS = [
    "0", "-1", "1e999", "NaN", "Infinity", "-0", "1.0", "99999999999999999999", "9" * 400, "0x10", "１２", "٣", "²",
    "1_000", " 5 ", "+5", "1,5", "2147483648", "9223372036854775808", "-9223372036854775809", "1e-400",
]  # fmt: skip
DAYS = [
    "0000-00-00", "0001-01-01", "9999-12-31", "31.12.99999", "30.02.2027", "2027-13-01", "1.1.1", "-1.-1.-1",
    "2027-W01-1", "today", "٠١.٠١.٢٠٢٧", "99999999", "01.01.1990", "2027-01-01T00:00:00Z", "1990-01-01", "2199-12-31",
]  # fmt: skip
UNREADABLE = [
    b"\x00",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xff",
    b"\xc0\x80",
    b"\xf5\x80\x80\x80",
    b"\xe2\x28",
    b"\x1b",
]
SWELLING = ["\ufdfa", "\u0390", "\u1f82", "ﬃ", "ǆ", "㎒", "½", "İ", "ẞ", "a" + "\u0301" * 40, "\u202e", "\u200b", "😀"]
PLACES = ["Nordhausen", "99734", "00000", "Mühlhausen", "9", "Neustadt", "%", "Sankt " * 15, "a.d.", "12345 67890"]
PUMPS = ["a" * 60 + "!", "(a+)+$", "((a*)*)*", "<" * 100, "a-" * 80, "1" * 100 + "x", "." * 150, "st." * 60, "/(," * 60]


@dataclass(frozen=True)
class Case:
    kind: str
    target: bytes  # path and query, as they go over the wire
    is_fragment: bool = False  # asked for as htmx asks


def cases(count: int, *, seed: int = 7) -> Iterator[Case]:
    """Every kind in turn."""
    chance = Random(seed)
    kinds = list(KINDS)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        yield Case(kind, KINDS[kind](chance), is_fragment=chance.random() < 0.1)


def address(chance: Random, pairs: list[tuple[str, str | bytes]]) -> bytes:
    """One of the lists with this query, mostly with a view beside it."""
    view = chance.choice(VIEWS)
    pairs = [*pairs, *([("ansicht", view)] if view else [])]
    return f"{chance.choice(LISTS)}?{'&'.join(f'{escape(key)}={escape(value)}' for key, value in pairs)}".encode()


def escape(value: str | bytes) -> str:
    return quote_from_bytes(value) if isinstance(value, bytes) else quote(value, safe="", errors="surrogatepass")


def words(chance: Random, source: list[str], most: int, *, between: str = " ") -> str:
    return between.join(chance.choices(source, k=chance.randint(1, most)))


def long_words(chance: Random) -> bytes:
    length = chance.choice([199, 200, 201, 1_999, 2_000, 2_001, 7_900, 8_100, 30_000])
    return address(chance, [(chance.choice(["q", "ort", "anbietername"]), chance.choice("aäß ẞ") * length)])


def many_parameters(chance: Random) -> bytes:
    number = chance.choice([199, 200, 201, 1_000, 3_000])
    return address(chance, [(chance.choice([*KEYS, f"x{place}"]), "1") for place in range(number)])


def operators(chance: Random) -> bytes:
    return address(chance, [("q", words(chance, [*OPERATORS, *BROAD], 60, between=chance.choice(["", " "])))])


def unreadable(chance: Random) -> bytes:
    value = words(chance, BROAD, 3).encode() + chance.choice(UNREADABLE) * chance.randint(1, 3)
    return address(chance, [(chance.choice(KEYS), value)])


def unreadable_key(chance: Random) -> bytes:
    bad = quote_from_bytes(chance.choice(UNREADABLE))
    return chance.choice([f"/kurse/?{bad}=1", f"/kurse/{bad}/", f"/{bad}", f"/anbieter/{bad}/?q=1"]).encode()


def huge_numbers(chance: Random) -> bytes:
    keys = ["km", "preis", "seite", "zielgruppe", "zielgruppe", "monat"]
    return address(chance, [(chance.choice(keys), chance.choice(NUMBERS)) for _ in range(chance.randint(1, 4))])


def huge_ids(chance: Random) -> bytes:
    number = quote(chance.choice(NUMBERS))
    forms = ["/kurse/{}/", "/kurse/x-{}/", "/kurse/x-1/{}.ics", "/orte/{}/", "/themen/{}/", "/sitemap-{}.xml"]
    return chance.choice(forms).format(number).encode()


def days(chance: Random) -> bytes:
    keys = ["ab", "bis", "monat"]
    return address(chance, [(chance.choice(keys), chance.choice(DAYS)) for _ in range(chance.randint(1, 3))])


def deep_pages(chance: Random) -> bytes:
    page = chance.choice([2, 50, 199, 200, 201, 100_000, 10**9, 10**18])
    return address(
        chance, [("seite", str(page)), ("sort", chance.choice(["beginn", "preis", "relevanz", "entfernung"]))]
    )


def all_facets(chance: Random) -> bytes:
    pairs = [(key, value) for key, values in TICKS.items() for value in values if chance.random() < 0.9]
    pairs += [("ort", "Nordhausen"), ("km", "100"), ("online", "on"), ("frei", "on"), ("preis", "99999")]
    return address(chance, pairs[: chance.randint(1, len(pairs))])


def radius(chance: Random) -> bytes:
    place = chance.choice(
        ["Nordhausen", "99734", "00000", "Mühlhausen", "9", "Neustadt", "%", "Sankt " * 15, "a.d.", "12345 67890"]
    )
    return address(chance, [("ort", place), ("km", chance.choice(["5", "100", *NUMBERS])), ("sort", "entfernung")])


def broad_words(chance: Random) -> bytes:
    return address(chance, [("q", words(chance, BROAD, 2)), ("sort", "relevanz")])


def many_words(chance: Random) -> bytes:
    return address(chance, [("q", words(chance, [*BROAD, *NOUNS], 100)[:200])])


def unknown_words(chance: Random) -> bytes:
    """Each needs a look for what resembles it."""
    letters = "abcdefghiklmnoprstuw"
    made = ["".join(chance.choices(letters, k=chance.randint(5, 12))) for _ in range(30)]
    return address(chance, [("q", words(chance, made, 30)[:200])])


def endless_compounds(chance: Random) -> bytes:
    """As many ways to be cut as there are."""
    return address(chance, [("q", words(chance, NOUNS, 30, between=chance.choice(["", "s", "en"]))[:200])])


def wildcards(chance: Random) -> bytes:
    key = chance.choice(["q", "ort", "anbieter", "anbietername", "thema", "name"])
    return address(chance, [(key, words(chance, ["%", "_", "*", "?", "[a-z]", "\\%", "a%", ".*"], 60, between=""))])


def pumps(chance: Random) -> bytes:
    return address(chance, [(chance.choice(["q", "ort", "ab", "preis"]), words(chance, PUMPS, 3, between="")[:190])])


def swelling(chance: Random) -> bytes:
    """Short texts that grow when they are normalised, folded or set in capitals."""
    return address(
        chance, [(chance.choice(["q", "ort", "anbietername"]), words(chance, SWELLING, 200, between="")[:200])]
    )


def repeated_keys(chance: Random) -> bytes:
    key = chance.choice(KEYS)
    values = TICKS.get(key, [*BROAD, *NUMBERS])
    return address(chance, [(key, chance.choice(values)) for _ in range(chance.choice([2, 20, 190]))])


def other_pages(chance: Random) -> bytes:
    pairs = [(chance.choice(KEYS), chance.choice([*NUMBERS, *OPERATORS, *SWELLING])) for _ in range(3)]
    query = "&".join(f"{key}={escape(value)}" for key, value in pairs)
    return f"{chance.choice(PAGES)}?{query}".encode()


def broken_queries(chance: Random) -> bytes:
    queries = [
        "?",
        "?&&&&",
        "?=",
        "?==&=",
        "?q",
        "?%",
        "?%zz=%zz",
        "?q=%",
        "?q[]=1",
        "?q.x=1",
        "?q;ort=1",
        "?q=1?q=2#x",
    ]
    return (chance.choice(LISTS) + chance.choice(queries)).encode()


KINDS: dict[str, Callable[[Random], bytes]] = {
    function.__name__.replace("_", " "): function
    for function in (
        long_words, many_parameters, operators, unreadable, unreadable_key, huge_numbers, huge_ids, days, deep_pages,
        all_facets, radius, broad_words, many_words, unknown_words, endless_compounds, wildcards, pumps, swelling,
        repeated_keys, other_pages, broken_queries,
    )
}  # fmt: skip
