"""What of PDF/UA-1 (ISO 14289-1) a machine can check without Java, for papers of kit/pdf.py."""

from collections.abc import Iterator

import pikepdf

PAINTS = {"Tj", "TJ", "f", "S", "B", "Do"}
INSIDE = {"LI": {"L"}, "Lbl": {"LI"}, "LBody": {"LI"}}
KNOWN = {"Document", "H1", "H2", "P", "L", "LI", "Lbl", "LBody", "Figure"}


def violations(paper: pikepdf.Pdf) -> list[str]:
    """In words; empty where nothing was found."""
    return [*_document(paper), *_tree(paper), *_levels(paper), *_content(paper), *_type(paper)]


def elements(paper: pikepdf.Pdf) -> list[pikepdf.Object]:
    """In the order in which they are read."""

    def below(element) -> Iterator:
        for child in element.K:
            if str(child.get("/Type")) == "/StructElem":
                yield child
                yield from below(child)

    return list(below(paper.Root.StructTreeRoot.K))


def tag(element) -> str:
    return str(element.S).removeprefix("/")


def _document(paper: pikepdf.Pdf) -> Iterator[str]:
    root = paper.Root
    with paper.open_metadata() as meta:
        if meta.get("pdfuaid:part") != "1":
            yield "does not say that it is PDF/UA-1"
        if not meta.get("dc:title"):
            yield "no title"
    if not root.ViewerPreferences.get("/DisplayDocTitle"):
        yield "the window shows the name of the file"
    if not str(root.get("/Lang", "")):
        yield "no language"
    if not root.MarkInfo.get("/Marked"):
        yield "not marked as tagged"


def _tree(paper: pikepdf.Pdf) -> Iterator[str]:
    if tag(paper.Root.StructTreeRoot.K) != "Document":
        yield "not one document"
    for element in elements(paper):
        if tag(element) not in KNOWN:
            yield f"unknown element {tag(element)}"
        if tag(element.P) not in INSIDE.get(tag(element), {"Document"}):
            yield f"{tag(element)} in {tag(element.P)}"
        if tag(element) == "Figure" and not str(element.get("/Alt", "")):
            yield "a picture without words"
        if not len(element.K):
            yield f"{tag(element)} is empty"


def _levels(paper: pikepdf.Pdf) -> Iterator[str]:
    before = 0
    for level in (int(tag(each)[1]) for each in elements(paper) if tag(each) in {"H1", "H2"}):
        if level > before + 1:
            yield f"a heading of level {level} after one of level {before}"
        before = level


def _content(paper: pikepdf.Pdf) -> Iterator[str]:
    """Everything drawn belongs to an element, which knows it, or is an artifact."""
    tree = paper.Root.StructTreeRoot.ParentTree.Nums
    for number, page in enumerate(paper.pages):
        owners, open_marks = tree[2 * number + 1], []
        if page.StructParents != tree[2 * number]:
            yield f"page {number + 1} stands in the wrong place of the tree"
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in {"BDC", "BMC"}:
                open_marks.append(str(operands[0]))
                if name == "BDC" and "/MCID" in operands[1]:
                    yield from _owner(owners, int(operands[1].MCID), str(operands[0]), page)
            elif name == "EMC":
                open_marks.pop()
            elif name in PAINTS and not open_marks:
                yield f"page {number + 1}: {name} belongs to nothing"


def _owner(owners, mark: int, name: str, page) -> Iterator[str]:
    owner = owners[mark]
    if str(owner.S) != name:
        yield f"mark {mark} says {name}, its element {owner.S}"
    if not any(part.get("/MCID") == mark and part.Pg.objgen == page.objgen for part in owner.K):
        yield f"the element of mark {mark} does not know it"


def _type(paper: pikepdf.Pdf) -> Iterator[str]:
    """Embedded, and every glyph has a letter that may be read."""
    for page in paper.pages:
        letters = {name: _unicode(font) for name, font in page.Resources.Font.items()}
        for name, font in page.Resources.Font.items():
            if "/FontFile2" not in font.DescendantFonts[0].FontDescriptor:
                yield f"{name} is not embedded"
        font = ""
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                font = str(operands[0])
            elif str(operator) == "Tj":
                codes = bytes(operands[0]).hex()
                glyphs = {codes[at : at + 4] for at in range(0, len(codes), 4)}
                if wrong := {glyph for glyph in glyphs if letters[font].get(glyph, "0000") in {"0000", "feff", "fffe"}}:
                    yield f"glyphs without a letter: {sorted(wrong)}"


def _unicode(font) -> dict[str, str]:
    rows = font.ToUnicode.read_bytes().decode().splitlines()
    pairs = (row.replace("<", "").replace(">", "").split() for row in rows if row.startswith("<"))
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
