"""What was read of a delivery, kept from its plan until it is applied: reading is most of the work of an import.

A reading is the items of an adapter, one line of JSON each. It lies on the disk of the host that made the plan; where
there is none, the delivery is read anew and comes to the same.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from django.conf import settings

from courses.importing import adapters
from courses.importing.records import MAPPING, Deletion, Header, Item, Problem, Record, Supplier
from courses.models import Delivery
from kit import clock, text

KEEP = timedelta(days=7)  # a plan that waits longer is read once more
KINDS = {kind.__name__: kind for kind in (Header, Record, Deletion, Problem)}


def items(delivery: Delivery, stream: BinaryIO) -> Iterator[Item]:
    """Everything that the delivery says, from the reading or from its file. DeliveryRefused as adapters.read."""
    with suppress(FileNotFoundError), _path(delivery).open("rb") as lines:
        yield from map(_item, lines)
        return
    yield from _kept(adapters.read(stream, delivery.columns), _path(delivery))


def forget(delivery: Delivery) -> None:
    _path(delivery).unlink(missing_ok=True)


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
    return _folder() / f"{text.digest(delivery.sha256, said, str(MAPPING))}.jsonl"


def _kept(found: Iterator[Item], path: Path) -> Iterator[Item]:
    """Whole or not at all: a delivery that is refused, or a reader that stops, leaves no reading."""
    forget_old()
    with NamedTemporaryFile(dir=path.parent, suffix=".part") as file:
        for item in found:
            file.write(_line(item))
            yield item
        file.flush()
        with suppress(FileExistsError):
            os.link(file.name, path)


def _line(item: Item) -> bytes:
    values = item.to_json() if isinstance(item, Record) else asdict(item)
    return json.dumps([type(item).__name__, values], ensure_ascii=False).encode() + b"\n"


def _item(line: bytes) -> Item:
    kind, values = json.loads(line)
    if kind == "Header":
        values["suppliers"] = [Supplier(**each) for each in values["suppliers"]]
    return KINDS[kind](**values)
