"""Makes the invented internships: 120 offers of 24 companies, a campaign that runs, applications in every state.

Days count from the Monday of the current week. Written through the models and not through the actions: nobody is to be
mailed about what never happened. Seats and days are counted as the actions would count them.
"""

import tomllib
from datetime import date, time, timedelta
from functools import cache
from itertools import count, cycle
from pathlib import Path

from accounts.actors import SYSTEM
from accounts.models import User
from certificates.actions import issue
from internships.models import (
    Application,
    BookedDay,
    Campaign,
    Employer,
    Evaluation,
    Guardian,
    Offer,
    Period,
    Proposal,
    Pupil,
    Registration,
    Scheme,
    SchoolTime,
    Signup,
    Source,
    Wish,
)
from kit.templatetags.kit import daterange
from portal.demo import people
from portal.demo.organizations import Maker
from portal.demo.talentpool import Scene, organization_of
from providers.models import Membership, Organization

STATES = [*Application.State.values, "accepted", "completed", "submitted", "seen", "completed", "accepted"]
OVER = {"completed", "no_show", "aborted"}
SIGNUPS = 40
WISHES = 9


@cache
def bank() -> dict:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


class Fair:
    """What the steps share."""

    def __init__(self, maker: Maker, users: dict[str, User]):
        self.scene, self.users, self.rng = Scene(maker, users), users, maker.rng
        self.week: date = maker.week
        self.numbers = count(1)
        self.pupils: list[Pupil] = []

    def day(self, weeks: int, weekday: int = 0) -> date:
        return self.week + timedelta(weeks=weeks, days=weekday)


def make_internships(maker: Maker, users: dict[str, User]) -> int:
    """Everything; returns the number of offers."""
    fair = Fair(maker, users)
    schemes = _make_schemes()
    running, coming = _make_campaigns(fair)
    employers = [_make_employer(fair, line) for line in bank()["companies"]]
    for number, (employer, line) in enumerate(zip(employers, bank()["companies"], strict=True)):
        _make_offers(fair, employer, line.split("|"), number, schemes, running, coming)
    _make_odd_ones(fair, employers)
    _make_pupils(fair)
    _make_applications(fair, employers[0])
    _make_signups(fair, running)
    _make_wishes(fair, schemes)
    _make_schools(fair)
    return Offer.objects.count()


# ── Companies and offers


def _make_schemes() -> dict[str, Scheme]:
    found = {}
    for position, (slug, row) in enumerate(bank()["scheme"].items()):
        name, explanation, unit, is_voluntary, is_online, longest = row
        found[slug] = Scheme.objects.create(
            slug=slug, name=name, explanation=explanation, unit=unit, is_voluntary=is_voluntary, is_online=is_online,
            longest_days=longest, position=position,
        )  # fmt: skip
    return found


def _make_campaigns(fair: Fair) -> tuple[Campaign, Campaign]:
    words = bank()["campaign"]
    running = Campaign.objects.create(
        name=words["running"], slug="praktikumswochen-suedharz", introduction=words["running_text"],
        first_day=fair.day(-1), last_day=fair.day(2, 4), opens_on=fair.day(-8), closes_on=fair.day(2),
        grades="Klassen 8 bis 10", is_public=True,
    )  # fmt: skip
    coming = Campaign.objects.create(
        name=words["coming"], slug="ferienpraktikum", introduction=words["coming_text"], first_day=fair.day(9),
        last_day=fair.day(10, 4), opens_on=fair.day(-1), closes_on=fair.day(8), is_voluntary=True, min_age=15,
        most_days=10, is_public=True,
    )  # fmt: skip
    for label in words["sources"]:
        Source.objects.create(campaign=running, label=label, code=_code(fair))
    return running, coming


def _code(fair: Fair) -> str:
    return "".join(fair.rng.choice("23456789abcdefghjkmnpqrstuvwxyz") for _each in range(6))


def _make_employer(fair: Fair, line: str) -> Employer:
    name, town, _field, guide = line.split("|")
    organization = organization_of(fair.scene, name, "company", town)
    at = people.domain(name.removesuffix(" (erfunden)"))
    employer = Employer.objects.create(
        organization=organization, contact_name=guide.partition(",")[0], contact_email=f"praktikum@{at}",
        contact_phone=people.phone(fair.rng, people.line(fair.rng)), approved_at=fair.scene.ago(200),
        approved_by="Karla Beispiel",
    )  # fmt: skip
    Employer.objects.filter(pk=employer.pk).update(created_at=fair.scene.ago(210))
    return employer


def _make_offers(fair, employer, line: list[str], number: int, schemes, running, coming) -> None:
    """Five of each: a day in the campaign, weeks for school, days in the holidays, a weekly day, something special."""
    texts = bank()["fields"][line[2]]
    weekend = {"S21": "restaurant", "S22": "care", "S11": "farm"}.get(line[2], "")
    special = schemes["online"] if line[2] in {"S41", "S32", "S33"} else schemes["langzeit"]
    plans = [
        (texts[0], schemes["tag"], running, [(fair.day(weeks, number % 5), None) for weeks in (0, 1, 2)]),
        (texts[1], schemes["wochen"], None, [(fair.day(3 + number % 6), fair.day(4 + number % 6, 4))]),
        (texts[2], schemes["ferien"], coming, [(fair.day(9, day), None) for day in range(number % 4 + 1)]),
        (texts[1], schemes["praxistag"], None, [(fair.day(4, number % 5), fair.day(20, number % 5))]),
        (texts[2], special, None, [_special(fair, special, number)]),
    ]
    for index, (words, scheme, campaign, times) in enumerate(plans):
        offer = _make_offer(fair, employer, words, scheme, campaign)
        offer.guidance, offer.is_direct = line[3], index == 0 and number % 3 == 0
        offer.weekend_ground = weekend if index == 2 else ""
        offer.save()
        for first_day, last_day in times:
            Period.objects.create(offer=offer, first_day=first_day, last_day=last_day or first_day,
                                  seats=fair.rng.choice((1, 2, 2, 3, 4)))  # fmt: skip


def _special(fair: Fair, scheme: Scheme, number: int) -> tuple[date, date | None]:
    return (fair.day(5 + number % 3, 2), None) if scheme.is_online else (fair.day(6), fair.day(24, 4))


def _make_offer(fair: Fair, employer: Employer, words: str, scheme: Scheme, campaign: Campaign | None) -> Offer:
    title, does, task, takeaway = words.split("|")
    is_voluntary = scheme.is_voluntary or bool(campaign and campaign.is_voluntary)
    youngest = 15 if is_voluntary else fair.rng.choice((13, 14, 14, 15))
    return Offer(
        employer=employer, scheme=scheme, campaign=campaign, title=title, job_family=_field_of(words),
        summary="\n".join(part[0].upper() + part[1:] for part in does.split(";")), task=task, takeaway=takeaway,
        feedback=fair.rng.choice(bank()["feedback"]["lines"]), min_age=youngest, starts=time(8, 30),
        ends=time(15), pause_minutes=60, is_step_free=fair.rng.choice((True, True, False, None)),
        location=None if scheme.is_online else employer.main_location,
        meeting_point="" if scheme.is_online else "Am Haupteingang, bitte klingeln", state=Offer.State.PUBLISHED,
        to_bring=fair.rng.choice(("", "Feste Schuhe", "Etwas zu essen", "Haargummi und feste Schuhe")),
    )  # fmt: skip


@cache
def _field_of(words: str) -> str:
    return next(field for field, texts in bank()["fields"].items() if words in texts)


def _make_odd_ones(fair: Fair, employers: list[Employer]) -> None:
    """Work for the queues: a company that waits, one that is silent, offers to be looked at and talked about."""
    silent, criticized = employers[-1], employers[-2]
    Employer.objects.filter(pk=silent.pk).update(silences=6, hinted_at=fair.scene.ago(30), paused_at=fair.scene.ago(9))
    Offer.objects.filter(pk=criticized.offers.last().pk).update(bad_marks=2)
    offers = list(employers[5].offers.order_by("pk"))
    Offer.objects.filter(pk__in=[offers[3].pk, offers[4].pk]).update(state=Offer.State.SUBMITTED)
    returned = employers[6].offers.order_by("pk").last()
    Offer.objects.filter(pk=returned.pk).update(
        state=Offer.State.RETURNED, returned_reason="Bitte sagen Sie genauer, was man mit nach Hause nimmt."
    )
    Offer.objects.filter(pk=employers[0].offers.order_by("pk").last().pk).update(state=Offer.State.DRAFT)
    organization = organization_of(fair.scene, "Imkerei Wabenthal (erfunden)", "company", "Sondershausen")
    Employer.objects.create(
        organization=organization, contact_name="Herr Wabenthal", contact_email="post@imkerei-wabenthal.example",
        contact_phone=people.MOBILES[0],
    )  # fmt: skip
    Registration.objects.create(
        name=employers[1].organization.name, place=employers[1].main_location.place, contact_name="Frau Kirschgarten",
        email="kirschgarten@pflegedienst-helmeaue.example", phone=people.MOBILES[1],
        organization=employers[1].organization, confirmed_at=fair.scene.ago(1),
    )  # fmt: skip


# ── Pupils and what became of them


def _make_pupils(fair: Fair) -> None:
    for number in range(48):
        who = people.person(fair.rng)
        age = fair.rng.choice((14, 15, 15, 16, 16, 17, 18))
        pupil = Pupil.objects.create(
            first_name=who["first_name"], last_name=who["last_name"],
            birth_date=date(fair.week.year - age, number % 9 + 1, number % 27 + 1),
            email=people.address(who["first_name"], f"{who['last_name']}{number}", "schule-am-park.example"),
            school="Regelschule am Park (erfunden)", grade=f"{8 + number % 3}{'abc'[number % 3]}",
            confirmed_at=fair.scene.ago(20),
        )  # fmt: skip
        if pupil.is_minor:
            _make_guardian(fair, pupil)
        fair.pupils.append(pupil)


def _make_guardian(fair: Fair, pupil: Pupil, *, agreed: bool | None = True) -> None:
    Guardian.objects.create(
        pupil=pupil, email=f"eltern{next(fair.numbers)}@familie.example", asked_at=fair.scene.ago(19), agreed=agreed,
        answered_at=None if agreed is None else fair.scene.ago(18),
    )  # fmt: skip


def _make_applications(fair: Fair, first: Employer) -> None:
    """Every state at least once, and some that wait at the company of the demo login."""
    offers = Offer.objects.published().filter(scheme__slug="tag").order_by("pk")
    past = [offer.periods.order_by("first_day")[0] for offer in offers]
    coming = [offer.periods.order_by("first_day")[1] for offer in offers]
    for period in past:
        Period.objects.filter(pk=period.pk).update(first_day=period.first_day - timedelta(weeks=1),
                                                   last_day=period.last_day - timedelta(weeks=1))  # fmt: skip
        period.refresh_from_db()
    pupils = cycle(fair.pupils)
    sources = {True: iter(past[1:] * 2), False: iter(coming[1:] * 2)}
    for state in STATES:
        _make_application(fair, next(sources[state in OVER]), next(pupils), state)
    for state in ("submitted", "submitted", "seen", "offered", "accepted"):
        _make_application(fair, coming[0], next(pupils), state)
    _make_application(fair, past[0], next(pupils), "accepted")


def _make_application(fair: Fair, period: Period, pupil: Pupil, state: str) -> Application:
    words = bank()["answers"]
    seated = state in Application.SEATED
    application = Application(
        pupil=pupil, period=period, state=state, subjects=fair.rng.choice(words["subjects"]),
        hobbies=fair.rng.choice(words["hobbies"]), why=fair.rng.choice(words["why"]),
    )  # fmt: skip
    if state == "guardian":
        Guardian.objects.filter(pupil=pupil).delete()
        _make_guardian(fair, pupil, agreed=None)
    if state not in {"draft", "guardian", "expired_pupil"}:
        application.submitted_at = fair.scene.ago(fair.rng.choice((2, 4, 7)))
    if seated:
        application.held_until = fair.scene.ago(-6)
    if state in {"accepted", *OVER}:
        application.agreed_at = fair.scene.ago(2)
    if state not in Application.OPEN:
        application.ended_at = fair.scene.ago(1)
    application.reason = Application.Reason.LATER if state == "rejected" else ""
    application.end = Application.End.PUPIL if state == "withdrawn" else ""
    application.save()
    if seated:
        _seat(application)
    if state == "completed":
        _certify(fair, application)
    return application


def _seat(application: Application) -> None:
    period = Period.objects.get(pk=application.period_id)
    period.taken += 1
    period.seats = max(period.seats, period.taken + 1)
    period.save()
    if application.state != "offered":
        BookedDay.objects.get_or_create(
            pupil=application.pupil, day=period.first_day, defaults={"application": application}
        )


def _certify(fair: Fair, application: Application) -> None:
    offer = application.period.offer
    application.certificate = issue(
        name=str(application.pupil), birth_date=application.pupil.birth_date,
        title="Bescheinigung über die Teilnahme an einem Praktikum", issuer=offer.employer.organization.name,
        words=f"Praktikum „{offer.title}“, {daterange(application.period.first_day, application.period.last_day)}.\n"
        f"Aufgabe: {offer.task}\nErgebnis: {offer.takeaway}", by=SYSTEM,
    )  # fmt: skip
    application.pupil_attended = application.company_attended = True
    application.save()
    month = fair.week.replace(day=1)
    Evaluation.objects.create(offer=offer, side="pupil", month=month, task=4, guidance=4, respect=3, result=4)


def _make_signups(fair: Fair, campaign: Campaign) -> None:
    sources = cycle([*campaign.sources.all(), None])
    for number, pupil in enumerate(fair.pupils[:SIGNUPS]):
        state = pupil.applications.values_list("state", flat=True).first() or ""
        Signup.objects.create(
            campaign=campaign, pupil=pupil, source=next(sources), at=fair.scene.ago(30 - number % 20),
            confirmed_at=fair.scene.ago(29 - number % 20), reminded_at=fair.scene.ago(14), has_applied=bool(state),
            has_place=state in {"accepted", "completed"}, has_attended=state == "completed",
            absence=Signup.Absence.ILL if state == "no_show" else "",
        )  # fmt: skip


def _make_wishes(fair: Fair, schemes: dict[str, Scheme]) -> None:
    places = [employer.main_location.place for employer in Employer.objects.active()[:WISHES]]
    states = cycle(["open", "open", "open", "matched", "draft", "withdrawn"])
    for number, pupil in enumerate(fair.pupils[-WISHES:]):
        field = ["S13", "S22", "S14", "S41", "S23", "S21"][number % 6]
        wish = Wish.objects.create(
            pupil=pupil, job_families=[field], scheme=schemes["wochen"] if number % 2 else None, first_day=fair.day(1),
            last_day=fair.day(16), place=places[number % len(places)], radius=50, state=next(states),
            words="Ich möchte etwas mit den Händen machen." if number % 2 else "",
        )  # fmt: skip
        if number == 0:
            fitting = Offer.objects.visible().filter(job_family=field).first()
            Proposal.objects.create(
                offer=fitting, wish=wish, sender=fair.users["counsellor"], words="Das könnte passen."
            )


def _make_schools(fair: Fair) -> None:
    """One week in which many look and few places are free; the teacher of the demo login has proposed something."""
    schools = list(Organization.objects.of_kind("school").order_by("pk")[:3])
    mine = Membership.objects.filter(user=fair.users["school"], organization__kinds__contains=["school"]).first()
    if mine and mine.organization not in schools:
        schools.append(mine.organization)
    for number, school in enumerate(schools):
        for grade, week, pupils in (("9a", 7, 24), ("9b", 7, 26), ("8c", 11, 22)):
            SchoolTime.objects.create(school=school, grade=grade, first_day=fair.day(week + number % 2),
                                      last_day=fair.day(week + 1 + number % 2, 4), pupils=pupils)  # fmt: skip
    if mine:
        offer = Offer.objects.visible().order_by("pk").first()
        for number, state in enumerate(["sent", "sent", "taken", "declined", "taken"]):
            Proposal.objects.create(
                offer=offer, sender=fair.users["school"], organization=mine.organization, group="9a", state=state,
                email=f"kind{number}@schule-am-park.example" if state == "sent" else "", is_told=number == 2,
            )  # fmt: skip
