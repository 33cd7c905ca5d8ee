"""The administration of the counselling: who offers what, and what waits. What was said in a talk is not here.

Notes have no admin at all. Of clients coordinators see how to reach them while there is something to settle.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actions import grant_role
from accounts.roles import Role
from counseling import numbers
from counseling.actions import guiding
from counseling.models import (
    Appointment,
    Audience,
    Callback,
    Center,
    Counsellor,
    DayException,
    Language,
    Mode,
    Record,
    Referral,
    Room,
    RoomBooking,
    Service,
    Subject,
    Wish,
)
from kit import clock
from kit.modeladmin import ModelAdmin

EDITORS = {"coordinator", "editor"}
COORDINATION = {"coordinator"}
OFFER = {"view": COORDINATION, "add": COORDINATION, "change": COORDINATION}
SETTLED = {Appointment.State.COMPLETED, Appointment.State.NO_SHOW, Appointment.State.CANCELLED_CLIENT,
           Appointment.State.CANCELLED_LATE, Appointment.State.CANCELLED_OFFICE, Appointment.State.EXPIRED}  # fmt: skip


def several(label, choices) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, widget=forms.CheckboxSelectMultiple)


# ── What is offered


class RoomInline(admin.TabularInline):
    model = Room
    extra = 0
    fields = ["name", "seats", "is_step_free", "for_talks"]

    def has_view_permission(self, request, obj=None):
        return request.user.has_role(*EDITORS)

    def has_change_permission(self, request, obj=None):
        return request.user.has_role(*COORDINATION)

    def has_add_permission(self, request, obj=None):
        return request.user.has_role(*COORDINATION)

    has_delete_permission = has_change_permission


class ClosedDaysForm(forms.ModelForm):
    class Meta:
        model = DayException
        fields = ["first_day", "last_day"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.kind = DayException.Kind.CLOSED


class ClosedDaysInline(RoomInline):
    """Days on which the house is closed; those of people are their own."""

    model = DayException
    form = ClosedDaysForm
    fields = ["first_day", "last_day"]
    verbose_name_plural = _("closed days")


@admin.register(Center)
class CenterAdmin(ModelAdmin):
    roles = OFFER
    list_display = ["name", "land", "phone", "opening_hours", "is_open"]
    list_filter = ["is_open", "land"]
    list_select_related = ["land"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["organization"]
    raw_id_fields = ["location"]
    inlines = [RoomInline, ClosedDaysInline]
    fields = ["name", "slug", "organization", "location", "land", "phone", "email", "opening_hours", "introduction",
              "access_note", "is_open"]  # fmt: skip


class CounsellorForm(forms.ModelForm):
    languages = several(_("languages"), Language.choices)
    modes = several(_("modes"), Mode.choices)
    video_url = forms.URLField(label=_("video room"), max_length=300, required=False, assume_scheme="https")

    class Meta:
        model = Counsellor
        fields = ["user", "display_name", "center", "school", "subjects", "languages", "modes", "standin",
                  "video_url", "dial_in", "training", "is_active"]  # fmt: skip
        widgets = {"subjects": forms.CheckboxSelectMultiple}


@admin.register(Counsellor)
class CounsellorAdmin(ModelAdmin):
    """Whoever becomes a counsellor gets the role; the second factor is asked for at the next login."""

    roles = OFFER
    form = CounsellorForm
    list_display = ["display_name", "center", "standin", "is_active"]
    list_filter = ["is_active", "center", "subjects"]
    list_select_related = ["center", "standin"]
    search_fields = ["display_name"]
    autocomplete_fields = ["user", "school", "center", "standin"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        grant_role(user=obj.user, role=Role.COUNSELLOR, by=request.user)


class SubjectForm(forms.ModelForm):
    audiences = several(_("for whom"), Audience.choices)

    class Meta:
        model = Subject
        fields = ["name", "name_en", "hint", "audiences", "topics", "is_unsure", "position"]


@admin.register(Subject)
class SubjectAdmin(ModelAdmin):
    roles = OFFER
    form = SubjectForm
    list_display = ["name", "hint", "is_unsure", "position"]
    search_fields = ["name"]
    autocomplete_fields = ["topics"]


class ServiceForm(forms.ModelForm):
    modes = several(_("modes"), Mode.choices)

    class Meta:
        model = Service
        fields = ["name", "slug", "audience", "subjects", "team", "modes", "minutes", "pause_before", "pause_after",
                  "every", "notice_hours", "horizon_days", "cancel_hours", "follow_up_weeks", "is_active"]  # fmt: skip
        widgets = {"subjects": forms.CheckboxSelectMultiple}


@admin.register(Service)
class ServiceAdmin(ModelAdmin):
    roles = OFFER
    form = ServiceForm
    list_display = ["name", "audience", "minutes", "is_active"]
    list_filter = ["audience", "is_active"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["team"]


# ── What waits


class OpenFilter(admin.SimpleListFilter):
    title = _("what is open")
    parameter_name = "offen"

    def lookups(self, request, model_admin):
        return [("ergebnis", _("no result yet")), ("vertretung", _("without a counsellor")),
                ("telefon", _("to be confirmed by phone"))]  # fmt: skip

    def queryset(self, request, queryset):
        found = {"ergebnis": queryset.unresolved, "vertretung": queryset.unattended, "telefon": queryset.to_call}
        return found[self.value()]() if self.value() in found else queryset


@admin.register(Appointment)
class AppointmentAdmin(ModelAdmin):
    """When talks are, and whom to call while something is open. Neither the question nor what came of it."""

    roles = {"view": COORDINATION}
    list_display = ["number", "starts_at", "service", "counsellor", "mode", "state", "reach"]
    list_filter = [OpenFilter, "state", "counsellor__center", "mode"]
    list_select_related = ["service", "counsellor"]
    search_fields = ["=reference"]
    search_help_text = _("Number of the appointment without the hyphen")
    date_hierarchy = "starts_at"
    fields = ["number", "service", "subject", "counsellor", "room", "mode", "language", "starts_at", "ends_at", "state",
              "sequence", "confirmed_at", "ended_at", "reach"]  # fmt: skip
    readonly_fields = ["number", "reach"]

    @admin.display(description=_("number"), ordering="reference")
    def number(self, appointment: Appointment) -> str:
        return appointment.number

    @admin.display(description=_("client"))
    def reach(self, appointment: Appointment) -> str:
        """Only as long as somebody may have to call."""
        if appointment.state in SETTLED or appointment.erased_at:
            return "–"
        return ", ".join(filter(None, [appointment.name, appointment.phone, appointment.email])) or "–"


class LateFilter(admin.SimpleListFilter):
    title = _("open")
    parameter_name = "offen"

    def lookups(self, request, model_admin):
        return [("1", _("all open ones")), ("alt", _("for more than two days"))]

    def queryset(self, request, queryset):
        found = {"1": queryset.open, "alt": queryset.late}
        return found[self.value()]() if self.value() in found else queryset


@admin.register(Callback)
class CallbackAdmin(ModelAdmin):
    roles = {"view": COORDINATION}
    list_display = ["created_at", "name", "phone", "when", "language", "taken_by", "done_at"]
    list_filter = [LateFilter, "audience", "language"]
    list_select_related = ["taken_by"]
    fields = ["name", "phone", "when", "language", "audience", "question", "taken_by", "created_at", "done_at"]
    readonly_fields = ["created_at"]
    actions = ["finish"]

    @admin.action(description=_("Somebody has called"), permissions=["view"])
    def finish(self, request, queryset):
        waiting = list(queryset.open()[:100])
        for callback in waiting:
            guiding.finish_callback(callback=callback, by=request.user)
        words = ngettext("%(count)d call-back is done.", "%(count)d call-backs are done.", len(waiting))
        self.message_user(request, words % {"count": len(waiting)}, messages.SUCCESS)


@admin.register(Referral)
class ReferralAdmin(ModelAdmin):
    """Which provider does not answer; who was referred stays between client, counsellor and provider."""

    roles = {"view": COORDINATION}
    list_display = ["provider", "state", "counsellor", "sent_at", "reminded_at", "answered_at"]
    list_filter = ["state"]
    list_select_related = ["provider", "appointment__counsellor"]
    search_fields = ["provider__name"]
    fields = ["provider", "state", "counsellor", "sent_at", "reminded_at", "answered_at"]
    readonly_fields = ["counsellor"]

    @admin.display(description=_("counsellor"))
    def counsellor(self, referral: Referral) -> str:
        return str(referral.appointment.counsellor)


@admin.register(Wish)
class WishAdmin(ModelAdmin):
    roles = {"view": EDITORS}
    list_display = ["text", "topic", "audience", "place", "people", "handed_at"]
    list_filter = ["audience", ("handed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["topic", "place"]
    search_fields = ["text"]
    fields = ["text", "topic", "audience", "place", "people", "created_at", "handed_at"]
    readonly_fields = ["created_at"]


@admin.register(RoomBooking)
class RoomBookingAdmin(ModelAdmin):
    roles = {"view": COORDINATION}
    list_display = ["starts_at", "ends_at", "room", "title", "is_public", "cancelled_at"]
    list_filter = ["room__center", "is_public"]
    list_select_related = ["room"]
    date_hierarchy = "starts_at"


@admin.register(Record)
class RecordAdmin(ModelAdmin):
    """In place of a list of talks the numbers of a year: a single row says too much about a single person."""

    roles = {"view": COORDINATION}

    def has_view_permission(self, request, obj=None):
        return obj is None and super().has_view_permission(request)

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        known = numbers.years()
        asked = request.GET.get("jahr", "")
        year = int(asked) if asked in {str(each) for each in known} else known[0]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Numbers of the counselling"), "opts": self.opts, "years": known, "year": year,
            "tables": numbers.of_year(year), "minutes": numbers.minutes_of(year), "today": clock.today(),
        }  # fmt: skip
        return TemplateResponse(request, "admin/counseling/record/numbers.html", context)
