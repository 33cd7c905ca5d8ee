"""Files that somebody might hand in to do harm. Made here, each with the words that must not come out again."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import partial

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

CANARY = b"CANARY-7361"
SCRIPT = String("app.alert('CANARY-7361')")
ACTION_KINDS = ["Launch", "URI", "GoToR", "GoToE", "SubmitForm", "ImportData", "Rendition", "Movie", "Sound", "Named"]


def paper(change: Callable[[pikepdf.Pdf], None] = lambda pdf: None, *, pages: int = 1, **saving) -> bytes:
    """A PDF with a word on each page, changed by whoever wants to do harm."""
    pdf = pikepdf.new()
    for _number in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font)))
        page.Contents = pdf.make_stream(b"BT /F1 24 Tf 72 720 Td (Lebenslauf) Tj ET")
    change(pdf)
    out = io.BytesIO()
    pdf.save(out, **saving)
    return out.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **saving) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **saving)
    return out.getvalue()


def action(kind: str) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), F=String("CANARY-7361.exe"), URI=String("http://x/CANARY-7361"), JS=SCRIPT)


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=SCRIPT)


def note(pdf, subtype: str, **fields) -> None:
    pdf.pages[0].Annots = Array(
        [pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name(f"/{subtype}"), Rect=[0, 0, 99, 99], **fields))]
    )


def form_of(pdf, **fields) -> None:
    font = pdf.pages[0].Resources.Font.F1
    pdf.Root.AcroForm = Dictionary(
        Fields=Array([pdf.pages[0].Annots[0]]), DR=Dictionary(Font=Dictionary(Helv=font)), **fields
    )


def attachment(pdf) -> Dictionary:
    embedded = pdf.make_stream(CANARY, Type=Name.EmbeddedFile)
    return pdf.make_indirect(Dictionary(Type=Name.Filespec, F=String("x.exe"), EF=Dictionary(F=embedded)))


# ── PDF that act: each becomes harmless


def open_script(pdf):
    pdf.Root.OpenAction = script()


def chained_script(pdf):
    pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=script())


def named_script(pdf):
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script()])))


def document_events(pdf):
    pdf.Root.AA = Dictionary(WC=script(), WS=script(), DP=script())


def page_events(pdf):
    pdf.pages[0].AA = Dictionary(O=script(), C=script())


def tree_events(pdf):
    pdf.Root.Pages.AA = Dictionary(O=script())


def attached(pdf):
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("x.exe"), attachment(pdf)])))


def associated(pdf):
    pdf.Root.AF = Array([attachment(pdf)])
    pdf.pages[0].AF = Array([attachment(pdf)])


def attached_note(pdf):
    note(pdf, "FileAttachment", FS=attachment(pdf))


def portfolio(pdf):
    attached(pdf)
    pdf.Root.Collection = Dictionary(Type=Name.Collection, View=Name.D)


def link_script(pdf):
    note(pdf, "Link", A=script())


def widget_script(pdf):
    note(pdf, "Widget", FT=Name.Btn, T=String("b"), AA=Dictionary(U=script()), A=script())
    form_of(pdf)


def screen(pdf):
    note(pdf, "Screen", A=action("Rendition"))


def rich_media(pdf):
    note(pdf, "RichMedia", RichMediaContent=Dictionary(Assets=Dictionary(Names=Array(["x.swf", attachment(pdf)]))))


def three_dimensions(pdf):
    note(pdf, "3D", **{"3DD": pdf.make_stream(CANARY, Type=Name("/3D"), OnInstantiate=pdf.make_stream(CANARY))})


def popup_text(pdf):
    note(pdf, "Text", Contents=String("CANARY-7361"))


def form_with_xfa(pdf):
    note(pdf, "Widget", FT=Name.Tx, T=String("a"), V=String("Mara"), DA=String("/Helv 10 Tf 0 g"))
    form_of(pdf, XFA=pdf.make_stream(CANARY))


def calculating_form(pdf):
    note(pdf, "Widget", FT=Name.Tx, T=String("a"), AA=Dictionary(C=script(), K=script()))
    form_of(pdf, CO=Array([pdf.pages[0].Annots[0]]))


def outline(pdf):
    entry = pdf.make_indirect(Dictionary(Title=String("CANARY-7361"), A=script()))
    pdf.Root.Outlines = Dictionary(Type=Name.Outlines, First=entry, Last=entry, Count=1)


def metadata(pdf):
    pdf.docinfo["/Author"] = "CANARY-7361"
    pdf.Root.Metadata = pdf.make_stream(CANARY, Type=Name.Metadata, Subtype=Name.XML)


def page_metadata(pdf):
    pdf.pages[0].Metadata = pdf.make_stream(CANARY)
    pdf.pages[0].PieceInfo = Dictionary(X=Dictionary(Private=String("CANARY-7361")))
    pdf.pages[0].Thumb = pdf.make_stream(CANARY)


def hidden_layer_properties(pdf):
    pdf.pages[0].Resources.Properties = Dictionary(
        P=Dictionary(AF=Array([attachment(pdf)]), Secret=String("CANARY-7361"))
    )


def image_notes(pdf):
    inner = pdf.make_stream(
        b"\0\0\0", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8, Metadata=pdf.make_stream(CANARY), OPI=Dictionary(X=String("CANARY-7361")),
    )  # fmt: skip
    pdf.pages[0].Resources.XObject = Dictionary(I=inner)


def drawing_with_script(pdf):
    inner = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9], AA=Dictionary(O=script()))
    inner.Resources = Dictionary(Properties=Dictionary(P=script()))
    pdf.pages[0].Resources.XObject = Dictionary(D=inner)


def photo_with_place(pdf):
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(out, "JPEG", exif=exif)
    inner = Stream(pdf, out.getvalue())
    inner.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=30, Height=20, ColorSpace=Name.DeviceRGB, BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )  # fmt: skip
    pdf.pages[0].Resources.XObject = Dictionary(I=inner)


def open_with(pdf, *, kind: str):
    pdf.Root.OpenAction = action(kind)


def signed(pdf):
    pdf.Root.Perms = Dictionary(DocMDP=Dictionary(Contents=String("CANARY-7361")))


MENDED = [
    open_script, chained_script, named_script, document_events, page_events, tree_events, attached, associated,
    attached_note, portfolio, link_script, widget_script, screen, rich_media, three_dimensions, popup_text,
    form_with_xfa, calculating_form, outline, metadata, page_metadata, hidden_layer_properties, image_notes,
    drawing_with_script, photo_with_place, signed,
]  # fmt: skip


ALIVE: dict[str, Callable[[], bytes]] = {
    **{change.__name__: (lambda change=change: paper(change)) for change in MENDED},
    **{f"opens with {kind}": (lambda kind=kind: paper(partial(open_with, kind=kind))) for kind in ACTION_KINDS},
    "owner password": lambda: paper(encryption=pikepdf.Encryption(owner="secret", user="")),
    "appended program": lambda: paper() + b"\nMZ\x90" + CANARY * 50,
    "page before the paper": lambda: b"<html><script>CANARY-7361</script></html>\n" + paper(),
    "incremental update": lambda: paper(metadata) + b"\n%" + CANARY,
}
"""Files that come out harmless and still show what is on their pages."""


def with_chunk(png: bytes, kind: bytes, data: bytes) -> bytes:
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return png[:33] + chunk + png[33:]  # behind the signature and IHDR


def placed() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[29] = CANARY.decode()
    return exif


PICTURES: dict[str, Callable[[], bytes]] = {
    "place of exposure": lambda: picture(exif=placed()),
    "comment": lambda: picture(comment=CANARY),
    "page behind the picture": lambda: picture() + b"<script>" + CANARY,
    "archive behind the picture": lambda: picture("PNG") + b"PK\x03\x04" + CANARY,
    "text chunk": lambda: with_chunk(picture("PNG"), b"tEXt", b"Comment\0" + CANARY),
    "place in a PNG": lambda: picture("PNG", exif=placed()),
}


# ── Files that are refused


def only_xfa(pdf):
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(CANARY))


def foreign_content(pdf):
    pdf.pages[0].Contents.F = String("/etc/passwd")


def printer_program(pdf):
    pdf.pages[0].Resources.XObject = Dictionary(P=pdf.make_stream(b"x", Type=Name.XObject, Subtype=Name.PS))


def packed(zeros: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(bytes(1024**2)) for _block in range(zeros)), packer.flush()])


def bomb(pdf):
    pdf.pages[0].Contents = raw_stream(pdf, packed(100), Name.FlateDecode)


def bomb_in_bomb(pdf):
    twice = zlib.compress(packed(100), 9)
    pdf.pages[0].Contents = raw_stream(pdf, twice, Array([Name.FlateDecode, Name.FlateDecode]))


def raw_stream(pdf, data: bytes, filters):
    stream = Stream(pdf, b"")
    stream.write(data, filter=filters)
    return stream


def deep_nest(pdf):
    inner = Array([])
    for _level in range(120):
        inner = Array([inner])
    pdf.pages[0].Resources.ColorSpace = Dictionary(C=inner)


def ring() -> bytes:
    """The tree of pages leads back to itself."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>",
    ]
    body = b"".join(b"%d 0 obj %s endobj\n" % (number, each) for number, each in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 4>>\n%%EOF"


def with_size(png: bytes, width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">II", width, height) + png[24:29]
    return png[:12] + head + struct.pack(">I", zlib.crc32(head)) + png[33:]


def broken(png: bytes) -> bytes:
    at = png.index(b"IDAT") + 6
    return png[:at] + bytes(8) + png[at + 8 :]


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "password": (lambda: paper(encryption=pikepdf.Encryption(owner="secret", user="secret")), "password"),
    "only a form of scripts": (lambda: paper(only_xfa), "active"),
    "content in another file": (lambda: paper(foreign_content), "active"),
    "program for a printer": (lambda: paper(printer_program), "active"),
    "many pages": (lambda: paper(pages=40), "large"),
    "bomb of zeros": (lambda: paper(bomb), "large"),
    "bomb in a bomb": (lambda: paper(bomb_in_bomb), "large"),
    "no page": (lambda: paper(pages=0), "cannot read"),
    "ring of pages": (lambda: ring(), "cannot read"),
    "deep nest": (lambda: paper(deep_nest), "cannot read"),
    "half a paper": (lambda: paper()[:200], "cannot read"),
    "only a head": (lambda: b"%PDF-1.7\n", "cannot read"),
    "noise with a head": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40, "cannot read"),
    "enormous picture": (lambda: with_size(picture("PNG"), 60_000, 60_000), "large"),
    "half a picture": (lambda: picture(size=(400, 400))[:300], "cannot read"),
    "broken checksum": (lambda: broken(picture("PNG")), "cannot read"),
    "web page": (lambda: b"<!doctype html><script>alert(1)</script>", "neither"),
    "drawing with a script": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "neither"),
    "archive": (lambda: b"PK\x03\x04" + bytes(40), "neither"),
    "old Word": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "neither"),
    "program": (lambda: b"MZ\x90\0" + bytes(60), "neither"),
    "moving picture": (lambda: picture("GIF"), "neither"),
    "program for a printer alone": (lambda: b"%!PS-Adobe-3.0\n(x) run", "neither"),
    "test virus": (lambda: rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "neither"),
    "one byte": (lambda: b"x", "neither"),
}
"""Files that are refused, and a word of the sentence that people read."""
