"""Two questions some weeks after a talk, answered without a way back to the person."""

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from counseling.actions import answering
from counseling.forms.waiting import AnswerForm
from kit import access


@access.public
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, invitation: str) -> HttpResponse:
    """Opened by a signed link that names a month and a subject. It answers once."""
    invited = answering.read(invitation)
    if invited is None:
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None)
    is_done = invited.is_spent
    if not is_done and request.method == "POST" and form.is_valid():
        with suppress(answering.Spent):  # the button twice
            answering.answer(invitation=invited, **form.cleaned_data)
        is_done = True
    response = render(request, "counseling/ask_back.html", {"form": form, "is_done": is_done})
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
