"""What pupils and their parents fill in: short, in plain words, nothing chosen beforehand."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from internships.forms.where import WithPlace
from internships.models import Application, Offer, Pupil, Scheme, Signup
from internships.models.matching import MOST_FIELDS
from internships.models.quality import Evaluation
from kit import clock
from kit.forms import Choice, PageForm, day_field, missing
from kit.pdf import face
from kit.templatetags.kit import daterange
from taxonomy.models import JobFamily

YES, NO = "ja", "nein"
YOUNGEST, OLDEST = 11, 30
RADII = [(5, "5 km"), (10, "10 km"), (20, "20 km"), (50, "50 km")]
PERSON = ["first_name", "last_name", "birth_date", "email", "phone", "school", "grade", "guardian_email"]


def on_paper(name: str) -> None:
    """Certificate and forms are German papers, and their type has no Arabic: a name of question marks helps nobody."""
    if not face("regular").writes(name):
        raise ValidationError(_("Please write the name in Latin letters, as on an identity card."))


class PersonForm(PageForm):
    """Who somebody is. The parent's address is asked for where the date of birth makes it necessary."""

    first_name = forms.CharField(
        label=_("First name"), max_length=60, validators=[on_paper],
        error_messages=missing(_("Please write your first name.")),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )  # fmt: skip
    last_name = forms.CharField(
        label=_("Last name"), max_length=60, validators=[on_paper],
        error_messages=missing(_("Please write your last name.")),
        help_text=_("The company learns it only when both have said yes."),
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )  # fmt: skip
    birth_date = day_field(
        label=_("Date of birth"), help_text=_("For the rules on youth work. The company does not get it."),
        error_messages={**missing(_("Please write your date of birth.")),
                        "invalid": _("Please write a day, such as 12.1.2012.")},
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254,
        help_text=_("We send you a link. With it you see and change everything."),
        error_messages={**missing(_("Please write your e-mail address.")),
                        "invalid": _("Please write a whole e-mail address, such as name@example.org.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone number"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    school = forms.CharField(label=_("School or university"), max_length=120, required=False)
    grade = forms.CharField(label=_("Class"), max_length=20, required=False, help_text=_("For example 9b"))
    guardian_email = forms.EmailField(
        label=_("E-mail address of a parent"), max_length=254, required=False,
        help_text=_("Only if you are under 18. We ask there first, and tell no company before."),
        error_messages={"invalid": _("Please write a whole e-mail address, such as name@example.org.")},
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def clean_birth_date(self) -> date:
        day, this_year = self.cleaned_data["birth_date"], clock.today().year
        if not this_year - OLDEST <= day.year <= this_year - YOUNGEST:
            raise ValidationError(_("Please check the year of your birth."))
        return day

    def clean(self):
        data = super().clean()
        if data.get("website"):
            raise ValidationError(_("Please leave the field “Website” empty."))
        born, parent = data.get("birth_date"), data.get("guardian_email", "")
        if born and Pupil(birth_date=born).is_minor:
            if not parent:
                self.add_error("guardian_email", _("You are under 18. Please write the e-mail address of a parent."))
            elif parent.lower() == data.get("email", "").lower():
                self.add_error("guardian_email", _("This is your own address. Please write that of a parent."))
        return data

    @property
    def person(self) -> dict:
        """For applying.known; the parent's address goes its own way."""
        return {name: self.cleaned_data[name] for name in PERSON if name != "guardian_email"}


class ApplyForm(PersonForm):
    """A date and three guided questions instead of a letter."""

    button = _("Send")
    time = Choice(label=_("When would you like to come?"), error_messages=missing(_("Please choose a date.")))
    subjects = forms.CharField(
        label=_("Which subjects do you like?"), max_length=200,
        error_messages=missing(_("Please name at least one subject.")),
    )  # fmt: skip
    hobbies = forms.CharField(
        label=_("What do you like to do in your free time?"), max_length=200,
        error_messages=missing(_("Please write a few words.")),
    )  # fmt: skip
    why = forms.CharField(
        label=_("Why would you like to come to us?"), max_length=400, help_text=_("One or two sentences are enough."),
        widget=forms.Textarea(attrs={"rows": 3}), error_messages=missing(_("Please write one or two sentences.")),
    )  # fmt: skip
    field_order = ["time", "subjects", "hobbies", "why", *PERSON, "website"]

    def __init__(self, *args, offer: Offer, **kwargs):
        super().__init__(*args, **kwargs)
        self.periods = {str(each.pk): each for each in offer.periods.applicable()}
        self.fields["time"].choices = [
            (key, daterange(each.first_day, each.last_day)) for key, each in self.periods.items()
        ]
        if offer.is_direct:
            for name in ("subjects", "hobbies", "why"):
                del self.fields[name]

    @property
    def period(self):
        return self.periods[self.cleaned_data["time"]]

    @property
    def answers(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("subjects", "hobbies", "why")}


class WishForm(WithPlace, PersonForm):
    """What somebody looks for, when and where."""

    button = _("Send wish")
    job_families = forms.MultipleChoiceField(
        label=_("Which fields interest you? At most three"), choices=JobFamily.choices,
        widget=forms.CheckboxSelectMultiple, error_messages=missing(_("Please choose at least one field.")),
    )  # fmt: skip
    scheme = forms.ModelChoiceField(
        label=_("Model"), queryset=Scheme.objects.filter(is_active=True), required=False, empty_label=_("any")
    )
    first_day = day_field(label=_("Not before"), error_messages=missing(_("Please write a day.")))
    last_day = day_field(label=_("Not after"), error_messages=missing(_("Please write a day.")))
    where = forms.CharField(
        label=_("Your town or postcode"), max_length=120, error_messages=missing(_("Please write a town or postcode."))
    )
    radius = forms.TypedChoiceField(label=_("How far can you go?"), choices=RADII, coerce=int, initial=20)
    words = forms.CharField(
        label=_("In your words"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only our counselling reads it."),
    )  # fmt: skip
    field_order = ["job_families", "scheme", "first_day", "last_day", "where", "radius", "words", *PERSON, "website"]

    def clean_job_families(self) -> list[str]:
        chosen = self.cleaned_data["job_families"]
        if len(chosen) > MOST_FIELDS:
            raise ValidationError(_("Please choose at most three fields."))
        return chosen

    def clean(self):
        data = super().clean()
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < max(first, clock.today()):
            self.add_error("last_day", _("This day lies before the first one or in the past."))
        return data

    @property
    def wish(self) -> dict:
        names = ["job_families", "scheme", "first_day", "last_day", "place", "radius", "words"]
        return {name: self.cleaned_data[name] for name in names}


class SignupForm(PersonForm):
    button = _("Sign up")


# ── Afterwards, by the link of the mail


class GuardianAnswerForm(PageForm):
    button = _("Send answer")
    answer = Choice(label=_("Your answer"), choices=[(YES, _("Yes, I agree")), (NO, _("No"))])


class GuardianForm(PageForm):
    button = _("Ask this address")
    email = forms.EmailField(
        label=_("E-mail address of a parent"), max_length=254,
        error_messages={**missing(_("Please write the e-mail address.")),
                        "invalid": _("Please write a whole e-mail address, such as name@example.org.")},
    )  # fmt: skip


class ReplyForm(PageForm):
    button = _("Send answer")
    answer = forms.CharField(
        label=_("Your answer"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=missing(_("Please write a few words.")),
    )  # fmt: skip


class AttendedForm(PageForm):
    button = _("Save")
    attended = Choice(label=_("Were you there?"), choices=[(YES, _("Yes")), (NO, _("No"))])


def mark_field(label) -> Choice:
    return Choice(label=label, choices=Evaluation.Mark.choices)


class MarksForm(PageForm):
    """Four questions about the quality, the same for everybody."""

    button = _("Send evaluation")
    task = mark_field(_("Was there a real task?"))
    guidance = mark_field(_("Did somebody take care of you?"))
    respect = mark_field(_("Was your work appreciated?"))
    result = mark_field(_("Did you have a result to take home?"))

    @property
    def marks(self) -> dict[str, int]:
        return {name: int(self.cleaned_data[name]) for name in ("task", "guidance", "respect", "result")}


class FitForm(PageForm):
    button = _("Save for myself")
    fit = Choice(label=_("Does such work suit you?"), choices=Application.Fit.choices)


class AbsenceForm(PageForm):
    button = _("Save")
    reason = Choice(label=_("Why could you not take part?"), choices=Signup.Absence.choices)


class ProposalAnswerForm(PageForm):
    button = _("Send answer")
    answer = Choice(label=_("Your answer"), choices=[(YES, _("Yes, I want to apply")), (NO, _("No, thank you"))])
    is_told = forms.BooleanField(label=_("Whoever has proposed it may see my answer."), required=False)


class EraseForm(PageForm):
    button = _("Continue")
    sure = Choice(
        label=_("Shall we erase everything?"), choices=[(YES, _("Yes, erase everything")), (NO, _("No, back"))]
    )
