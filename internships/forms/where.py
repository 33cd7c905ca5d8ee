"""The field `where`: a town or postcode that names one place."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from taxonomy import geo
from taxonomy.models import Place


def place_of(words: str) -> Place | None:
    found = geo.locate(words) if words.strip() else None
    return found.place if found else None


class WithPlace(forms.Form):
    """Whoever adds it has a field `where`; the place is in `cleaned_data["place"]`."""

    def clean_where(self) -> str:
        place = place_of(self.cleaned_data["where"])
        if place is None:
            raise ValidationError(_("We do not know this place, or there are several of this name. Please write the "
                                    "postcode."))  # fmt: skip
        self.cleaned_data["place"] = place
        return self.cleaned_data["where"]
