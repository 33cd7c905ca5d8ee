"""Writes a plan to the catalogue: everything or nothing, in batches, nothing is ever deleted.

The delivery is read once more; the plan is only good for the state of the catalogue that it was made for.
"""

from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import Q

from courses.importing import assigning, planning
from courses.importing.belongings import Belongings
from courses.importing.binding import draft_provider
from courses.importing.comparing import NEW, Comparison, CourseStep, Known, RunStep, fingerprint
from courses.importing.completing import complete_provider
from courses.importing.gather import Part
from courses.models import Course, CourseRun, ImportPlan, Session, Source
from courses.search import index
from kit import bulk, clock, copying
from taxonomy.topics import Guesser

BATCH = 200
Progress = Callable[[int, int], None]


class StalePlan(Exception):
    """The catalogue is no longer as it was when the plan was made."""


def lock(name: str) -> None:
    """One import at a time for each source: held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 42))", [f"import:{name}"])


@transaction.atomic
def write(plan: ImportPlan, part: Part, progress: Progress = lambda done, total: None) -> None:
    """Apply a plan. StalePlan when the catalogue or the binding has changed since."""
    planning.prepare(part, plan.delivery)
    lock(f"{part.header.format}:{part.supplier.id or plan.provider_id}")
    if fingerprint(_present_source(plan, part)) != plan.fingerprint:
        raise StalePlan
    _bind(plan, part)
    writer = _Writer(plan, part, progress)
    writer.write()
    if part.header.sequence is not None and part.header.sequence > (plan.source.sequence or -1):
        plan.source.sequence = part.header.sequence
        plan.source.save(update_fields=["sequence"])


def _present_source(plan: ImportPlan, part: Part) -> Source | None:
    """The source as it is now: two first imports of one supplier must not both create it."""
    if plan.source_id:
        return Source.objects.select_for_update().get(pk=plan.source_id)
    same = Q(supplier_id=part.supplier.id) if part.supplier.id else Q(supplier_id="", provider=plan.provider_id)
    return Source.objects.filter(same, format=part.header.format).first()


def _bind(plan: ImportPlan, part: Part) -> None:
    if plan.provider_id is None:
        plan.provider = draft_provider(part.supplier.name or part.supplier.id)
    if plan.source_id is None:
        plan.source = Source.objects.create(
            provider=plan.provider, format=part.header.format, supplier_id=part.supplier.id
        )
    plan.save(update_fields=["provider", "source"])


class _Writer:
    """State of one apply: what is known, what was touched, what is cached."""

    def __init__(self, plan: ImportPlan, part: Part, progress: Progress):
        self.plan, self.part, self.progress = plan, part, progress
        self.source: Source = plan.source
        self.state = Course.State.SUBMITTED if plan.new_courses_wait else Course.State.PUBLISHED  # of new courses
        self.now = clock.now()
        self.touched: set[int] = set()
        self.guesser = Guesser.load()
        self.belongings = Belongings(plan.provider)

    def write(self) -> None:
        complete_provider(self.plan.provider, self.part.supplier, self.belongings)
        comparison = Comparison(self.part, Known(self.source))
        done, total = 0, max(len(self.part), 1)
        self.progress(0, total)
        for batch in bulk.batches(comparison.steps(), BATCH):
            self.write_batch(batch, comparison)
            done += sum(max(len(step.runs), 1) for step in batch)
            self.progress(min(done, total - 1), total)
        self.withdraw(comparison)
        self.confirm(comparison)
        self.belongings.keep_codes()
        index.refresh(self.touched)
        self.progress(total, total)

    # ── Courses

    def write_batch(self, steps: list[CourseStep], comparison: Comparison) -> None:
        self.keep_belongings(steps, comparison)
        pks = self.write_courses(steps, comparison)
        self.write_runs(steps, pks)

    def keep_belongings(self, steps: list[CourseStep], comparison: Comparison) -> None:
        """What the rows of this batch point to is there before them."""
        courses = [step for step in steps if step.action != "unchanged" and comparison.speaks_of(step)]
        runs = [run.run.fields for step in steps for run in step.runs if run.action != "unchanged"]
        homes = [home for run in runs for home in (run, *run.get("sessions", []))]
        bundles = [step.bundle for step in steps]
        self.belongings.keep_keywords(pair for each in bundles for pair in each.course.get("keywords", []))
        self.belongings.keep_locations(home["location"] for home in homes if home.get("location"))
        self.belongings.keep_contacts(who for step in courses for who in step.bundle.course.get("contacts", []))
        self.belongings.note_codes(code for each in bundles for code in each.codes)

    def write_courses(self, steps: list[CourseStep], comparison: Comparison) -> dict[str, int]:
        """Key of each course of the batch → its primary key."""
        new = [(step, self.new_course(step)) for step in steps if step.action == NEW]
        copying.insert([row for _step, row in new])
        links = [(row.pk, step.bundle.course.get("keywords", [])) for step, row in new]
        changed = [step for step in steps if step.action == "changed"]
        links += self.change_courses(changed, comparison)
        through = Course.keywords.through
        through.objects.bulk_create(
            [
                through(course_id=pk, keyword_id=self.belongings.keywords[kind, word])
                for pk, words in links
                for kind, word in {tuple(pair) for pair in words}
            ],
            ignore_conflicts=True,
        )
        pks = {step.bundle.course_id: row.pk for step, row in new}
        pks |= {step.bundle.course_id: step.known.pk for step in steps if step.known}
        self.touched |= {row.pk for _step, row in new} | {step.known.pk for step in changed}
        return pks

    def new_course(self, step: CourseStep) -> Course:
        row = Course(
            provider=self.plan.provider, source=self.source, external_id=step.bundle.course_id, state=self.state,
            digest=step.bundle.digest, checked_at=self.now, created_at=self.now, updated_at=self.now,
            contact=self.belongings.contact_of(step.bundle.course), topic=self.topic_of(step.bundle.course),
            **assigning.fields_of(Course, step.bundle.course, assigning.COURSE_FIELDS),
        )  # fmt: skip
        row.derive()
        return row

    def change_courses(self, steps: list[CourseStep], comparison: Comparison) -> list[tuple[int, list]]:
        """Writes what differs; returns the keywords of the courses whose keywords were taken away."""
        if not steps:
            return []
        rows = (
            Course.objects.filter(pk__in=[step.known.pk for step in steps])
            .order_by("pk")
            .select_for_update(of=("self",))
            .select_related("contact")
            .prefetch_related("keywords")
        )
        by_pk = {row.pk: row for row in rows}
        links, names = (
            [],
            {"digest", "external_id", "withdrawn_at", "updated_at", "sort_key", "slug", "contact", "topic", "state"},
        )
        for step in steps:
            row = by_pk[step.known.pk]
            if comparison.speaks_of(step):
                names |= self.change_course(row, step, links)
            row.withdrawn_at = None
            row.updated_at = self.now
            if row.state in {Course.State.DRAFT, Course.State.SUBMITTED} and not self.plan.new_courses_wait:
                row.state = Course.State.PUBLISHED
        bulk.update(by_pk.values(), sorted(names))
        return links

    def change_course(self, row: Course, step: CourseStep, links: list[tuple[int, list]]) -> set[str]:
        difference = planning.course_difference(row, step)
        held = assigning.locked(row)
        if "contact" not in held:
            row.contact = self.belongings.contact_of(step.bundle.course)
        if "topic" not in held:
            row.topic = self.topic_of(step.bundle.course) or row.topic
        row.digest, row.external_id = step.bundle.digest, step.bundle.course_id
        row.derive()
        if "keywords" in difference.changes:
            row.keywords.clear()
            links.append((row.pk, step.bundle.course.get("keywords", [])))
        return difference.names

    def topic_of(self, course: dict):
        words = [word for _kind, word in course.get("keywords", [])]
        return self.guesser.guess(
            course.get("title", ""), words, course.get("systematics", []), course.get("education_type")
        )

    # ── Runs

    def write_runs(self, steps: list[CourseStep], pks: dict[str, int]) -> None:
        pairs = [(run, pks[step.bundle.course_id]) for step in steps for run in step.runs]
        new = [(step, self.new_run(step, course)) for step, course in pairs if step.action == NEW]
        copying.insert([row for _step, row in new])
        sessions = [session for step, row in new for session in self.new_sessions(row, step)]
        sessions += self.change_runs([pair for pair in pairs if pair[0].action == "changed"])
        copying.insert(sessions)
        self.touched |= {course for step, course in pairs if step.action != "unchanged"}

    def new_run(self, step: RunStep, course: int) -> CourseRun:
        return CourseRun(
            course_id=course, external_id=step.run.external_id, digest=step.run.digest, created_at=self.now,
            updated_at=self.now, location=self.belongings.location_of(step.run.fields.get("location")),
            **assigning.fields_of(CourseRun, step.run.fields, assigning.RUN_FIELDS),
        )  # fmt: skip

    def change_runs(self, pairs: list[tuple[RunStep, int]]) -> list[Session]:
        if not pairs:
            return []
        rows = (
            CourseRun.objects.filter(pk__in=[step.known.pk for step, _course in pairs])
            .order_by("pk")
            .select_for_update(of=("self",))
            .select_related("location")
            .prefetch_related("sessions__location")
        )
        by_pk = {row.pk: row for row in rows}
        names = {"digest", "course", "withdrawn_at", "updated_at", "location"}
        sessions, emptied = [], []
        for step, course in pairs:
            row = by_pk[step.known.pk]
            difference = planning.run_difference(row, step)
            names |= difference.names
            if row.course_id != course:
                self.touched.add(row.course_id)
            if "location" not in assigning.locked(row):
                row.location = self.belongings.location_of(step.run.fields.get("location"))
            row.digest, row.course_id, row.withdrawn_at, row.updated_at = step.run.digest, course, None, self.now
            if "sessions" in difference.changes:
                emptied.append(row.pk)
                sessions += self.new_sessions(row, step)
        Session.objects.filter(run__in=emptied).delete()
        bulk.update(by_pk.values(), sorted(names))
        return sessions

    def new_sessions(self, row: CourseRun, step: RunStep) -> list[Session]:
        make = Session._meta.get_field
        return [
            Session(
                run=row, day=make("day").to_python(session["day"]), room=session.get("room", "")[:120],
                starts=make("starts").to_python(session.get("starts")),
                ends=make("ends").to_python(session.get("ends")),
                location=self.belongings.location_of(session.get("location")),
            )
            for session in step.run.fields.get("sessions", [])
        ]  # fmt: skip

    # ── Gone

    def withdraw(self, comparison: Comparison) -> None:
        courses = [course.pk for course in comparison.gone_courses]
        runs = [run.pk for _key, run in comparison.gone_runs]
        stamp = {"withdrawn_at": self.now, "updated_at": self.now}
        Course.objects.filter(pk__in=courses).update(**stamp)
        CourseRun.objects.filter(pk__in=runs).update(**stamp)
        self.touched |= set(courses) | {run.course.pk for _key, run in comparison.gone_runs}

    def confirm(self, comparison: Comparison) -> None:
        """The provider has said again that these courses are as they are."""
        Course.objects.filter(pk__in=comparison.seen_courses).update(checked_at=self.now)
