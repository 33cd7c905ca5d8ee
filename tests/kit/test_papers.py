"""Papers come out inert or not at all: more than sixty files that want to do harm."""

import io
import subprocess
import sys
import time

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from kit import inert, papers
from tests.kit import hostile


def rewritten(content: bytes, name: str = "paper.pdf"):
    return papers.rewritten(SimpleUploadedFile(name, content))


def unpacked(content: bytes) -> bytes:
    """All of a PDF in plain sight, so that nothing hides in a compressed stream."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.all, qdf=True)
    return out.getvalue()


@pytest.mark.parametrize("name", hostile.ALIVE)
def test_what_acts_or_tells_is_taken_out_of_a_pdf(name):
    paper = rewritten(hostile.ALIVE[name]())
    assert paper.media_type == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    plain = unpacked(paper.content)
    assert b"Lebenslauf" in plain
    for word in (hostile.CANARY, b"/JavaScript", b"/JS", b"/OpenAction", b"/AA", b"/EmbeddedFile", b"/XFA", b"/Annots"):
        assert word not in plain, word


def test_the_corpus_bites_before_it_is_mended():
    """Negative control: the canary is in what is handed in."""
    made = {name: make() for name, make in hostile.ALIVE.items()}
    silent = [name for name, content in made.items() if hostile.CANARY not in content + unpacked(content)]
    assert silent == ["owner password"]


def test_what_was_typed_into_a_form_stays():
    assert b"Mara" in unpacked(rewritten(hostile.paper(hostile.form_with_xfa)).content)


@pytest.mark.parametrize("name", hostile.PICTURES)
def test_pictures_are_pixels_only(name):
    content = hostile.PICTURES[name]()
    assert hostile.CANARY in content
    paper = rewritten(content)
    assert hostile.CANARY not in paper.content
    with Image.open(io.BytesIO(paper.content)) as picture:
        assert picture.size == (60, 40)
        assert not picture.getexif()


def test_a_picture_taken_upright_stays_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    with Image.open(io.BytesIO(rewritten(hostile.picture(exif=exif)).content)) as picture:
        assert picture.size == (40, 60)


@pytest.mark.parametrize("name", hostile.REFUSED)
def test_what_cannot_be_made_inert_is_refused_in_words(name):
    make, word = hostile.REFUSED[name]
    with pytest.raises(ValidationError) as refusal:
        rewritten(make())
    with translation.override("en"):
        assert word in refusal.value.messages[0]


@pytest.mark.parametrize(("size", "word"), [(0, "cannot read"), (papers.LARGEST_FILE + 1, "5 MB")])
def test_the_size_is_looked_at_first(size, word):
    with pytest.raises(ValidationError) as refusal:
        rewritten(b"%PDF-" + bytes(size - 5) if size else b"")
    with translation.override("en"):
        assert word in refusal.value.messages[0]


def test_the_corpus_is_large_enough():
    assert len([*hostile.ALIVE, *hostile.PICTURES, *hostile.REFUSED]) >= 60


def limited(code: str) -> int:
    """The exit code of a line that runs under the limits of the program."""
    program = f"import sys; sys.path.insert(0, {str(papers.PROGRAM.parent)!r}); import inert; inert.limit(); {code}"
    return subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=False).returncode


def test_the_program_may_neither_write_nor_eat_memory(tmp_path):
    assert limited("pass") == 0
    assert limited(f"open({str(tmp_path / 'x')!r}, 'wb', buffering=0).write(b'x')") != 0
    assert limited("bytes(2 * 1024**3)") != 0


def test_the_program_may_not_run_on(monkeypatch):
    monkeypatch.setattr(papers, "PATIENCE", 0.05)
    started = time.monotonic()
    with pytest.raises(ValidationError):
        rewritten(hostile.paper())
    assert time.monotonic() - started < 5
    assert limited("import resource; assert resource.getrlimit(resource.RLIMIT_CPU)[1] == inert.MOST_SECONDS") == 0


def test_a_check_that_finds_something_refuses():
    """Negative control of the last look: a file that still acts does not pass."""
    with pytest.raises(inert.Refused):
        inert.check(hostile.paper(hostile.open_script))
    inert.check(hostile.paper())
