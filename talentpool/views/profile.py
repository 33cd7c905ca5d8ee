"""The own entry: what is to be done, short pages of questions, what companies see, when we ask again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kit import access
from kit.forms import posted
from talentpool.actions import confirming, leaving, profiling
from talentpool.forms.person import SECTIONS
from talentpool.models import ContactRequest, Entry
from talentpool.views import checklist
from talentpool.views.leaving import on_the_way_out
from talentpool.views.owner import owned

only_get_and_post = require_http_methods(["GET", "HEAD", "POST"])


@access.login
@owned
@require_safe
def profile(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Where one starts, and sees what companies can do."""
    if entry.left_at:
        return on_the_way_out(request, entry)
    tasks = checklist.tasks_for(entry)
    needed = [task for task in tasks if not task.is_optional]
    context = {
        "entry": entry,
        "tasks": tasks,
        "done": sum(task.is_done for task in needed),
        "total": len(needed),
        "visibility": checklist.visibility_of(entry),
        "stamps": entry.endorsements.select_related("member__organization"),
        "waiting": _waiting(entry),
        "question": entry.check_ins.delivered().open().order_by("-ordinal").first(),
    }
    return render(request, "talentpool/profile.html", context)


def _waiting(entry: Entry):
    open_requests = entry.requests.filter(state=ContactRequest.State.ASKED).select_related("member__organization")
    return [request for request in open_requests if request.is_answerable]


@access.login
@owned
@only_get_and_post
def profile_edit(request: HttpRequest, entry: Entry, section: str) -> HttpResponse:
    """One section; saving is a sign of life."""
    if section not in SECTIONS:
        raise Http404
    form = SECTIONS[section](posted(request), entry=entry)
    if request.method == "POST" and form.is_valid():
        profiling.edit(entry=entry, values=form.values, by=request.user)
        messages.success(request, _("Saved."))
        return redirect(entry)
    context = {"entry": entry, "form": form, "title": form.title, "hint": form.hint}
    return render(request, "talentpool/profile_edit.html", context, status=400 if form.errors else 200)


@access.login
@owned
@require_safe
def preview(request: HttpRequest, entry: Entry) -> HttpResponse:
    """The same fragment that companies get, filled from the same query."""
    shown = Entry.objects.for_cards().get(pk=entry.pk)
    context = {
        "entry": shown,
        "visibility": checklist.visibility_of(entry),
        "documents": entry.documents.filter(is_visible=True),
    }
    return render(request, "talentpool/preview.html", context)


@access.login
@owned
@require_POST
def still_current(request: HttpRequest, entry: Entry) -> HttpResponse:
    confirming.confirm(entry=entry, by=request.user)
    messages.success(request, _("Thank you. We ask again in about three months."))
    return redirect(entry)


@access.login
@owned
@require_POST
def stay(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Wanted to leave, and does not want to any more."""
    leaving.undo(entry=entry, by=request.user)
    messages.success(request, _("Good that you stay. Your profile is as it was."))
    return redirect(entry)
