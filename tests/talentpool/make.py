"""Rows of the talent pool for tests: `make_entry(visible=True)`. Unnamed fields get sensible values."""

import itertools
from datetime import date, timedelta

from django.core.files.base import ContentFile

from accounts.models import Consent, User
from kit import clock
from kit.models import OutboxMail
from providers.models import Organization
from talentpool.models import CheckIn, ContactRequest, Document, Endorsement, Entry, Invitation, Member, Operator, Pool
from tests.make import make_membership, make_organization, make_place, make_user

_numbers = itertools.count(1)
CONSENT = "Ich möchte, dass Betriebe mein Profil sehen."


def make_pool(**fields) -> Pool:
    """A pool with the usual periods and one municipality that runs it."""
    number = next(_numbers)
    defaults = {
        "name": f"Talentpool {number}",
        "slug": f"pool-{number}",
        "consent_text": CONSENT,
        "consent_version": "2026-1",
        "consent_since": clock.now() - timedelta(days=400),
        "agreement_text": "Vereinbarung",
        "agreement_version": "2026-1",
    }
    pool = Pool.objects.create(**{**defaults, **fields})
    make_operator(pool)
    return pool


def make_operator(pool: Pool | None = None, organization: Organization | None = None, **fields) -> Operator:
    organization = organization or make_organization(kinds=["municipality"])
    defaults = {
        "contact_name": "Kim Muster",
        "contact_phone": "03631 000002",
        "contact_email": "kim@stadt.example",
        "standin_name": "Toni Muster",
        "standin_phone": "03631 000003",
        "standin_email": "toni@stadt.example",
    }
    return Operator.objects.create(pool=pool or make_pool(), organization=organization, **{**defaults, **fields})


def make_member(pool: Pool | None = None, organization: Organization | None = None, **fields) -> Member:
    """An approved company; `approved_at=None` for one that waits, `kind="school"` for a school."""
    pool = pool or make_pool()
    kind = fields.pop("kind", Member.Kind.COMPANY)
    organization = organization or make_organization(kinds=[kind])
    defaults = {
        "operator": pool.operators.first(),
        "approved_at": clock.now() - timedelta(days=200),
        "approved_by": "coordinator 1",
        "agreement_version": pool.agreement_version,
        "agreement_signed_on": clock.today() - timedelta(days=201),
    }
    values = {**defaults, **fields}
    if values["approved_at"] is None:
        values |= {"approved_by": "", "agreement_version": "", "agreement_signed_on": None}
    return Member.objects.create(pool=pool, organization=organization, kind=kind, **values)


def make_member_staff(member: Member, role: str = "editor") -> User:
    """Somebody who works for the member, with the portal role that follows from it."""
    user = make_user(str(member.kind))
    make_membership(user, member.organization, role)
    return user


def make_entry(pool: Pool | None = None, user: User | None = None, *, stamped: bool = True, **fields) -> Entry:
    """An entry that companies see: consented, stamped, confirmed just now. `stamped=False`: nobody vouches."""
    pool = pool or make_pool()
    user = user or make_user("candidate", full_name=f"Kandidat {next(_numbers)}")
    defaults = {
        "state": Entry.State.ACTIVE,
        "birth_date": date(2004, 4, 12),
        "seeking": ["training"],
        "job_families": ["S13"],
        "level": "middle",
        "hours": "full",
        "place": make_place(),
        "available_from": clock.today(),
        "about": "Ich arbeite gern mit Maschinen.",
    }
    entry = Entry.objects.create(pool=pool, user=user, **{**defaults, **fields})
    make_consent(entry)
    if stamped:
        make_endorsement(entry)
    return entry


def make_consent(entry: Entry, **fields) -> Consent:
    defaults = {"purpose": entry.consent_purpose, "text_version": entry.pool.consent_version, "text_hash": "a" * 64}
    return Consent.objects.create(user=entry.user, **{**defaults, **fields})


def make_endorsement(entry: Entry, member: Member | None = None, **fields) -> Endorsement:
    defaults = {
        "criterion": "interview",
        "strengths": ["reliable"],
        "month": clock.today().replace(day=1),
        "state": Endorsement.State.ACCEPTED,
        "decided_at": clock.now(),
    }
    values = {**defaults, **fields}
    if values["state"] == Endorsement.State.PROPOSED:
        values["decided_at"] = None
    return Endorsement.objects.create(entry=entry, member=member or make_member(entry.pool), **values)


def make_invitation(member: Member | None = None, **fields) -> Invitation:
    """An open invitation, not sent yet."""
    member = member or make_member()
    number = next(_numbers)
    defaults = {
        "name": f"Person {number}",
        "email": f"person-{number}@example.org",
        "job_family": "S13",
        "rejected_on": clock.today() - timedelta(days=2),
        "criterion": "interview",
        "expires_at": clock.now() + timedelta(days=14),
    }
    return Invitation.objects.create(pool=member.pool, member=member, **{**defaults, **fields})


def make_check_in(entry: Entry, ordinal: int = 1, *, accepted_at=None, **fields) -> CheckIn:
    """The pool has asked; `accepted_at` is when a mail server took the mail (never, unless told)."""
    mail = OutboxMail.objects.create(
        template="talentpool/email/check_in.txt", language="de", to=entry.user.email, purpose="talent pool"
    )
    if accepted_at:
        OutboxMail.objects.filter(pk=mail.pk).update(state=OutboxMail.State.ACCEPTED, accepted_at=accepted_at)
    return CheckIn.objects.create(entry=entry, cycle=entry.cycle, ordinal=ordinal, mail=mail, **fields)


def make_request(entry: Entry, member: Member | None = None, **fields) -> ContactRequest:
    defaults = {"purpose": "interview", "message": "Wir möchten Sie kennenlernen."}
    return ContactRequest.objects.create(
        entry=entry, member=member or make_member(entry.pool), **{**defaults, **fields}
    )


def make_contact_consent(entry: Entry) -> Consent:
    """The person lets companies ask for a talk."""
    return make_consent(entry, purpose=entry.contact_purpose)


def make_document(entry: Entry, content: bytes = b"%PDF-1.7 test", **fields) -> Document:
    """A paper that companies may open."""
    defaults = {"kind": "cv", "title": "Lebenslauf", "media_type": "application/pdf", "is_visible": True}
    file = ContentFile(content, name="paper.pdf")
    return Document.objects.create(entry=entry, file=file, size=len(content), **{**defaults, **fields})
