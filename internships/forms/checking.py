"""What a company answers about an offer that grows old."""

from django import forms
from django.utils.translation import gettext_lazy as _

from internships.forms.pupil import NO, YES
from kit.forms import Choice, PageForm, day_field, missing


class StillRightForm(PageForm):
    button = _("Send answer")
    answer = Choice(
        label=_("Is the offer still right?"),
        choices=[(YES, _("Yes, show it for another year")), (NO, _("No, we do not offer it any more"))],
    )


class LongerForm(PageForm):
    """A topic: one button."""

    button = _("Show it for another year")


class NextTimeForm(PageForm):
    """An internship: its next time, as long as the last one."""

    button = _("Offer this date")
    first_day = day_field(label=_("First day"), error_messages=missing(_("Please write a day.")))
    seats = forms.IntegerField(
        label=_("Seats"), min_value=1, max_value=200, error_messages=missing(_("Please write a number of seats."))
    )
