"""Makes the invented lessons with companies: topics, partners, and lessons in every state.

Days count from the Monday of the current week. Written through the models and not through the actions: nobody is to be
mailed about what never happened.
"""

import tomllib
from datetime import date, timedelta
from functools import cache
from itertools import cycle
from pathlib import Path

from accounts.models import User
from internships.models import Employer, LessonOffer, LessonUnit, Partnership
from portal.demo.organizations import Maker
from portal.demo.talentpool import Scene
from providers.models import Membership, Organization

State = LessonUnit.State
# State and week of the lessons of the school of the demo login, topic by topic
PLAN = [
    (State.REQUESTED, 4), (State.PLANNED, 3), (State.PLANNED, -1), (State.DONE, -5), (State.DECLINED, 5),
    (State.NOT_DONE, -4), (State.REQUESTED, 6), (State.DONE, -8), (State.CANCELLED, 2), (State.EXPIRED, 1),
    (State.WITHDRAWN, 5), (State.PLANNED, -3), (State.PLANNED, 7), (State.DONE, -10),
]  # fmt: skip


@cache
def bank() -> dict:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


class School:
    """What the steps share."""

    def __init__(self, maker: Maker, users: dict[str, User]):
        self.scene, self.users = Scene(maker, users), users
        self.week: date = maker.week

    def day(self, weeks: int, weekday: int = 0) -> date:
        return self.week + timedelta(weeks=weeks, days=weekday)


def make_lessons(maker: Maker, users: dict[str, User]) -> int:
    """Everything; returns the number of topics."""
    scene = School(maker, users)
    employers = list(Employer.objects.select_related("organization").order_by("pk"))
    offers = [_make_topic(employers, line) for line in bank()["topics"]]
    _make_odd_ones(scene, offers)
    schools = _schools(users)
    for number, school in enumerate(schools):
        _make_units(scene, school, offers, number)
    if schools:
        _make_proposals(scene, schools[0], employers)
    return len(offers)


def _make_topic(employers: list[Employer], line: str) -> LessonOffer:
    number, subject, first, last, where, lessons, pupils, topic, activity, preparation, material = line.split("|")
    employer = employers[int(number)]
    return LessonOffer.objects.create(
        employer=employer, subject=subject, grade_from=int(first), grade_to=int(last), where=where, topic=topic,
        lessons=int(lessons), most_pupils=int(pupils), preparation=preparation, material=material,
        activity="\n".join(part[0].upper() + part[1:] for part in activity.split(";")),
        location=employer.main_location, state=LessonOffer.State.PUBLISHED,
    )  # fmt: skip


def _make_odd_ones(scene: School, offers: list[LessonOffer]) -> None:
    """One that waits for a look, one with remarks, one that ends soon."""
    rows = LessonOffer.objects
    rows.filter(pk=offers[9].pk).update(state=LessonOffer.State.SUBMITTED)
    rows.filter(pk=offers[10].pk).update(
        state=LessonOffer.State.RETURNED, returned_reason="Bitte schreiben Sie, was die Klasse am Ende kann."
    )
    rows.filter(pk=offers[1].pk).update(shown_until=scene.day(1, 4))


def _schools(users: dict[str, User]) -> list[Organization]:
    """That of the demo login first, and one more."""
    mine = Membership.objects.filter(user=users["school"], organization__kinds__contains=["school"]).first()
    others = Organization.objects.of_kind(Organization.Kind.SCHOOL).order_by("pk")
    first = [mine.organization] if mine else []
    return [*first, *others.exclude(pk__in=[school.pk for school in first])[:1]]


def _make_units(scene: School, school: Organization, offers: list[LessonOffer], number: int) -> None:
    shown = [offer for offer in offers if offer.is_visible]
    groups = cycle(["7a", "8b", "9a", "10c"])
    for index, (state, week) in enumerate(PLAN):
        offer = shown[(index * 3 + number) % len(shown)]
        _make_unit(scene, school, offer, state, scene.day(week, (index + number) % 5), next(groups))


def _make_unit(scene: School, school: Organization, offer: LessonOffer, state: str, day: date, group: str) -> None:
    is_over = state not in LessonUnit.OPEN
    unit = LessonUnit(
        school=school, employer=offer.employer, offer=offer, subject=offer.subject, topic=offer.topic, group=group,
        grade=min(max(int(group[:-1]), offer.grade_from), offer.grade_to), pupils=min(24, offer.most_pupils), day=day,
        where=offer.places[0], lessons=offer.lessons, no_loss=day.day % 3 != 0, state=state,
        teacher=scene.users["school"], words="Wir sind gerade mitten in diesem Thema." if day.day % 2 else "",
        reason=LessonUnit.Reason.DAY if state == State.DECLINED else "",
        ended_at=scene.scene.ago(3) if is_over else None, mark=3 + day.day % 2 if state == State.DONE else None,
        created_at=scene.scene.ago(3),
    )  # fmt: skip
    if state in LessonUnit.AGREED:
        unit.partnership = _partners(scene, school, offer.employer)
    unit.save()


def _partners(scene: School, school: Organization, employer: Employer) -> Partnership:
    stamps = {"school_agreed_at": scene.scene.ago(90), "company_agreed_at": scene.scene.ago(88), "state": "agreed"}
    return Partnership.objects.get_or_create(
        school=school, employer=employer, ended_at=None, defaults={**stamps, "created_at": scene.scene.ago(90)}
    )[0]


def _make_proposals(scene: School, school: Organization, employers: list[Employer]) -> None:
    """One of each side that waits for the other."""
    known = set(Partnership.objects.filter(school=school).values_list("employer", flat=True))
    free = [employer for employer in employers if employer.is_active and employer.pk not in known]
    for employer, stamp in zip(free, ("company_agreed_at", "school_agreed_at"), strict=False):
        Partnership.objects.create(
            school=school, employer=employer, created_at=scene.scene.ago(4), **{stamp: scene.scene.ago(4)}
        )
