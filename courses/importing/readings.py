"""What was read of a delivery, kept from its plan until it is applied: reading is most of the work of an import.

A reading is the items of an adapter, one line of JSON each. It lies on the disk of the host that made the plan; where
there is none, the delivery is read anew and comes to the same. That of the last whole catalogue of a provider stays a
while longer: what stands in the next one letter by letter as before is taken from there. This is about reading only;
whether a record changes anything is for the comparison to find out, each time.
"""

import json
import os
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from django.conf import settings

from courses.importing import adapters
from courses.importing.records import RAW, Item, Record, from_line, to_line
from courses.models import Delivery
from kit import clock, text
from taxonomy import codes

KEEP = timedelta(days=35)  # a plan that waits longer is read once more; catalogues come at least monthly
SOURCES = sorted([*Path(__file__).parent.rglob("*.py"), Path(text.__file__), Path(codes.__file__)])


def items(delivery: Delivery, stream: BinaryIO) -> Iterator[tuple[Item, bytes]]:
    """Everything that the delivery says, from the reading or from its file, each item with its line of the reading.

    DeliveryRefused as adapters.read.
    """
    with suppress(FileNotFoundError), _path(delivery).open("rb") as lines:
        yield from ((from_line(line), line) for line in lines)
        return
    with closing(_Past(_past_path(delivery))) as past:
        yield from _kept(adapters.read(stream, delivery.columns, past.recall), _path(delivery))


def forget(delivery: Delivery) -> None:
    """Nobody waits for it any more; that of a whole catalogue in XML helps to read the next one."""
    is_of_use = delivery.format != "table" and delivery.plans.filter(is_full=True).exists()
    if not is_of_use:
        _path(delivery).unlink(missing_ok=True)
        return
    with suppress(FileNotFoundError):  # another plan of the delivery was quicker
        _path(delivery).replace(_past_path(delivery))


class _Past:
    """The records of a reading by their digests."""

    def __init__(self, path: Path):
        try:
            self.lines = path.open("rb")
        except FileNotFoundError:
            self.lines = BytesIO()
        self.places: dict[int, int] = {}  # hash of the digest → where its line begins
        place = 0
        for line in self.lines:
            if not line[:RAW].isspace():
                self.places[hash(line[:RAW])] = place
            place += len(line)

    def recall(self, raw: str) -> Record | None:
        place = self.places.get(hash(raw.encode()))
        if place is None:
            return None
        self.lines.seek(place)
        line = self.lines.readline()
        return from_line(line) if line[:RAW] == raw.encode() else None

    def close(self) -> None:
        self.lines.close()


def forget_old() -> None:
    before = (clock.now() - KEEP).timestamp()
    for path in _folder().glob("*.jsonl"):
        with suppress(FileNotFoundError):  # its plan has just been applied
            if path.stat().st_mtime < before:
                path.unlink()


def _folder() -> Path:
    folder = settings.STATE_DIR / "readings"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _path(delivery: Delivery) -> Path:
    """Of the same bytes, read by the same rules."""
    said = json.dumps(delivery.columns, sort_keys=True)
    return _folder() / f"{text.digest(delivery.sha256, said, _rules())}.jsonl"


def _past_path(delivery: Delivery) -> Path:
    """Of the same provider, read by the same rules."""
    return _folder() / f"{text.digest(str(delivery.provider_id), delivery.format, _rules())}.jsonl"


@cache
def _rules() -> str:
    """Of the code that reads: nobody has to remember that what another version of it has read is of no use."""
    return text.digest(version("nh3"), *(path.read_text() for path in SOURCES))


def _kept(found: Iterator[Item], path: Path) -> Iterator[tuple[Item, bytes]]:
    """Whole or not at all: a delivery that is refused, or a reader that stops, leaves no reading."""
    forget_old()
    with NamedTemporaryFile(dir=path.parent, suffix=".part") as file:
        for item in found:
            line = to_line(item)
            file.write(line)
            yield item, line
        file.flush()
        with suppress(FileExistsError):
            os.link(file.name, path)
