"""Papers: tagged, in the right language, with type that machines can read."""

import io

import pikepdf
import pytest

from kit import qr
from kit.pdf import Document, face, fitting, wrap
from tests.kit.ua import elements, tag, violations


def opened(document: Document) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(document.save()))


@pytest.fixture
def paper() -> pikepdf.Pdf:
    document = Document(title="Prüfung")
    document.band(20)
    document.heading("Überschrift")
    document.text("Ein Satz.\nNoch einer.")
    document.facts([("Betrieb", "Holte GmbH"), ("Hinweis", "")])
    document.steps(["Erst dies."])
    with document.beside_squares(qr.squares("https://example.org"), said="Ein Code", side=90):
        document.text("Daneben")
    document.signatures("Ort, Datum", ["Unterschrift"])
    return opened(document)


def test_every_word_belongs_to_an_element(paper):
    top = ["H1", "P", "P", "L", "L", "Figure", "P", "P", "P"]
    assert [tag(each) for each in elements(paper) if tag(each.P) == "Document"] == top
    assert [tag(each) for each in elements(paper)][3:11] == ["L", "LI", "Lbl", "LBody", "LI", "Lbl", "LBody", "L"]
    assert violations(paper) == []


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda paper: paper.Root.ViewerPreferences.__delitem__("/DisplayDocTitle"), "the window shows the name"),
        (lambda paper: elements(paper)[-4].__delitem__("/Alt"), "a picture without words"),
        (lambda paper: setattr(elements(paper)[4], "P", paper.Root.StructTreeRoot.K), "LI in Document"),
        (lambda paper: setattr(elements(paper)[0], "S", pikepdf.Name.H2), "a heading of level 2"),
        (lambda paper: paper.pages[0].contents_add(b"0 0 9 9 re f"), "f belongs to nothing"),
        (
            lambda paper: setattr(paper.pages[0].Resources.Font.Plain, "ToUnicode", paper.make_stream(b"")),
            "glyphs without a letter",
        ),
    ],
)
def test_the_check_sees_what_is_wrong(paper, spoil, found):
    spoil(paper)
    assert any(found in each for each in violations(paper))


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
    assert violations(paper) == []
    for number, page in enumerate(paper.pages, 1):
        assert face("regular").hex(f"Lang · {number} / {len(paper.pages)}") in page.Contents.read_bytes().decode()


def lines_of(paper: pikepdf.Pdf) -> list[int]:
    """How many of the last element stand on each page."""
    pages = [int(part.Pg.StructParents) for part in elements(paper)[-1].K]
    return [pages.count(number) for number in range(len(paper.pages))]


@pytest.mark.parametrize("above", range(36, 46))
def test_no_line_is_left_alone(above):
    """A short paragraph stays together; a long one leaves no single line behind, and none goes on alone."""
    for words in (60, 130):
        document = Document(title="Lang")
        for _each in range(above):
            document._block("P", "Zeile", 11.5, "regular")
        document.text("langes Wort " * words)
        lines = [number for number in lines_of(opened(document)) if number]
        assert 1 not in lines, (above, words)


def test_signatures_stay_together():
    document = Document(title="Lang")
    document.space(500)
    document.signatures("Ort, Datum", ["Betrieb", "Schule", "Eltern", "Kind"])
    paper = opened(document)
    assert {int(part.Pg.StructParents) for each in elements(paper) for part in each.K} == {1}


def test_lines_fit_and_lose_nothing():
    words = "Donaudampfschifffahrtsgesellschaftskapitän " * 6 + "x" * 400
    lines = wrap(words, face("regular"), 11, 300)
    assert max(face("regular").width(line, 11) for line in lines) <= 300
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")


def test_lines_end_behind_hyphens_and_slashes_and_not_inside_numbers():
    assert wrap("Schöngleina-Großörner", face("regular"), 11, 90) == ["Schöngleina-", "Großörner"]
    assert wrap("03900 123-456", face("regular"), 11, 50) == ["03900", "123-456"]
    assert wrap("Telefon 03900\u00a0123", face("regular"), 11, 70) == ["Telefon", "03900\u00a0123"]
    assert wrap("Erste\nZweite", face("regular"), 11, 300) == ["Erste", "Zweite"]


def test_a_title_is_as_large_as_it_fits():
    assert fitting("Wochen", [54, 22], 1) == 54
    assert fitting("Schülerinnen- und Schülerferienpraktikumswochen", [54, 22], 2) == 22


def test_accents_are_put_together_and_what_has_no_width_is_left_out():
    assert wrap("Mu\u0308ller Hand\u00adschuh", face("regular"), 11, 300) == ["Müller Handschuh"]


def test_which_names_can_be_written():
    can = face("regular").writes
    assert all(can(name) for name in ("Mia Öztürk", "Łucja Đorđević", "Nguyễn Thị Hạnh", "Соломія Їжакевич", "Ελένη"))
    assert not any(can(name) for name in ("محمد", "ሰላም", "漢"))


def test_an_unknown_letter_is_seen():
    assert face("regular").glyph("漢") == face("regular").glyph("?") != 0
