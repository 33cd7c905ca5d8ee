"""Text that comes from people or files: cleaned, flattened, sorted, shortened."""

import hashlib
import re
import secrets
from html import unescape
from unicodedata import combining, normalize

import nh3

TAGS = {"p", "br", "strong", "em", "b", "i", "u", "s", "ul", "ol", "li", "h3", "h4", "blockquote", "a", "sub", "sup"}
ATTRIBUTES = {"a": {"href"}}
SCHEMES = {"http", "https", "mailto", "tel"}

_BLOCK = re.compile(r"<(?=/?(?:p|br|li|ul|ol|h[1-6]|div|tr|td|th|blockquote)\b)", re.IGNORECASE)
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ẞ": "SS"})


def clean(html: str) -> str:
    """HTML with the few elements a course text needs; everything else goes, scripts with their content."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="nofollow ugc noopener")


def plain(html: str) -> str:
    """The words of a piece of HTML in one line, for previews, mails and search."""
    return " ".join(unescape(nh3.clean(_BLOCK.sub(" <", html), tags=set())).split())


def fold(text: str) -> str:
    """Sort key after DIN 5007-1: ä as a, ß as ss, accents and case without weight, spaces collapsed."""
    letters = text.casefold()  # makes ss of ß
    if not letters.isascii():
        marked = normalize("NFKD", letters).casefold().translate(_LETTERS)
        letters = "".join(letter for letter in marked if not combining(letter))
    return " ".join(letters.split())


def transliterate(text: str) -> str:
    """For addresses and file names: ä as ae, ö as oe, ü as ue, ß as ss, other accents off; case stays."""
    written_out = normalize("NFC", text).translate(_UMLAUTS)
    return "".join(letter for letter in normalize("NFKD", written_out).translate(_LETTERS) if not combining(letter))


def digest(*parts: str) -> str:
    """SHA-1 (40 hex digits) over the parts and their borders: recognises things again, guards nothing."""
    return hashlib.sha1("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()


def truncate(text: str, length: int) -> str:
    """At most `length` characters, cut between words where possible, with an ellipsis that counts."""
    if len(text) <= length:
        return text
    cut = text[: max(length - 1, 0)]
    head, space, _rest = cut.rpartition(" ")
    whole = head if space and len(head) > length // 2 and text[len(cut)] != " " else cut
    return whole.rstrip(" ,;:.–-") + "…"


def random_code(alphabet: str, length: int) -> str:
    """Something to read out on the phone: chance from an alphabet without look-alikes."""
    return "".join(secrets.choice(alphabet) for _position in range(length))
