"""What the waiting list asks, and the two questions after a talk."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from counseling.models import FollowUp
from kit import clock

USUAL_WAIT = timedelta(weeks=4)
LONGEST_WAIT = timedelta(weeks=12)


class WaitingForm(forms.Form):
    """An offer comes by mail; there is no waiting list without an address."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, error_messages={"required": _("Write your name")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("Offers come by mail."),
        error_messages={
            "required": _("Write your e-mail address"),
            "invalid": _("Write the e-mail address with @, for example name@example.org"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone number"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    until = forms.DateField(
        label=_("How long do you want to wait?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Write a day"), "invalid": _("Write a day, for example 24.12.2026")},
    )  # fmt: skip

    def __init__(self, data=None):
        super().__init__(data, initial={"until": clock.today() + USUAL_WAIT})
        self.label_suffix = ""

    def clean_until(self):
        until = self.cleaned_data["until"]
        if not clock.today() < until <= clock.today() + LONGEST_WAIT:
            raise ValidationError(_("Choose a day within the next twelve weeks"))
        return until


class OfferForm(forms.Form):
    """Yes, no, or off the list. Nothing is ticked beforehand."""

    TAKE, DECLINE, LEAVE = "ja", "nein", "ende"

    antwort = forms.ChoiceField(
        label=_("Your answer"), widget=forms.RadioSelect, error_messages={"required": _("Choose an answer")}
    )

    def __init__(self, data=None, *, has_offer: bool):
        super().__init__(data)
        self.label_suffix = ""
        answers = [(self.LEAVE, _("I do not want to wait any more"))]
        if has_offer:
            answers = [(self.TAKE, _("Yes, I take this time")), (self.DECLINE, _("No, I go on waiting")), *answers]
        self.fields["antwort"].choices = answers


class AnswerForm(forms.Form):
    """Two questions; the second may stay open."""

    helped = forms.ChoiceField(
        label=_("Did the talk help you?"), choices=FollowUp.Helped.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer")},
    )  # fmt: skip
    next_step = forms.TypedChoiceField(
        label=_("Have you taken a next step? For example a course, an application, an examination."),
        choices=[("1", _("yes")), ("0", _("no"))], coerce=lambda word: word == "1", empty_value=None, required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, data=None):
        super().__init__(data)
        self.label_suffix = ""
