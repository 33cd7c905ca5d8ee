"""Finding courses. `search(query)` answers; what stands behind it may change, its answers may not."""

from courses.search.query import Facet, Order, Position, SearchQuery
from courses.search.result import Hit, SearchResult
from courses.search.sql import search

__all__ = ["Facet", "Hit", "Order", "Position", "SearchQuery", "SearchResult", "search"]
