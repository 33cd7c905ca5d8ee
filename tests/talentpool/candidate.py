"""Somebody in a pool with one thing of each kind, for tests/test_access.py; too young to decide alone."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.urls import reverse

from kit import clock, tokens
from talentpool.models import GUARDIAN, INVITED, REQUEST, Document, Exclusion, Guardian
from tests.talentpool import make

PROFILE = "mein/talentpool/profil/"


class Candidate:
    def __init__(self, user):
        self.entry = make.make_entry(user=user, birth_date=clock.today() - timedelta(days=15 * 365))
        member = make.make_member(self.entry.pool)
        guardian = Guardian.objects.create(
            entry=self.entry, name="Kim", email="kim@example.org", text_version="1", text_hash="a" * 64
        )
        document = Document.objects.create(
            entry=self.entry, kind="cv", title="CV", media_type="application/pdf", size=6,
            file=ContentFile(b"%PDF-\n", name="x.pdf"),
        )  # fmt: skip
        asked = make.make_request(self.entry, member)
        invited = make.make_invitation(state="sent", code_until=clock.now() + timedelta(minutes=20))
        self.links = {"invitation": (INVITED, invited), "guardian": (GUARDIAN, guardian), "request": (REQUEST, asked)}
        self.excluded = Exclusion.objects.create(
            entry=self.entry, organization=make.make_member(self.entry.pool).organization
        )
        self.parts = {
            "pk": self.entry.pk,
            "section": "schule",
            "stamp_pk": make.make_endorsement(self.entry, member, state="proposed").pk,
            "request_pk": asked.pk,
            "document_pk": document.pk,
            "organization_pk": make.make_member(self.entry.pool).organization_id,
        }

    def path(self, name: str, route: str) -> str | None:
        """The address of an own page or of a link in a mail; None for all others."""
        space, _colon, short = name.partition(":")
        link = next((link for kind, link in self.links.items() if short.startswith(kind)), None)
        if space == "pool_links" and link:
            return reverse(name, kwargs={"token": tokens.make_for(*link)})
        if space != "talentpool" or not route.startswith(PROFILE):
            return None
        parts = self.parts | ({"organization_pk": self.excluded.organization_id} if short == "readmit" else {})
        return reverse(name, kwargs={part: value for part, value in parts.items() if f":{part}>" in route})
