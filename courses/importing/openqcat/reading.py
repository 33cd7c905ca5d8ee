"""What all parts of a record read alike: text, numbers of code lists, addresses, contacts."""

from collections.abc import Callable, Iterator

from courses.importing import addresses, values, xml
from courses.importing.fields import compact

MOST = 1024  # addresses and contacts that are remembered
_KNOWN: dict[tuple[Callable, str], dict | None] = {}


def every(element, path: str) -> Iterator:
    """What iterfind finds for a path of tags, at a fraction of its time: a record is asked for a hundred of them."""
    if element is None:
        return
    tag, _slash, rest = path.partition("/")
    for child in element.iterchildren(tag):
        if rest:
            yield from every(child, rest)
        else:
            yield child


def first(element, path: str):
    if element is None:
        return None
    if "/" in path:
        return next(every(element, path), None)
    return next(element.iterchildren(path), None)


def text(element, path: str) -> str:
    """All text below the first match, or ""."""
    found = first(element, path)
    if found is None:
        return ""
    return "".join(found.itertext()) if len(found) else found.text or ""


def texts(element, path: str) -> list[str]:
    return [_words(found) for found in every(element, path)]


def texts_below(element, tag: str) -> list[str]:
    """However deep they lie."""
    return [_words(found) for found in element.iter(tag)]


def _words(element) -> str:
    return values.multiline("".join(element.itertext()))


def code(element) -> int | None:
    """The number in @type; where that is empty or words, the number in the text."""
    for raw in [] if element is None else (element.get("type"), element.text):
        try:
            number = values.whole(raw)
        except values.BadValue:
            continue
        if number is not None:
            return number
    return None


def address(node) -> dict | None:
    """An address as a location of ours; None where it names neither a street nor a place."""
    return None if node is None else _once(_address, node)


def contact(node) -> dict:
    return _once(_contact, node)


def _once(read: Callable, node) -> dict | None:
    """Catalogues repeat the few addresses and contacts of a provider in each record."""
    key = (read, xml.digest(node))
    found = _KNOWN.get(key)
    if found is None:
        if len(_KNOWN) >= MOST:
            _KNOWN.clear()
        found = _KNOWN[key] = read(node)
    return found and dict(found)


def _address(node) -> dict | None:
    code = text(node, "ZIP").strip() or text(node, "ZIPBOX")
    named = text(node, "COUNTRY_CODED").strip() or text(node, "COUNTRY").strip()
    country = addresses.country(named) if named else addresses.postcode_country(code) or "DE"
    found = compact(
        {
            "name": addresses.joined_name(text(node, "NAME"), text(node, "NAME2"), text(node, "NAME3")),
            "street": values.tidy(text(node, "STREET"))[:255],
            "postcode": addresses.postcode(code, country),
            "city": values.tidy(text(node, "CITY"))[:120],
            "quarter": values.tidy(text(node, "DISTRICT"))[:120],
            "state_name": addresses.land(text(node, "STATE")),
            "phone": addresses.phone(text(node, "PHONE")) or addresses.phone(text(node, "MOBILE")),
            "email": addresses.email(*texts(node, "EMAILS/EMAIL")),
            "website": addresses.url(text(node, "URL")),
            "remarks": values.multiline(text(node, "ADDRESS_REMARKS"))[:4000],
            "is_barrier_free": values.yes(text(node, "BARRIER_FREE_LOCATION")),
        }
    )
    if not any(found.get(name) for name in ("name", "street", "postcode", "city")):
        return None
    if not found.get("street") and values.tidy(text(node, "BOXNO")):
        found["street"] = f"Postfach {values.tidy(text(node, 'BOXNO'))}"[:255]
    return found | {"country": country}


def _contact(node) -> dict:
    names = [values.tidy(text(node, name)) for name in ("NAME_PREFIX", "LAST_NAME")]
    found = compact(
        {
            "salutation": {"m": "m", "w": "w"}.get(
                values.tidy(text(node, "SALUTATION")).lower()[:15], values.tidy(text(node, "SALUTATION"))[:15]
            ),
            "title": values.tidy(text(node, "ACADEMIC_TITLE"))[:30],
            "first_name": values.tidy(text(node, "FIRST_NAME"))[:60],
            "last_name": " ".join(filter(None, names))[:60],
            "job_title": values.tidy(text(node, "JOB_TITLE"))[:120],
            "phone": addresses.phone(text(node, "PHONE")) or addresses.phone(text(node, "ADDRESS/PHONE")),
            "mobile": addresses.phone(text(node, "MOBILE")) or addresses.phone(text(node, "ADDRESS/MOBILE")),
            "email": addresses.email(*texts(node, "EMAILS/EMAIL"), *texts(node, "ADDRESS/EMAILS/EMAIL")),
            "website": addresses.url(text(node, "URL")) or addresses.url(text(node, "ADDRESS/URL")),
            "remarks": values.multiline(text(node, "CONTACT_REMARKS"))[:4000],
        }
    )
    if not any(found.get(name) for name in ("last_name", "first_name", "phone", "mobile", "email", "website")):
        return {}
    return found | {"role": code(first(node, "CONTACT_ROLE")) or 1}
