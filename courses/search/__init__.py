"""Finding courses: `search` answers a question, `glance` less of it. What stands behind may change, answers may not."""

from courses.search.answers import glance, search
from courses.search.query import Facet, Order, Position, SearchQuery
from courses.search.result import Hit, SearchResult

__all__ = ["Facet", "Hit", "Order", "Position", "SearchQuery", "SearchResult", "glance", "search"]
