"""Similar courses, and in words what makes them so: the same topic, the same place, the same time of day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.translation import gettext as _

from courses.filters import TIMES
from courses.models import Course, SearchRun
from courses.search import Facet, Hit, SearchQuery, glance
from courses.views import cards
from kit import clock

SHOWN = 3
CANDIDATES = 24


@dataclass(frozen=True)
class Traits:
    """What runs have in common with others: towns, and times of day as bits."""

    towns: frozenset[str]
    times: int

    @classmethod
    def of(cls, rows: Iterable[tuple[str | None, int]]) -> "Traits":
        towns, times = set(), 0
        for town, bits in rows:
            towns.add(town or "")
            times |= bits
        return cls(frozenset(towns - {""}), times)


def similar(course: Course) -> list[cards.Card]:
    """Of the same topic, then of the main topic above it; nearer ones first, each with its reason."""
    if course.topic is None:
        return []
    near = _about(course, course.topic_id)
    found = [(hit, _("same topic")) for hit in near]
    if len(near) < SHOWN and course.topic.parent_id:
        known = {hit.course for hit in near}
        wider = [hit for hit in _about(course, course.topic.parent_id) if hit.course not in known]
        found += [(hit, _("also about {topic}").format(topic=course.topic.parent)) for hit in wider]
    return _best(course, found) if found else []


def _about(course: Course, topic: int) -> list[Hit]:
    query = SearchQuery(chosen={Facet.TOPIC: frozenset([topic])}, per_page=CANDIDATES)
    return [hit for hit in glance(query) if hit.course != course.pk]


def _best(course: Course, found: list[tuple[Hit, str]]) -> list[cards.Card]:
    """More in common comes first; among equals the order of the search, which is that of their beginning."""
    today = clock.today()
    own = Q(course=course.pk, visible_from__lte=today, visible_until__gte=today)
    runs = SearchRun.objects.filter(own | Q(pk__in=[hit.run for hit, _about in found if hit.run]))
    rows = list(runs.values_list("course", "pk", "run__location__city", "times"))
    ours = Traits.of((town, times) for of, _run, town, times in rows if of == course.pk)
    traits = {run: Traits.of([(town, times)]) for _course, run, town, times in rows}
    nothing = Traits(frozenset(), 0)
    reasons = [(hit, [about, *_shared(ours, traits.get(hit.run, nothing))]) for hit, about in found]
    chosen = sorted(reasons, key=lambda each: (each[0].run is None, -len(each[1])))[:SHOWN]
    made = cards.make(hit for hit, _reasons in chosen)
    if len(made) < len(chosen):  # one was withdrawn in this very moment
        return made
    return [replace(card, reason=", ".join(words)) for card, (_hit, words) in zip(made, chosen, strict=True)]


def _shared(ours: Traits, theirs: Traits) -> list[str]:
    towns = [_("also in {town}").format(town=town) for town in sorted(ours.towns & theirs.towns)]
    times = [_("also {time}").format(time=label) for bit, label in TIMES.values() if ours.times & theirs.times & bit]
    return [*towns[:1], *times[:1]]
