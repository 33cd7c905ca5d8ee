"""Course texts become clean HTML: the Bundesagentur's mini markup, plain text with lists, or HTML.

Mini markup: a line that begins with `*` is a bullet, one that begins with `!` is a heading, an empty line ends a
paragraph. Many providers write `-` or `•` for bullets; that reads the same.
"""

import re
from functools import lru_cache
from html import escape, unescape

from kit import text as kit_text

_HTML = re.compile(
    r"</?(?:p|br|ul|ol|li|b|strong|i|em|u|h[1-6]|div|span|a|table|tr|td|font|hr)\b[^<>]*/?>", re.IGNORECASE
)
_ESCAPED = re.compile(r"&lt;/?(?:p|br|ul|ol|li|b|strong|i|em|h[1-6]|div|span)\b[^<>]*?/?&gt;", re.IGNORECASE)
_HEADING = re.compile(r"(</?)h(?:1|2|5|6)\b", re.IGNORECASE)
_CELL = re.compile(r"</?(?:div|tr|table|tbody)\b[^<>]*>", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:\*+\s?|[•·●▪‣◦–—-]\s+|[•·●▪])(?=\S)(?!\d+(?:[.,]\d+)?\s*(?:€|%))")
_STRONG = re.compile(r"\s*\*[^*]+\*+\s*$")
_EMPTY = re.compile(r"<(p|li|ul|h3|h4|strong|em|b|i)>(?:\s|&nbsp;|<br>)*</\1>", re.IGNORECASE)


@lru_cache(maxsize=64)  # runs of one course mostly repeat its texts
def to_html(raw: str | None) -> str:
    """Clean HTML of a text in whatever markup; empty for text without words."""
    text = (raw or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return ""
    if _ESCAPED.search(text) and not _HTML.search(text):
        text = unescape(text)
    if _HTML.search(text):
        return _tidy(kit_text.clean(_HEADING.sub(r"\1h3", _CELL.sub(_paragraph, _lines(text)))))
    return _tidy(kit_text.clean(_mini(_decoded(text))))


def _paragraph(match: re.Match) -> str:
    return "</p>" if match[0].startswith("</") else "<p>"


def _lines(text: str) -> str:
    """Line breaks of mixed text count where no block element makes them."""
    has_blocks = re.search(r"<(?:p|br|li|div|tr)\b", text, re.IGNORECASE)
    return text if has_blocks else text.replace("\n\n", "<br><br>").replace("\n", "<br>")


def _decoded(text: str) -> str:
    """`&amp;` that was escaped twice is meant as &."""
    return unescape(text) if re.search(r"&(?:amp|lt|gt|quot|nbsp|[aouAOU]uml|szlig|euro|#\d{2,5});", text) else text


def _tidy(html: str) -> str:
    before = None
    while before != html:
        before, html = html, _EMPTY.sub("", html)
    html = html.strip()
    return html if kit_text.plain(html) else ""


def _mini(text: str) -> str:
    blocks, paragraph, bullets = [], [], []

    def flush() -> None:
        if paragraph:
            blocks.append(f"<p>{'<br>'.join(map(escape, paragraph))}</p>")
        if bullets:
            blocks.append(f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in bullets)}</ul>")
        paragraph.clear()
        bullets.clear()

    for line in text.split("\n"):
        kind, words = _kind(line)
        if kind == "bullet":
            if paragraph:
                flush()
            bullets.append(words)
        elif kind == "heading":
            flush()
            blocks.append(f"<h3>{escape(words)}</h3>")
        elif kind == "empty":
            _end(paragraph, bullets, flush)
        else:
            if bullets:
                flush()
            paragraph.append(words)
    flush()
    return "".join(blocks)


def _end(paragraph: list, bullets: list, flush) -> None:
    """An empty line ends a paragraph; between bullets it is only space."""
    if paragraph and not bullets:
        flush()


def _kind(line: str) -> tuple[str, str]:
    words = line.strip()
    if not words:
        return "empty", ""
    if words.startswith("!") and len(words) > 1 and words.strip("! "):
        return "heading", words.strip("! ")
    match = _BULLET.match(line)
    if match and not _STRONG.match(line) and not re.fullmatch(r"[\s*•·–—-]+", line):
        return "bullet", line[match.end() :].strip()
    if re.fullmatch(r"[\s*_=–—-]{3,}", line):
        return "empty", ""
    return "text", words.strip("*") if _STRONG.match(line) else words


def joined(*parts: str) -> str:
    """Pieces of HTML after one another, each once."""
    return "".join(dict.fromkeys(part for part in parts if part))
