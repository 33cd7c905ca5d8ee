"""Papers that people print and machines read aloud: tagged PDF on A4, with embedded type, from headings and sentences.

Every word belongs to an element (H1, H2, P, Figure), lines and rules are artifacts, language and title are set: what a
screen reader needs (EN 301 549, 10). One column is all that a letter, a form or a certificate needs.
"""

import io
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String

FONTS = Path(__file__).with_name("fonts")
WIDE, HIGH = 595.28, 841.89  # points
MARGIN = 62.0
LEADING = 1.35
SIZES = {1: 22.0, 2: 14.0}
INK = "0.07 0.16 0.2 rg"


# ── Type


@dataclass(frozen=True)
class Face:
    """A TrueType font as the document needs it: which glyph a letter is, and how wide."""

    data: bytes
    units: int
    box: tuple[int, ...]
    ascent: int
    descent: int
    glyphs: dict[int, int]
    widths: tuple[int, ...]

    def width(self, text: str, size: float) -> float:
        return sum(self.widths[self.glyph(letter)] for letter in text) * size / self.units

    def glyph(self, letter: str) -> int:
        """A letter that the font has not becomes a question mark: seen, and never an empty box."""
        return self.glyphs.get(ord(letter)) or self.glyphs.get(ord("?"), 0)

    def hex(self, text: str) -> str:
        return "".join(f"{self.glyph(letter):04x}" for letter in text)


@cache
def face(name: str) -> Face:
    """kit/fonts/source-sans-3-<name>.ttf, read once."""
    data = (FONTS / f"source-sans-3-{name}.ttf").read_bytes()
    tables = dict(_tables(data))
    head, hhea = data[tables["head"] :], data[tables["hhea"] :]
    ascent, descent = struct.unpack(">hh", hhea[4:8])
    (metrics,) = struct.unpack(">H", hhea[34:36])
    widths = struct.unpack(f">{metrics * 2}H", data[tables["hmtx"] : tables["hmtx"] + metrics * 4])[::2]
    (count,) = struct.unpack(">H", data[tables["maxp"] + 4 : tables["maxp"] + 6])
    return Face(
        data=data,
        units=struct.unpack(">H", head[18:20])[0],
        box=struct.unpack(">4h", head[36:44]),
        ascent=ascent,
        descent=descent,
        glyphs=dict(_letters(data, tables["cmap"])),
        widths=(*widths, *[widths[-1]] * (count - metrics)),
    )


def _tables(data: bytes) -> Iterator[tuple[str, int]]:
    (count,) = struct.unpack(">H", data[4:6])
    for number in range(count):
        tag, _sum, offset, _length = struct.unpack(">4sLLL", data[12 + 16 * number : 28 + 16 * number])
        yield tag.decode(), offset


def _letters(data: bytes, cmap: int) -> Iterator[tuple[int, int]]:
    """(letter, glyph) of the subtable in format 4, which holds all letters up to U+FFFF."""
    (count,) = struct.unpack(">H", data[cmap + 2 : cmap + 4])
    offsets = [struct.unpack(">L", data[cmap + 8 + 8 * each : cmap + 12 + 8 * each])[0] for each in range(count)]
    start = next(cmap + each for each in offsets if data[cmap + each : cmap + each + 2] == b"\x00\x04")
    (double,) = struct.unpack(">H", data[start + 6 : start + 8])
    segments = double // 2

    def column(number: int, kind: str = "H") -> Sequence[int]:
        at = start + 14 + number * double + (2 if number else 0)
        return struct.unpack(f">{segments}{kind}", data[at : at + double])

    ends, starts, deltas, ranges = column(0), column(1), column(2, "h"), column(3)
    base = start + 16 + 3 * double
    for index, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for letter in range(first, min(last, 0xFFFE) + 1):
            if not ranges[index]:
                yield letter, (letter + deltas[index]) & 0xFFFF
                continue
            at = base + 2 * index + ranges[index] + 2 * (letter - first)
            (glyph,) = struct.unpack(">H", data[at : at + 2])
            if glyph:
                yield letter, (glyph + deltas[index]) & 0xFFFF


# ── The document


@dataclass
class _Page:
    stream: list[str] = field(default_factory=list)
    marks: int = 0
    elements: list[int] = field(default_factory=list)  # which element each mark belongs to


@dataclass
class _Element:
    tag: str
    parts: list[tuple[int, int]] = field(default_factory=list)  # (page, mark)
    said: str = ""  # instead of a picture


class Document:
    """One column from top to bottom; a new page begins by itself."""

    def __init__(self, *, title: str, language: str = "de"):
        self.title, self.language = title, language
        self._pages: list[_Page] = [_Page()]
        self._elements: list[_Element] = []
        self._y = HIGH - MARGIN

    def heading(self, text: str, level: int = 1) -> None:
        self.space(14 if level > 1 else 0)
        self._block(f"H{level}", text, SIZES[level], "bold")
        self.space(4)

    def text(self, text: str, *, size: float = 11.5, is_bold: bool = False) -> None:
        for paragraph in text.splitlines():
            self._block("P", paragraph, size, "bold" if is_bold else "regular")
        self.space(5)

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Label and words, one below the other: read in the right order by everybody."""
        for label, words in pairs:
            self._block("P", label, 10, "bold")
            self._block("P", words or "–", 11.5, "regular")
            self.space(5)

    def fill_in(self, label: str) -> None:
        """A line to be written on, with its words below."""
        self._need(52)
        self.space(34)
        self._draw(f"/Artifact BMC 0.6 w {MARGIN:.2f} {self._y:.2f} m {WIDE - MARGIN:.2f} {self._y:.2f} l S EMC")
        self.space(2)
        self._block("P", label, 9.5, "regular")

    def squares(self, rows: Sequence[Sequence[bool]], *, said: str, side: float = 96) -> None:
        """Black squares, such as a QR code; `said` is what it means, for those who do not see it."""
        self._need(side)
        unit, left, top = side / len(rows), MARGIN, self._y
        boxes = " ".join(
            f"{left + x * unit:.3f} {top - (y + 1) * unit:.3f} {unit:.3f} {unit:.3f} re"
            for y, row in enumerate(rows)
            for x, is_black in enumerate(row)
            if is_black
        )
        element = self._begin("Figure", said)
        self._mark(element, f"0 g {boxes} f")
        self._y -= side
        self.space(6)

    def space(self, points: float) -> None:
        self._y -= points

    # Layout

    def _block(self, tag: str, text: str, size: float, weight: str) -> None:
        element = self._begin(tag)
        for line in wrap(text, face(weight), size, WIDE - 2 * MARGIN):
            self._need(size * LEADING)
            self._y -= size * LEADING
            font = "/Bold" if weight == "bold" else "/Plain"
            letters = face(weight).hex(line)
            self._mark(element, f"{INK} BT {font} {size} Tf {MARGIN:.2f} {self._y:.2f} Td <{letters}> Tj ET")

    def _need(self, points: float) -> None:
        if self._y - points < MARGIN:
            self._pages.append(_Page())
            self._y = HIGH - MARGIN

    def _begin(self, tag: str, said: str = "") -> int:
        self._elements.append(_Element(tag, said=said))
        return len(self._elements) - 1

    def _mark(self, element: int, content: str) -> None:
        page = self._pages[-1]
        tag = self._elements[element].tag
        page.stream.append(f"/{tag} <</MCID {page.marks}>> BDC {content} EMC")
        self._elements[element].parts.append((len(self._pages) - 1, page.marks))
        page.elements.append(element)
        page.marks += 1

    def _draw(self, content: str) -> None:
        self._pages[-1].stream.append(content)

    # File

    def save(self) -> bytes:
        pdf = pikepdf.new()
        fonts = Dictionary(Plain=_font(pdf, "regular"), Bold=_font(pdf, "bold"))
        pages = [self._page(pdf, number, page, fonts) for number, page in enumerate(self._pages)]
        self._structure(pdf, pages)
        pdf.Root.Lang = String(self.language)
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
            meta["dc:title"] = self.title
            meta["dc:language"] = [self.language]
        return _bytes(pdf)

    def _page(self, pdf: pikepdf.Pdf, number: int, page: _Page, fonts: Dictionary) -> pikepdf.Object:
        made = pdf.add_blank_page(page_size=(WIDE, HIGH))
        made.Contents = pdf.make_stream("\n".join(page.stream).encode("ascii"))
        made.Resources = Dictionary(Font=fonts)
        made.StructParents = number
        made.Tabs = Name.S
        return made.obj

    def _structure(self, pdf: pikepdf.Pdf, pages: list[pikepdf.Object]) -> None:
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        whole = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root))
        made = [self._element(pdf, element, whole, pages) for element in self._elements]
        whole.K = Array(made)
        numbers: list = []
        for number, page in enumerate(self._pages):
            numbers += [number, pdf.make_indirect(Array([made[element] for element in page.elements]))]
        root.K = whole
        root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
        root.ParentTreeNextKey = len(self._pages)
        pdf.Root.StructTreeRoot = root

    @staticmethod
    def _element(pdf: pikepdf.Pdf, element: _Element, parent, pages: list[pikepdf.Object]):
        parts = [Dictionary(Type=Name.MCR, Pg=pages[page], MCID=mark) for page, mark in element.parts]
        made = Dictionary(Type=Name.StructElem, S=Name(f"/{element.tag}"), P=parent, K=Array(parts))
        if element.said:
            made.Alt = String(element.said)
        return pdf.make_indirect(made)


def wrap(text: str, font: Face, size: float, width: float) -> list[str]:
    """Lines that fit; a word that is longer than a line is cut."""
    lines, line = [], ""
    for word in text.split():
        while font.width(word, size) > width:
            cut = next(end for end in range(len(word), 0, -1) if font.width(word[:end], size) <= width or end == 1)
            lines, line, word = [*lines, *([line] if line else []), word[:cut]], "", word[cut:]
        longer = f"{line} {word}".strip()
        if font.width(longer, size) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line] if line else lines


def _font(pdf: pikepdf.Pdf, weight: str) -> pikepdf.Object:
    """A composite font whose codes are its glyphs, and the way back to letters for search and speech."""
    font, name = face(weight), Name(f"/SourceSans3-{weight.title()}")
    scale = 1000 / font.units
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=name, Flags=32, FontBBox=Array([round(each * scale) for each in font.box]),
        ItalicAngle=0, Ascent=round(font.ascent * scale), Descent=round(font.descent * scale), CapHeight=660, StemV=80,
        FontFile2=pdf.make_stream(font.data, Length1=len(font.data)),
    )  # fmt: skip
    descendant = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, CIDToGIDMap=Name.Identity,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor), DW=500,
        W=Array([0, Array([round(each * scale) for each in font.widths])]),
    )  # fmt: skip
    whole = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]), ToUnicode=pdf.make_stream(_letters_of(font)),
    )  # fmt: skip
    return pdf.make_indirect(whole)


def _letters_of(font: Face) -> bytes:
    letters = {glyph: letter for letter, glyph in sorted(font.glyphs.items(), reverse=True)}
    rows = [f"<{glyph:04x}> <{letter:04x}>" for glyph, letter in sorted(letters.items())]
    chunks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    body = "\n".join(f"{len(chunk)} beginbfchar\n" + "\n".join(chunk) + "\nendbfchar" for chunk in chunks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        "/CMapName /Letters def 1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{body}\nendcmap end end"
    ).encode("ascii")


def _bytes(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, compress_streams=True, deterministic_id=True)
    return out.getvalue()
