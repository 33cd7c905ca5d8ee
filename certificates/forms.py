"""What somebody types who holds a paper in the hand."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from certificates.models import Certificate
from kit.forms import PageForm, day_field, missing


class NumberForm(PageForm):
    """Sends itself by GET: a number is no secret."""

    button = _("Continue")
    nummer = forms.CharField(
        label=_("Number of the certificate"), max_length=20, help_text=_("For example 7K4M-2PQR-XY3Z"),
        error_messages=missing(_("Please write the number.")),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.form_method = "get"

    def clean_nummer(self) -> str:
        self.certificate = Certificate.objects.numbered(self.cleaned_data["nummer"])
        if self.certificate is None:
            raise ValidationError(_("There is no certificate with this number."))
        return self.cleaned_data["nummer"]


class PersonForm(PageForm):
    """Name and day of birth as they stand on the paper; neither is kept."""

    button = _("Check the paper")
    name = forms.CharField(
        label=_("Name on the paper"), max_length=130, error_messages=missing(_("Please write the name.")),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    birth_date = day_field(
        label=_("Date of birth on the paper"),
        error_messages={**missing(_("Please write the date of birth.")),
                        "invalid": _("Please write a day, such as 12.1.2012.")},
    )  # fmt: skip
