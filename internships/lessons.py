"""Finds lesson offers for a teacher, and counts lessons by subject."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from internships.models import LessonOffer, LessonUnit, Subject
from kit.geo import distance_km
from taxonomy.geo import Position


@dataclass(frozen=True)
class Hit:
    """An offer, and how far its company is away where a place was asked for."""

    offer: LessonOffer
    km: float | None = None


def find(*, subject: str = "", grade: int | None = None, position: Position | None = None, km: int = 20) -> list[Hit]:
    """What schools may see and fits, the nearest first; without a place by subject. "Several subjects" fits each."""
    found = LessonOffer.objects.visible().for_cards()
    if subject:
        found = found.filter(subject__in={subject, Subject.SEVERAL})
    if grade:
        found = found.for_grade(grade)
    if position is None:
        return [Hit(offer) for offer in found.order_by("subject", "topic", "pk")]
    hits = [Hit(offer, away) for offer in found if (away := _km(offer, position)) is not None and away <= km]
    return sorted(hits, key=lambda hit: (hit.km, hit.offer.topic, hit.offer.pk))


def _km(offer: LessonOffer, position: Position) -> float | None:
    place = offer.location
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return distance_km(position.latitude, position.longitude, place.latitude, place.longitude)


@dataclass(frozen=True)
class Line:
    """The numbers of one subject."""

    label: str
    offers: int
    requested: int
    planned: int
    done: int
    without_loss: int
    pupils: int

    @property
    def cells(self) -> list[int]:
        return [self.offers, self.requested, self.planned, self.done, self.without_loss, self.pupils]


def by_subject() -> list[Line]:
    """Each subject of which something is there: what is offered, asked for, planned and held."""
    offers = dict(LessonOffer.objects.visible().order_by().values_list("subject").annotate(Count("pk")))
    done = Q(state=LessonUnit.State.DONE)
    counts = {
        "requested": Count("pk", filter=Q(state=LessonUnit.State.REQUESTED)),
        "planned": Count("pk", filter=Q(state=LessonUnit.State.PLANNED)),
        "done": Count("pk", filter=done),
        "without_loss": Count("pk", filter=done & Q(no_loss=True)),
        "pupils": Sum("pupils", filter=done, default=0),
    }
    units = {row.pop("subject"): row for row in LessonUnit.objects.order_by().values("subject").annotate(**counts)}
    nothing = dict.fromkeys(counts, 0)
    return [
        Line(str(subject.label), offers.get(subject.value, 0), **units.get(subject.value, nothing))
        for subject in Subject
        if subject.value in offers or subject.value in units
    ]
