"""What people are asked on their way to an appointment: four short pages, two things they must say."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from counseling.models import Appointment, Audience, Counsellor, Language, Mode, Service, Subject

NEEDS = [
    ("interpreter", _("An interpreter")),
    ("sign", _("Sign language")),
    ("step_free", _("I come with a wheelchair or a pram")),
    ("child", _("I bring my child along")),
]
MODE_ORDER = [Mode.IN_PERSON, Mode.PHONE, Mode.VIDEO, Mode.ON_SITE]


@dataclass(frozen=True)
class Wish:
    """What somebody wants to talk about, and how."""

    service: Service
    subject: Subject
    mode: str
    language: str

    @property
    def mode_label(self) -> str:
        return Mode(self.mode).label

    @property
    def language_label(self) -> str:
        return Language(self.language).label

    @cached_property
    def counsellors(self) -> list[Counsellor]:
        """Who could hold this talk; whoever comes too late is shown their times at once, without asking again."""
        return list(Counsellor.objects.for_talk(self.service, self.subject, self.language))


class WishForm(forms.Form):
    """Subject, mode and language; comes and goes in the address, so that the page of times can be sent to others."""

    fuer = forms.ChoiceField(choices=Audience.choices, widget=forms.HiddenInput)
    thema = forms.ModelChoiceField(
        label=_("What is it about?"), queryset=Subject.objects.none(), widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": _("Choose what it is about"), "invalid_choice": _("Choose what it is about")},
    )  # fmt: skip
    art = forms.ChoiceField(
        label=_("How shall we talk?"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose how we shall talk"), "invalid_choice": _("Choose how we shall talk")},
    )  # fmt: skip
    sprache = forms.ChoiceField(
        label=_("In which language?"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose a language"), "invalid_choice": _("Choose a language")},
    )  # fmt: skip

    def __init__(self, data=None, *, audience: str):
        super().__init__(data, initial={"fuer": audience, "sprache": Language.GERMAN})
        self.label_suffix = ""
        self.services = list(Service.objects.bookable().for_audience(audience).prefetch_related("subjects"))
        subjects = {subject.pk for service in self.services for subject in service.subjects.all()}
        self.fields["thema"].queryset = Subject.objects.filter(pk__in=subjects)
        modes = {mode for service in self.services for mode in service.modes}
        self.fields["art"].choices = [(mode.value, mode.label) for mode in MODE_ORDER if mode in modes]
        spoken = {language for of in self._languages() for language in of}
        self.fields["sprache"].choices = [each for each in Language.choices if each[0] in spoken]

    def _languages(self):
        return Counsellor.objects.active().order_by().values_list("languages", flat=True)

    def clean(self):
        data = super().clean()
        if not self.errors and self._service() is None:
            self.add_error("art", _("This subject is not on offer in this way. Choose another way"))
        return data

    def _service(self) -> Service | None:
        subject, mode = self.cleaned_data["thema"], self.cleaned_data["art"]
        return next((each for each in self.services if subject in each.subjects.all() and mode in each.modes), None)

    @property
    def wish(self) -> Wish:
        """Only of a valid form."""
        data = self.cleaned_data
        return Wish(self._service(), data["thema"], data["art"], data["sprache"])


def read_moment(text: str) -> datetime | None:
    """The time that a radio button of the calendar names (slots.Time.value); None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


class ClientForm(forms.Form):
    """Who comes. A name, and a mail address or a phone number; everything else is up to them."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, error_messages={"required": _("Write your name")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    organization_name = forms.CharField(
        label=_("Company or institution"), max_length=160,
        error_messages={"required": _("Write the name of your company or institution")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("We send you the confirmation. Nothing else. Without an address please write a phone number."),
        error_messages={
            "required": _("Write an e-mail address or a phone number"),
            "invalid": _("Write the e-mail address with @, for example name@example.org"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone number"), max_length=60, required=False, help_text=_("In case we have to move the appointment"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    address = forms.CharField(
        label=_("Where shall we come to?"), max_length=255, help_text=_("Street, number and town"),
        error_messages={"required": _("Write street, number and town")},
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )  # fmt: skip
    needs = forms.MultipleChoiceField(
        label=_("What helps you?"), choices=NEEDS, required=False, widget=forms.CheckboxSelectMultiple
    )
    question = forms.CharField(
        label=_("What is it about?"), max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Please no illnesses and nothing about others."),
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def __init__(self, data=None, *, appointment: Appointment):
        super().__init__(data, initial={**appointment.client, "needs": self._ticked(appointment.on_site_needs)})
        self.label_suffix = ""
        if data and data.get("phone", "").strip():
            self.fields["email"].required = False
        if appointment.audience == Audience.PERSON:
            del self.fields["organization_name"]
        if appointment.mode != Mode.ON_SITE:
            del self.fields["address"]
        if appointment.mode == Mode.PHONE:
            self.fields["phone"].required = True
            self.fields["phone"].help_text = _("We call you at this number.")
            self.fields["phone"].error_messages["required"] = _("Write the phone number at which we call you")

    def _ticked(self, needs: str) -> list[str]:
        with translation.override("de"):
            return [value for value, label in NEEDS if str(label) in needs]

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"].strip()
        if phone and sum(sign.isdigit() for sign in phone) < 5:
            raise ValidationError(_("Write the whole phone number, with the area code"))
        return phone

    def clean(self):
        data = super().clean()
        if data.get("website"):
            raise ValidationError(_("Please leave the field “Website” empty."))
        return data

    def client(self, language: str) -> dict[str, str]:
        """For booking.describe. Needs are noted in German, which is what the counsellors read."""
        data = {name: value for name, value in self.cleaned_data.items() if name in Appointment.CLIENT}
        with translation.override("de"):
            labels = [str(label) for value, label in NEEDS if value in self.cleaned_data["needs"]]
        return {**data, "on_site_needs": "; ".join(labels), "mail_language": language}


class FindForm(forms.Form):
    """For whoever has lost the link: the number, and the address or phone number that was given."""

    number = forms.CharField(
        label=_("Number of your appointment"), max_length=9, help_text=_("For example 7K4-M2P"),
        error_messages={"required": _("Write the number of your appointment")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("Your e-mail address or phone number"), max_length=254,
        error_messages={"required": _("Write the e-mail address or phone number that you gave us")},
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean(self):
        data = super().clean()
        if not self.errors:
            self.appointment = Appointment.objects.known_as(data["number"], data["contact"])
            if self.appointment is None:
                raise ValidationError(_("We do not find an appointment with this number and this address."))
        return data


class ModeForm(forms.Form):
    """The other ways in which this talk could be held at its time."""

    art = forms.ChoiceField(
        label=_("How shall we talk?"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose how we shall talk"), "invalid_choice": _("Choose how we shall talk")},
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone number"), max_length=60, required=False, help_text=_("If you choose the phone"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip

    def __init__(self, data=None, *, appointment: Appointment, modes: frozenset[str]):
        super().__init__(data)
        self.label_suffix = ""
        self.fields["art"].choices = [
            (mode.value, mode.label) for mode in MODE_ORDER if mode in modes and mode != appointment.mode
        ]
        if appointment.phone or Mode.PHONE not in modes:
            del self.fields["phone"]

    def clean(self):
        data = super().clean()
        if data.get("art") == Mode.PHONE and "phone" in self.fields and not data.get("phone", "").strip():
            self.add_error("phone", _("Write the phone number at which we call you"))
        return data
