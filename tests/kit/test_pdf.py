"""Papers: tagged, in the right language, with type that machines can read."""

import io

import pikepdf
import pytest

from kit import qr
from kit.pdf import Document, face, wrap


def opened(document: Document) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(document.save()))


@pytest.fixture
def paper() -> pikepdf.Pdf:
    document = Document(title="Prüfung")
    document.heading("Überschrift")
    document.text("Ein Satz.\nNoch einer.")
    document.squares(qr.squares("https://example.org"), said="Ein Code")
    document.fill_in("Unterschrift")
    return opened(document)


def elements(paper: pikepdf.Pdf) -> list:
    return list(paper.Root.StructTreeRoot.K.K)


def test_every_word_belongs_to_an_element(paper):
    assert [str(each.S) for each in elements(paper)] == ["/H1", "/P", "/P", "/Figure", "/P"]
    content = paper.pages[0].Contents.read_bytes().decode()
    assert content.count("BDC") == content.count("EMC") - 1  # the line to write on is an artifact
    assert "/Artifact BMC" in content


def test_title_language_and_pictures_are_said(paper):
    assert (str(paper.Root.Lang), bool(paper.Root.MarkInfo.Marked)) == ("de", True)
    assert [str(each.Alt) for each in elements(paper) if "/Alt" in each] == ["Ein Code"]
    with paper.open_metadata() as meta:
        assert meta["dc:title"] == "Prüfung"


def test_type_is_embedded_and_can_be_searched(paper):
    font = paper.pages[0].Resources.Font.Plain
    assert len(font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()) > 50_000
    glyph = face("regular").glyph("Ü")
    assert f"<{glyph:04x}> <00dc>".encode() in font.ToUnicode.read_bytes()


def test_a_long_text_gets_a_second_page_and_keeps_its_order():
    document = Document(title="Lang")
    for number in range(80):
        document.text(f"Absatz {number}")
    paper = opened(document)
    assert len(paper.pages) > 1
    pages = [int(each.K[0].Pg.StructParents) for each in elements(paper)]
    assert pages == sorted(pages)


def test_lines_fit_and_lose_nothing():
    words = "Donaudampfschifffahrtsgesellschaftskapitän " * 6 + "x" * 400
    lines = wrap(words, face("regular"), 11, 300)
    assert max(face("regular").width(line, 11) for line in lines) <= 300
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")


def test_an_unknown_letter_is_seen():
    assert face("regular").glyph("漢") == face("regular").glyph("?") != 0
