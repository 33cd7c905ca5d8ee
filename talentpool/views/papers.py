"""The own papers: three at most, each shown or not."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kit import access, downloads
from kit.forms import posted
from kit.papers import ENDINGS
from talentpool.actions import documents as papers
from talentpool.forms.person import DocumentChangeForm, DocumentForm
from talentpool.models import Document, Entry
from talentpool.views.owner import owned

only_get_and_post = require_http_methods(["GET", "HEAD", "POST"])


@access.login
@owned
@only_get_and_post
def documents(request: HttpRequest, entry: Entry) -> HttpResponse:
    found = list(entry.documents.all())
    form = DocumentForm(posted(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _added(entry, form, by=request.user):
        messages.success(request, _("Saved. We have removed everything from the file that is not on its pages."))
        return redirect("talentpool:documents", entry.pk)
    context = {"entry": entry, "documents": found, "form": form, "has_room": len(found) < papers.MOST}
    return render(request, "talentpool/documents.html", context, status=400 if form.errors else 200)


def _added(entry: Entry, form: DocumentForm, *, by) -> bool:
    data = {**form.cleaned_data}
    try:
        papers.add(
            entry=entry,
            upload=data["file"],
            kind=data["kind"],
            title=data["title"],
            is_visible=data["is_visible"],
            by=by,
        )
    except ValidationError as refusal:
        form.add_error("file", refusal)
    except papers.TooMany:
        form.add_error(None, _("You have three papers already. Please delete one first."))
    return not form.errors


@access.login
@owned
@require_safe
def document(request: HttpRequest, entry: Entry, document_pk: int) -> FileResponse:
    found = get_object_or_404(entry.documents, pk=document_pk)
    name = f"{slugify(found.title) or found.kind}.{ENDINGS[found.media_type]}"
    return downloads.attachment(found.file, name=name, media_type=found.media_type)


@access.login
@owned
@only_get_and_post
def document_edit(request: HttpRequest, entry: Entry, document_pk: int) -> HttpResponse:
    found = get_object_or_404(entry.documents, pk=document_pk)
    form = DocumentChangeForm(posted(request), initial=_present(found))
    if request.method == "POST" and form.is_valid():
        papers.change(document=found, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("talentpool:documents", entry.pk)
    context = {"entry": entry, "document": found, "form": form}
    return render(request, "talentpool/document_edit.html", context, status=400 if form.errors else 200)


def _present(document: Document) -> dict:
    return {"title": document.title, "is_visible": document.is_visible}


@access.login
@owned
@require_POST
def document_remove(request: HttpRequest, entry: Entry, document_pk: int) -> HttpResponse:
    papers.remove(document=get_object_or_404(entry.documents, pk=document_pk), by=request.user)
    messages.success(request, _("The paper is deleted."))
    return redirect("talentpool:documents", entry.pk)
