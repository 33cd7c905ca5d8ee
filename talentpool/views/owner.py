"""Whose profile it is: for everybody else, whatever role, there is none. Who writes all the same is noted."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import audit
from talentpool.actions.confirming import Gone
from talentpool.models import Entry
from talentpool.permissions import owns

READ = {"GET", "HEAD", "OPTIONS"}


def owned(view: Callable) -> Callable:
    """A view of the person whose entry it is; what is on its way out leads back to the page that can undo it."""

    @wraps(view)
    def opened(request: HttpRequest, pk: uuid.UUID, *args, **kwargs) -> HttpResponse:
        entry = Entry.objects.select_related("user", "pool", "guardian__mail").filter(pk=pk).first()
        if entry is None or not owns(request.user, entry):
            _note_stranger(request, entry)
            raise Http404
        try:
            return view(request, entry, *args, **kwargs)
        except Gone:
            return redirect("talentpool:profile", entry.pk)

    return opened


def _note_stranger(request: HttpRequest, entry: Entry | None) -> None:
    if entry is not None and request.method not in READ:
        audit.record("stranger at an entry", entry, by=request.user, path=request.resolver_match.url_name)
