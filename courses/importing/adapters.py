"""Which adapter reads a delivery: decided by its content, never by its name."""

from collections.abc import Iterator
from typing import BinaryIO

from courses.importing.kufer import Kufer
from courses.importing.opening import open_delivery
from courses.importing.openqcat import OpenQCat
from courses.importing.records import Item, Recall, nothing
from courses.importing.table import Table

ADAPTERS = {"openqcat": OpenQCat, "kufer": Kufer}


def read(stream: BinaryIO, columns: dict[str, str] | None = None, recall: Recall = nothing) -> Iterator[Item]:
    """Items of a seekable delivery of any known format. DeliveryRefused for everything else.

    `columns` is what people have said about the headings of a table, `recall` what need not be read once more.
    """
    kind = open_delivery(stream).format
    adapter = Table(columns) if kind == "table" else ADAPTERS[kind](recall)
    yield from adapter.read(stream)
