"""Forms with a page of their own, and fields that several apps ask for."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

PLEASE_CHOOSE = {
    "required": _("Please choose one of the answers."),
    "invalid_choice": _("Please choose one of the answers."),
}

PLEASE_WRITE_A_DAY = {
    "required": _("Please choose a day"),
    "invalid": _("Please write the day like 12.05.2026"),
}
DAY_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"]  # browsers with a calendar send the first


def helper_with(button: str) -> FormHelper:
    """One column, one button, errors in our own words."""
    helper = FormHelper()
    helper.attrs = {"novalidate": ""}
    helper.form_class = "form"
    helper.add_input(Submit("", button))
    return helper


class PageForm(forms.Form):
    """A form with a page of its own, and one button."""

    button = _("Send")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.helper = helper_with(self.button)


class Choice(forms.ChoiceField):
    """Radio buttons of which none is on: a machine that presses the button says nothing."""

    widget = forms.RadioSelect

    def __init__(self, **options):
        super().__init__(**{"error_messages": PLEASE_CHOOSE, **options})


def day_field(label, *, error_messages: dict | None = None, **options) -> forms.DateField:
    """The browser's own calendar; without one a day can be typed as 12.1.2027, in every language."""
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), input_formats=DAY_FORMATS,
        error_messages={**PLEASE_WRITE_A_DAY, **(error_messages or {})}, **options,
    )  # fmt: skip


def missing(words) -> dict:
    """The error of a field that was left empty."""
    return {"required": words}


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing for a page that is only opened, and an empty answer is an answer."""
    return request.POST if request.method == "POST" else None
