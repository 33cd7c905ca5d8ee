"""What companies and teachers fill in around lessons."""

from django import forms
from django.utils.translation import gettext_lazy as _

from internships.forms.changes import OfferedForm
from internships.forms.pupil import NO, YES
from internships.models import Employer, LessonOffer, LessonUnit, Subject, Where
from internships.permissions import askable_schools
from kit.forms import Choice, PageForm, day_field, helper_with, missing
from providers.models import Organization

PLEASE_CHOOSE = ("", _("Please choose"))


# ── A company


class LessonOfferForm(OfferedForm):
    """What the company can hold with a class."""

    shown_until = day_field(
        label=_("Show until"), required=False, help_text=_("Empty: without an end. We ask once a year.")
    )

    class Meta:
        model = LessonOffer
        fields = [
            "topic", "subject", "grade_from", "grade_to", "activity", "where", "location", "lessons", "most_pupils",
            "preparation", "material", "shown_until",
        ]  # fmt: skip
        labels = {"activity": _("What do pupils do?"), "where": _("Where does it take place?"),
                  "location": _("Your place of work")}  # fmt: skip
        help_texts = {
            "topic": _("As it stands in the curriculum, for example: percentages, or: forces and springs."),
            "activity": _("One point per line. For example: measure springs and draw the curve."),
            "preparation": _("What the class should know or have done before."),
        }
        widgets = {"activity": forms.Textarea(attrs={"rows": 4}), "preparation": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, employer: Employer, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.employer = employer
        self.fields["subject"].choices = [PLEASE_CHOOSE, *Subject.choices]
        self.fields["activity"].required = True
        self.fields["location"].queryset = employer.organization.locations.all()
        self.fields["location"].required = True

    def clean(self):
        data = super().clean()
        first, last = data.get("grade_from"), data.get("grade_to")
        if first and last and last < first:
            self.add_error("grade_to", _("The last grade lies before the first one."))
        return data


class LessonAnswerForm(PageForm):
    """Yes, or no with a reason of the list."""

    button = _("Send answer")
    answer = Choice(label=_("Your answer"), choices=[(YES, _("Yes, we hold the lesson")), (NO, _("No, not this time"))])
    reason = forms.ChoiceField(
        label=_("If no: why?"), choices=[PLEASE_CHOOSE, *LessonUnit.Reason.choices], required=False
    )

    def clean(self):
        data = super().clean()
        if data.get("answer") == NO and not data.get("reason"):
            self.add_error("reason", _("Please choose a reason."))
        return data


class SchoolForm(PageForm):
    """A company proposes a partnership to a school."""

    button = _("Propose partnership")
    partner = forms.ModelChoiceField(
        label=_("School"), queryset=Organization.objects.none(), empty_label=_("Please choose"),
        error_messages=missing(_("Please choose a school.")),
    )  # fmt: skip

    def __init__(self, *args, without=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = askable_schools().exclude(pk__in=without)


# ── A school


class EmployerForm(PageForm):
    """A school proposes a partnership to a company."""

    button = _("Propose partnership")
    partner = forms.ModelChoiceField(
        label=_("Company"), queryset=Employer.objects.none(), empty_label=_("Please choose"),
        error_messages=missing(_("Please choose a company.")),
    )  # fmt: skip

    def __init__(self, *args, without=(), **kwargs):
        super().__init__(*args, **kwargs)
        found = Employer.objects.active().select_related("organization")
        self.fields["partner"].queryset = found.exclude(pk__in=without)


class LessonForm(forms.ModelForm):
    """A teacher asks: for a topic of a company, or for an own one of a company to be chosen."""

    OWN = ("employer", "topic", "subject")
    day = day_field(label=_("Day"), error_messages=missing(_("Please write a day.")))

    class Meta:
        model = LessonUnit
        fields = [
            "employer", "topic", "subject", "grade", "group", "pupils", "day", "where", "lessons", "no_loss", "words",
        ]  # fmt: skip
        labels = {"employer": _("Company"), "where": _("Where does it take place?"),
                  "no_loss": _("No lessons are lost"), "pupils": _("How many pupils?")}  # fmt: skip
        help_texts = {
            "group": _("For example 9b. Please no names of pupils."),
            "words": _("What you have in mind. Please nothing about single pupils."),
        }
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, school: Organization, offer: LessonOffer | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.button = _("Ask the company")
        self.helper = helper_with(self.button)
        self.instance.school = school
        if offer is None:
            self.fields["employer"].queryset = Employer.objects.active().select_related("organization")
            self.fields["employer"].empty_label = _("Please choose")
            self.fields["subject"].choices = [PLEASE_CHOOSE, *Subject.choices]
            return
        self._about(offer)

    def _about(self, offer: LessonOffer) -> None:
        for name in self.OWN:
            del self.fields[name]
        self.instance.offer, self.instance.employer = offer, offer.employer
        self.instance.topic, self.instance.subject = offer.topic, offer.subject
        self.fields["where"].choices = [(value, Where(value).label) for value in offer.places]
        self.initial.setdefault("lessons", offer.lessons)
        self.initial.setdefault("where", offer.places[0])

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            for field, sentence in self.instance.faults():
                self.add_error(field, sentence)


class TellForm(PageForm):
    """Did it take place, and would the teacher hold it again?"""

    button = _("Save")
    took_place = Choice(label=_("Did the lesson take place?"), choices=[(YES, _("Yes")), (NO, _("No"))])
    mark = forms.ChoiceField(
        label=_("If yes: would you hold it again?"), choices=[PLEASE_CHOOSE, *LessonUnit.Mark.choices], required=False
    )

    def clean(self):
        data = super().clean()
        if data.get("took_place") == YES and not data.get("mark"):
            self.add_error("mark", _("Please choose one of the answers."))
        return data

    @property
    def told(self) -> dict:
        took_place = self.cleaned_data["took_place"] == YES
        return {"took_place": took_place, "mark": int(self.cleaned_data["mark"]) if took_place else None}
