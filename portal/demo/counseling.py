"""The invented counselling of the demo region: three houses in two Länder, six people, talks in every state.

Who and what stands in counseling.toml. Days count from today, so that there is always a morning to begin with; the
same day gives the same rows.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from uuid import UUID

from accounts.models import User
from accounts.roles import Role
from counseling.actions import claiming
from counseling.models import (
    Appointment,
    Audience,
    Callback,
    Center,
    Counsellor,
    DayException,
    FollowUp,
    Mode,
    Note,
    Record,
    Referral,
    Room,
    RoomBooking,
    Service,
    Shortlist,
    ShortlistItem,
    Subject,
    WeeklyHours,
    Wish,
)
from courses.models import Course
from kit import clock
from portal.demo import days, people
from providers.models import Location, Organization
from taxonomy.models import Place, Topic

State = Appointment.State
NOT_YET_BOOKED = {State.HELD, *Appointment.UNCONFIRMED}
LETTERS = str.maketrans("01", "QR")  # a reference has neither
COUNTED_MONTHS = 6
COUNTED = 150  # results of talks that were long ago
LINE = "030 23125 {}"


@cache
def plan() -> dict:
    return tomllib.loads((Path(__file__).parent / "counseling.toml").read_text(encoding="utf-8"))


@dataclass
class Desk:
    """What the steps below build on."""

    today: date
    rng: Random
    subjects: list[Subject] = field(default_factory=list)
    services: dict[str, Service] = field(default_factory=dict)  # by audience
    counsellors: list[Counsellor] = field(default_factory=list)
    talks: list[Appointment] = field(default_factory=list)

    def workday(self, number: int) -> date:
        """The working day so many working days from today on, or before; today itself where people work."""
        day = self.today
        while not days.is_working_day(day):
            day += timedelta(days=1)
        step = timedelta(days=1 if number > 0 else -1)
        for _each in range(abs(number)):
            day += step
            while not days.is_working_day(day):
                day += step
        return day

    def at(self, number: int, clock_time: str) -> datetime:
        return datetime.combine(self.workday(number), time.fromisoformat(clock_time), clock.BERLIN)

    @property
    def done(self) -> list[Appointment]:
        return [talk for talk in self.talks if talk.state == State.COMPLETED]


def make_counseling(berta: User, organizations: list[Organization]) -> int:
    """Writes all of it; `berta` is the demo login of a counsellor. Returns the number of talks."""
    desk = Desk(clock.today(), Random("beratung"))  # noqa: S311 - chance, no secrets
    _make_offer(desk)
    _make_people(desk, berta, organizations)
    _make_talks(desk)
    _make_results(desk)
    _make_calls(desk)
    _make_shortlist(desk, desk.done[0])
    _make_referrals(desk)
    _make_wishes(desk)
    _make_meetings(desk)
    return len(desk.talks)


# ── What is offered, and by whom


def _make_offer(desk: Desk) -> None:
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    for position, given in enumerate(plan()["subjects"]):
        subject = Subject.objects.create(
            name=given["name"], name_en=given["name_en"], hint=given["hint"], audiences=[given["audience"]],
            is_unsure=given.get("is_unsure", False), position=position,
        )  # fmt: skip
        subject.topics.set([topics[slug] for slug in given["topics"] if slug in topics])
        desk.subjects.append(subject)
    for given in plan()["services"]:
        service = Service.objects.create(**given)
        service.subjects.set([subject for subject in desk.subjects if given["audience"] in subject.audiences])
        desk.services[given["audience"]] = service


def _make_house(number: int, given: dict) -> Center:
    town = given["town"]
    organization = Organization.objects.create(
        name=f"Bildungsberatung {town} (erfunden)", slug=f"bildungsberatung-{town.lower()}", kinds=["counseling"],
        state=Organization.State.PUBLISHED,
    )  # fmt: skip
    center = Center.objects.create(
        organization=organization, name=f"Bildungsberatung {town}", slug=town.lower(), land_id=given["district"][:2],
        location=_address(organization, given), phone=LINE.format(200 + number),
        email=f"{town.lower()}@lernregion-harz-kyffhaeuser.example", opening_hours="Mo–Do 9–16 Uhr, Fr 9–12 Uhr",
        access_note=given["access_note"], introduction=plan()["introduction"],
    )  # fmt: skip
    Room.objects.bulk_create(Room(center=center, name=name) for name in given["rooms"])
    if "corner" in given:
        Room.objects.create(center=center, name=given["corner"], seats=12, for_talks=False)
    return center


def _address(organization: Organization, given: dict) -> Location:
    place = Place.objects.filter(name=given["town"], district=given["district"]).first()
    postcode = place.postcodes.order_by("code").first() if place else None
    return Location.objects.create(
        organization=organization, street=given["street"], postcode=postcode.code if postcode else "",
        city=given["town"], place=place, is_main=True, is_barrier_free=True,
        latitude=place.latitude if place else None, longitude=place.longitude if place else None,
    )  # fmt: skip


def _make_people(desk: Desk, berta: User, organizations: list[Organization]) -> None:
    houses = [_make_house(number, given) for number, given in enumerate(plan()["houses"])]
    school = next((each for each in organizations if "school" in each.kinds), None)
    for given in plan()["people"]:
        modes = [mode for mode in Mode.values if mode != Mode.ON_SITE or given.get("visits")]
        person = Counsellor.objects.create(
            user=berta if given["local"] == "beratung" else _user(given), center=houses[given["house"]], modes=modes,
            display_name=given["name"], languages=given["languages"], training=given["training"],
            school=school if given.get("at_school") else None, dial_in=LINE.format(299),
            video_url="https://video.lernregion-harz-kyffhaeuser.example/beratung",
        )  # fmt: skip
        person.subjects.set([desk.subjects[number] for number in given["subjects"]])
        desk.counsellors.append(person)
        _make_hours(person, desk.today)
    for person, given in zip(desk.counsellors, plan()["people"], strict=True):
        person.standin = desk.counsellors[given["standin"]]
        person.save(update_fields=["standin"])


def _user(given: dict) -> User:
    """Has the role and can be written to; without a password nobody enters."""
    email = f"{given['local']}@lernregion.example"
    user = User.objects.filter(email=email).first()
    return user or User.objects.create_user(email, full_name=given["name"], roles=[Role.COUNSELLOR])


def _make_hours(person: Counsellor, today: date) -> None:
    """Monday to Thursday mornings and afternoons, Friday mornings."""
    long_days = [(day, *span) for day in range(4) for span in ((time(9), time(12)), (time(13), time(16, 30)))]
    WeeklyHours.objects.bulk_create(
        WeeklyHours(
            counsellor=person, weekday=day, starts=start, ends=end, modes=person.modes,
            valid_from=today - timedelta(days=200),
        )
        for day, start, end in [*long_days, (4, time(9), time(13))]
    )  # fmt: skip


# ── Talks and what came of them


def _make_talks(desk: Desk) -> None:
    for number, line in enumerate(plan()["talks"]["rows"].strip().splitlines()):
        desk.talks.append(_make_talk(desk, number, *line.split(None, 6)))
    DayException.objects.create(
        counsellor=desk.counsellors[3], kind=DayException.Kind.ILL, first_day=desk.workday(1), last_day=desk.workday(2)
    )


def _make_talk(desk: Desk, number: int, who, day, slot, state, mode, subject, phone_only: str = "") -> Appointment:
    about = desk.subjects[int(subject)]
    starts_at = desk.at(int(day), plan()["talks"]["times"][int(slot)])
    talk = Appointment(
        pk=UUID(int=desk.rng.getrandbits(128), version=4), reference=f"BER{number:03d}".translate(LETTERS),
        service=desk.services[about.audiences[0]], subject=about, counsellor=desk.counsellors[int(who)], mode=mode,
        starts_at=starts_at, state=state, **_client(number, about, mode, phone_only), **_moments(state, starts_at),
    )  # fmt: skip
    talk.ends_at = starts_at + timedelta(minutes=talk.service.minutes)
    if state in Appointment.HOLDING:
        claiming.seat(talk, lapses_at=talk.held_until or talk.confirm_until)
    talk.save(force_insert=True)
    return talk


def _client(number: int, about: Subject, mode: str, phone_only: str) -> dict[str, str]:
    clients, questions = plan()["clients"], plan()["questions"]
    return {
        "name": clients[number % len(clients)],
        "phone": people.MOBILES[number % 2],
        "email": "" if phone_only else f"gast-{number}@muster.example",
        "question": questions[number % len(questions)],
        "organization_name": "Musterbau GmbH (erfunden)" if Audience.COMPANY in about.audiences else "",
        "address": "Musterring 3, 99734 Nordhausen" if mode == Mode.ON_SITE else "",
    }


def _moments(state: str, starts_at: datetime) -> dict[str, datetime | None]:
    """The times that a state asks for."""
    now = clock.now()
    is_booked = state not in NOT_YET_BOOKED
    return {
        "held_until": now + timedelta(minutes=10) if state == State.HELD else None,
        "confirm_until": min(now + timedelta(days=2), starts_at) if state in Appointment.UNCONFIRMED else None,
        "confirmed_at": now - timedelta(days=9) if is_booked else None,
        "ended_at": min(now, starts_at) if is_booked and state != State.CONFIRMED else None,
    }


def _make_results(desk: Desk) -> None:
    """Of the talks above, and many of earlier months whose people are forgotten."""
    for talk in desk.done:
        results = [Record.Result.NEED] if talk.is_for_company else Record.Result.values
        _record(desk, talk.starts_at.date(), talk.subject, talk.mode, desk.rng.choice(results), talk)
    last = desk.done[0]
    Note.objects.create(appointment=last, counsellor=last.counsellor, for_standin=True, text=plan()["note"])
    for _each in range(COUNTED):
        day = desk.today - timedelta(days=desk.rng.randrange(10, COUNTED_MONTHS * 30))
        subject = desk.rng.choice([*desk.subjects[:5] * 3, *desk.subjects[5:]])
        mode = desk.rng.choice([Mode.IN_PERSON, Mode.IN_PERSON, Mode.PHONE, Mode.VIDEO])
        _record(desk, day, subject, mode, desk.rng.choice([*Record.Result.values, "informed", "course"]))
    FollowUp.objects.bulk_create(
        FollowUp(
            month=(desk.today - timedelta(days=desk.rng.randrange(30, 150))).replace(day=1), audience=Audience.PERSON,
            subject=desk.rng.choice(desk.subjects[:5]), helped=desk.rng.choice(["yes", "yes", "yes", "partly", "no"]),
            next_step=desk.rng.random() < 0.7,
        )
        for _each in range(COUNTED // 3)
    )  # fmt: skip


def _record(desk: Desk, day: date, subject: Subject, mode: str, result: str, talk: Appointment | None = None) -> None:
    Record.objects.create(
        appointment=talk, month=day.replace(day=1), audience=subject.audiences[0], subject=subject, mode=mode,
        minutes=desk.rng.choice([30, 45, 45, 60]), result=result,
    )  # fmt: skip


# ── Around the talks


def _make_calls(desk: Desk) -> None:
    now = clock.now()
    for number, given in enumerate(plan()["calls"]):
        Callback.objects.create(
            name=given["name"], phone=people.MOBILES[number % 2], when=given.get("when", ""),
            question=given.get("question", ""), created_at=now - timedelta(days=given["days_ago"]),
            taken_by=desk.counsellors[given["taken_by"]] if "taken_by" in given else None,
            done_at=now if given.get("is_done") else None,
        )  # fmt: skip


def _make_shortlist(desk: Desk, talk: Appointment) -> None:
    """Three courses that begin soon, and one that is gone meanwhile."""
    shortlist = Shortlist.objects.create(
        counsellor=talk.counsellor, appointment=talk, expires_at=clock.now() + timedelta(days=50),
        greeting=plan()["greeting"],
    )  # fmt: skip
    soon = Course.objects.visible().filter(runs__starts_on__gte=desk.today).order_by("pk").distinct()[:3]
    gone = Course.objects.exclude(withdrawn_at=None).order_by("pk")[:1]
    ShortlistItem.objects.bulk_create(
        ShortlistItem(shortlist=shortlist, course=course, reason=reason, position=position)
        for position, (course, reason) in enumerate(zip([*soon, *gone], plan()["reasons"], strict=False))
    )


def _make_referrals(desk: Desk) -> None:
    providers = list(Organization.objects.visible().of_kind("provider").exclude(email="").order_by("pk")[:4])
    now, states = clock.now(), Referral.State
    for number, state in enumerate([states.SUGGESTED, states.SENT, states.ENROLLED, states.NO_ANSWER]):
        sent_at = None if state == states.SUGGESTED else now - timedelta(days=2 + 4 * number)
        Referral.objects.create(
            appointment=desk.done[number % len(desk.done)], provider=providers[number % len(providers)], state=state,
            consented_at=sent_at, sent_at=sent_at, message="Sucht einen Kurs am Vormittag.",
            answered_at=now if state == states.ENROLLED else None,
            reminded_at=now - timedelta(days=6) if state == states.NO_ANSWER else None,
        )  # fmt: skip


def _make_wishes(desk: Desk) -> None:
    place = desk.counsellors[0].center.location.place
    for given in plan()["wishes"]:
        Wish.objects.create(
            counsellor=desk.counsellors[0], audience=given["audience"], text=given["text"], people=3, place=place,
            topic=Topic.objects.get(slug=given["topic"]),
            handed_at=clock.now() - timedelta(days=8) if given.get("is_handed") else None,
        )  # fmt: skip


def _make_meetings(desk: Desk) -> None:
    corner = Room.objects.filter(for_talks=False).first()
    for given in plan()["meetings"]:
        booking = RoomBooking.objects.create(
            room=corner, title=given["title"], starts_at=desk.at(given["day"], given["starts"]),
            ends_at=desk.at(given["day"], given["ends"]), is_public=given.get("is_public", False),
            booked_by=desk.counsellors[0].user,
        )  # fmt: skip
        claiming.claim(use=booking.pk, starts_at=booking.starts_at, ends_at=booking.ends_at, room=corner)
