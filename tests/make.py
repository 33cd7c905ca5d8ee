"""Plain functions that make rows for tests: `make_user("editor", email=…)`. Unnamed fields get sensible values."""

import itertools
import time
from datetime import time as time_of_day
from datetime import timedelta
from decimal import Decimal

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.utils.text import slugify

from accounts.models import User
from courses.models import Course, CourseRun, Session
from kit import clock, text
from providers.models import Certification, Contact, Location, Membership, Organization
from taxonomy.models import District, FundingType, Land, Place, Postcode, Region, Topic

PASSWORD = "a-long-enough-password"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LAENDER = {"15": "Sachsen-Anhalt", "16": "Thüringen", "03": "Niedersachsen"}
_numbers = itertools.count(1)


def make_user(*roles: str, email: str = "", password: str = PASSWORD, **fields) -> User:
    """A person with a verified address and, where a role asks for it, a second factor with TOTP_SECRET."""
    email = email or f"{'-'.join(roles) or 'nobody'}-{next(_numbers)}@example.org"
    user = User.objects.create_user(email, password, roles=list(roles), **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if user.needs_second_factor:
        TOTP.activate(user, TOTP_SECRET)
    return user


def make_login(client: Client, user: User, *, second_factor: bool | None = None, fresh_for: float = 0) -> Client:
    """Logs in as allauth would, with the second factor shown where the role asks for it (or as told).

    `fresh_for` is how many seconds the login stays as if just done, for tests that share it.
    """
    now = time.time() + fresh_for
    client.force_login(user)
    shown = user.needs_second_factor if second_factor is None else second_factor
    records = [{"method": "password", "at": now, "email": user.email, "reauthenticated": True}]
    if shown:
        records.append({"method": "mfa", "at": now, "type": Authenticator.Type.TOTP})
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
    session.save()
    return client


# ── Region and vocabulary


def make_region(**fields) -> Region:
    """The one row of the region; a second call changes it."""
    defaults = {
        "name": "Lernregion Testland",
        "office": "Bildungsbüro Testland",
        "address": "Markt 1\n99734 Nordhausen",
        "phone": "03631 000000",
        "email": "info@region.example",
        "opening_hours": "Mo bis Fr 9 bis 16 Uhr",
    }
    return Region.objects.update_or_create(pk=1, defaults={**defaults, **fields})[0]


def make_district(code: str = "16062", name: str = "Landkreis Nordhausen", **fields) -> District:
    """A district, in the region unless told otherwise. The first two digits of the code are its Land."""
    land, _ = Land.objects.get_or_create(code=code[:2], defaults={"name": LAENDER.get(code[:2], f"Land {code[:2]}")})
    defaults = {"name": name, "land": land, "in_region": True, **fields}
    return District.objects.get_or_create(code=code, defaults=defaults)[0]


def make_place(name: str = "Nordhausen", *, postcodes: tuple[str, ...] = ("99734",), **fields) -> Place:
    """A place with its postcodes; the same name in the same district is the same place."""
    district = fields.pop("district", None) or make_district()
    slug = slugify(text.transliterate(name))
    if Place.objects.filter(slug=slug).exclude(name=name, district=district).exists():
        slug = f"{slug}-{district.code}"
    defaults = {"slug": slug, "latitude": 51.5018, "longitude": 10.7957, **fields}
    place, made = Place.objects.get_or_create(name=name, district=district, defaults=defaults)
    for code in postcodes if made else ():
        Postcode.objects.create(code=code, place=place, latitude=place.latitude, longitude=place.longitude)
    return place


def make_topic(name: str = "Deutsch lernen", **fields) -> Topic:
    slug = fields.pop("slug", None) or slugify(text.transliterate(name))
    return Topic.objects.get_or_create(slug=slug, defaults={"name": name, **fields})[0]


def make_funding(number: int = 2, level: str = "federal", **fields) -> FundingType:
    """A way to get a course paid; by default the Bildungsgutschein (federal, 2)."""
    name = fields.pop("name", "Bildungsgutschein" if (level, number) == ("federal", 2) else f"{level} {number}")
    defaults = {"name": name, "slug": f"{level}-{number}", **fields}
    return FundingType.objects.get_or_create(level=level, number=number, defaults=defaults)[0]


# ── Organisations


def make_organization(name: str = "", **fields) -> Organization:
    """An education provider with a public profile."""
    name = name or f"Bildungswerk {next(_numbers)}"
    slug = fields.pop("slug", None) or slugify(text.transliterate(name))
    defaults = {"kinds": ["provider"], "state": Organization.State.PUBLISHED}
    return Organization.objects.create(name=name, slug=slug, **{**defaults, **fields})


def make_location(organization: Organization | None = None, **fields) -> Location:
    """An address in the middle of Nordhausen; `place=None` and no position for one that was not recognised."""
    organization = organization or make_organization()
    defaults = {"street": f"Musterweg {next(_numbers)}", "postcode": "99734", "city": "Nordhausen"}
    if "place" not in fields:
        fields["place"] = make_place()
    if fields["place"] and "latitude" not in fields:
        defaults |= {"latitude": fields["place"].latitude, "longitude": fields["place"].longitude}
    return Location.objects.create(organization=organization, **{**defaults, **fields})


def make_contact(organization: Organization | None = None, **fields) -> Contact:
    defaults = {"first_name": "Kim", "last_name": f"Muster{next(_numbers)}", "phone": "03631 000001"}
    return Contact.objects.create(organization=organization or make_organization(), **{**defaults, **fields})


def make_membership(user: User, organization: Organization | None = None, role: str = "editor") -> Membership:
    organization = organization or make_organization()
    return Membership.objects.create(user=user, organization=organization, role=role)


def make_certification(organization: Organization | None = None, **fields) -> Certification:
    """A checked AZAV certification, valid for another year; `checked_at=None` makes one that nobody checked."""
    today = clock.today()
    defaults = {
        "kind": Certification.Kind.AZAV_PROVIDER,
        "number": f"Z-{next(_numbers)}",
        "valid_from": today - timedelta(days=365),
        "valid_to": today + timedelta(days=365),
        "checked_at": clock.now(),
    }
    values = {**defaults, **fields}
    values.setdefault("checked_by", "coordinator 1" if values["checked_at"] else "")
    return Certification.objects.create(organization=organization or make_organization(), **values)


# ── Courses


def make_course(provider: Organization | None = None, **fields) -> Course:
    """A published course without dates; `make_run` gives it one."""
    defaults = {"title": f"Kurs {next(_numbers)}", "state": Course.State.PUBLISHED}
    return Course.objects.create(provider=provider or make_organization(), **{**defaults, **fields})


def make_run(course: Course | None = None, **fields) -> CourseRun:
    """A run that begins in two weeks in Nordhausen and costs 100 euros; `location=None` for one without a venue."""
    course = course or make_course()
    if "location" not in fields:
        fields["location"] = course.provider.locations.first() or make_location(course.provider)
    starts_on = fields.pop("starts_on", clock.today() + timedelta(days=14))
    defaults = {"starts_on": starts_on, "mode": CourseRun.Mode.ON_SITE}
    if fields.get("price_kind", CourseRun.PriceKind.KNOWN) == CourseRun.PriceKind.KNOWN:
        defaults |= {"price": Decimal(100), "price_kind": CourseRun.PriceKind.KNOWN}
    return CourseRun.objects.create(course=course, **{**defaults, **fields})


def make_session(run: CourseRun | None = None, **fields) -> Session:
    """A single date of a run: its first day, 18 to 19.30 o'clock."""
    run = run or make_run()
    defaults = {"day": run.starts_on or clock.today(), "starts": time_of_day(18), "ends": time_of_day(19, 30)}
    return Session.objects.create(run=run, **{**defaults, **fields})
