"""When an import waits for a person: what providers publish never shrinks by mistake."""

from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from courses.importing.comparing import Comparison, Known
from courses.importing.gather import Part
from courses.models import Source

SHARE = 0.2  # of what is public
MOST = 50
RECURRING = 0.1  # of the known numbers


@dataclass(frozen=True)
class Brake:
    """A reason to wait. A hard one cannot be confirmed: the delivery belongs elsewhere."""

    rule: str
    text: str
    hard: bool = False

    def to_json(self) -> dict:
        return asdict(self)


def look(part: Part, known: Known, comparison: Comparison, source: Source | None) -> list[Brake]:
    """The brakes that a compared delivery trips; call it when the steps are through."""
    found = [*_empty(part), *_other_numbers(part, known, comparison), *_withdrawals(known, comparison)]
    if part.has_nameless_reject and (comparison.gone_courses or comparison.gone_runs):
        reason = _("Records without a number were rejected; what they mean would be withdrawn.")
        found.append(Brake("nameless-rejects", reason))
    return found + _sequence(part, source)


def _empty(part: Part) -> list[Brake]:
    if len(part) or not part.header.is_full:
        return []
    return [Brake("empty", _("The delivery holds no usable course at all."))]


def _other_numbers(part: Part, known: Known, comparison: Comparison) -> list[Brake]:
    """Hardly any number that we know: another provider's file, or a changed way of numbering."""
    if not part.header.is_full or not len(part):
        return []
    total, recurring = _numbers(part, known, comparison)
    if not total or recurring >= total * RECURRING:
        return []
    reason = _("Of %(total)s known numbers only %(count)s recur. Is this the file of another provider?")
    return [Brake("other-numbers", reason % {"total": total, "count": recurring})]


def _numbers(part: Part, known: Known, comparison: Comparison) -> tuple[int, int]:
    """(known, recurring). Only open-Q-cat numbers courses too; elsewhere runs alone carry numbers of the provider."""
    runs = [run.pk for run in known.runs.values() if not run.is_withdrawn]
    total, recurring = len(runs), len(comparison.seen_runs.intersection(runs))
    if part.header.format == "openqcat":
        courses = [course.pk for course in known.courses.values() if not course.is_withdrawn]
        total, recurring = total + len(courses), recurring + len(comparison.seen_courses.intersection(courses))
    return total, recurring


def _withdrawals(known: Known, comparison: Comparison) -> list[Brake]:
    courses = [course for course in comparison.gone_courses if course.is_visible]
    runs = [run for _key, run in comparison.gone_runs if run.is_visible]
    all_courses = sum(course.is_visible for course in known.courses.values())
    all_runs = sum(run.is_visible for run in known.runs.values())
    found = []
    if _too_many(len(courses), all_courses):
        reason = _("%(count)s of %(total)s public courses would be withdrawn.")
        found.append(Brake("courses-withdrawn", reason % {"count": len(courses), "total": all_courses}))
    if _too_many(len(runs), all_runs):
        reason = _("%(count)s of %(total)s upcoming course runs would be withdrawn.")
        found.append(Brake("runs-withdrawn", reason % {"count": len(runs), "total": all_runs}))
    return found


def _too_many(count: int, total: int) -> bool:
    return count > MOST or (count > 0 and count > total * SHARE)


def _sequence(part: Part, source: Source | None) -> list[Brake]:
    """Updates carry running numbers. The first one that we see is where counting begins."""
    number = part.header.sequence
    if number is None or source is None or source.sequence is None or number == source.sequence + 1:
        return []
    numbers = {"number": number, "last": source.sequence}
    if number > source.sequence:
        reason = _("This is update %(number)s, the last one was %(last)s: updates between them are missing.")
        return [Brake("sequence-gap", reason % numbers)]
    return [Brake("sequence-replay", _("This is update %(number)s, but %(last)s was applied already.") % numbers)]
