"""The administration of organisations: profile, addresses, people, certifications, publishing and blocking."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.http import FileResponse, Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from import_export import fields, resources
from import_export.admin import ImportExportMixin
from import_export.formats import base_formats
from import_export.forms import ExportForm
from simple_history.admin import SimpleHistoryAdmin

from accounts import audit
from accounts.actors import SYSTEM
from kit import csv
from kit.admin import ModelAdmin
from kit.modeladmin import Deed
from providers import actions
from providers.forms import CertificationForm, ContactForm, MembershipForm, OrganizationForm
from providers.models import Certification, Contact, Location, Membership, Organization
from taxonomy.models import District

STAFF = {"coordinator", "editor"}
COORDINATION = {"coordinator"}


class OrganizationResource(resources.ModelResource):
    """One row per organisation, out and in. Cells that a spreadsheet would run get an apostrophe, and lose it again.

    A row without slug is a new organisation and becomes a draft; state and town go out only, for they have their own
    ways to change.
    """

    state = fields.Field(attribute="state", readonly=True)
    town = fields.Field(column_name="town", readonly=True)

    class Meta:
        model = Organization
        fields = ["slug", "name", "kinds", "state", "phone", "email", "website", "town"]
        export_order = fields
        import_id_fields = ["slug"]
        clean_model_instances = True
        skip_unchanged = report_skipped = True

    def get_queryset(self):
        return Organization.objects.all()

    def dehydrate_town(self, organization: Organization) -> str:
        main = organization.locations.first()
        return main.city if main else ""

    def export_field(self, field, instance, **kwargs):
        return csv.neutral(super().export_field(field, instance, **kwargs))

    def before_import_row(self, row, **kwargs):
        for column, cell in row.items():
            row[column] = csv.original(cell) if isinstance(cell, str) else cell
        row["slug"] = row.get("slug") or actions.free_slug(row.get("name") or "")

    def after_save_instance(self, instance, row, **kwargs):
        audit.record("organization imported", instance, by=kwargs.get("user") or SYSTEM)


class Inline(admin.StackedInline):
    """Part of an organisation: whoever may change it may change its parts. Closed: big ones have a hundred venues."""

    extra = 0
    classes = ["collapse"]

    def has_view_permission(self, request, obj=None):
        return request.user.has_role(*STAFF)

    def has_change_permission(self, request, obj=None):
        return request.user.has_role(*COORDINATION)

    has_delete_permission = has_change_permission

    def has_add_permission(self, request, obj=None):
        return request.user.has_role(*COORDINATION)


class LocationInline(Inline):
    model = Location
    fields = [("name", "street"), ("postcode", "city", "place"), ("phone", "is_barrier_free", "is_main"), "remarks"]
    autocomplete_fields = ["place"]


class ContactInline(Inline):
    model = Contact
    form = ContactForm
    fields = [("role", "job_title"), ("title", "first_name", "last_name"), ("phone", "email")]


class CertificationInline(Inline):
    model = Certification
    form = CertificationForm
    fields = [("kind", "number"), ("certifier_name", "scope"), ("valid_from", "valid_to"), "proof",
              ("is_checked", "checked_by")]  # fmt: skip
    readonly_fields = ["checked_by"]


class MembershipInline(Inline):
    model = Membership
    form = MembershipForm
    fields = [("user", "role")]
    autocomplete_fields = ["user"]


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "art"

    def lookups(self, request, model_admin):
        return Organization.Kind.choices

    def queryset(self, request, queryset):
        return queryset.of_kind(self.value()) if self.value() else queryset


class DistrictFilter(admin.SimpleListFilter):
    """Districts of the region only: Germany has four hundred."""

    title = _("district")
    parameter_name = "kreis"

    def lookups(self, request, model_admin):
        return list(District.objects.filter(in_region=True).values_list("code", "name"))

    def queryset(self, request, queryset):
        return queryset.in_district(self.value()) if self.value() else queryset


class BlockedFilter(admin.SimpleListFilter):
    title = _("blocked")
    parameter_name = "gesperrt"

    def lookups(self, request, model_admin):
        return [("1", _("blocked")), ("0", _("not blocked"))]

    def queryset(self, request, queryset):
        return queryset.filter(blocked_at__isnull=self.value() == "0") if self.value() in ("0", "1") else queryset


@admin.register(Organization)
class OrganizationAdmin(ImportExportMixin, ModelAdmin, SimpleHistoryAdmin):
    roles = {"view": STAFF, "add": COORDINATION, "change": COORDINATION}
    form = OrganizationForm
    resource_classes = [OrganizationResource]
    export_form_class = ExportForm
    formats = [base_formats.CSV, base_formats.XLSX]
    list_display = ["name", "kind_names", "state", "is_blocked", "is_trusted", "updated_at"]
    list_filter = ["state", KindFilter, DistrictFilter, BlockedFilter, "is_trusted"]
    search_fields = ["name", "sort_key", "slug", "email"]
    readonly_fields = ["state", "slug", "blocked_at", "blocked_reason", "kind_names"]
    inlines = [LocationInline, ContactInline, CertificationInline, MembershipInline]
    actions = ["publish", "return_for_changes", "block", "unblock"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "kinds", "legal_form", "logo"]}),
        (_("State"), {"fields": ["state", "blocked_at", "blocked_reason", "is_trusted"]}),
        (_("Contact"), {"fields": ["phone", "email", "website", "opening_hours"]}),
        (_("Profile"), {"fields": ["mission", "audience", "equipment", "staff_note", "directions"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        """Who may only look reads the kinds in words."""
        if self.may(request, "add", "change"):
            return self.fieldsets
        [(title, options), *others] = self.fieldsets
        shown = ["kind_names" if name == "kinds" else name for name in options["fields"]]
        return [(title, {**options, "fields": shown}), *others]

    def deeds(self, request, obj: Organization) -> list[Deed]:
        found = [] if obj.state == Organization.State.PUBLISHED else [Deed("publish", _("Publish"), is_main=True)]
        if obj.state == Organization.State.SUBMITTED:
            found.append(Deed("return_for_changes", _("Return with remarks …")))
        found.append(Deed("unblock", _("Lift the block")) if obj.blocked_at else Deed("block", _("Block …")))
        return found

    @admin.display(description=_("kinds"))
    def kind_names(self, organization: Organization) -> str:
        return ", ".join(organization.kind_labels)

    @admin.display(description=_("blocked"), boolean=True, ordering="blocked_at")
    def is_blocked(self, organization: Organization) -> bool:
        return organization.blocked_at is not None

    def has_export_permission(self, request):
        return self.may(request, "change")

    has_import_permission = has_export_permission

    def save_model(self, request, obj, form, change):
        if not change:
            obj.slug = actions.free_slug(obj.name)
        super().save_model(request, obj, form, change)
        audit.record("organization changed" if change else "organization registered", obj, by=request.user)

    def save_formset(self, request, form, formset, change):
        """People come and go by actions, because portal roles hang on it; checks and positions follow changes."""
        if formset.model is Membership:
            self._save_memberships(request, formset)
            return
        super().save_formset(request, form, formset, change)
        for part in formset.forms:
            if part.instance.pk and part.has_changed() and part not in formset.deleted_forms:
                self._follow(request, part)

    def _follow(self, request, part) -> None:
        if isinstance(part.instance, Certification):
            settle_check(part, by=request.user)
        if isinstance(part.instance, Location):
            actions.find_position(location=part.instance)

    def _save_memberships(self, request, formset) -> None:
        formset.save(commit=False)
        for membership in formset.deleted_objects:
            actions.leave(membership=membership, by=request.user)
        for membership in [*formset.new_objects, *(changed for changed, _fields in formset.changed_objects)]:
            actions.join(user=membership.user, organization=formset.instance, role=membership.role, by=request.user)

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request, queryset):
        self._each(request, queryset, lambda organization: actions.publish(organization=organization, by=request.user))

    @admin.action(description=_("Lift the block"), permissions=["change"])
    def unblock(self, request, queryset):
        self._each(request, queryset, lambda organization: actions.unblock(organization=organization, by=request.user))

    @admin.action(description=_("Return with remarks …"), permissions=["change"])
    def return_for_changes(self, request, queryset):
        return self._with_reason(request, queryset, _("Return with remarks"), actions.return_for_changes)

    @admin.action(description=_("Block …"), permissions=["change"])
    def block(self, request, queryset):
        return self._with_reason(request, queryset, _("Block"), actions.block)

    def _with_reason(self, request, queryset, title: str, deed: Callable):
        reason = request.POST.get("reason", "").strip()
        if "confirmed" in request.POST and reason:
            self._each(request, queryset, lambda one: deed(organization=one, by=request.user, reason=reason))
            return None
        error = _("Please write a reason.") if "confirmed" in request.POST else ""
        context = {"title": title, "organizations": queryset[:100], "action": deed.__name__, "error": error}
        context = {**self.admin_site.each_context(request), **context, "opts": self.opts}
        return TemplateResponse(request, "admin/providers/organization/reason.html", context)

    def _each(self, request, queryset, deed: Callable) -> None:
        done, refused = 0, []
        for organization in queryset[:100]:
            try:
                deed(organization)
                done += 1
            except actions.WrongState:
                refused.append(str(organization))
        if done:
            said = ngettext("%(count)d organisation was changed.", "%(count)d organisations were changed.", done)
            self.message_user(request, said % {"count": done}, messages.SUCCESS)
        if refused:
            said = _("Not possible in their present state: %(names)s") % {"names": ", ".join(refused)}
            self.message_user(request, said, messages.WARNING)


class ValidityFilter(admin.SimpleListFilter):
    title = _("validity")
    parameter_name = "endet"

    def lookups(self, request, model_admin):
        return [("30", _("ends within 30 days")), ("90", _("ends within 90 days")), ("180", _("ends within 180 days")),
                ("ungeprueft", _("not checked yet"))]  # fmt: skip

    def queryset(self, request, queryset):
        if self.value() == "ungeprueft":
            return queryset.filter(checked_at=None)
        return queryset.expiring_within(int(self.value())) if self.value() in ("30", "90", "180") else queryset


@admin.register(Certification)
class CertificationAdmin(ModelAdmin, SimpleHistoryAdmin):
    roles = {"view": STAFF, "add": COORDINATION, "change": COORDINATION, "delete": COORDINATION}
    form = CertificationForm
    list_display = ["organization", "kind", "number", "valid_from", "valid_to", "checked_by"]
    list_filter = [ValidityFilter, "kind"]
    list_select_related = ["organization"]
    search_fields = ["organization__name", "number"]
    autocomplete_fields = ["organization"]
    readonly_fields = ["checked_by", "checked_at", "proof_link"]
    actions = ["confirm"]
    fieldsets = [
        (None, {"fields": ["organization", "kind", "number", "scope", "valid_from", "valid_to"]}),
        (_("Certifier"), {"fields": ["certifier_number", "certifier_name"]}),
        (_("Check"), {"fields": ["proof", "proof_link", "is_checked", "checked_by", "checked_at"]}),
    ]

    def get_urls(self):
        own = path(
            "<int:pk>/nachweis/", self.admin_site.admin_view(self.show_proof), name="providers_certification_proof"
        )
        return [own, *super().get_urls()]

    def show_proof(self, request, pk: int):
        """The uploaded proof, for those who check it; always as a download, because a browser runs what it shows."""
        certification = self.get_object(request, pk)
        if certification is None or not certification.proof or not self.has_view_permission(request):
            raise Http404
        return FileResponse(certification.proof.open(), as_attachment=True)

    @admin.display(description=_("proof"))
    def proof_link(self, certification: Certification) -> str:
        if not certification.proof:
            return "–"
        address = reverse("admin:providers_certification_proof", args=[certification.pk])
        return format_html('<a href="{}">{}</a>', address, _("Download the proof"))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if form.has_changed():
            settle_check(form, by=request.user)

    @admin.action(description=_("Proof has been checked"), permissions=["change"])
    def confirm(self, request, queryset):
        for certification in queryset[:100]:
            actions.check_certification(certification=certification, by=request.user)


def settle_check(form: CertificationForm, *, by) -> None:
    """A check holds for what was seen: a change without the tick takes it away, with the tick it is a new check."""
    actions.uncheck_certification(certification=form.instance, by=by)
    if form.cleaned_data.get("is_checked"):
        actions.check_certification(certification=form.instance, by=by)
