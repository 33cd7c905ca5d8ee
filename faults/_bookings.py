"""A thousand people want the same time: one counsellor, one page, one press of the button by everybody at once."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from http.client import HTTPConnection
from urllib.parse import urlencode

from django.db import connection
from django.db.models import BaseConstraint

from accounts.models import User
from counseling import slots
from counseling.models import Appointment, Center, Claim, Counsellor, Service, Subject, WeeklyHours
from kit import clock
from providers.models import Location, Organization
from taxonomy.models import Land

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')
PAUSE = """
CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END';
CREATE TRIGGER pause BEFORE INSERT ON counseling_claim FOR EACH STATEMENT EXECUTE FUNCTION pause();
"""
NO_PAUSE = "DROP TRIGGER pause ON counseling_claim; DROP FUNCTION pause();"
PATIENCE = 300  # seconds for an answer


@dataclass(frozen=True)
class Offer:
    service: Service
    subject: Subject
    counsellor: Counsellor

    def times(self, number: int) -> list[datetime]:
        """So many free times, one for each round."""
        found = slots.free(self.service, first_day=clock.today(), days=56, mode="phone")
        return [slot.starts_at for slot in found][:number]


def offer(number: int = 1) -> Offer:
    """A counsellor with time all week, who advises by phone."""
    organization = Organization.objects.create(name="Bildungsberatung", slug=f"beratung-{number}", kinds=["counseling"])
    center = Center.objects.create(
        organization=organization,
        name="Bildungsberatung",
        slug=f"beratung-{number}",
        location=Location.objects.create(organization=organization, city="Nordhausen"),
        land=Land.objects.get_or_create(code="16", defaults={"name": "Thüringen"})[0],
        phone="03631 000004",
        email="beratung@region.example",
        opening_hours="Mo bis Do 9 bis 16 Uhr",
    )
    subject = Subject.objects.create(name="Beruf", audiences=["person"])
    service = Service.objects.create(
        name="Beratung", slug=f"beratung-{number}", audience="person", modes=["phone"], every=60, pause_after=0
    )
    service.subjects.add(subject)
    user = User.objects.create_user(f"berater-{number}@region.example", None, roles=["counsellor"])
    counsellor = Counsellor.objects.create(
        user=user, center=center, display_name="Beraterin", languages=["de"], modes=["phone"]
    )
    counsellor.subjects.add(subject)
    hours = {"starts": time(8), "ends": time(18), "modes": ["phone"], "valid_from": date(2020, 1, 1)}
    WeeklyHours.objects.bulk_create(WeeklyHours(counsellor=counsellor, weekday=day, **hours) for day in range(7))
    return Offer(service, subject, counsellor)


@contextmanager
def guard_removed() -> Iterator[None]:
    """The control: no constraint, and a pause in which others are as far as oneself."""
    with connection.schema_editor() as editor, connection.cursor() as cursor:
        for constraint in _guards():
            editor.remove_constraint(Claim, constraint)
        cursor.execute(PAUSE)
    try:
        yield
    finally:
        Claim.objects.all().delete()
        with connection.schema_editor() as editor, connection.cursor() as cursor:
            cursor.execute(NO_PAUSE)
            for constraint in _guards():
                editor.add_constraint(Claim, constraint)


def _guards() -> list[BaseConstraint]:
    return [constraint for constraint in Claim._meta.constraints if constraint.name.startswith("claim_counsellor_")]


# ── One round over HTTP


@dataclass(frozen=True)
class Answer:
    status: int
    is_held: bool
    is_helpful: bool  # names the next free time
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What the clients saw, and what the database holds."""

    answers: list[Answer]
    booked: int
    claims: int

    @property
    def breaches(self) -> list[str]:
        statuses = Counter(answer.status for answer in self.answers)
        held = sum(answer.is_held for answer in self.answers)
        unhelpful = sum(not (answer.is_held or answer.is_helpful) for answer in self.answers)
        found = {
            f"{held} clients were told they have the time": held != 1,
            f"{self.booked} appointments hold it": self.booked != 1,
            f"{self.claims} talks claim it": self.claims != 1,
            f"answers {dict(statuses)}": any(status >= 500 or status == 0 for status in statuses),
            f"{unhelpful} losers were left alone": unhelpful > 0,
        }
        return [words for words, is_breach in found.items() if is_breach]


def race(port: int, offer: Offer, starts_at: datetime, clients: int) -> Outcome:
    target, cookie, token = _form(port, offer, starts_at)
    body = urlencode({"csrfmiddlewaretoken": token, "zeit": f"{starts_at:%Y-%m-%dT%H:%MZ}"})
    request = (
        f"POST {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: csrftoken={cookie}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
    answers = asyncio.run(_all_at_once(port, request.encode(), clients))
    talks = Claim.objects.filter(kind=Claim.Kind.CORE, during__startswith=starts_at).count()
    return Outcome(answers, Appointment.objects.holding().filter(starts_at=starts_at).count(), talks)


def address(offer: Offer, starts_at: datetime) -> str:
    """The page of times with this one on it."""
    week = clock.local(starts_at).date()
    query = {"fuer": "person", "thema": offer.subject.pk, "art": "phone", "sprache": "de", "woche": week}
    return f"/beratung/buchen/termin/?{urlencode(query)}"


def _form(port: int, offer: Offer, starts_at: datetime) -> tuple[str, str, str]:
    """The page as a browser would have it: its address, its cookie, its token."""
    target = address(offer, starts_at)
    wire = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    wire.request("GET", target)
    response = wire.getresponse()
    page = response.read()
    cookie = response.headers["Set-Cookie"].partition("csrftoken=")[2].partition(";")[0]
    return target, cookie, TOKEN.search(page)[1].decode()


async def _all_at_once(port: int, request: bytes, clients: int) -> list[Answer]:
    """Every client comes from an address of its own and is connected before the first one speaks."""
    started = asyncio.Event()
    ready = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(_client(port, request, number, ready, started)) for number in range(clients)]
    for _client_number in range(clients):
        await ready.acquire()
    started.set()
    return await asyncio.gather(*tasks)


async def _client(port: int, request: bytes, number: int, ready, started) -> Answer:
    source = (f"127.1.{number // 250}.{number % 250 + 1}", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=source)
    ready.release()
    await started.wait()
    began = asyncio.get_running_loop().time()
    try:
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
    except (OSError, TimeoutError):
        answer = b""
    finally:
        writer.close()
    return _read(answer, asyncio.get_running_loop().time() - began)


def _read(answer: bytes, seconds: float) -> Answer:
    status = int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0
    return Answer(
        status=status,
        is_held=status == 302 and b"/beratung/buchen/angaben/" in answer,
        is_helpful=status == 409 and "Nächste freie Zeit".encode() in answer,
        seconds=seconds,
    )
