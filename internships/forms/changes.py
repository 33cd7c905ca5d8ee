"""The form of an offer, filled with a change that is pending."""

from django.http import QueryDict

from internships.forms.company import OfferForm
from internships.models import OfferChange

TICKS = ("is_direct",)


def fill(form: OfferForm, change: OfferChange) -> None:
    """What stands in the change instead of what the offer says; a submitted one has the words alone."""
    form.initial.update(change.values)
    if not change.is_draft:
        return
    form.initial.update({name: name in change.values for name in TICKS})
    for row in form.times:
        row.initial = [change.values.get(name, "") for name in row.names]


def written(form: OfferForm, posted: QueryDict) -> dict[str, str]:
    """What stands in the form, field by field, right or not: of the fields that it has and no others."""
    names = [*form.fields, *(name for row in form.times for name in row.names)]
    return {name: posted[name] for name in names if name in posted}
