"""Forms of the administration of organisations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kit import images
from providers.models import Certification, Contact, Membership, Organization
from taxonomy import codes
from taxonomy.models import CodeList


def legal_forms() -> list[tuple]:
    return [("", "–"), *codes.choices(CodeList.ORGANIZATIONAL_FORM)]


def contact_roles() -> list[tuple]:
    return codes.choices(CodeList.CONTACT_ROLE)


class OrganizationForm(forms.ModelForm):
    kinds = forms.MultipleChoiceField(
        label=_("kinds"), choices=Organization.Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    website = forms.URLField(label=_("website"), max_length=500, required=False, assume_scheme="https")
    legal_form = forms.TypedChoiceField(
        label=_("form of organisation"), choices=legal_forms, coerce=int, empty_value=None, required=False
    )

    class Meta:
        model = Organization
        fields = [
            "name", "kinds", "legal_form", "phone", "email", "website", "logo", "mission", "audience", "equipment",
            "staff_note", "directions", "opening_hours", "is_trusted",
        ]  # fmt: skip
        widgets = {"logo": forms.FileInput}  # uploads have no address that a link could show

    def clean_logo(self):
        logo = self.cleaned_data.get("logo")
        return images.redrawn(logo) if "logo" in self.changed_data and logo else logo


class CertificationForm(forms.ModelForm):
    """Whoever ticks "checked" has seen the proof; his name stands on the certification from then on."""

    is_checked = forms.BooleanField(label=_("proof has been checked"), required=False)

    class Meta:
        model = Certification
        fields = [
            "organization", "kind", "number", "certifier_number", "certifier_name", "scope", "valid_from", "valid_to",
            "proof",
        ]  # fmt: skip
        widgets = {"proof": forms.FileInput}
        labels = {"is_checked": _("proof has been checked")}  # for those who only look

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["is_checked"].initial = bool(self.instance.checked_at)


class ContactForm(forms.ModelForm):
    role = forms.TypedChoiceField(label=_("role"), choices=contact_roles, coerce=int)

    class Meta:
        model = Contact
        fields = ["role", "job_title", "title", "first_name", "last_name", "phone", "email"]


class MembershipForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ["user", "role"]
