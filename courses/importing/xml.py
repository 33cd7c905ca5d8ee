"""One hardened pass through an XML delivery, one record at a time, in constant memory.

Limits per record (more is no course, but an attack or a slip): elements, depth, length of a text. A record beyond them
is left out with a reason; the others go on. A file that is no well-formed XML is refused as a whole.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from django.utils.translation import gettext as _
from lxml import etree

from courses.importing.records import DeliveryRefused

ELEMENTS = 5_000
DEPTH = 32
TEXT = 64_000
SPARE = 1_000_000  # elements between records that nobody needs; more is refused

_CUT_OFF = {
    etree.ErrorTypes.ERR_DOCUMENT_END, etree.ErrorTypes.ERR_TAG_NOT_FINISHED, etree.ErrorTypes.ERR_GT_REQUIRED,
    etree.ErrorTypes.ERR_COMMENT_NOT_FINISHED, etree.ErrorTypes.ERR_CDATA_NOT_FINISHED,
    etree.ErrorTypes.ERR_ATTRIBUTE_NOT_FINISHED, etree.ErrorTypes.ERR_DOCUMENT_EMPTY,
    etree.ErrorTypes.ERR_LTSLASH_REQUIRED, etree.ErrorTypes.ERR_NAME_REQUIRED,
}  # fmt: skip


@dataclass(slots=True)
class Excess:
    """A record that is beyond a limit: `limit` is elements, depth or text."""

    line: int
    path: str
    limit: str
    field: str = ""
    key: str = ""  # number of the record, so that what it names stays as it is


def local(element) -> str:
    """Tag without namespace: some programs write one, the formats have none."""
    tag = element.tag
    return tag.rpartition("}")[2] if tag[0] == "{" else tag


def inner(element) -> str:
    """Text of an element; markup that stands in it unescaped stays markup."""
    if element is None:
        return ""
    if not len(element):
        return element.text or ""
    return (element.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in element)


def digest(element, *context: str) -> str:
    """Of everything that stands in an element, and of what else its reading depends on."""
    found = etree.tostring(element, with_tail=False) + "\x1f".join(context).encode()
    return hashlib.sha1(found, usedforsecurity=False).hexdigest()


def walk(
    stream: BinaryIO, wanted: set[str], opened: set[str], *, key: str, any_case: bool = False
) -> Iterator[tuple[str, str, object]]:
    """("start", path, element) for tags in `opened`; ("end", path, element or Excess) for paths in `wanted`.

    A path is the chain of tags below the root ("NEW_CATALOG/SERVICE"); "" is the root. Everything else is dropped as
    it ends. An element is valid until the next step only. `key` is the tag that holds the number of a record.
    With `any_case` all tags come in small letters.
    """
    parser = etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        yield from _steps(parser, wanted, opened, key, str.lower if any_case else str)
    except etree.XMLSyntaxError as error:
        raise refusal(error) from error
    except (AssertionError, UnicodeError, ValueError) as error:
        raise DeliveryRefused("malformed", _("The file is no valid XML.")) from error


def refusal(error: etree.XMLSyntaxError) -> DeliveryRefused:
    line = error.lineno or (error.position[0] if error.position else None)
    reason = str(error.msg or "").lower()
    if error.code in _CUT_OFF and ("premature" in reason or "end of" in reason or "finished" in reason or not reason):
        return DeliveryRefused(
            "truncated",
            _("The file is incomplete: it breaks off in line %(line)s. Nothing was changed.") % {"line": line}, line,
        )  # fmt: skip
    return DeliveryRefused(
        "malformed",
        _("The file is no valid XML (line %(line)s: %(reason)s). Nothing was changed.")
        % {"line": line, "reason": str(error.msg)[:200]},
        line,
    )


def _steps(
    parser, wanted: set[str], opened: set[str], key: str, spell: Callable[[str], str]
) -> Iterator[tuple[str, str, object]]:
    stack: list[str] = []
    inside = 0  # depth of the wanted element that is open, or 0
    count, deepest, first_line, spare, number = 0, 0, 0, 0, ""
    for event, element in parser:
        if event == "start":
            name = spell(local(element))
            if not stack:
                _no_doctype(element)
            stack.append(name)
            if inside:
                count += 1
                deepest = max(deepest, len(stack) - inside)
                continue
            path = "/".join(stack[1:])
            if path in wanted:
                inside, count, deepest, first_line, number = len(stack), 1, 0, element.sourceline or 0, ""
            elif path in opened:
                yield "start", path, element
            continue
        depth = len(stack)
        if depth == inside + 1 and inside and not number and stack[-1] == key:
            number = (element.text or "").strip()[:255]
        if inside == depth:
            path = "/".join(stack[1:])
            yield "end", path, _checked(element, Excess(first_line, path, "", key=number), count, deepest, spell)
            inside = 0
        if not inside:
            spare += 1
            _drop(element)
            if spare > SPARE * 100:
                raise DeliveryRefused("malformed", _("The file holds too much that belongs to no course."))
        elif count > ELEMENTS:
            _drop(element)
        stack.pop()


def _drop(element) -> None:
    """Free an element and everything before it. The element itself stays: the parser still stands on it."""
    element.clear(keep_tail=False)
    while (before := element.getprevious()) is not None:
        element.getparent().remove(before)


def _no_doctype(root) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise DeliveryRefused("doctype", _("The file carries a DOCTYPE. For safety such files are not read."))


def _checked(element, excess: Excess, count: int, deepest: int, spell: Callable[[str], str]):
    """The element, without namespaces, or the limit that it breaks."""
    if count > ELEMENTS:
        return replace(excess, limit="elements")
    if deepest + 1 > DEPTH:
        return replace(excess, limit="depth")
    whole = etree.tostring(element, with_tail=False)
    if len(whole) <= TEXT and b"xmlns" not in whole and spell is str:
        return element  # most records: no text in it is longer than all of it
    for each in element.iter("*"):
        if (each.text and len(each.text) > TEXT) or any(len(value) > TEXT for value in each.attrib.values()):
            return replace(excess, limit="text", field=local(each))
        if (name := spell(local(each))) != each.tag:
            each.tag = name
    return element


def excess_reason(excess: Excess) -> str:
    reasons = {
        "elements": _("The record has more than %(limit)s elements.") % {"limit": ELEMENTS},
        "depth": _("The record is nested deeper than %(limit)s levels.") % {"limit": DEPTH},
        "text": _("A text is longer than %(limit)s characters.") % {"limit": TEXT},
    }
    return reasons[excess.limit]
