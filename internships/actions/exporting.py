"""All that is stored about a pupil, to take along (Art. 15 and 20 GDPR): one file, made at once."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from accounts.models import ConsentText
from accounts.privacy import plain, rules_for
from internships.models import Guardian, Proposal, Pupil


def export(pupil: Pupil) -> str:
    """Every row of theirs in every table, without secrets, and the words that a parent has agreed to."""
    guardians = Guardian.objects.filter(pupil=pupil)
    tables = [
        Pupil.objects.filter(pk=pupil.pk), guardians, pupil.applications.all(), pupil.booked_days.all(),
        pupil.wishes.all(), Proposal.objects.filter(wish__pupil=pupil), pupil.signups.all(),
    ]  # fmt: skip
    found: dict = {rows.model._meta.label: [_row(each) for each in rows] for rows in tables if rows.exists()}
    used = guardians.exclude(text_hash="").values("text_hash")
    found["words"] = dict(ConsentText.objects.filter(pk__in=used).values_list("sha256", "text"))
    return json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _row(row: models.Model) -> dict:
    hidden = rules_for(type(row)).hidden
    return {field.name: plain(field, row) for field in row._meta.concrete_fields if field.name not in hidden}
