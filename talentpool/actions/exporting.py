"""All that is stored about a person, to take along (Art. 15 and 20 GDPR): one file, made at once."""

import json
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import ConsentText, User
from accounts.privacy import export_person
from kit.papers import ENDINGS
from talentpool.models import Document, Entry


def archive(entry: Entry) -> BytesIO:
    """A ZIP with daten.json, the papers, and the words that were agreed to. Holds all of the person, not this pool."""
    user = entry.user
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        packed.writestr("daten.json", _json(export_person(user)))
        packed.writestr("einwilligungen.json", _json(_words(user)))
        for document in Document.objects.filter(entry__user=user):
            packed.writestr(f"unterlagen/{document.pk}.{ENDINGS[document.media_type]}", _content(document))
    out.seek(0)
    return out


def _json(data) -> str:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _words(user: User) -> dict[str, str]:
    used = user.consents.values("text_hash")
    return dict(ConsentText.objects.filter(pk__in=used).values_list("sha256", "text"))


def _content(document: Document) -> bytes:
    with document.file.open("rb") as file:
        return file.read()
