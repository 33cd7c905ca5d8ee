"""Forms of clients around a talk: a call-back, answers by link, words on a list of courses."""

from django import forms
from django.utils.translation import gettext_lazy as _

from counseling.forms.desk import helper
from counseling.models import Callback, Shortlist


class CallbackForm(forms.ModelForm):
    """Name and number are enough. `url` is left empty by people and filled by robots."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, error_messages={"required": _("Please write your name")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Your phone number"), max_length=60, error_messages={"required": _("Please write your phone number")},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )  # fmt: skip

    class Meta:
        model = Callback
        fields = ["name", "phone", "when", "language", "audience", "question"]
        labels = {"when": _("When can we reach you best?"), "question": _("What is it about?"),
                  "audience": _("For whom do you ask?"), "language": _("In which language shall we call?")}  # fmt: skip
        help_texts = {"when": _("For example: in the morning, or after 5 pm")}
        widgets = {"question": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Please call me"))

    def clean_phone(self):
        phone = self.cleaned_data["phone"].strip()
        if sum(sign.isdigit() for sign in phone) < 6:
            raise forms.ValidationError(_("This number is too short. Please write it with the area code"))
        return phone


class ConsentForm(forms.Form):
    """Yes or no; nothing is chosen beforehand, and no scanner of mails answers by looking."""

    answer = forms.ChoiceField(
        label=_("May we write to the provider?"), widget=forms.RadioSelect,
        choices=[("ja", _("Yes, please write to the provider")), ("nein", _("No, please do not"))],
        error_messages={"required": _("Please choose yes or no")},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Send my decision"))


class IllnessChoiceForm(forms.Form):
    """What shall happen to the talk: only what is possible is offered."""

    choice = forms.ChoiceField(
        label=_("What suits you?"), widget=forms.RadioSelect, error_messages={"required": _("Please choose one")}
    )

    def __init__(self, *args, choices: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = choices
        self.helper = helper(_("Send my decision"))


class GreetingForm(forms.ModelForm):
    class Meta:
        model = Shortlist
        fields = ["greeting"]
        widgets = {"greeting": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["greeting"].required = False
        self.helper = helper("", is_tag=False)
