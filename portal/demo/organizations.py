"""Makes the invented organisations with their addresses, contacts and certifications."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random

from django.utils.text import slugify

from kit import text
from portal.demo import people, texts
from portal.demo.profiles import TOP_PROVIDERS, Profile
from providers.models import Certification, Contact, Location, Organization

LAENDER = {"15": "Sachsen-Anhalt", "16": "Thüringen"}
CERTIFIER = "Prüfstelle Bildung Mitte (erfunden)"
CHECKED_BY = "Bildungsbüro Harz-Kyffhäuser"
JITTER = 0.008  # degrees; about half a kilometre around the middle of a town


@dataclass(frozen=True)
class Spot:
    """A real town: where it is and which postcodes it has."""

    id: int
    name: str
    district: str
    latitude: float
    longitude: float
    postcodes: tuple[str, ...]


@dataclass
class Provider:
    """An organisation in the making, with what belongs to it and how many courses it holds."""

    organization: Organization
    sort: str
    spot: Spot
    courses: int = 0
    locations: list[Location] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)  # parallel to locations
    contacts: list[Contact] = field(default_factory=list)
    certifications: list[Certification] = field(default_factory=list)

    @property
    def has_azav(self) -> bool:
        return any(each.kind == Certification.Kind.AZAV_PROVIDER for each in self.certifications)


@dataclass
class Numbers:
    """The next free primary key of each table: rows know each other before they are written."""

    organization: count
    location: count
    contact: count
    certification: count
    course: count
    run: count


@dataclass
class Maker:
    """What all steps need: chance with a fixed seed, the week that dates count from, towns, keys."""

    profile: Profile
    week: date  # a Monday
    spots: list[Spot]
    numbers: Numbers
    rng: Random = field(init=False)

    def __post_init__(self):
        self.rng = Random(f"harz-kyffhaeuser-{self.profile.name}")  # noqa: S311 - chance, no secrets

    @property
    def anchor(self) -> datetime:
        """The Sunday before the current week: nothing of the region was made later than that."""
        return datetime.combine(self.week - timedelta(days=1), time(6), tzinfo=UTC)

    def ago(self, least: int, most: int) -> datetime:
        return self.anchor - timedelta(days=self.rng.randint(least, most), minutes=self.rng.randrange(0, 600))


def make_providers(maker: Maker) -> list[Provider]:
    """All providers of the profile, the big ones first."""
    lines = _lines(maker)
    providers = [_make(maker, line) for line in lines]
    for provider, share in zip(providers, _shares(maker), strict=True):
        provider.courses = share
    _mark_odd_ones(providers, maker)
    return providers


def _lines(maker: Maker) -> list[str]:
    """ "name|sort|town|further towns" of every provider."""
    named, wanted = texts.organizations()["named"], maker.profile.providers
    if wanted <= len(named):
        return [named[index * (len(named) - 1) // (wanted - 1)] for index in range(wanted)]
    return named + _more_lines(maker, wanted - len(named))


def _more_lines(maker: Maker, wanted: int) -> list[str]:
    """Names from patterns, each once; where pictures and surnames run out, a number tells them apart."""
    bank, rng = texts.organizations(), maker.rng
    used: dict[str, int] = {}
    lines = []
    for index in range(wanted):
        spot = rng.choice(maker.spots)
        pattern, sort = bank["patterns"][index % len(bank["patterns"])].split("|")
        names = rng.sample(people.SURNAMES, 2)
        words = {"ort": spot.name, "bild": rng.choice(bank["pictures"]), "name": names[0], "name2": names[1]}
        name = texts.fill(pattern, words)
        used[name] = used.get(name, 0) + 1
        unique = name if used[name] == 1 else f"{name} {used[name]}"
        lines.append(f"{unique}|{sort}|{spot.name}|")
    return lines


def _shares(maker: Maker) -> list[int]:
    """How many courses each provider holds: one in twenty holds half of all."""
    wanted, total = maker.profile.providers, maker.profile.courses
    top = max(1, round(wanted * TOP_PROVIDERS))
    slope = 1.1 if top < 10 else 0.4
    heads = _split(total // 2, [1 / (index + 1) ** slope for index in range(top)])
    tails = _split(total - total // 2, [maker.rng.lognormvariate(0, 0.7) for _ in range(wanted - top)])
    return heads + tails


def _split(total: int, weights: list[float]) -> list[int]:
    """Whole numbers in the proportion of the weights, at least 1 each, that add up to the total."""
    free = total - len(weights)
    parts = [1 + int(free * weight / sum(weights)) for weight in weights]
    for index in range(total - sum(parts)):
        parts[index % len(parts)] += 1
    return parts


def _mark_odd_ones(providers: list[Provider], maker: Maker) -> None:
    """A few small ones are drafts without a profile page, one is blocked: queues should not be empty."""
    small = sorted(providers, key=lambda each: (each.courses, each.organization.slug))
    drafts = max(1, len(providers) // 25)
    for provider in small[:drafts]:
        provider.organization.state = Organization.State.DRAFT
    blocked = small[drafts].organization
    blocked.blocked_at = maker.ago(3, 20)
    blocked.blocked_reason = "Adresse und Telefon stimmen nicht mehr, der Träger antwortet nicht."


def _make(maker: Maker, line: str) -> Provider:
    name, sort, town, further = line.split("|")
    spot = _spot(maker, town)
    provider = Provider(_organization(maker, name, sort, town), sort, spot)
    for index, where in enumerate([town, *filter(None, further.split(","))]):
        _add_location(maker, provider, _spot(maker, where), is_main=index == 0)
    if not further and maker.rng.random() < 0.35:
        _add_location(maker, provider, spot, is_main=False)
    for index in range(maker.rng.choice((1, 2, 2, 3))):
        _add_contact(maker, provider, role=2 if index == 0 else 1)
    for kind in texts.organizations()["sort"][sort]["certifications"]:
        _add_certification(maker, provider, kind)
    return provider


def _spot(maker: Maker, town: str) -> Spot:
    """The town of this name, in the region where there are several (Blankenburg)."""
    found = [spot for spot in maker.spots if spot.name == town]
    return (
        max(found, key=lambda spot: (spot.district == "15085", spot.id * -1))
        if found
        else maker.rng.choice(maker.spots)
    )


def _organization(maker: Maker, name: str, sort: str, town: str) -> Organization:
    bank, rng = texts.organizations()["sort"][sort], maker.rng
    portrait = {
        key: _portrait(bank[key], name, town, rng) for key in ("mission", "audience", "equipment", "staff_note")
    }
    domain = people.domain(name)
    made = maker.ago(200, 900)
    return Organization(
        pk=next(maker.numbers.organization), name=name, sort_key=text.fold(name)[:255],
        slug=slugify(text.transliterate(name))[:120], kinds=["provider", *bank.get("kinds", [])],
        legal_form=bank["legal_form"], phone=people.phone(rng, people.line(rng)), email=f"info@{domain}", website=f"https://www.{domain}/",
        opening_hours=rng.choice(texts.phrases()["hours"]["office"]), directions=_directions(rng),
        state=Organization.State.PUBLISHED, is_trusted=sort in {"vhs", "kammer"}, created_at=made,
        updated_at=max(made, maker.ago(2, 120)), **portrait,
    )  # fmt: skip


def _portrait(lines: list[str], name: str, town: str, rng: Random) -> str:
    chosen = lines if rng.random() < 0.4 else [rng.choice(lines)]
    return texts.fill(" ".join(chosen), {"name": name, "ort": town})


def _directions(rng: Random) -> str:
    bank = texts.phrases()["venue"]
    return texts.fill(rng.choice(bank["directions"]), {"halt": rng.choice(bank["stops"])})


def _add_location(maker: Maker, provider: Provider, spot: Spot, *, is_main: bool) -> None:
    bank, rng = texts.phrases()["venue"], maker.rng
    named = "" if is_main and rng.random() < 0.5 else rng.choice(bank["names"])
    street = f"{rng.choice(bank['streets'])} {rng.randint(1, 68)}"
    postcode = rng.choice(spot.postcodes)
    step_free = rng.choice((True, True, True, None, False))
    way = {True: rng.choice(bank["free"]), False: rng.choice(bank["steps"]), None: ""}[step_free]
    location = Location(
        pk=next(maker.numbers.location), organization=provider.organization, name=named, street=street,
        postcode=postcode,
        city=spot.name, state_name=LAENDER.get(spot.district[:2], ""),
        key=Location.make_key(named, street, postcode, spot.name, ""), is_main=is_main, is_barrier_free=step_free,
        remarks=f"{_directions(rng)} {way}".strip(), place_id=spot.id,
        latitude=round(spot.latitude + rng.uniform(-JITTER, JITTER), 5),
        longitude=round(spot.longitude + rng.uniform(-JITTER, JITTER), 5),
        created_at=provider.organization.created_at, updated_at=provider.organization.created_at,
    )  # fmt: skip
    if all(location.key != other.key for other in provider.locations):
        provider.locations.append(location)
        provider.spots.append(spot)


def _add_contact(maker: Maker, provider: Provider, *, role: int) -> None:
    rng, who = maker.rng, people.person(maker.rng)
    number = people.phone(rng, provider.organization.phone[:-3] + "{}")
    email = people.address(who["first_name"], who["last_name"], people.domain(provider.organization.name))
    contact = Contact(
        pk=next(maker.numbers.contact), organization=provider.organization, role=role, phone=number, email=email,
        mobile=people.mobile(rng) if rng.random() < 0.15 else "",
        key=Contact.make_key(role, who["first_name"], who["last_name"], number, email),
        created_at=provider.organization.created_at, updated_at=provider.organization.created_at, **who,
    )  # fmt: skip
    if all(contact.key != other.key for other in provider.contacts):
        provider.contacts.append(contact)


def _add_certification(maker: Maker, provider: Provider, kind: str) -> None:
    """Most are valid and checked; some end soon, have ended, or wait for somebody to check them."""
    rng = maker.rng
    fate = rng.choices(("valid", "soon", "expired", "unchecked"), (70, 10, 10, 10))[0]
    if not provider.certifications and provider.sort == "vhs":
        fate = "valid"
    until = {
        "valid": rng.randint(120, 1400), "unchecked": rng.randint(300, 1400), "soon": rng.randint(8, 55),
        "expired": -rng.randint(5, 300),
    }[fate]  # fmt: skip
    valid_to = maker.week + timedelta(days=until)
    checked = fate != "unchecked"
    begin = valid_to - timedelta(days=3 * 365 if kind.startswith(("azav", "iso")) else 5 * 365)
    provider.certifications.append(
        Certification(
            pk=next(maker.numbers.certification), organization=provider.organization, kind=kind,
            number=f"{kind.split('_')[0].upper()}-{rng.randrange(10000, 99999)}", certifier_name=CERTIFIER,
            scope="Fachbereiche 1, 3 und 4" if kind == "azav_provider" else "", valid_from=begin, valid_to=valid_to,
            checked_by=CHECKED_BY if checked else "",
            checked_at=maker.ago(1, 90) if checked else None,
            created_at=maker.ago(91, 200), updated_at=maker.ago(1, 90),
        )
    )  # fmt: skip
