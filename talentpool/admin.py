"""The administration of pools: who runs them, who waits, what is stuck. Nobody edits a person here."""

from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts import audit
from kit import clock
from kit.admin import ModelAdmin
from kit.modeladmin import Asking, Deed, WhyForm
from talentpool.actions import cycle, membership, requesting
from talentpool.models import Entry, Invitation, Member, OpeningLimit, Operator, Pool, PurgeBrake

COORDINATION = {"coordinator"}
READING_LASTS = 600  # seconds that a given reason opens an entry
SEAL = "talentpool.entry"


@admin.register(Pool)
class PoolAdmin(ModelAdmin):
    roles = {"view": COORDINATION, "add": COORDINATION, "change": COORDINATION}
    list_display = ["name", "kind", "is_open", "consent_version", "agreement_version"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "kind", "is_open", "introduction", "rejection_text"]}),
        (_("Consent"), {"fields": ["consent_text", "consent_version"]}),
        (_("Agreement"), {"fields": ["agreement_text", "agreement_version"]}),
        (_("Periods in days"), {"fields": ["ask_after", "answer_within", "undo_within"]}),
    ]  # fmt: skip

    def save_model(self, request, obj, form, change):
        """A new version of the consent starts the time to agree anew."""
        if "consent_version" in form.changed_data:
            obj.consent_since = clock.now()
        super().save_model(request, obj, form, change)
        audit.record("pool changed" if change else "pool opened", obj, by=request.user, fields=form.changed_data)


@admin.register(Operator)
class OperatorAdmin(ModelAdmin):
    roles = {"view": COORDINATION, "add": COORDINATION, "change": COORDINATION}
    list_display = ["organization", "pool", "contact_name", "contact_phone", "standin_name"]
    list_filter = ["pool"]
    list_select_related = ["organization", "pool"]
    autocomplete_fields = ["organization"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        audit.record("pool operator changed", obj, by=request.user, fields=sorted(form.changed_data))


class MemberStateFilter(admin.SimpleListFilter):
    title = _("membership")
    parameter_name = "stand"

    def lookups(self, request, model_admin):
        return [("wartet", _("waits to be let in")), ("aktiv", _("takes part")), ("beendet", _("ended"))]

    def queryset(self, request, queryset):
        rows = {"wartet": queryset.waiting(), "aktiv": queryset.active(), "beendet": queryset.exclude(ended_at=None)}
        return rows.get(self.value(), queryset)


class SignedForm(forms.Form):
    signed_on = forms.DateField(
        label=_("On which day was the agreement signed?"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_signed_on(self):
        if self.cleaned_data["signed_on"] > clock.today():
            raise forms.ValidationError(_("This day lies in the future."))
        return self.cleaned_data["signed_on"]


class PoolAsking(Asking):
    roles = {"view": COORDINATION}
    refusals = (membership.WrongState,)


@admin.register(Member)
class MemberAdmin(PoolAsking):
    """A membership is changed by what happens to it, each time with a mail and an entry in the log."""

    list_display = ["organization", "pool", "operator_name", "kind", "created_at", "approved_at", "ended_at"]
    list_filter = [MemberStateFilter, "pool", "kind"]
    list_select_related = ["organization", "pool", "operator__organization"]
    search_fields = ["organization__name", "organization__sort_key"]
    actions = ["approve", "refuse", "end"]

    def deeds(self, request, obj: Member) -> list[Deed]:
        if obj.ended_at:
            return []
        if obj.approved_at:
            return [Deed("end", _("End the membership …"))]
        return [Deed("approve", _("Let in …"), is_main=True), Deed("refuse", _("Refuse …"))]

    @admin.display(description=_("responsible municipality"))
    def operator_name(self, member: Member) -> str:
        return member.operator.organization.name

    @admin.action(description=_("Let in …"), permissions=["view"])
    def approve(self, request, queryset):
        then = [_("The agreement is recorded with its version and day."), _("Those who manage it get an e-mail.")]
        return self.ask_first(
            request, queryset, title=_("Let in"), then=then, form_class=SignedForm,
            deed=lambda member, **answers: membership.approve(member=member, **answers),
        )  # fmt: skip

    @admin.action(description=_("Refuse …"), permissions=["view"])
    def refuse(self, request, queryset):
        then = [
            _("The request is closed. The organisation may ask again later."),
            _("Those who manage it get an e-mail with your reason."),
        ]
        return self.ask_first(
            request, queryset, title=_("Refuse"), then=then, form_class=WhyForm,
            deed=lambda member, **answers: membership.refuse(member=member, **answers),
        )  # fmt: skip

    @admin.action(description=_("End the membership …"), permissions=["view"])
    def end(self, request, queryset):
        then = [
            _("From this moment on the organisation sees nobody."),
            _("Open recommendations are taken back, open contact requests are closed."),
            _(
                "Its stamps count for half a year more, as those of a former member. "
                "People whom that concerns are told once."
            ),
        ]
        return self.ask_first(
            request, queryset, title=_("End the membership"), then=then, form_class=WhyForm,
            deed=lambda member, **answers: membership.end_membership(member=member, **answers),
        )  # fmt: skip


@admin.register(Invitation)
class InvitationAdmin(ModelAdmin):
    """Numbers: who was recommended is nobody's business here."""

    roles = {"view": COORDINATION}
    list_display = ["created_at", "member", "state", "expires_at", "ended_at"]
    list_filter = ["state", "pool"]
    list_select_related = ["member__organization", "member__pool"]
    fields = ["pool", "member", "state", "job_family", "criterion", "created_at", "expires_at", "ended_at"]
    date_hierarchy = "created_at"


class EntryStateFilter(admin.SimpleListFilter):
    title = _("what is stuck")
    parameter_name = "hakt"

    def lookups(self, request, model_admin):
        return [("adresse", _("address does not work")), ("stempel", _("without a stamp")), ("uhr", _("held"))]

    def queryset(self, request, queryset):
        fields = {"adresse": "unreachable_since", "stempel": "orphaned_since", "uhr": "held_since"}
        field = fields.get(self.value())
        return queryset.filter(**{f"{field}__isnull": False}, left_at=None) if field else queryset


@admin.register(Entry)
class EntryAdmin(ModelAdmin):
    """People without names. Opening one asks for the reason, and each look is an entry in the audit log."""

    roles = {"view": COORDINATION}
    change_form_template = "admin/deeds.html"  # without ways to pages that are closed to coordinators
    list_display = ["code", "pool", "state", "confirmed_at", "unreachable_since", "orphaned_since", "left_at"]
    list_filter = [EntryStateFilter, "state", "pool"]
    list_select_related = ["pool"]
    fields = [
        "person_name", "person_email", "phone", "pool", "state", "confirmed_at", "visible_until", "unreachable_since",
        "orphaned_since", "held_since", "left_at", "leave_reason", "recommended_by",
    ]  # fmt: skip

    @admin.display(description=_("profile"))
    def code(self, entry: Entry) -> str:
        return entry.code

    @admin.display(description=_("name"))
    def person_name(self, entry: Entry) -> str:
        return entry.user.full_name

    @admin.display(description=_("e-mail"))
    def person_email(self, entry: Entry) -> str:
        return entry.user.email

    @admin.display(description=_("recommended by"))
    def recommended_by(self, entry: Entry) -> str:
        stamps = entry.endorsements.select_related("member__organization")
        return ", ".join(str(stamp.member.organization) for stamp in stamps)

    def get_readonly_fields(self, request, obj=None):
        return self.fields

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """First the reason, then the entry: the reason travels in a sealed address that ends after ten minutes."""
        entry = self.get_object(request, object_id) if object_id else None
        if entry is None or not self.has_view_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        if request.method == "POST":
            return self._ask_why(request, entry)
        reason = self._reason(request, entry)
        if not reason:
            return self._ask_why(request, entry)
        audit.record("entry read", entry, by=request.user, reason=reason)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def history_view(self, request, object_id, extra_context=None):
        """Django's page names the person in its heading; what happened to an entry stands in the audit log."""
        raise PermissionDenied

    def _ask_why(self, request, entry: Entry):
        form = WhyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            held = [str(entry.pk), request.user.pk, form.cleaned_data["reason"]]
            sealed = signing.dumps(held, salt=SEAL)
            return redirect(f"{request.path}?{urlencode({'anlass': sealed})}")
        title = _("Why do you open profile %(code)s?") % {"code": entry.code}
        context = {"title": title, "form": form, "opts": self.opts}
        return TemplateResponse(
            request, "admin/talentpool/entry/reason.html", {**self.admin_site.each_context(request), **context}
        )

    def _reason(self, request, entry: Entry) -> str:
        try:
            held = signing.loads(request.GET.get("anlass", ""), salt=SEAL, max_age=READING_LASTS)
        except signing.BadSignature:
            return ""
        pk, user, reason = held
        return reason if (pk, user) == (str(entry.pk), request.user.pk) else ""


@admin.register(PurgeBrake)
class PurgeBrakeAdmin(PoolAsking):
    list_display = ["pool", "asked_at", "count", "of", "is_released", "decided_at"]
    list_filter = [("decided_at", admin.EmptyFieldListFilter), "pool"]
    list_select_related = ["pool"]
    actions = ["release", "refuse"]

    def deeds(self, request, obj: PurgeBrake) -> list[Deed]:
        if obj.decided_at:
            return []
        return [
            Deed("refuse", _("Refuse: ask everybody anew …"), is_main=True),
            Deed("release", _("Release: hide these people …")),
        ]

    @admin.action(description=_("Release: hide these people …"), permissions=["view"])
    def release(self, request, queryset):
        then = [
            _("Everybody who has not answered two delivered questions is hidden now."),
            _("Each gets a mail and may undo it for some days. Then the entries are erased for good."),
        ]
        return self.ask_first(
            request, queryset, title=_("Release the brake"), then=then,
            deed=lambda brake, by: cycle.decide_brake(brake=brake, release=True, by=by),
        )  # fmt: skip

    @admin.action(description=_("Refuse: ask everybody anew …"), permissions=["view"])
    def refuse(self, request, queryset):
        then = [
            _("Nobody is hidden. The two questions do not count."),
            _("Everybody concerned is asked twice again. Choose this when mails may not have arrived."),
        ]
        return self.ask_first(
            request, queryset, title=_("Ask everybody anew"), then=then,
            deed=lambda brake, by: cycle.decide_brake(brake=brake, release=False, by=by),
        )  # fmt: skip


@admin.register(OpeningLimit)
class OpeningLimitAdmin(PoolAsking):
    list_display = ["at", "member", "user", "seen_at", "seen_by"]
    list_filter = [("seen_at", admin.EmptyFieldListFilter)]
    list_select_related = ["member__organization", "member__pool", "user"]
    actions = ["seen"]

    def deeds(self, request, obj: OpeningLimit) -> list[Deed]:
        return [] if obj.seen_at else [Deed("seen", _("Looked at"), is_main=True)]

    @admin.action(description=_("Looked at"), permissions=["view"])
    def seen(self, request, queryset):
        for limit in queryset[:100]:
            requesting.close_limit(limit=limit, by=request.user)
