"""The register in the administration: what was issued, without names, and the way to declare one void."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from certificates.actions import revoke
from certificates.models import Certificate
from kit.modeladmin import Asking, Deed, WhyForm


@admin.register(Certificate)
class CertificateAdmin(Asking):
    roles = {"view": {"coordinator"}}
    list_display = ["number", "title", "issuer", "issued_on", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["=number", "issuer"]
    date_hierarchy = "issued_on"
    fields = ["number", "title", "issuer", "words", "issued_on", "revoked_at", "revoked_reason"]
    readonly_fields = ["number"]
    actions = ["declare_void"]

    def deeds(self, request, obj: Certificate) -> list[Deed]:
        return [] if obj.revoked_at else [Deed("declare_void", _("Declare void …"))]

    @admin.action(description=_("Declare void …"), permissions=["view"])
    def declare_void(self, request, queryset):
        then = [_("The public check says from now on that it is void, with your reason.")]
        return self.ask_first(
            request, queryset, title=_("Declare void"), then=then, form_class=WhyForm,
            deed=lambda certificate, **answers: revoke(certificate=certificate, **answers),
        )  # fmt: skip
