"""The administration of the catalogue, of imports and of the search."""

from courses.admin.catalogue import CourseAdmin, CourseRunAdmin, KeywordAdmin
from courses.admin.imports import ImportPlanAdmin
from courses.admin.searching import SearchMissAdmin, SynonymAdmin
from courses.admin.sources import FeedAdmin, SourceAdmin

__all__ = [
    "CourseAdmin", "CourseRunAdmin", "FeedAdmin", "ImportPlanAdmin", "KeywordAdmin", "SearchMissAdmin", "SourceAdmin",
    "SynonymAdmin",
]  # fmt: skip
