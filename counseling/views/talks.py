"""One talk at the counsellor's desk: who comes, what came of it, the private note, what the client takes along."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counseling import permissions
from counseling.actions import guiding, recording, referring, wishes
from counseling.forms.desk import NoteForm, OutcomeForm, ReferralForm
from counseling.models import Appointment, Counsellor, Note, Record
from counseling.views.desk import desk, page, talk_or_404

GET_POST = ["GET", "HEAD", "POST"]


@desk
@require_safe
def talk(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    appointment = talk_or_404(counsellor, pk)
    return page(
        request, counsellor, "desk_talk", "week",
        appointment=appointment,
        works_on=permissions.works_on(request.user, appointment),
        can_write_note=permissions.can_write_note(request.user, appointment),
        note=Note.objects.readable_by(counsellor).filter(appointment=appointment).first(),
        record=Record.objects.filter(appointment=appointment).first(),
        referrals=appointment.referrals.select_related("provider"),
        shortlists=appointment.shortlists.all(),
    )  # fmt: skip


def own_talk(request: HttpRequest, counsellor: Counsellor, pk) -> Appointment:
    """A talk one leads or stands in for; somebody who only booked it for a caller has no say in what came of it."""
    appointment = talk_or_404(counsellor, pk)
    if not permissions.works_on(request.user, appointment):
        raise Http404
    return appointment


@desk
@require_http_methods(GET_POST)
def outcome(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    appointment = own_talk(request, counsellor, pk)
    form = OutcomeForm(request.POST if request.method == "POST" else None, appointment=appointment)
    if request.method == "POST" and form.is_valid():
        try:
            save_outcome(request, appointment, form.cleaned_data)
        except recording.NotOver:
            messages.error(request, _("The talk has not begun yet."))
        except recording.WrongState:
            messages.error(request, _("This talk was cancelled."))
        return redirect("counseling_desk:talk", pk)
    return page(request, counsellor, "desk_outcome", "week", appointment=appointment, form=form)


def save_outcome(request: HttpRequest, appointment: Appointment, given: dict) -> None:
    if given["came"] == "nein":
        recording.no_show(appointment=appointment, by=request.user)
    else:
        recording.complete(
            appointment=appointment, result=given["result"], minutes=given["minutes"], by=request.user
        )  # fmt: skip
    messages.success(request, _("The result is saved."))


@desk
@require_http_methods(GET_POST)
def note(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    appointment = talk_or_404(counsellor, pk)
    if not permissions.can_write_note(request.user, appointment):
        raise Http404
    found = Note.objects.readable_by(counsellor).filter(appointment=appointment).first()
    form = NoteForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        written = recording.write_note(appointment=appointment, by=request.user, **form.cleaned_data)
        messages.success(request, who_reads(written))
        return redirect("counseling_desk:talk", pk)
    return page(request, counsellor, "desk_note", "week", appointment=appointment, form=form)


def who_reads(note: Note | None) -> str:
    """What has become of a note that was sent in; none was left where it had no words."""
    if note is None:
        return _("The note is erased.")
    if note.for_standin:
        return _("The note is saved. Beside you only your stand-in reads it.")
    return _("The note is saved. Nobody else reads it.")


@desk
@require_safe
def copy(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    """What the client takes along on paper; the note is not in it."""
    appointment = own_talk(request, counsellor, pk)
    return page(request, counsellor, "desk_copy", "week", appointment=appointment, **copy_of(appointment))


def copy_of(appointment: Appointment) -> dict:
    """What a client's copy shows, on paper and by link."""
    return {
        "record": Record.objects.filter(appointment=appointment).first(),
        "shortlists": appointment.shortlists.open().prefetch_related("items__course__provider"),
        "referrals": appointment.referrals.select_related("provider"),
    }


@desk
@require_http_methods(GET_POST)
def refer(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    appointment = own_talk(request, counsellor, pk)
    form = ReferralForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("provider", "run", "message")}
        try:
            referring.suggest(appointment=appointment, by=request.user, **given)
        except referring.Unreachable:
            form.add_error(
                "provider", _("This provider has no e-mail address. Please give the client its phone number.")
            )
        else:
            messages.success(request, _("The client is asked. The provider hears nothing before the client says yes."))
            return redirect("counseling_desk:talk", pk)
    return page(request, counsellor, "desk_refer", "week", appointment=appointment, form=form)


@desk
@require_POST
def need(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    """One click: what a company needs becomes a wish with the topic of the talk."""
    appointment = own_talk(request, counsellor, pk)
    try:
        wish = wishes.from_talk(appointment=appointment, text=wishes.need_in_words(appointment), by=request.user)
    except wishes.WithoutTopic:
        messages.info(request, _("Please choose the topic."))
        return redirect("counseling_desk:wish_new")
    except wishes.Identifying:
        messages.info(request, _("Please say in a sentence what is needed, without a name."))
        return redirect("counseling_desk:wish_new")
    messages.success(request, _("The need is noted. You can make the sentence better before you hand it on."))
    return redirect("counseling_desk:wish", wish.pk)


@desk
@require_POST
def start_list(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    appointment = own_talk(request, counsellor, pk)
    shortlist = guiding.start_shortlist(counsellor=counsellor, appointment=appointment, by=request.user)
    return redirect("counseling_desk:shortlist", shortlist.pk)
