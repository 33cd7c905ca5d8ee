"""A history of imports, made by really importing: one applied, one that waits for a person, one that could not be read.

A small provider sends a table of its courses. Later it sends one in which nearly half of them are missing, which trips
the brake, and another one sends a file that broke off on the way.
"""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from itertools import count

from accounts.actors import Actor
from courses.importing import deliveries
from courses.models import CourseRun, Delivery, ImportPlan
from kit import text
from portal.demo.courses import Offer, make_offers
from portal.demo.organizations import Maker, Numbers, Provider
from portal.demo.profiles import Profile

SENT = Profile("history", providers=1, courses=24, runs=40, sessions=200)
COLUMNS = [
    "Kursnummer", "Titel", "Beschreibung", "Zielgruppe", "Voraussetzungen", "Beginn", "Ende", "Einzeltermine",
    "Ort Name", "Straße", "PLZ", "Ort", "Format", "Preis", "Plätze",
]  # fmt: skip
BROKEN_OFF = b'<?xml version="1.0" encoding="UTF-8"?>\n<kurse>\n<kurs><knr>26H-101</knr><haupttitel>Wirbels'


def make_history(maker: Maker, providers: list[Provider], by: Actor) -> list[ImportPlan]:
    """The plans, oldest first. Deliveries are dated back; what they brought is as new as the region."""
    sender, other = _senders(providers)
    rows = _rows(maker, sender)
    first = _receive(maker, sender, "kurse-herbst.csv", _table(rows), by, days=34)
    second = _receive(maker, sender, "kurse-neu.csv", _table(rows[: len(rows) * 6 // 10]), by, days=0, apply=False)
    third = _receive(maker, other, "internet.xml", BROKEN_OFF, by, days=6, apply=False)
    return [*first, *second, *third]


def _senders(providers: list[Provider]) -> list[Provider]:
    """Two small ones whom everybody may see."""
    seen = [each for each in providers if each.organization.has_profile and each.sort != "online"]
    return seen[-2:]


def _rows(maker: Maker, provider: Provider) -> list[list]:
    """One row per run that lies ahead, as a table of the provider would name it."""
    own = Numbers(*(count(1) for _ in range(6)))
    writer = Maker(SENT, maker.week, maker.spots, own)
    alone = Provider(
        provider.organization, provider.sort, provider.spot, SENT.courses, provider.locations, provider.spots,
        provider.contacts, [],
    )  # fmt: skip
    ahead = maker.week + timedelta(weeks=2)
    return [
        _row(offer, run, provider)
        for offer in make_offers(writer, [alone], {})
        for run in offer.runs
        if run.starts_on and run.starts_on > ahead
    ]


def _row(offer: Offer, run: CourseRun, provider: Provider) -> list:
    place = next((place for place in provider.locations if place.pk == run.location_id), None)
    where = [place.name, place.street, place.postcode, place.city] if place else ["", "", "", ""]
    dates = [_date(session) for session in offer.sessions if session[0] == run.pk]
    price = {"free": "kostenlos", "on_request": ""}.get(run.price_kind, f"{run.price}".replace(".", ","))
    course = offer.course
    return [
        run.number, course.title, text.plain(course.description), course.audience, course.requirements,
        f"{run.starts_on:%d.%m.%Y}", f"{run.ends_on:%d.%m.%Y}", "; ".join(dates), *where,
        "vor Ort" if place else "online", price, run.places or "",
    ]  # fmt: skip


def _date(session: tuple) -> str:
    _run, day, starts, ends, _room = session
    return f"{day:%d.%m.%Y} {starts:%H:%M}-{ends:%H:%M}" if starts else f"{day:%d.%m.%Y}"


def _table(rows: list[list]) -> bytes:
    out = StringIO()
    csv.writer(out, delimiter=";").writerows([COLUMNS, *rows])
    return out.getvalue().encode("utf-8-sig")


def _receive(
    maker: Maker, provider: Provider, name: str, content: bytes, by: Actor, *, days: int, apply: bool = True
) -> list[ImportPlan]:
    delivery = deliveries.receive(file=BytesIO(content), name=name, provider=provider.organization, by=by)
    plans = deliveries.plan_delivery(delivery=delivery, by=by)
    Delivery.objects.filter(pk=delivery.pk).update(received_at=maker.anchor - timedelta(days=days))
    return [_apply(plan, by) if apply else plan for plan in plans]


def _apply(plan: ImportPlan, by: Actor) -> ImportPlan:
    deliveries.approve(plan=plan, by=by)
    return deliveries.apply_plan(plan=plan, by=by)
