"""What people fill in who were recommended, and their parents. Nothing is chosen or ticked beforehand."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.forms import Choice
from talentpool.models import Agreement, Document, Entry, Hours, Level, Seeking
from talentpool.models.entry import MOST_FAMILIES
from taxonomy import geo
from taxonomy.models import JobFamily

YES, NO = "ja", "nein"
YOUNGEST, OLDEST = 13, 100
RADII = [10, 25, 50, 100, 200]


def several(label, choices, words, **options) -> forms.MultipleChoiceField:
    """Boxes to tick, at least one."""
    messages = {"required": words, "invalid_choice": words}
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, error_messages=messages, **options
    )


# ── With the link of a mail


class InvitationForm(forms.Form):
    ACCEPT, DECLINE, NEVER, MISTAKEN = "ja", "nein", "nie", "nicht-ich"
    answer = Choice(
        label=_("Your answer"),
        choices=[
            (ACCEPT, _("Yes, I want to take part")),
            (DECLINE, _("No, thank you")),
            (NEVER, _("No, thank you, and please never invite me again")),
            (MISTAKEN, _("That is not me")),
        ],
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Your code"),
        help_text=_("Six digits"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code"}),
        error_messages={"required": _("Please type the six digits from the mail.")},
    )

    def clean_code(self) -> str:
        return "".join(sign for sign in self.cleaned_data["code"] if sign.isdigit())


class GuardianAnswerForm(forms.Form):
    answer = Choice(label=_("Your answer"), choices=[(YES, _("Yes, I agree")), (NO, _("No, I do not agree"))])


class RequestAnswerForm(forms.Form):
    answer = Choice(
        label=_("Your answer"),
        choices=[(YES, _("Yes, show my name, e-mail and phone to this company")), (NO, _("No, thank you"))],
    )


# ── Sections of the profile


class Section(forms.Form):
    """A short page of questions; its answers go to `profiling.edit` under the names of its fields."""

    title = ""
    hint = ""

    def __init__(self, data=None, *, entry: Entry):
        self.entry = entry
        super().__init__(data, initial=self.present(entry))

    def present(self, entry: Entry) -> dict:
        return {name: getattr(entry, name) for name in self.base_fields if hasattr(entry, name)}

    @property
    def values(self) -> dict:
        return self.cleaned_data


class PersonForm(Section):
    title = _("About you")
    hint = _("Companies see your name and your phone number only after you have said yes to them.")

    full_name = forms.CharField(
        label=_("First name and surname"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please write your name.")},
    )
    birth_date = forms.DateField(
        label=_("Date of birth"),
        help_text=_("Companies never see it. We need it because people under 16 need the consent of a parent."),
        error_messages={
            "required": _("Please say when you were born."),
            "invalid": _("This day does not exist. Please look at day, month and year again."),
        },
    )
    phone = forms.CharField(
        label=_("Phone number"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def __init__(self, data=None, *, entry: Entry):
        super().__init__(data, entry=entry)
        this_year = clock.today().year
        years = range(this_year - YOUNGEST, this_year - OLDEST, -1)
        empty = (_("Year"), _("Month"), _("Day"))
        self.fields["birth_date"].widget = forms.SelectDateWidget(
            years=years, empty_label=empty, attrs={"autocomplete": "off"}
        )
        if hasattr(entry, "guardian"):  # what a parent was asked about does not change behind the parent's back
            del self.fields["birth_date"]

    def present(self, entry: Entry) -> dict:
        return super().present(entry) | {"full_name": entry.user.full_name}


class SeekingForm(Section):
    title = _("What you are looking for")

    seeking = several(_("What are you looking for?"), Seeking.choices, _("Please tick at least one."))
    job_families = several(
        _("In which field of work?"),
        JobFamily.choices,
        _("Please tick one to three fields."),
        help_text=_("Up to three"),
    )
    hours = Choice(label=_("How much do you want to work?"), choices=Hours.choices)
    available_from = forms.DateField(
        label=_("From when on?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("Please say from when on you are free. Today is fine."),
            "invalid": _("Please write the day like this: 1.8.2027"),
        },
    )

    def clean_job_families(self) -> list[str]:
        chosen = self.cleaned_data["job_families"]
        if len(chosen) > MOST_FAMILIES:
            raise forms.ValidationError(_("Please tick three fields at most."))
        return chosen


class SchoolForm(Section):
    title = _("School and training")

    level = Choice(label=_("What is your highest qualification?"), choices=Level.choices)


class HomeForm(Section):
    title = _("Where you live")
    hint = _("Companies see only the district and how far you want to travel.")

    home = forms.CharField(
        label=_("Town or postcode"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
        error_messages={"required": _("Please write your town or your postcode.")},
    )
    radius = forms.TypedChoiceField(
        label=_("How far do you want to travel?"), choices=[(km, f"{km} km") for km in RADII], coerce=int
    )

    def present(self, entry: Entry) -> dict:
        return super().present(entry) | {"home": str(entry.place.name) if entry.place else ""}

    def clean_home(self):
        words = self.cleaned_data["home"]
        if self.entry.place and words == self.entry.place.name:
            return self.entry.place
        found = geo.find(words)
        if not found:
            raise forms.ValidationError(_("We do not know this place. Please write the postcode."))
        if len(found) > 1 and not words.strip().isdigit() and not _one_stands_out(found):
            raise forms.ValidationError(_("There are several places of this name. Please write the postcode."))
        return found[0]

    @property
    def values(self) -> dict:
        return {"place": self.cleaned_data["home"], "radius": self.cleaned_data["radius"]}


def _one_stands_out(places) -> bool:
    """The only one of the region is meant."""
    return [place.district.in_region for place in places].count(True) == 1


class AboutForm(Section):
    title = _("In your own words")
    hint = _("Please do not write your name, your address, your age, your religion or anything about your health.")

    about = forms.CharField(
        label=_("What are you good at? What do you like to do?"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    experience = forms.CharField(
        label=_("What have you done so far?"),
        help_text=_("Internships, jobs, clubs, projects"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


SECTIONS: dict[str, type[Section]] = {
    "person": PersonForm,
    "suche": SeekingForm,
    "schule": SchoolForm,
    "wohnort": HomeForm,
    "worte": AboutForm,
}
"""By the last part of their address."""


# ── The rest of the profile


class ConsentForm(forms.Form):
    """A box of its own for each thing that has not been agreed to yet."""

    def __init__(self, data=None, *, open_agreements: list[Agreement]):
        super().__init__(data)
        for agreement in open_agreements:
            self.fields[agreement.value] = forms.BooleanField(label=agreement.label, required=False)

    def clean(self) -> dict:
        data = super().clean()
        if not any(data.values()):
            raise forms.ValidationError(_("You have not ticked anything. Then nothing changes."))
        return data

    @property
    def chosen(self) -> list[Agreement]:
        return [Agreement(name) for name, is_ticked in self.cleaned_data.items() if is_ticked]


class GuardianForm(forms.Form):
    name = forms.CharField(
        label=_("Name of your mother, your father or your guardian"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please write a name.")},
    )
    email = forms.EmailField(
        label=_("E-mail address of this person"),
        help_text=_("We send one mail with a link."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please write an e-mail address.")},
    )

    def __init__(self, data=None, *, entry: Entry):
        self.entry = entry
        super().__init__(data)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if email.lower() == self.entry.user.email:
            raise forms.ValidationError(_("This is your own address. Please write that of a parent."))
        return email


class DocumentForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, JPEG or PNG, 5 MB at most. A photo of the paper is fine."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={"required": _("Please choose a file."), "empty": _("This file is empty.")},
    )
    kind = Choice(label=_("What is it?"), choices=Document.Kind.choices)
    title = forms.CharField(
        label=_("Title"),
        help_text=_("For example: School report, summer 2026"),
        max_length=80,
        error_messages={"required": _("Please write a title.")},
    )
    is_visible = forms.BooleanField(label=_("Companies that see my profile may open this paper"), required=False)


class DocumentChangeForm(forms.Form):
    title = DocumentForm.base_fields["title"]
    is_visible = DocumentForm.base_fields["is_visible"]


class SureForm(forms.Form):
    """The second page, on which one really means it."""

    sure = Choice(label=_("Are you sure?"), choices=[(YES, _("Yes, erase my profile")), (NO, _("No, back"))])
