"""Where and whom: countries, postcodes, split names, phone numbers, addresses of mail and web as files write them."""

import re

from courses.importing.values import tidy

COUNTRIES = {
    "": "DE", "d": "DE", "deu": "DE", "ger": "DE", "deutschland": "DE", "germany": "DE", "brd": "DE",
    "bundesrepublik deutschland": "DE", "a": "AT", "aut": "AT", "österreich": "AT", "oesterreich": "AT",
    "austria": "AT", "che": "CH", "schweiz": "CH", "switzerland": "CH", "nld": "NL", "niederlande": "NL",
    "holland": "NL", "pol": "PL", "polen": "PL", "f": "FR", "fra": "FR", "frankreich": "FR", "dnk": "DK",
    "dänemark": "DK", "cze": "CZ", "tschechien": "CZ", "tschechische republik": "CZ", "i": "IT", "ita": "IT",
    "italien": "IT", "e": "ES", "esp": "ES", "spanien": "ES", "gbr": "GB", "uk": "GB", "großbritannien": "GB",
    "vereinigtes königreich": "GB", "england": "GB", "usa": "US", "vereinigte staaten": "US", "b": "BE", "bel": "BE",
    "belgien": "BE", "l": "LU", "lux": "LU", "luxemburg": "LU", "liechtenstein": "LI", "fl": "LI", "irland": "IE",
    "schweden": "SE", "norwegen": "NO", "finnland": "FI", "portugal": "PT", "griechenland": "GR", "ungarn": "HU",
    "slowakei": "SK", "slowenien": "SI", "kroatien": "HR", "rumänien": "RO", "bulgarien": "BG", "ukraine": "UA",
    "türkei": "TR", "malta": "MT", "zypern": "CY", "estland": "EE", "lettland": "LV", "litauen": "LT",
}  # fmt: skip
_SMALL_WORDS = {
    "und", "oder", "für", "der", "die", "das", "des", "dem", "den", "zur", "zum", "von", "vom", "im", "in", "am", "an",
    "mit", "bei", "e.v.", "ev", "gmbh", "ag", "auf", "aus", "&", "und/oder", "gem.", "bzw.", "sowie", "nach", "über",
    "unter",
}  # fmt: skip
_MAIL = re.compile(r"[^@\s<>\"'(),;:]+@[^@\s<>\"'(),;:]+\.[^@\s<>\"'.,;:()]{2,}")
_ONLINE = re.compile(
    r"\bonline\w*|\bzoom\b|\bvhs[.\-]?cloud\b|\bwebinar\w*|\bvirtuell\w*|\binternet\b|\b(?:ms|microsoft)[ -]?teams\b|"
    r"\bwebex\b|\bbigbluebutton\b|\bbbb\b|\bjitsi\b|\be-?learning\b|\blivestream\b|\bcyberspace\b|\bzu hause am pc\b",
    re.IGNORECASE,
)
_NOT_A_ROOM = re.compile(r"\bonline[ -]?(?:zugangs|anmeld)\w*|\binternet-?(?:caf|raum|labor|zentrum)\w*", re.IGNORECASE)


def country(raw: str | None) -> str:
    """Two letters. "deutschland", "D" and "DE" are the same; what nobody knows counts as Germany."""
    value = tidy(raw)
    if found := COUNTRIES.get(value.casefold().rstrip(".")):
        return found
    coded = re.match(r"([A-Z]{2})(?:-\w+)?$", value.upper())
    return coded[1] if coded else "DE"


def postcode(raw: str | None, land: str = "DE") -> str:
    """Without a country in front ("D-04315"); German ones that a spreadsheet made a number of get their zero back."""
    value = re.sub(r"^[A-Za-z]{1,3}\s?[-–]\s?(?=\d)", "", tidy(raw))
    value = re.sub(r"^(\d{4,5})[.,]0+$", r"\1", value)
    if land == "DE" and re.fullmatch(r"\d{2} \d{3}", value):
        value = value.replace(" ", "")
    return value.zfill(5) if land == "DE" and re.fullmatch(r"\d{4}", value) else value[:14]


def postcode_country(raw: str | None) -> str:
    """The country that stands before a postcode ("A-1010"), or ""."""
    match = re.match(r"([A-Za-z]{1,3})\s?[-–]\s?\d", tidy(raw))
    return country(match[1]) if match else ""


def street_and_city(raw: str) -> tuple[str, str, str]:
    """(street, postcode, town) of "Markt 1, 99734 Nordhausen"; all of it as the street where no postcode stands."""
    match = re.fullmatch(r"(?:(.*?)[,;]?\s+)??(?:D\s?[-–]\s?)?(\d{5})\s+([^\d,;]+(?:,.*)?)", tidy(raw))
    return ((match[1] or "").rstrip(",; "), match[2], match[3].strip()) if match else (tidy(raw), "", "")


def land(raw: str | None) -> str:
    """Name of the Land; some programs write the country there, which is no Land."""
    value = tidy(raw)
    return "" if value.casefold() in {"deutschland", "germany", "d", "de", "brd"} else value[:80]


def names_online(*parts: str | None) -> bool:
    """Whether the name of a venue or room says that there is none: "vhs.cloud", "Online", "Zoom"."""
    return bool(_ONLINE.search(_NOT_A_ROOM.sub(" ", " ".join(tidy(part) for part in parts))))


def step_free(raw: str | None) -> bool | None:
    """What people write about steps: "ja", "rollstuhlgerecht", "nicht barrierefrei". None where it is not clear."""
    value = tidy(raw).casefold()
    if re.search(r"\bteil|\bbedingt|\beingeschränkt|\bauf anfrage|\bunbekannt", value):
        return None
    if re.match(r"(?:nein|nicht|kein|false|falsch|0|n|f)\b", value):
        return False
    return (
        True
        if re.match(r"(?:ja|j|true|wahr|1|x|w|t|y|yes)\b|.*(?:rollst|barriere|stufenlos|behindert)", value)
        else None
    )


def joined_name(*parts: str | None) -> str:
    """A name from fields of 30 characters, which programs cut wherever the field ends (trap 13)."""
    name, full = "", False
    for part in parts:
        piece = tidy(part)
        if not piece or _repeats(name, piece):
            continue
        name = _glue(name, piece, full) if name else piece
        full = len((part or "").strip("\r\n\t")) == 30 and not (part or "").endswith(" ")
    return name[:255]


def _repeats(name: str, piece: str) -> bool:
    return bool(name) and piece.casefold() in name.casefold() and len(piece) > 3


def _glue(name: str, piece: str, full: bool) -> str:
    last = name.rsplit(" ", 1)[-1].casefold()
    if name.endswith(("-", "/")) and full:
        return name + piece
    cut = full and piece[0].islower() and last not in _SMALL_WORDS and piece.split()[0].casefold() not in _SMALL_WORDS
    return f"{name}{piece}" if cut else f"{name} {piece}"


def phone(raw: str | None) -> str:
    """As people dial it: "+49.3943.12345" of the Bundesagentur becomes "+49 3943 12345"."""
    value = tidy(raw)
    if re.fullmatch(r"\+\d+(?:\.\d+)+", value):
        value = value.replace(".", " ")
    return value[:60] if any(letter.isdigit() for letter in value) else ""


def email(*raws: str | None) -> str:
    """The first address of mail that stands there: lists, names in front and "mailto:" are no obstacle."""
    for raw in raws:
        value = re.sub(r"\s?[(\[]\s?(?:at|ät)\s?[)\]]\s?", "@", tidy(raw), flags=re.IGNORECASE)
        match = _MAIL.search(value)
        if match and len(match[0]) <= 254:
            return match[0]
    return ""


def url(raw: str | None, root: str = "", *, longest: int = 500) -> str:
    """A web address that is safe to link; without a scheme it gets https. Other schemes are dropped."""
    value = _one_address((raw or "").strip().strip("<>"))
    if not value or re.search(r"[\s<>\"\x00-\x1f\\^`{|}]", value):
        return ""
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)", value):
        value = _with_root(value, root)
    good = re.match(r"https?://[^/\s@]+\.[^/\s@.]+", value, re.IGNORECASE)
    return value if good and len(value) <= longest else ""


def _one_address(value: str) -> str:
    """Of several addresses the first; blanks in the name of a file are written as web addresses have them."""
    value = re.sub(r"^(https?)(?::[/\\]{1,2}|[/\\]{2}:?|:?[\\]{1,2})(?=[\w])", r"\1://", value, flags=re.IGNORECASE)
    if not re.search(r"\s", value):
        return value
    pieces = re.findall(r"(?:https?://|www\.)[^\s,;]+", value, re.IGNORECASE)
    if len(pieces) == 1 and value.startswith(pieces[0]) and re.search(r"/\S*(?: \S+)+\.\w{2,4}$", value):
        return value.replace(" ", "%20")
    return pieces[0].rstrip(".") if pieces else value


def _with_root(value: str, root: str) -> str:
    host = value.split("/", 1)[0]
    if value.startswith("//"):
        return f"https:{value}"
    if re.fullmatch(r"(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d+)?", host) and (host.startswith("www.") or not root):
        return f"https://{value}"
    return f"{root.rstrip('/')}/{value.lstrip('/')}" if root else value
