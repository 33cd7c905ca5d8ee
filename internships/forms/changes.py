"""The forms in which a company writes what it offers, filled with a change that is pending."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from internships.models import OfferChange
from kit.forms import helper_with


class OfferedForm(forms.ModelForm):
    """What the forms of all kinds share. One that is bound to days has rows of `times`, read into `periods`."""

    times: list[Any]
    periods: list[tuple[date, date, int]]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.helper = helper_with(_("Save"))
        self.times, self.periods = [], []

    @property
    def names(self) -> list[str]:
        return [*self.fields, *(name for row in self.times for name in row.names)]

    def fill(self, change: OfferChange) -> None:
        """What stands in the change instead of what the offer says; a submitted one has the words alone."""
        self.initial.update(change.values)
        if not change.is_draft:
            return
        ticks = [name for name, field in self.fields.items() if isinstance(field.widget, forms.CheckboxInput)]
        self.initial.update({name: name in change.values for name in ticks})
        for row in self.times:
            row.initial = [change.values.get(name, "") for name in row.names]

    def written(self, posted: QueryDict) -> dict[str, str]:
        """What stands in the form, field by field, right or not: of the fields that it has and no others."""
        return {name: posted[name] for name in self.names if name in posted}
