"""The catalogue in three levels: Course (Angebot), CourseRun (Durchführung), Session (Termin); where they come from."""

from courses.models.course import Course, Keyword
from courses.models.delivery import Delivery, ImportItem, ImportPlan, Source
from courses.models.feed import Feed, FeedRun
from courses.models.run import CourseRun
from courses.models.search import (
    SearchChange,
    SearchCourse,
    SearchGeneration,
    SearchMiss,
    SearchPosting,
    SearchRun,
    SearchWord,
    Synonym,
)
from courses.models.session import Session

__all__ = [
    "Course",
    "CourseRun",
    "Delivery",
    "Feed",
    "FeedRun",
    "ImportItem",
    "ImportPlan",
    "Keyword",
    "SearchChange",
    "SearchCourse",
    "SearchGeneration",
    "SearchMiss",
    "SearchPosting",
    "SearchRun",
    "SearchWord",
    "Session",
    "Source",
    "Synonym",
]
