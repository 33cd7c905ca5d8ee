"""Papers as downloads: for the pupil by link, for the company after both have said yes, posters for coordinators."""

import uuid
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.roles import Role
from internships import papers
from internships.models import PUPIL, Application, Pupil, Source
from internships.views.company import with_application
from internships.views.mine import GONE
from kit import access, downloads

OF_PUPIL: dict[str, Callable] = {
    "freistellung": papers.release,
    "vereinbarung": papers.agreement,
    "bescheinigung": papers.certificate,
}


def download(content: bytes, name: str) -> HttpResponse:
    return downloads.made(content, name=f"{name}.pdf", media_type="application/pdf")


def is_there(application: Application, kind: str) -> bool:
    """Forms once the place is given, the certificate once it is in the register."""
    if kind == "bescheinigung":
        return application.certificate is not None
    if kind == "freistellung" and application.offer.is_voluntary:
        return False  # no lessons are missed
    return application.state == Application.State.ACCEPTED


@access.by_token(PUPIL, gone=GONE)
@require_safe
def of_pupil(request: HttpRequest, pupil: Pupil, pk: uuid.UUID, kind: str) -> HttpResponse:
    application = get_object_or_404(pupil.applications.for_pages(), pk=pk)
    if not is_there(application, kind):
        raise Http404
    return download(OF_PUPIL[kind](application), kind)


@access.login
@with_application
@require_safe
def agreement(request: HttpRequest, employer, application: Application) -> HttpResponse:
    if not is_there(application, "vereinbarung"):
        raise Http404
    return download(papers.agreement(application), "vereinbarung")


@access.role(Role.COORDINATOR)
@require_safe
def poster(request: HttpRequest, code: str) -> HttpResponse:
    source = get_object_or_404(Source.objects.select_related("campaign"), code=code)
    return download(papers.poster(source.campaign, source), f"plakat-{source.code}")
