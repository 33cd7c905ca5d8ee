"""Amounts and prices as files write them, and what a remark says about them."""

import re
from decimal import Decimal, InvalidOperation

from courses.importing.values import BadValue, tidy

MOST = 99_999_999  # what the catalogue's price field holds
FREE = re.compile(
    r"\b(?:kostenlos\w*|kostenfrei\w*|gebührenfrei\w*|gebuehrenfrei\w*|entgeltfrei\w*|unentgeltlich\w*|gratis|"
    r"ohne gebühr\w*|ohne kosten|keine (?:kosten|gebühren?|teilnahmegebühren?|lehrgangskosten|kursgebühren?)|"
    r"(?:eintritt|teilnahme|angebot|kurs) (?:ist )?frei|free of charge)\b",
    re.IGNORECASE,
)
NOT_FREE = re.compile(
    r"\b(?:nicht|kein\w*) (?:kostenlos|kostenfrei|gebührenfrei|gratis|unentgeltlich)"
    r"|\b(?:kostenlos\w*|kostenfrei\w*|gratis|unentgeltlich\w*|gebührenfrei\w*)[ -]+(?:\w+ )?"
    r"(?:beratung\w*|probe\w*|stornier\w*|rücktritt\w*|parkpl\w*|parken|erstgespräch\w*|storno\w*|infoveranstaltung\w*)"
    r"|\b(?:kostenlos\w*|kostenfrei\w*|gebührenfrei\w*) (?:mit|per|über|bei|durch|für inhaber)\b"
    r"|\bkeine (?:gebühren|kosten) bei (?:storn|rücktritt|absage)",
    re.IGNORECASE,
)
_NUMBER = r"(?:\d{1,3}(?:[.' ]\d{3})+(?:,\d{1,2})?|\d+(?:[.,]\d{1,2})?)(?:,[-–—]+)?"
_EURO = r"(?:€|EUR\b|Euro\b)"
_PRICE = re.compile(rf"(?<![\d.,])(?:{_EURO}\s*)?(?P<number>{_NUMBER})(?![\d.,]*\d|\s*%)\s*(?P<after>{_EURO})?", re.I)
_LIST = re.compile(
    rf"(?:ab|ca\.?|je|nur|normal|regulär)?:?\s*{_NUMBER}(?:\s*(?:[/|;(]|oder)\s*(?:erm\w*\.?:?\s*)?{_NUMBER})?"
    rf"\s*(?:\(?erm\w*\.?)?\)?",
    re.IGNORECASE,
)
_REDUCED_BEFORE = re.compile(r"\b(?:erm\w*|reduziert)\.?:?\s*$", re.IGNORECASE)
_REDUCED_AFTER = re.compile(r"\s*[(,]?\s*(?:erm|reduziert)", re.IGNORECASE)


def amount(raw: str | None, *, german: bool = False) -> Decimal | None:
    """Money or hours: "245.00", "1.234,50 €", "1.5E2", "EUR 99,-". Raises BadValue.

    "1.200" is one and a fifth in XML and twelve hundred in a German table: `german` decides.
    """
    value = re.sub(r"(?i)(?:€|eur(?:o)?\b)", "", tidy(raw)).replace("\u00a0", "").replace(" ", "").replace("'", "")
    value = re.sub(r",[-–—]+$", "", value)
    if not value:
        return None
    if "," in value and "." in value:
        value = value.replace("." if value.rfind(",") > value.rfind(".") else ",", "")
    elif german and re.fullmatch(r"\d{1,3}(?:\.\d{3})+", value):
        value = value.replace(".", "")
    try:
        number = Decimal(value.replace(",", "."))
    except InvalidOperation as error:
        raise BadValue(tidy(raw)) from error
    if not number.is_finite() or number < 0 or number > MOST:
        raise BadValue(tidy(raw))
    return number


def prices(raw: str | None, *, german: bool = False) -> tuple[Decimal | None, Decimal | None, str]:
    """(price, reduced price, words to keep) from "89,00 EUR", "ab 50 €", "50/40 erm.", "120 € (erm. 80 €)".

    Words are kept as they stand wherever they say more than one amount; a number without a currency counts only
    where nothing but numbers stands.
    """
    value = tidy(raw)
    try:
        return _cents(amount(value, german=german)), None, ""
    except BadValue:
        pass
    has_currency = re.search(_EURO, value, re.IGNORECASE) is not None
    if not has_currency and not _LIST.fullmatch(value):
        return None, None, value
    found = list(_PRICE.finditer(value))
    full, reduced = None, None
    for position, match in enumerate(found):
        following = found[position + 1] if position + 1 < len(found) else None
        number = _readable(match["number"])
        if number is None or (has_currency and not _has_currency(value, match, following)):
            continue
        if _is_reduced(value, match, following):
            reduced = number if reduced is None else reduced
        else:
            full = number if full is None else full
    return full, reduced if full and reduced and reduced < full else None, value


def _has_currency(value: str, match: re.Match, following: re.Match | None) -> bool:
    """Its own, or that of the next one in "50/40 €"."""
    if re.search(_EURO, match[0], re.IGNORECASE):
        return True
    between = value[match.end() : following.start()] if following else ""
    return bool(following and re.fullmatch(r"\s*[/|]\s*", between) and re.search(_EURO, following[0], re.IGNORECASE))


def _is_reduced(value: str, match: re.Match, following: re.Match | None) -> bool:
    if _REDUCED_BEFORE.search(value[: match.start()]):
        return True
    if following and _REDUCED_BEFORE.search(value[: following.start()]):
        return False
    return bool(_REDUCED_AFTER.match(value[match.end() :]))


def _readable(raw: str) -> Decimal | None:
    try:
        return _cents(amount(raw, german=True))
    except BadValue:
        return None


def _cents(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.quantize(Decimal("0.01"))


def says_free(note: str) -> bool:
    """Whether a remark says that an offer costs nothing (and not only its advice or its cancellation)."""
    return bool(FREE.search(NOT_FREE.sub(" ", note)))
