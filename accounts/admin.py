"""The administration of logins, and what data protection needs: the audit log, consents, disclosure and erasure."""

import json

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.core.serializers.json import DjangoJSONEncoder
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import actions, audit
from accounts.models import AuditEntry, Consent, User
from accounts.privacy import erase_person, export_person
from accounts.roles import BY_MEMBERSHIP, Role
from kit import downloads
from kit.modeladmin import ModelAdmin

GIVEN_BY_HAND = [(role.value, role.label) for role in Role if role not in BY_MEMBERSHIP]


class UserForm(forms.ModelForm):
    """Roles that follow from memberships are not offered and not taken away."""

    roles = forms.MultipleChoiceField(
        label=_("roles"), choices=GIVEN_BY_HAND, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = User
        fields = ["email", "full_name", "roles", "is_active"]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        taken = EmailAddress.objects.filter(email=email) if self.instance.pk is None else EmailAddress.objects.none()
        if taken.exists():
            raise forms.ValidationError(_("Somebody logs in with this address already."))
        return email


class RoleFilter(admin.SimpleListFilter):
    title = _("role")
    parameter_name = "rolle"

    def lookups(self, request, model_admin):
        return Role.choices

    def queryset(self, request, queryset):
        return queryset.with_role(self.value()) if self.value() in Role.values else queryset


@admin.register(User)
class UserAdmin(ModelAdmin):
    roles = {"view": {"coordinator", "data_protection"}, "add": {"coordinator"}, "change": {"coordinator"}}
    form = UserForm
    list_display = ["email", "full_name", "role_names", "is_active", "last_login"]
    list_filter = [RoleFilter, "is_active"]
    search_fields = ["email", "full_name"]
    actions = ["disclose", "erase"]

    @admin.display(description=_("roles"))
    def role_names(self, user: User) -> str:
        return ", ".join(str(Role(role).label) for role in user.roles)

    def get_fields(self, request, obj=None):
        roles = "roles" if self.may(request, "add", "change") else "role_names"
        return ["email", "full_name", roles, "is_active"] if obj else ["email", "full_name", roles]

    def get_readonly_fields(self, request, obj=None):
        """An address proves who somebody is: after the first mail only the person changes it."""
        return ["email"] if obj else []

    def has_privacy_permission(self, request) -> bool:
        return request.user.has_role(Role.DATA_PROTECTION)

    def save_model(self, request, obj, form, change):
        chosen = {Role(role) for role in form.cleaned_data["roles"]}
        if not change:
            made = actions.open_account(email=obj.email, full_name=obj.full_name, roles=sorted(chosen), by=request.user)
            obj.pk, obj._state.adding = made.pk, False
            return
        User.objects.filter(pk=obj.pk).update(full_name=obj.full_name)
        user = actions.set_roles(user=User.objects.get(pk=obj.pk), roles=chosen, by=request.user)
        if user.is_active and not obj.is_active:
            actions.deactivate(user=user, by=request.user, reason="closed in the administration")
        if obj.is_active and not user.is_active:
            actions.reactivate(user=user, by=request.user)

    @admin.action(description=_("Disclose everything stored (JSON)"), permissions=["privacy"])
    def disclose(self, request, queryset):
        if queryset.count() != 1:
            self.message_user(request, _("Choose exactly one person."), messages.WARNING)
            return None
        user = queryset.get()
        audit.record("exported", user, by=request.user)
        content = json.dumps(export_person(user), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
        return downloads.made(content, name=f"person-{user.pk}.json", media_type="application/json")

    @admin.action(description=_("Erase for good"), permissions=["privacy"])
    def erase(self, request, queryset):
        people = list(queryset[:100])
        if request.user in people:
            self.message_user(request, _("You cannot erase yourself."), messages.WARNING)
            return None
        if "confirmed" not in request.POST:
            context = {**self.admin_site.each_context(request), "title": _("Erase for good?"), "people": people}
            return TemplateResponse(request, "admin/accounts/user/erase.html", {**context, "opts": self.opts})
        for user in people:
            erase_person(user=user, by=request.user)
        done = ngettext("%(count)d person was erased.", "%(count)d people were erased.", len(people))
        self.message_user(request, done % {"count": len(people)}, messages.SUCCESS)
        return None


class DeedFilter(admin.SimpleListFilter):
    title = _("deed")
    parameter_name = "verb"

    def lookups(self, request, model_admin):
        verbs = AuditEntry.objects.order_by("verb").values_list("verb", flat=True).distinct()
        return sorted(((verb, gettext(verb)) for verb in verbs), key=lambda choice: choice[1])

    def queryset(self, request, queryset):
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ModelAdmin):
    roles = {"view": {"data_protection", "coordinator"}}
    list_display = ["at", "deed", "kind", "object_label", "actor"]
    list_filter = [DeedFilter]
    fields = ["at", "deed", "kind", "object_label", "object_id", "actor", "facts"]
    search_fields = ["object_label", "object_id", "actor_label"]
    date_hierarchy = "at"

    @admin.display(description=_("deed"), ordering="verb")
    def deed(self, entry: AuditEntry) -> str:
        return entry.deed

    @admin.display(description=_("done by"), ordering="actor_label")
    def actor(self, entry: AuditEntry) -> str:
        return entry.actor

    @admin.display(description=_("kind of object"), ordering="object_type")
    def kind(self, entry: AuditEntry) -> str:
        return entry.kind


@admin.register(Consent)
class ConsentAdmin(ModelAdmin):
    roles = {"view": {"data_protection"}}
    list_display = ["user", "purpose", "text_version", "given_at", "withdrawn_at"]
    list_filter = ["purpose"]
    search_fields = ["user__email"]
    list_select_related = ["user"]
