"""A delivery beside the catalogue: which course and run is new, may have changed, is as it was, or is gone."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from courses.importing.gather import Bundle, Part, Run, stand_in_title
from courses.importing.records import Problem
from courses.models import Course, CourseRun, Source

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"


@dataclass(slots=True)
class KnownCourse:
    pk: int
    key: str
    title: str
    digest: str
    is_withdrawn: bool
    is_locked: bool
    is_visible: bool


@dataclass(slots=True)
class KnownRun:
    pk: int
    course: KnownCourse
    digest: str
    is_withdrawn: bool
    is_locked: bool
    is_visible: bool


@dataclass(slots=True)
class RunStep:
    run: Run
    action: str
    known: KnownRun | None


@dataclass(slots=True)
class CourseStep:
    """What happens to a course and its runs. A course whose own record is not delivered stays as it is."""

    bundle: Bundle
    action: str
    known: KnownCourse | None
    runs: list[RunStep]


class Known:
    """What the catalogue holds of a source, by the ids of the source."""

    def __init__(self, source: Source | None):
        self.courses: dict[str, KnownCourse] = {}
        self.runs: dict[str, KnownRun] = {}
        self.by_course: dict[int, list[str]] = {}
        if source is not None:
            self._load(source)

    def _load(self, source: Source) -> None:
        visible = set(Course.objects.visible().filter(source=source).values_list("pk", flat=True).iterator())
        by_pk = {}
        fields = ("pk", "external_id", "title", "digest", "withdrawn_at", "locked_fields")
        courses = Course.objects.filter(source=source).values_list(*fields)
        for pk, key, title, digest, withdrawn_at, locks in courses.iterator():
            known = KnownCourse(pk, key, title, digest, withdrawn_at is not None, bool(locks), pk in visible)
            by_pk[pk] = self.courses[key] = known
        runs = CourseRun.objects.filter(course__source=source)
        shown = set(runs.public().values_list("pk", flat=True).iterator())
        fields = ("pk", "external_id", "course_id", "digest", "withdrawn_at", "locked_fields")
        rows = runs.exclude(external_id="").values_list(*fields)
        for pk, key, course, digest, withdrawn_at, locks in rows.iterator():
            is_withdrawn = withdrawn_at is not None
            self.runs[key] = KnownRun(pk, by_pk[course], digest, is_withdrawn, bool(locks), pk in shown)
            self.by_course.setdefault(course, []).append(key)


def fingerprint(source: Source | None) -> str:
    """Changes with everything that happens to the courses of a source: a plan is good for one state only."""
    if source is None:
        return "new"
    facts = {"count": Count("pk"), "at": Max("updated_at")}
    courses = Course.objects.filter(source=source).aggregate(**facts)
    runs = CourseRun.objects.filter(course__source=source).aggregate(**facts)
    parts = [source.pk, source.sequence, courses["count"], courses["at"], runs["count"], runs["at"]]
    return "|".join(part.strftime("%y%m%d%H%M%S%f") if hasattr(part, "strftime") else str(part) for part in parts)


@dataclass
class Comparison:
    """Walk `steps()` to its end; then `gone_courses` and `gone_runs` say what has to be withdrawn."""

    part: Part
    known: Known
    problems: list[Problem] = field(default_factory=list)
    gone_courses: list[KnownCourse] = field(default_factory=list)
    gone_runs: list[tuple[str, KnownRun]] = field(default_factory=list)
    count: int = 0
    seen_courses: set[int] = field(default_factory=set)
    seen_runs: set[int] = field(default_factory=set)

    def steps(self) -> Iterator[CourseStep]:
        for bundle in self.part.bundles():
            step = self._step(bundle)
            if step is not None:
                yield step
        self._find_gone()

    def _step(self, bundle: Bundle) -> CourseStep | None:
        known = self.known.courses.get(bundle.course_id) or self._renamed(bundle)
        if known is None and not bundle.course.get("title") and not self._name(bundle):
            self._reject(bundle)
            return None
        if known is not None:
            self.seen_courses.add(known.pk)
        runs = [self._run_step(run, known) for run in self._wanted(bundle, known)]
        self.count += len(runs)
        return CourseStep(bundle, self._action(bundle, known), known, runs)

    def _action(self, bundle: Bundle, known: KnownCourse | None) -> str:
        if known is None:
            return NEW
        if not self._speaks_of_course(bundle):
            return CHANGED if known.is_withdrawn else UNCHANGED
        is_same = known.digest == bundle.digest and not known.is_withdrawn and known.key == bundle.course_id
        return UNCHANGED if is_same else CHANGED

    def _speaks_of_course(self, bundle: Bundle) -> bool:
        """A partial delivery of a run alone leaves the description of its course as it is."""
        has_course = bundle.has_own_record or self.part.header.format != "openqcat" or self.part.header.is_full
        return has_course and bool(bundle.course.get("title"))

    def speaks_of(self, step: CourseStep) -> bool:
        return step.action == NEW or self._speaks_of_course(step.bundle)

    def _wanted(self, bundle: Bundle, known: KnownCourse | None) -> list[Run]:
        """An undated offer is no run beside dated ones that an earlier delivery brought."""
        if self.part.header.is_full or known is None:
            return bundle.runs
        keys = self.known.by_course.get(known.pk, [])
        others = [key for key in keys if key != bundle.course_id and not self.known.runs[key].is_withdrawn]
        others = [key for key in others if key not in self.part.deletions]
        return [run for run in bundle.runs if run.rule == "own" or not others]

    def _run_step(self, run: Run, course: KnownCourse | None) -> RunStep:
        known = self.known.runs.get(run.external_id)
        if known is None:
            return RunStep(run, NEW, None)
        self.seen_runs.add(known.pk)
        moved = course is None or known.course.pk != course.pk
        is_same = known.digest == run.digest and not known.is_withdrawn and not moved
        return RunStep(run, UNCHANGED if is_same else CHANGED, known)

    def _renamed(self, bundle: Bundle) -> KnownCourse | None:
        """A course whose key changed is recognised by its runs, where the old key is gone for good."""
        for run in bundle.runs:
            known = self.known.runs.get(run.external_id)
            if known is None or known.course.pk in self.seen_courses or self.part.by_course.get(known.course.key):
                continue
            others = {key for key in self.known.by_course[known.course.pk] if not self.known.runs[key].is_withdrawn}
            if self.part.header.is_full or others <= {run.external_id for run in bundle.runs}:
                return known.course
        return None

    def _name(self, bundle: Bundle) -> bool:
        """A stand-in for a title that stands nowhere, told in a notice."""
        title = stand_in_title(bundle.course)
        if title:
            bundle.course["title"] = title
            reason = _("The title is missing; “%(title)s” stands in for it.") % {"title": title[:120]}
            self.problems.append(Problem(bundle.line, bundle.course_id, "TITLE", reason, title))
        return bool(title)

    def _reject(self, bundle: Bundle) -> None:
        """Records without a title of their own whose course nobody knows."""
        lines = {run.external_id: run.line for run in bundle.runs} or {bundle.course_id: bundle.line}
        for key, line in lines.items():
            reason = _("The title is missing, and the course %(id)s is not known here.") % {"id": bundle.course_id[:80]}
            self.problems.append(Problem(line, key, "TITLE", reason, is_fatal=True))
            self.part.kept_ids.add(key)

    # ── Gone

    def _find_gone(self) -> None:
        if self.part.header.is_full:
            self._find_missing()
        else:
            self._find_deleted()

    def _find_missing(self) -> None:
        kept_runs = {key for key in self.part.kept_ids if key in self.known.runs}
        stay = self.seen_courses | {self.known.runs[key].course.pk for key in kept_runs}
        for key, known in self.known.courses.items():
            if known.pk not in stay and key not in self.part.kept_ids and not known.is_withdrawn:
                self.gone_courses.append(known)
        for key, run in self.known.runs.items():
            if run.pk not in self.seen_runs and key not in kept_runs and not run.is_withdrawn:
                self.gone_runs.append((key, run))

    def _find_deleted(self) -> None:
        """DELETE counts first, NEW second: what is deleted and delivered in one file is an update (trap 5)."""
        gone: dict[int, tuple[str, KnownRun]] = {}
        for key, line in self.part.deletions.items():
            course, run = self.known.courses.get(key), self.known.runs.get(key)
            if course is None and run is None:
                reason = _("The offer to be deleted is not known here; nothing happens.")
                self.problems.append(Problem(line, key, "DELETE", reason))
            if course and course.pk not in self.seen_courses and not course.is_withdrawn:
                self.gone_courses.append(course)
                keys = self.known.by_course.get(course.pk, [])
                gone |= {self.known.runs[each].pk: (each, self.known.runs[each]) for each in keys}
            if run:
                gone[run.pk] = (key, run)
        self.gone_runs += [pair for pk, pair in gone.items() if pk not in self.seen_runs and not pair[1].is_withdrawn]
        self._withdraw_replaced()

    def _withdraw_replaced(self) -> None:
        """The undated run of a course that is delivered again and has dated runs now."""
        settled = self.seen_runs | {run.pk for _key, run in self.gone_runs}
        for key in self.part.by_id:
            run = self.known.runs.get(key)
            if run and run.pk not in settled and not run.is_withdrawn and run.course.pk in self.seen_courses:
                self.gone_runs.append((key, run))
