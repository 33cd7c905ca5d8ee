"""Papers that people print and machines read aloud: PDF/UA-1 on A4, with embedded type, from headings and sentences.

Every word belongs to an element (headings, paragraphs, lists, figures), lines, colour and page numbers are artifacts,
language and title are set: what a screen reader needs (EN 301 549, 10). One column, and a second one beside a picture,
is all that a letter, a form or a certificate needs. Why no library: docs/decisions/0011-papers-written-by-hand.md.
"""

import io
import re
import struct
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String

FONTS = Path(__file__).with_name("fonts")
WIDE, HIGH = 595.28, 841.89  # points
MARGIN = 62.0
LEADING, LEADING_OF_HEADINGS = 1.35, 1.18
SIZES = {1: 22.0, 2: 14.0}
LABELS = 128.0  # the column of labels
INK, WHITE = "0.07 0.16 0.2 rg", "1 1 1 rg"
BRAND = "#00566b"
UA = "http://www.aiim.org/pdfua/ns/id/"
NOT_LETTERS = {0, 0xFEFF, 0xFFFE}  # what no glyph may stand for (ISO 14289-1, 7.21.7)


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

    def writes(self, text: str) -> bool:
        """Whether it has every letter: Latin, Greek and Cyrillic as in DIN 91379, neither Arabic nor Ethiopic."""
        return all(ord(letter) in self.glyphs for letter in plain(text) if not letter.isspace())

    def width(self, text: str, size: float) -> float:
        return sum(self.widths[self.glyph(letter)] for letter in text) * size / self.units

    def glyph(self, letter: str) -> int:
        """A letter that the font has not becomes a question mark: seen, and never an empty box."""
        return self.glyphs.get(ord(letter)) or self.glyphs.get(ord("?"), 0)

    def hex(self, text: str) -> str:
        return "".join(f"{self.glyph(letter):04x}" for letter in text)


def plain(text: str) -> str:
    """As it can be set letter by letter: accents in their letters, nothing that has no width."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter for letter in composed if unicodedata.category(letter) != "Cf")


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
    parent: int | None = None  # none: the document itself
    parts: list[tuple[int, int]] = field(default_factory=list)  # (page, mark)
    said: str = ""  # instead of a picture
    box: tuple[float, float, float, float] | None = None  # of a picture


class Document:
    """From top to bottom; a new page begins by itself, and several are numbered with `pages`. `brand` is a colour that
    white words stand out from."""

    def __init__(self, *, title: str, language: str = "de", pages: str = "{page} / {all}", brand: str = BRAND):
        self.title, self.language, self.pages = title, language, pages
        self.brand = " ".join(f"{each / 255:.3f}" for each in bytes.fromhex(brand.removeprefix("#"))) + " rg"
        self._pages: list[_Page] = [_Page()]
        self._elements: list[_Element] = []
        self._y, self._left = HIGH - MARGIN, MARGIN

    def heading(self, text: str, level: int = 1, *, size: float = 0, ink: str = INK) -> None:
        """Never the last line of a page."""
        size = size or SIZES[level]
        self.space(14 if level > 1 else 0)
        self._need(size * LEADING_OF_HEADINGS + 56)
        self._block(f"H{level}", text, size, "bold", ink=ink, leading=LEADING_OF_HEADINGS)
        self.space(5 if level > 1 else 10)

    def text(self, text: str, *, size: float = 11.5, is_bold: bool = False, ink: str = INK) -> None:
        for paragraph in text.splitlines():
            self._block("P", paragraph, size, "bold" if is_bold else "regular", ink=ink)
        self.space(5)

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Label and words side by side, as a list: read in the right order by everybody."""
        self._list([(label, 10, "bold", words or "–") for label, words in pairs], LABELS)

    def steps(self, sentences: Iterable[str], *, size: float = 11.5) -> None:
        """1, 2, 3."""
        rows = [(f"{number}.", size, "regular", sentence) for number, sentence in enumerate(sentences, 1)]
        self._list(rows, size * 1.7, size)

    def signatures(self, when: str, labels: Sequence[str]) -> None:
        """For each a line for place and date and a line for the name, with the words below; all on one page."""
        self._need(len(labels) * 58)
        for label in labels:
            self.space(36)
            width = self._width
            for left, right in [(0.0, 0.34), (0.38, 1.0)]:
                begin, end = self._left + left * width, self._left + right * width
                self._draw(f"0.6 w {begin:.2f} {self._y:.2f} m {end:.2f} {self._y:.2f} l S")
            self.space(2)
            top = self._y
            self._block("P", when, 9.5, "regular", width=0.34 * width)
            bottom, self._y = self._y, top
            with self._indented(0.38 * width):
                self._block("P", label, 9.5, "regular")
            self._y = min(self._y, bottom)

    def band(self, height: float) -> None:
        """Colour over the top of the page from edge to edge, behind what is written next."""
        self._draw(f"{self.brand} 0 {HIGH - height:.2f} {WIDE:.2f} {height:.2f} re f")

    def below(self, height: float) -> None:
        """Go on so far from the top of the page."""
        self._y = HIGH - height

    @contextmanager
    def beside_squares(self, rows: Sequence[Sequence[bool]], *, said: str, side: float) -> Iterator[None]:
        """Black squares, such as a QR code, and to their right what is written in the block.

        `said` is what they mean, for those who do not see them."""
        self._need(side)
        page, top = len(self._pages), self._y
        self._squares(rows, said, side)
        self._y = top
        with self._indented(side + 20):
            yield
        if len(self._pages) == page:
            self._y = min(self._y, top - side)
        self.space(8)

    def space(self, points: float) -> None:
        self._y -= points

    # Layout

    @property
    def _width(self) -> float:
        return WIDE - MARGIN - self._left

    @contextmanager
    def _indented(self, points: float) -> Iterator[None]:
        self._left += points
        yield
        self._left -= points

    def _list(self, rows: list[tuple[str, float, str, str]], indent: float, size: float = 11.5) -> None:
        whole = self._begin("L")
        for label, label_size, weight, words in rows:
            item = self._begin("LI", whole)
            lines = len(wrap(words, face("regular"), size, self._width - indent))
            self._need(size * LEADING * min(lines, 4))  # label and words begin on one page
            page, top = len(self._pages), self._y
            self.space((size - label_size) * LEADING)  # on one line with the words
            self._block("Lbl", label, label_size, weight, parent=item, width=indent - 8)
            bottom, self._y = self._y, top
            with self._indented(indent):
                self._block("LBody", words, size, "regular", parent=item)
            self._y = min(self._y, bottom) if len(self._pages) == page else self._y
            self.space(5)

    def _squares(self, rows: Sequence[Sequence[bool]], said: str, side: float) -> None:
        unit, top = side / len(rows), self._y
        border = min(row.index(True) for row in rows if any(row))
        left = self._left - border * unit  # the black begins where the words do
        boxes = " ".join(
            f"{left + x * unit:.3f} {top - (y + 1) * unit:.3f} {unit:.3f} {unit:.3f} re"
            for y, row in enumerate(rows)
            for x, is_black in enumerate(row)
            if is_black
        )
        element = self._begin("Figure")
        self._elements[element].said = said
        self._elements[element].box = (left, top - side, left + side, top)
        self._mark(element, f"0 g {boxes} f")

    def _block(self, tag: str, text: str, size: float, weight: str, *, ink: str = INK, parent: int | None = None,
               width: float = 0, leading: float = LEADING) -> None:  # fmt: skip
        """One element. Up to four lines stay together; of more, no line is left alone on a page."""
        element, high = self._begin(tag, parent), size * leading
        lines = wrap(text, face(weight), size, width or self._width)
        for number, line in enumerate(lines):
            left = len(lines) - number
            self._need(high * (min(left, 4) if number == 0 else 2 if left == 2 else 1))
            self._y -= high
            font = "/Bold" if weight == "bold" else "/Plain"
            letters = face(weight).hex(line)
            self._mark(element, f"{ink} BT {font} {size} Tf {self._left:.2f} {self._y:.2f} Td <{letters}> Tj ET")

    def _need(self, points: float) -> None:
        if self._y - points < MARGIN:
            self._pages.append(_Page())
            self._y = HIGH - MARGIN

    def _begin(self, tag: str, parent: int | None = None) -> int:
        self._elements.append(_Element(tag, parent))
        return len(self._elements) - 1

    def _mark(self, element: int, content: str) -> None:
        page = self._pages[-1]
        tag = self._elements[element].tag
        page.stream.append(f"/{tag} <</MCID {page.marks}>> BDC {content} EMC")
        self._elements[element].parts.append((len(self._pages) - 1, page.marks))
        page.elements.append(element)
        page.marks += 1

    def _draw(self, content: str) -> None:
        self._pages[-1].stream.append(f"/Artifact BMC {content} EMC")

    # File

    def save(self) -> bytes:
        pdf = pikepdf.new()
        fonts = Dictionary(Plain=_font(pdf, "regular"), Bold=_font(pdf, "bold"))
        if len(self._pages) > 1:
            self._number_pages()
        pages = [self._page(pdf, number, page, fonts) for number, page in enumerate(self._pages)]
        self._structure(pdf, pages)
        pdf.Root.Lang = String(self.language)
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
            meta.register_xml_namespace(UA, "pdfuaid")
            meta["dc:title"] = self.title
            meta["dc:language"] = [self.language]
            meta["pdfuaid:part"] = "1"
        return _bytes(pdf)

    def _number_pages(self) -> None:
        for number, page in enumerate(self._pages, 1):
            words = f"{self.title} · {self.pages.format(page=number, all=len(self._pages))}"
            letters = face("regular").hex(plain(words))
            page.stream.append(
                f"/Artifact <</Type /Pagination>> BDC {INK} BT /Plain 9 Tf {MARGIN:.2f} 34 Td <{letters}> Tj ET EMC"
            )

    def _page(self, pdf: pikepdf.Pdf, number: int, page: _Page, fonts: Dictionary) -> pikepdf.Object:
        made = pdf.add_blank_page(page_size=(WIDE, HIGH))
        made.Contents = pdf.make_stream("\n".join(page.stream).encode("ascii"))
        made.Resources = Dictionary(Font=fonts)
        made.StructParents = number
        made.Tabs = Name.S
        return made.obj

    def _structure(self, pdf: pikepdf.Pdf, pages: list[pikepdf.Object]) -> None:
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        whole = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root, K=Array()))
        made: list[pikepdf.Object] = []
        for element in self._elements:  # parents come first
            parent = whole if element.parent is None else made[element.parent]
            made.append(self._element(pdf, element, parent, pages))
            parent.K.append(made[-1])
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
        if element.box:
            made.A = Dictionary(O=Name.Layout, BBox=Array([round(each, 2) for each in element.box]))
        return pdf.make_indirect(made)


def wrap(text: str, font: Face, size: float, width: float) -> list[str]:
    """Lines that fit. Long words break behind a hyphen or slash (not inside numbers), else anywhere."""
    return [line for each in plain(text).split("\n") for line in _wrapped(each, font, size, width)]


def _wrapped(text: str, font: Face, size: float, width: float) -> list[str]:
    lines, line = [], ""
    for piece in re.findall(r"[ \t\r]*(?:[^ \t\r]+?[-/](?=[^\W\d])|[^ \t\r]+)", text):  # never at a hard space
        if font.width((line + piece).rstrip(), size) <= width:
            line += piece
            continue
        lines, line = [*lines, line], piece.lstrip()
        while font.width(line, size) > width:
            cut = next(end for end in range(len(line), 0, -1) if font.width(line[:end], size) <= width or end == 1)
            lines, line = [*lines, line[:cut]], line[cut:]
    return [each.strip() for each in [*lines, line] if each.strip()]


def fitting(text: str, sizes: Sequence[float], lines: int) -> float:
    """The largest of these sizes in which bold words need no more lines and none is cut."""

    def fits(size: float) -> bool:
        longest = max(face("bold").width(word, size) for word in plain(text).split())
        return longest <= WIDE - 2 * MARGIN and len(wrap(text, face("bold"), size, WIDE - 2 * MARGIN)) <= lines

    return next((size for size in sizes if fits(size)), sizes[-1])


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
    rows = [f"<{glyph:04x}> <{letter:04x}>" for glyph, letter in sorted(letters.items()) if letter not in NOT_LETTERS]
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
