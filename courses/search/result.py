"""What a search answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from courses.search.query import Facet


@dataclass(frozen=True)
class Hit:
    """A course that was found, by the first of its runs that fits; None: no visible run, the next date is not known."""

    course: int
    run: int | None
    runs: int  # how many of its runs fit
    km: float | None = None
    takes_voucher: bool = False  # a Bildungsgutschein pays for that run today


@dataclass(frozen=True)
class SearchResult(Sequence):
    """All hits in number, one page of them in fact; slicing yields that page, as a paginator expects.

    `counts[facet][value]` is the number of courses if this value alone were ticked in its facet, all else unchanged;
    `without[condition]` the number if this condition were dropped (facets by their key, others by their query key),
    where nothing is found.
    """

    total: int
    hits: list[Hit] = field(default_factory=list)
    counts: dict[Facet, dict] = field(default_factory=dict)
    without: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, part) -> list[Hit]:
        return self.hits

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)
