"""Draws a picture and writes a PDF anew, so that nothing in it acts. A program of its own: bytes in, bytes out.

Started by `kit.papers` in a process that may neither use much memory or time nor write a file: the parsers of these
formats are the most attacked programs there are. Knows nothing of Django. Answers with a line that says what follows
(a media type) or why nothing does ("refused encrypted").
"""

import io
import resource
import sys

import pikepdf
from PIL import Image, ImageOps

MOST_MEMORY = 1024**3  # bytes of address space; the libraries alone take a third
MOST_SECONDS = 20  # of the processor
LARGEST_PICTURE = 40_000_000  # pixels
LARGEST_RESULT = 8 * 1024**2
LARGEST_STREAM = 64 * 1024**2  # unpacked
MOST_PAGES = 30
Image.MAX_IMAGE_PIXELS = None  # judged here, before a pixel is drawn
DEEPEST = 60

UNREADABLE, ENCRYPTED, ACTIVE, TOO_LARGE, UNKNOWN = "unreadable", "encrypted", "active", "too large", "unknown"


class Refused(Exception):
    """Carries one of the words above."""


def limit() -> None:
    """Before any byte of the file is looked at. Nothing can be written but the answer, nothing can be started."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def rewritten(data: bytes) -> tuple[bytes, str]:
    """The same paper without anything that acts, and its media type. What it is says its beginning, not its name."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return redrawn(data, "PNG"), "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return redrawn(data, "JPEG"), "image/jpeg"
    if b"%PDF-" in data[:1024]:
        return retyped(data), "application/pdf"
    raise Refused(UNKNOWN)


# ── Pictures


def redrawn(data: bytes, kind: str) -> bytes:
    """Only the pixels, the right way up: no place of exposure, no comments, nothing behind the end."""
    picture = Image.open(io.BytesIO(data), formats=[kind])
    if picture.width * picture.height > LARGEST_PICTURE:
        raise Refused(TOO_LARGE)
    picture = ImageOps.exif_transpose(picture)
    picture = picture.convert("RGBA" if kind == "PNG" and "A" in picture.getbands() else "RGB")
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    clean.save(out, kind, optimize=True, **({"quality": 88} if kind == "JPEG" else {}))
    return out.getvalue()


# ── PDF

PAGE_KEYS = {"/Type", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/UserUnit", "/Group"}
RESOURCE_KEYS = {"/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/ProcSet"}
INHERITED = ["/MediaBox", "/CropBox", "/Rotate", "/Resources"]
STREAM_JUNK = [
    "/F", "/FFilter", "/FDecodeParms", "/Metadata", "/PieceInfo", "/OPI", "/Ref", "/AF", "/EF", "/Alternates", "/OC",
    "/LastModified", "/StructParent", "/StructParents", "/Measure", "/PtData", "/AA", "/A", "/ID",
]  # fmt: skip
ACTIONS = {
    "/JavaScript", "/Launch", "/URI", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/ResetForm", "/Rendition",
    "/Movie", "/Sound", "/RichMediaExecute", "/Named", "/Hide", "/SetOCGState", "/Trans", "/GoTo3DView",
}  # fmt: skip


def retyped(data: bytes) -> bytes:
    """Pages alone are carried over into a new file: no catalogue, forms, notes, attachments, scripts or metadata."""
    try:
        old = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError:
        raise Refused(ENCRYPTED) from None
    if not 0 < len(old.pages) <= MOST_PAGES:
        raise Refused(TOO_LARGE if len(old.pages) else UNREADABLE)
    print_notes_into_pages(old)
    new = pikepdf.new()
    for page in list(old.pages):
        bare_page(page.obj)
        new.pages.append(page)
    for page in new.pages:
        disarm(page.obj, set(), 0)
    out = io.BytesIO()
    new.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    check(out.getvalue())
    return out.getvalue()


def print_notes_into_pages(pdf) -> None:
    """What was typed into a form or stamped onto a page is part of the paper; it stays as ink."""
    if "/AcroForm" in pdf.Root:
        if "/XFA" in pdf.Root.AcroForm and len(pdf.Root.AcroForm.get("/Fields", [])) == 0:
            raise Refused(ACTIVE)  # its pages exist only while a script runs
        pdf.Root.AcroForm.NeedAppearances = True  # else values that no program has drawn yet would be lost
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("all")


def bare_page(page) -> None:
    for key in INHERITED:
        if key not in page and (value := inherited(page, key)) is not None:
            page[key] = value
    for key in set(page.keys()) - PAGE_KEYS - {"/Parent"}:
        del page[key]


def inherited(page, key: str):
    """From the nodes above, of which a hostile file may make a ring."""
    node = page.get("/Parent")
    for _level in range(DEEPEST):
        if node is None:
            return None
        if key in node:
            return node[key]
        node = node.get("/Parent")
    raise Refused(UNREADABLE)


def disarm(thing, seen: set, depth: int) -> None:
    """Walks all that a page leads to, each object once, and takes out what could act or tell."""
    if depth > DEEPEST:
        raise Refused(UNREADABLE)
    if isinstance(thing, pikepdf.Array):
        for each in thing:
            disarm(each, seen, depth + 1)
        return
    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return
    if thing.is_indirect:
        if thing.objgen in seen:
            return
        seen.add(thing.objgen)
    strip(thing)
    for key in list(thing.keys()):
        if key != "/Parent":
            disarm(thing[key], seen, depth + 1)


def strip(thing) -> None:
    if isinstance(thing.get("/Resources"), pikepdf.Dictionary):
        for key in set(thing.Resources.keys()) - RESOURCE_KEYS:
            del thing.Resources[key]
    if not isinstance(thing, pikepdf.Stream):
        if str(thing.get("/S", "")) in ACTIONS:
            for key in list(thing.keys()):
                del thing[key]
        return
    if "/F" in thing or thing.get("/Subtype") == "/PS":
        raise Refused(ACTIVE)  # its content lies in another file, or is a program for a printer
    for key in STREAM_JUNK:
        if key in thing:
            del thing[key]
    weigh(thing)


def weigh(stream) -> None:
    """A few bytes can unpack to gigabytes. Photographs inside lose the place where they were taken."""
    if stream.get("/Filter") == "/DCTDecode":
        stream.write(
            without_notes(stream.read_raw_bytes()), filter=stream.Filter, decode_parms=stream.get("/DecodeParms")
        )
        return
    try:
        size = len(stream.read_bytes())
    except MemoryError:
        raise Refused(TOO_LARGE) from None
    except Exception:  # a filter that is not unpacked here, such as JPEG 2000
        size = len(stream.read_raw_bytes())
    if size > LARGEST_STREAM:
        raise Refused(TOO_LARGE)


def without_notes(jpeg: bytes) -> bytes:
    """A JPEG without its application data and comments, save those that say how to read its colours (0 and 14)."""
    if not jpeg.startswith(b"\xff\xd8"):
        raise Refused(UNREADABLE)
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        is_note = jpeg[at + 1] == 0xFE or (0xE1 <= jpeg[at + 1] <= 0xEF and jpeg[at + 1] != 0xEE)
        if not is_note:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])


def check(data: bytes) -> None:
    """Read once more: whatever could act or is hidden away must be gone."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if set(pdf.Root.keys()) - {"/Type", "/Pages"} or len(pdf.docinfo):
            raise Refused(ACTIVE)
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) and is_active(thing):
                raise Refused(ACTIVE)


def is_active(thing) -> bool:
    return str(thing.get("/S", "")) in ACTIONS or bool({"/JS", "/EF", "/XFA", "/OpenAction"} & set(thing.keys()))


def answer(data: bytes) -> bytes:
    try:
        clean, media_type = rewritten(data)
    except Refused as refusal:
        return f"refused {refusal}\n".encode()
    except MemoryError:
        return f"refused {TOO_LARGE}\n".encode()
    except Exception:  # whatever a parser says of a broken file
        return f"refused {UNREADABLE}\n".encode()
    if len(clean) > LARGEST_RESULT:
        return f"refused {TOO_LARGE}\n".encode()
    return f"{media_type}\n".encode() + clean


if __name__ == "__main__":
    limit()
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))
