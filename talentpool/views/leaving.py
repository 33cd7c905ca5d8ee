"""The own data: take them along, pause, say that something was found, leave."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kit import access
from kit.forms import posted
from talentpool.actions import answering, exporting, leaving, profiling
from talentpool.forms.answering import FoundForm
from talentpool.forms.person import YES, SureForm
from talentpool.models import Entry, LeaveReason
from talentpool.views.owner import owned

only_get_and_post = require_http_methods(["GET", "HEAD", "POST"])


@access.login
@owned
@require_safe
def data(request: HttpRequest, entry: Entry) -> HttpResponse:
    return render(request, "talentpool/data.html", {"entry": entry})


@access.login
@owned
@require_safe
def export(request: HttpRequest, entry: Entry) -> FileResponse:
    archive = exporting.archive(entry)
    return FileResponse(archive, as_attachment=True, filename="meine-daten.zip", content_type="application/zip")


@access.login
@owned
@require_POST
def pause(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Both ways: paused entries come back, shown ones pause."""
    if entry.state == Entry.State.PAUSED:
        profiling.resume(entry=entry, by=request.user)
        messages.success(request, _("Your profile is no longer paused."))
    else:
        profiling.pause(entry=entry, by=request.user)
        messages.success(request, _("Paused. Nobody sees your profile until you end the pause."))
    return redirect(entry)


@access.login
@owned
@only_get_and_post
def found(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Good news: hidden at once, erased after the time for second thoughts."""
    if request.method == "POST":
        leaving.leave(entry=entry, reason=LeaveReason.HIRED, by=request.user)
        return redirect(entry)
    return render(request, "talentpool/found.html", {"entry": entry})


@access.login
@owned
@require_POST
def tell(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Two voluntary questions to somebody who has found something."""
    form = FoundForm(request.POST)
    if entry.leave_reason != LeaveReason.HIRED:
        return redirect(entry)
    if not form.is_valid() or not any(form.cleaned_data.values()):
        return on_the_way_out(request, entry, form=form, status=400)
    answering.tell_whereabouts(entry=entry, **form.said)
    return redirect(entry)


def on_the_way_out(request: HttpRequest, entry: Entry, *, form: FoundForm | None = None, status: int = 200):
    """Hidden, and about to be erased: until then it can be undone."""
    context = {"entry": entry, "form": form or FoundForm()}
    return render(request, "talentpool/profile_leaving.html", context, status=status)


@access.login
@owned
@only_get_and_post
def leave(request: HttpRequest, entry: Entry) -> HttpResponse:
    """The second page of leaving, with an answer that nobody gives by mistake."""
    form = SureForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["sure"] != YES:
            return redirect(entry)
        leaving.leave(entry=entry, reason=LeaveReason.WITHDRAWN, by=request.user)
        return redirect(entry)
    context = {"entry": entry, "form": form}
    return render(request, "talentpool/leave.html", context, status=400 if form.errors else 200)
