"""One SERVICE becomes a record: a course, a run, or both in one."""

from courses.importing import values
from courses.importing.fields import unique
from courses.importing.openqcat import reading
from courses.importing.openqcat.course import CourseFields
from courses.importing.openqcat.run import RunFields
from courses.importing.records import Record


class Service(CourseFields, RunFields):
    """Reads one SERVICE into the fields of a course and of a run."""

    def record(self) -> Record:
        product = values.tidy(reading.text(self.element, "PRODUCT_ID"))
        course_id = values.tidy(reading.text(self.education, "COURSE_ID"))[:255] or product
        course, run = self.course(), self.run(product)
        is_own = course_id == product
        dated = any(run.get(name) for name in ("starts_on", "ends_on", "date_note")) or run.get("begin") == "any_time"
        rule = "own" if not is_own or dated else "alone" if self.has_run_of_its_own(run) else "never"
        return Record(
            line=self.element.sourceline, external_id=product, course_id=course_id, course=course, run=run,
            run_rule=rule, codes=unique(self.codes),
        )  # fmt: skip

    def has_run_of_its_own(self, run: dict) -> bool:
        """An undated Angebot that says where, when or for how much is an offer that one can take."""
        return any(run.get(name) for name in ("location", "price", "schedule_note", "price_note", "places")) or (
            run.get("price_kind") == "free"
        )
