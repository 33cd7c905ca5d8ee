"""Papers of a person: written anew when they come in, under a name of chance, closed unless the person opens them."""

import secrets

from django.core.files.base import ContentFile
from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from kit import papers
from talentpool.actions.confirming import confirm
from talentpool.actions.joining import owned
from talentpool.models import Document, Entry

MOST = 3


class TooMany(Exception):
    """Three papers are enough."""


def add(*, entry: Entry, upload, kind: str, title: str, is_visible: bool, by: Actor) -> Document:
    """Keep a paper. Raises Gone, NotOwner, TooMany, and ValidationError with a sentence for people."""
    paper = papers.rewritten(upload)  # outside of the transaction: it takes seconds
    return _keep(entry=entry, paper=paper, kind=kind, title=title, is_visible=is_visible, by=by)


@transaction.atomic
def _keep(*, entry: Entry, paper: papers.Paper, kind: str, title: str, is_visible: bool, by: Actor) -> Document:
    entry = owned(entry, by)
    if entry.documents.count() >= MOST:
        raise TooMany
    document = Document.objects.create(
        entry=entry,
        kind=kind,
        title=title,
        is_visible=is_visible,
        file=ContentFile(paper.content, name=f"{secrets.token_hex(16)}.{paper.ending}"),
        media_type=paper.media_type,
        size=len(paper.content),
    )
    audit.record("document added", document, by=by, entry=str(entry.pk), size=document.size)
    confirm(entry=entry, by=by)
    return document


@transaction.atomic
def change(*, document: Document, title: str, is_visible: bool, by: Actor) -> Document:
    """Raises Gone, NotOwner."""
    entry = owned(document.entry, by)
    document.title, document.is_visible = title, is_visible
    document.save(update_fields=["title", "is_visible"])
    audit.record("document changed", document, by=by, visible=is_visible)
    confirm(entry=entry, by=by)
    return document


@transaction.atomic
def remove(*, document: Document, by: Actor) -> None:
    """The row now, the file when that is certain. Raises Gone, NotOwner."""
    entry = owned(document.entry, by)
    file = document.file
    audit.record("document removed", document, by=by, entry=str(entry.pk))
    document.delete()
    transaction.on_commit(lambda: file.storage.delete(file.name))
    confirm(entry=entry, by=by)
