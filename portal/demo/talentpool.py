"""Makes the invented talent pools: two of them, with people in every state in which somebody can be.

Moments count back from the same Sunday as the rest of the region, so that a week shows one picture. Written through
the models and not through the actions: nobody is to be mailed about what never happened.
"""

import tomllib
import uuid
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from itertools import count, cycle
from pathlib import Path

from django.core.files.base import ContentFile
from django.db.models import Model
from PIL import Image, ImageDraw

from accounts.models import Consent, ConsentText, User
from accounts.roles import Role
from kit import text
from kit.models import OutboxMail
from portal.demo import people
from portal.demo.organizations import Maker, Spot
from providers.models import Location, Membership, Organization
from talentpool.models import (
    Agreement,
    CheckIn,
    ContactRequest,
    Document,
    Endorsement,
    Entry,
    Exclusion,
    Guardian,
    Invitation,
    Member,
    OpeningLimit,
    Operator,
    Outcome,
    Pool,
    ProfileView,
    PurgeBrake,
    Strength,
)  # fmt: skip

REGION, HOSTS = "nordthueringen-harz", "gastgeber"
TOWNS = ["Nordhausen", "Sondershausen", "Bad Frankenhausen", "Wernigerode", "Halberstadt", "Quedlinburg", "Mühlhausen"]
SHOWN = 27  # people whom companies of the region see: more than one page
SEASONED = 7  # in the pool of hosts
SPECIAL = (
    "onboarding",
    "guardian",
    "paused",
    "asked once",
    "asked twice",
    "unreachable",
    "orphaned",
    "withdrawn",
    "hired",
)
PROFILES = [
    ("S13", "training", "middle"), ("S22", "training", "middle"), ("S14", "training", "first"),
    ("S41", "dual", "high"), ("S31", "training", "first"), ("S52", "job", "vocational"),
    ("S32", "job", "vocational"), ("S23", "training", "middle"), ("S12", "job", "other"),
    ("S21", "internship", "school"), ("S13", "internship", "school"), ("S22", "job", "vocational"),
]  # fmt: skip


@cache
def bank() -> dict:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


class Scene:
    """What the steps share: the maker's chance and week, the pools, their members."""

    def __init__(self, maker: Maker, users: dict[str, User]):
        self.maker, self.rng, self.users = maker, maker.rng, users
        self.spots = {spot.name: spot for spot in maker.spots}
        self.numbers = count(1)
        self.pools: dict[str, Pool] = {}
        self.members: dict[str, dict[str, Member]] = {}

    def ago(self, days: float):
        return self.maker.anchor - timedelta(days=days)

    def month(self, months: int) -> date:
        """The first of the month so many months ago."""
        index = self.maker.week.year * 12 + self.maker.week.month - 1 - months
        return date(index // 12, index % 12 + 1, 1)

    def spot(self, name: str) -> Spot:
        return self.spots.get(name) or self.maker.spots[0]

    def vouching(self, pool: Pool) -> list[Member]:
        return [member for member in self.members[pool.slug].values() if member.approved_at and not member.ended_at]


def make_pools(maker: Maker, users: dict[str, User]) -> int:
    """Everything; returns how many people there are."""
    scene = Scene(maker, users)
    offices = {key: _make_office(scene, key) for key in bank()["operators"]}
    _join(users["traeger"], offices["Nordhausen"])
    for slug in (REGION, HOSTS):
        _make_pool(scene, slug, offices)
    _make_people(scene)
    _make_requests(scene)
    _make_invitations(scene)
    _make_outcomes(scene)
    return Entry.objects.count()


# ── Pools, municipalities, members


def _make_office(scene: Scene, key: str) -> Organization:
    name, *_people = bank()["operators"][key]
    return organization_of(
        scene, name, "municipality", {"Kyffhäuser": "Sondershausen", "Harz": "Halberstadt"}.get(key, key)
    )


def organization_of(scene: Scene, name: str, kind: str, town: str) -> Organization:
    """The one of this name, with an address in its town. The company of the demo login is there already."""
    slug = text.transliterate(name.removesuffix(" (erfunden)")).lower().replace(" ", "-").replace(".", "")
    local = people.domain(name.removesuffix(" (erfunden)"))
    organization, _made = Organization.objects.get_or_create(
        name=name, defaults={"slug": f"{slug}"[:120], "kinds": [kind], "state": "published", "email": f"info@{local}"}
    )
    spot = scene.spot(town)
    if not organization.locations.exists():
        Location.objects.create(
            organization=organization, street=f"Werkstraße {next(scene.numbers)}", postcode=spot.postcodes[0],
            city=spot.name, place_id=spot.id, latitude=spot.latitude, longitude=spot.longitude, is_main=True,
        )  # fmt: skip
    return organization


def _make_pool(scene: Scene, slug: str, offices: dict[str, Organization]) -> None:
    words = bank()["pools"][slug]
    pool = Pool.objects.create(
        name=words["name"], slug=slug, kind=words["kind"], introduction=words["introduction"],
        rejection_text=bank()["rejection"].strip(), consent_text=bank()["consent"].strip(),
        consent_version="2026-1", consent_since=scene.ago(400), agreement_text=bank()["agreement"].strip(),
        agreement_version="2026-1",
    )  # fmt: skip
    operators = {key: _make_operator(pool, key, offices[key]) for key in words["operators"]}
    scene.pools[slug] = pool
    wanted = [row for row in bank()["members"] if row["operator"] in operators]
    if slug == HOSTS:
        wanted = [row for row in wanted if "Hotel" in row["name"] or "Gasthof" in row["name"]]
    scene.members[slug] = {row["name"]: _make_member(scene, operators[row["operator"]], row) for row in wanted}


def _make_operator(pool: Pool, key: str, office: Organization) -> Operator:
    _name, contact, phone, standin, standin_phone = bank()["operators"][key]
    at = people.domain(office.name.removesuffix(" (erfunden)"))
    return Operator.objects.create(
        pool=pool, organization=office, contact_name=contact, contact_phone=phone, contact_email=f"talente@{at}",
        standin_name=standin, standin_phone=standin_phone, standin_email=f"vertretung@{at}",
        introduction="Rufen Sie uns an, wenn etwas klemmt. Wir kommen auch in Ihren Betrieb.",
    )  # fmt: skip


def _make_member(scene: Scene, operator: Operator, row: dict) -> Member:
    organization = organization_of(scene, row["name"], row["kind"], row["town"])
    if row["name"].startswith("Regelschule"):
        _join(scene.users["school"], organization, Membership.Role.TEACHER)
    member = Member(pool=operator.pool, operator=operator, organization=organization, kind=row["kind"])
    if row.get("state") != "waiting":
        member.approved_at, member.approved_by = scene.ago(300), "Karla Beispiel"
        member.agreement_version, member.agreement_signed_on = "2026-1", scene.ago(305).date()
    if row.get("state") == "ended":
        member.ended_at, member.end_reason = scene.ago(40), "Der Betrieb zieht in eine andere Region."
    member.save()
    Member.objects.filter(pk=member.pk).update(created_at=scene.ago(4 if row.get("state") == "waiting" else 310))
    return member


def _join(user: User, organization: Organization, role: str = Membership.Role.ADMIN) -> None:
    Membership.objects.create(user=user, organization=organization, role=role)


# ── People


def _make_people(scene: Scene) -> None:
    region, hosts = scene.pools[REGION], scene.pools[HOSTS]
    profiles = cycle(PROFILES)
    kaja = _make_entry(scene, region, ("S13", "training", "middle"), user=scene.users["candidate"])
    _make_document(kaja, Document.Kind.CV, "Lebenslauf")
    _make_document(kaja, Document.Kind.REPORT, "Zeugnis Klasse 10")
    _make_document(kaja, Document.Kind.OTHER, "Nur für mich: Notizen", is_visible=False)
    for number in range(SHOWN - 1):
        entry = _make_entry(scene, region, next(profiles))
        if number % 5 == 0:
            _make_document(entry, Document.Kind.CV, "Lebenslauf")
    for state in SPECIAL:
        _set(scene, _make_entry(scene, region, next(profiles), stamps=2), state)
    for _number in range(SEASONED):
        _make_entry(scene, hosts, ("S21", "job", "vocational"), age=scene.rng.randint(27, 58))
    excluded = scene.members[REGION]["Federnwerk Zorgebrücke GmbH (erfunden)"].organization
    hidden = Entry.objects.filter(pool=region).exclude(pk=kaja.pk).order_by("created_at", "pk").first()
    Exclusion.objects.create(entry=hidden, organization=excluded)


def _make_entry(
    scene: Scene, pool: Pool, profile: tuple, *, user: User | None = None, age: int = 0, stamps: int = 0
) -> Entry:
    rng, (family, seeking, level) = scene.rng, profile
    user = user or _make_user(scene)
    spot = scene.spot(rng.choice(TOWNS))
    confirmed = scene.ago(rng.randint(1, 70))
    kind = "job" if seeking == "job" else "training"
    years = age or rng.randint(17, 24)
    entry = Entry.objects.create(
        id=uuid.UUID(int=rng.getrandbits(128), version=4), pool=pool, user=user, state=Entry.State.ACTIVE,
        confirmed_at=confirmed,
        birth_date=scene.maker.week - timedelta(days=years * 365 + rng.randint(20, 340)), phone=people.mobile(rng),
        seeking=[seeking], job_families=[family], level=level, hours=rng.choice(("full", "full", "both", "part")),
        place_id=spot.id, radius=rng.choice((15, 25, 25, 40, 60)),
        available_from=scene.maker.week + timedelta(days=rng.choice((-20, -5, 30, 60, 120))),
        about=rng.choice(bank()["about"][family]), experience=rng.choice(bank()["experience"][kind]),
    )  # fmt: skip
    agreed = {
        "user": user, "text_version": pool.consent_version, "given_at": scene.ago(80), "way": "login", "language": "de",
    }  # fmt: skip
    Consent.objects.bulk_create(
        Consent(purpose=each.purpose_for(entry), text_hash=ConsentText.keep(each.words_for(entry)), **agreed)
        for each in (Agreement.SEEN, Agreement.CONTACT)
    )
    _stamp(scene, entry, stamps or rng.choice((1, 1, 2, 3)))
    return entry


def _make_user(scene: Scene) -> User:
    first = scene.rng.choice(people.WOMEN + people.MEN)
    last = f"Beispiel-{scene.rng.choice(people.SURNAMES)}"
    email = f"talent-{next(scene.numbers):03d}@talente.example"
    user, _made = User.objects.update_or_create(
        email=email, defaults={"full_name": f"{first} {last}", "roles": [Role.CANDIDATE], "password": "!"}
    )
    return user


def _stamp(scene: Scene, entry: Entry, wanted: int) -> None:
    members = scene.vouching(entry.pool)
    chosen = scene.rng.sample(members, min(wanted, len(members)))
    Endorsement.objects.bulk_create(_stamp_of(scene, entry, member) for member in chosen)


def _stamp_of(scene: Scene, entry: Entry, member: Member) -> Endorsement:
    is_school = member.kind == Member.Kind.SCHOOL
    return Endorsement(
        entry=entry, member=member, month=scene.month(scene.rng.randint(0, 5)),
        criterion="school" if is_school else scene.rng.choice(("interview", "papers", "trial")),
        strengths=scene.rng.sample(Strength.values, 3) if is_school else [],
        state=Endorsement.State.ACCEPTED, decided_at=scene.ago(30),
    )  # fmt: skip


def _make_document(entry: Entry, kind: str, title: str, *, is_visible: bool = True) -> None:
    """A page that says that it is invented."""
    page = Image.new("RGB", (595, 842), "white")
    ImageDraw.Draw(page).text((60, 60), f"{title} (erfunden)\nVorführung des Talentpools", fill="black")
    held = BytesIO()
    page.save(held, "PDF")
    content = held.getvalue()
    Document.objects.create(
        entry=entry, kind=kind, title=title, media_type="application/pdf", size=len(content), is_visible=is_visible,
        file=ContentFile(content, name=f"{entry.pk}-{kind}.pdf"),
    )  # fmt: skip


# ── States


def _set(scene: Scene, entry: Entry, state: str) -> None:
    """Brings an entry into one of the states of SPECIAL."""
    fields = {
        "onboarding": {"state": Entry.State.ONBOARDING},
        "guardian": {"state": Entry.State.GUARDIAN, "birth_date": scene.maker.week - timedelta(days=15 * 365 + 30)},
        "paused": {"state": Entry.State.PAUSED},
        "asked once": {"confirmed_at": scene.ago(95)},
        "asked twice": {"confirmed_at": scene.ago(112)},
        "unreachable": {"unreachable_since": scene.ago(3)},
        "orphaned": {"orphaned_since": scene.ago(4)},
        "withdrawn": {"left_at": scene.ago(0.5), "leave_reason": "withdrawn"},
        "hired": {"left_at": scene.ago(1), "leave_reason": "hired"},
    }[state]
    for name, value in fields.items():
        setattr(entry, name, value)
    entry.visible_until = entry.confirmed_at + entry.pool.shown_for
    entry.save()
    _dress(scene, entry, state)


def _dress(scene: Scene, entry: Entry, state: str) -> None:
    """What belongs to a state besides the entry itself."""
    if state in ("onboarding", "guardian"):
        entry.endorsements.update(state=Endorsement.State.PROPOSED, decided_at=None)
    if state == "guardian":
        Guardian.objects.create(
            entry=entry, name="Elke Beispiel", email="elke@eltern.example", asked_at=scene.ago(2),
            text_version="2026-1", text_hash=ConsentText.keep(Agreement.SEEN.words_for(entry)),
        )  # fmt: skip
    if state == "orphaned":
        entry.endorsements.all().delete()
    if state.startswith("asked"):
        _check_in(scene, entry, 1, days=4 if state == "asked once" else 21)
    if state == "asked twice":
        _check_in(scene, entry, 2, days=5)


def _check_in(scene: Scene, entry: Entry, ordinal: int, *, days: int) -> None:
    mail = OutboxMail.objects.create(
        template="talentpool/email/check_in.txt", language="de", to=entry.user.email, purpose="pool check-in",
        subject="Suchen Sie noch?", body="(Der Text dieser Mail wurde nicht aufgehoben.)",
        state=OutboxMail.State.ACCEPTED, accepted_at=scene.ago(days), created_at=scene.ago(days),
    )  # fmt: skip
    CheckIn.objects.create(entry=entry, cycle=entry.cycle, ordinal=ordinal, asked_at=scene.ago(days), mail=mail)


# ── What happens between companies and people


def _make_requests(scene: Scene) -> None:
    """One request in each state of the demo login's company, and some views for the demo candidate."""
    company = scene.members[REGION]["Federnwerk Zorgebrücke GmbH (erfunden)"]
    shown = list(Entry.objects.visible_to(company).exclude(user=scene.users["candidate"]).order_by("created_at", "pk"))
    states = [("asked", ""), ("accepted", ""), ("accepted", "internship"), ("declined", ""), ("expired", "")]
    for (state, outcome), entry in zip(states, shown, strict=False):
        _request(scene, entry, company, state, outcome)
    kaja = Entry.objects.get(user=scene.users["candidate"])
    others = [member for member in scene.vouching(kaja.pool) if member.kind == "company" and member != company]
    _request(scene, kaja, others[0], "asked", "")
    _request(scene, kaja, others[1], "accepted", "")
    for number, member in enumerate([company, *others[:3]]):
        ProfileView.objects.create(
            entry=kaja, member=member, at=scene.ago(number), day=scene.ago(number).date(), document=None
        )
    OpeningLimit.objects.create(member=others[2], day=scene.ago(1).date(), at=scene.ago(1))


def _request(scene: Scene, entry: Entry, member: Member, state: str, outcome: str) -> None:
    ContactRequest.objects.create(
        entry=entry, member=member, purpose=scene.rng.choice(("internship", "interview", "talk")), state=state,
        message="Guten Tag, Ihr Profil gefällt uns. Kommen Sie auf einen Kaffee vorbei? Wir zeigen Ihnen alles.",
        asked_at=scene.ago(32 if state == "expired" else 6), outcome=outcome,
        answered_at=None if state == "asked" else scene.ago(1),
    )  # fmt: skip


def _make_invitations(scene: Scene) -> None:
    """Recent ones in every state, and enough old ones for numbers."""
    company = scene.members[REGION]["Federnwerk Zorgebrücke GmbH (erfunden)"]
    school = scene.members[REGION]["Regelschule Lindenanger (erfunden)"]
    for number, state in enumerate(Invitation.State.values):
        _invitation(scene, company if number % 2 else school, state, days=2)
    for number in range(16):
        state = ("accepted", "expired", "accepted", "declined", "added")[number % 5]
        _invitation(scene, company if number % 3 else school, state, days=70 + number * 5)


def _invitation(scene: Scene, member: Member, state: str, *, days: int) -> None:
    is_open = state in (Invitation.State.QUEUED, Invitation.State.SENT)
    is_school = member.kind == Member.Kind.SCHOOL
    named = {"name": "Alex Beispiel", "email": f"alex-{next(scene.numbers)}@talente.example"} if is_open else {}
    Invitation.objects.create(
        pool=member.pool, member=member, job_family=scene.rng.choice(("S13", "S22", "S31")), state=state,
        criterion="school" if is_school else "interview", strengths=["reliable", "team"] if is_school else [],
        rejected_on=None if is_school else scene.ago(days + 2).date(), created_at=scene.ago(days),
        expires_at=scene.ago(days - 14), ended_at=None if is_open else scene.ago(days - 1), **named,
    )  # fmt: skip


def _make_outcomes(scene: Scene) -> None:
    """Two years of people who have left, and a sweep that has stopped to ask."""
    rows: list[Model] = []
    for number in range(48):
        rows.append(
            Outcome(
                pool=scene.pools[REGION], month=scene.month(1 + number // 4),
                reason=scene.rng.choice(("hired", "hired", "hired", "withdrawn", "no_answer")),
                region=scene.rng.choice(("stayed", "stayed", "stayed", "left", "unknown")),
                through_pool=scene.rng.choice((True, True, False, None)),
                job_family=scene.rng.choice(("S13", "S22", "S31")),
            )
        )  # fmt: skip
    Outcome.objects.bulk_create(rows)
    PurgeBrake.objects.create(pool=scene.pools[HOSTS], asked_at=scene.ago(1), count=6, of=13)
