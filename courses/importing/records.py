"""What an adapter yields: plain records with line numbers. Values are such that JSON can carry them.

Dates are ISO strings, amounts decimal strings: a record can be spooled, hashed and shown in a report as it is.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, Protocol

MAPPING = 2  # raised when adapters read more than before, so that unchanged records are written once more


class DeliveryRefused(Exception):
    """The delivery as a whole cannot be used. `rule` names the reason for tests and logs, `str()` says it to people."""

    def __init__(self, rule: str, message: str, line: int | None = None):
        super().__init__(str(message))
        self.rule = rule
        self.line = line


@dataclass(slots=True)
class Supplier:
    """Whose offers these are, as the header says. Empty strings where the format does not say."""

    id: str = ""
    aliases: list[str] = field(default_factory=list)  # further ids of the same supplier
    name: str = ""
    legal_form: int | None = None
    legal_form_label: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    address: dict[str, Any] | None = None
    contacts: list[dict[str, Any]] = field(default_factory=list)
    certificates: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Header:
    """Comes first and once: what kind of delivery this is."""

    format: str
    encoding: str
    suppliers: list[Supplier]
    is_full: bool = True  # what is missing is withdrawn
    sequence: int | None = None  # number of an UPDATE_CATALOG
    line: int = 1


@dataclass(slots=True)
class Record:
    """One offer of the delivery: a course, one of its runs, or both in one."""

    line: int
    external_id: str
    course_id: str  # key of the course at the source; equal to external_id where the record is the course itself
    supplier_id: str = ""
    course: dict[str, Any] = field(default_factory=dict)
    run: dict[str, Any] | None = None
    run_rule: str = "own"  # "own": a run; "alone": only where the course has no other; "never": only values to inherit
    codes: list[list] = field(default_factory=list)  # [list, number, label]: every code that was named
    raw: str = ""  # digest of what it was read from; "" where the same would not come to the same, or nobody knows

    @property
    def is_course(self) -> bool:
        return self.external_id == self.course_id

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Deletion:
    """The provider takes back an offer."""

    line: int
    external_id: str
    supplier_id: str = ""


@dataclass(slots=True)
class Problem:
    """Something to tell people about one record. A fatal one means that the record was left out."""

    line: int | None
    external_id: str
    field: str
    reason: str
    title: str = ""
    is_fatal: bool = False
    supplier_id: str = ""


Item = Header | Record | Deletion | Problem
KINDS = {kind.__name__: kind for kind in (Header, Record, Deletion, Problem)}
RAW = 40  # letters at the beginning of each line: the digest that the item is recalled by, blanks where there is none


def to_line(item: Item) -> bytes:
    """An item as JSON in one line, behind the digest by which it is recalled."""
    raw, values = (item.raw, item.to_json()) if isinstance(item, Record) else ("", asdict(item))
    return f"{raw:{RAW}}{json.dumps([type(item).__name__, values], ensure_ascii=False)}\n".encode()


def from_line(line: bytes) -> Item:
    kind, values = json.loads(line[RAW:])
    if kind == "Header":
        values["suppliers"] = [Supplier(**each) for each in values["suppliers"]]
    return KINDS[kind](**values)


Recall = Callable[[str], Record | None]  # what was read of something before, by its digest


def nothing(_raw: str) -> None:
    """Recalls nothing: everything is read."""


class Adapter(Protocol):
    """One format. Raises DeliveryRefused for what makes the whole delivery unusable, and nothing else."""

    def read(self, stream: BinaryIO) -> Iterator[Item]: ...
