"""What companies, schools and counsellors fill in."""

from collections.abc import Iterable
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext_lazy as _

from internships import rules
from internships.forms.changes import OfferedForm
from internships.forms.pupil import NO, YES, MarksForm, mark_field
from internships.forms.where import WithPlace, place_of
from internships.matching import Match
from internships.models import (
    Application,
    Campaign,
    Employer,
    Offer,
    Period,
    Proposal,
    Scheme,
    SchoolTime,
    WeekendGround,
)
from kit import clock
from kit.forms import Choice, PageForm, day_field, helper_with, missing
from taxonomy.models import JobFamily

MOST_TIMES = 12  # rows of the form; more come by saving once
MOST_SEATS = 200
NEW = "neu"


# ── Registering


class RegisterForm(WithPlace, PageForm):
    """Five fields. Where a company of that name is there already, a sixth asks whether it is the same."""

    button = _("Register company")
    name = forms.CharField(
        label=_("Name of the company"), max_length=160,
        error_messages=missing(_("Please write the name of the company.")),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )  # fmt: skip
    where = forms.CharField(
        label=_("Town or postcode"), max_length=120, error_messages=missing(_("Please write a town or postcode.")),
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )  # fmt: skip
    contact_name = forms.CharField(
        label=_("Your name"), max_length=120, error_messages=missing(_("Please write your name.")),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Your e-mail address in the company"), max_length=254,
        error_messages={**missing(_("Please write your e-mail address.")),
                        "invalid": _("Please write a whole e-mail address, such as name@example.org.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone number"), max_length=60, error_messages=missing(_("Please write a phone number.")),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    same = Choice(label=_("Do you belong to one of these companies?"), required=False)
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def __init__(self, *args, similar=None, **kwargs):
        """`similar(name=…, place=…)` finds companies that may be meant."""
        super().__init__(*args, **kwargs)
        self.find_similar, self.candidates = similar, []
        self.fields["same"].choices = []
        if not self.is_bound or ("same" not in self.data and not self._look()):
            del self.fields["same"]
        elif not self.candidates:
            self._look()

    def _look(self) -> bool:
        place = place_of(self.data.get("where", ""))
        self.candidates = self.find_similar(name=self.data.get("name", ""), place=place) if place else []
        self.fields["same"].choices = [
            *(
                (str(each.pk), _("Yes, to {name}. I ask for access.").format(name=each.name))
                for each in self.candidates
            ),
            (NEW, _("No, we are another company.")),
        ]
        return bool(self.candidates)

    def clean(self):
        data = super().clean()
        if data.get("website"):
            raise ValidationError(_("Please leave the field “Website” empty."))
        if "same" in self.fields and not data.get("same") and "same" not in self.errors:
            self.add_error("same", _("There is a company of this name already. Please choose one of the answers."))
        return data

    @property
    def registration(self) -> dict:
        chosen = self.cleaned_data.get("same", "")
        organization = next((each for each in self.candidates if str(each.pk) == chosen), None)
        names = ["name", "place", "contact_name", "email", "phone"]
        return {"organization": organization, **{name: self.cleaned_data[name] for name in names}}


class ConfirmForm(PageForm):
    button = _("Continue")
    answer = Choice(
        label=_("Have you registered this company?"),
        choices=[(YES, _("Yes, that was me")), (NO, _("No, I know nothing of it"))],
    )


# ── Offer


class OfferForm(OfferedForm):
    """The offer on one page. What the law forbids for the youngest is said at its field."""

    scheme = forms.ModelChoiceField(
        label=_("Model"), queryset=Scheme.objects.filter(is_active=True), widget=forms.RadioSelect, empty_label=None,
        error_messages=missing(_("Please choose a model.")),
    )  # fmt: skip
    campaign = forms.ModelChoiceField(
        label=_("Part of a campaign"), queryset=Campaign.objects.none(), required=False, empty_label=_("no campaign")
    )
    starts = forms.TimeField(label=_("Begin of work"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    ends = forms.TimeField(label=_("End of work"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))

    class Meta:
        model = Offer
        fields = [
            "title", "job_family", "summary", "task", "guidance", "feedback", "takeaway", "scheme", "campaign",
            "location", "meeting_point", "to_bring", "is_step_free", "starts", "ends", "pause_minutes", "min_age",
            "weekend_ground", "is_direct",
        ]  # fmt: skip
        labels = {
            "summary": _("What does one do with you? One point per line"), "task": _("Which task is really done?"),
            "guidance": _("Who takes care of the intern?"), "feedback": _("When and how do you talk about it?"),
            "takeaway": _("What does the intern take home?"), "min_age": _("From which age?"),
            "is_direct": _("Without questions: a date is enough"), "location": _("Place of work"),
            "pause_minutes": _("Pauses in minutes"),
            "weekend_ground": _("Work at the weekend? Only in these industries"),
        }  # fmt: skip
        help_texts = {
            "task": _("For example: builds a small lamp and wires it."),
            "guidance": _("A name or a function, such as: Ms Kern, master electrician."),
            "feedback": _("For example: at half past two we look at the result together."),
            "takeaway": _("For example: the lamp, photos, a recipe, a report."),
            "min_age": _("Under 15 at most 7 hours a day, under 18 at most 8."),
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            "is_step_free": forms.NullBooleanSelect,
        }

    def __init__(self, *args, employer: Employer, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.employer = employer
        for name in Offer.QUALITY:
            self.fields[name].required = True
        self.fields["job_family"].choices = [("", _("Please choose")), *JobFamily.choices]
        self.fields["weekend_ground"].choices = [("", _("no work at weekends")), *WeekendGround.choices]
        self.fields["campaign"].queryset = Campaign.objects.filter(
            is_public=True, last_day__gte=clock.today()
        ) | Campaign.objects.filter(pk=self.instance.campaign_id)
        self.fields["location"].queryset = employer.organization.locations.all()
        self.fields["location"].required = False
        self.fields["location"].empty_label = _("none: online")
        periods = list(self.instance.periods.upcoming()) if self.instance.pk else []
        rows = [*periods[:MOST_TIMES], *[None] * (MOST_TIMES - len(periods))]
        self.times = [TimeRow(self, number, period) for number, period in enumerate(rows)]

    def clean(self):
        data = super().clean()
        rows = [row.read() for row in self.times]
        self.periods = [row for row in rows if row]
        if any(row.errors for row in self.times):
            raise ValidationError(_("Please check the dates at the end of the page."))
        self._check_law(data)
        return data

    def _check_law(self, data: dict) -> None:
        needed = ("min_age", "starts", "ends", "pause_minutes", "scheme")
        if any(data.get(name) is None for name in needed):
            return
        if data["ends"] <= data["starts"]:
            self.add_error("ends", _("The end lies before the begin."))
            return
        campaign = data.get("campaign")
        work = rules.Work(
            age=data["min_age"], starts=data["starts"], ends=data["ends"], pause_minutes=data["pause_minutes"],
            days=tuple(first for first, last, _seats in self.periods if first == last),
            weekend_ground=data.get("weekend_ground", ""),
            is_voluntary=data["scheme"].is_voluntary or bool(campaign and campaign.is_voluntary),
        )  # fmt: skip
        for field, sentence in rules.faults(work):
            self.add_error(field, sentence)


class TimeRow:
    """One line of dates: first day, last day (empty for a single one), seats."""

    def __init__(self, form: OfferForm, number: int, period: Period | None):
        self.form, self.number, self.errors = form, number, []
        self.initial = (
            [period.first_day.isoformat(), period.last_day.isoformat(), str(period.seats)] if period else ["", "", ""]
        )

    @property
    def names(self) -> list[str]:
        return [f"{part}_{self.number}" for part in ("first", "last", "seats")]

    @property
    def values(self) -> list[str]:
        if not self.form.is_bound:
            return self.initial
        return [self.form.data.get(name, "").strip() for name in self.names]

    @property
    def cells(self) -> list[tuple[str, str]]:
        return list(zip(self.names, self.values, strict=True))

    def read(self) -> tuple[date, date, int] | None:
        first, last, seats = self.values
        if not first:
            return None
        try:
            begin = date.fromisoformat(first)
            end = date.fromisoformat(last) if last else begin
            number = int(seats or 1)
        except ValueError:
            self.errors.append(_("Please write days such as 2027-01-12 and a number of seats."))
            return None
        if end < begin or not 1 <= number <= MOST_SEATS:
            self.errors.append(_("The last day lies before the first one, or the number of seats is not sensible."))
            return None
        return begin, end, number


# ── Answers


class AnswerForm(PageForm):
    """Take, decline with a reason of the list, or ask one question first."""

    button = _("Send answer")
    answer = Choice(
        label=_("Your answer"),
        choices=[("ja", _("Yes, we offer the place")), ("nein", _("No, not this time")),
                 ("frage", _("We have a question first"))],
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=_("If no: why?"), choices=[("", _("Please choose")), *Application.Reason.choices], required=False
    )
    question = forms.CharField(
        label=_("If you have a question"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Please nothing about health, origin or family."),
    )  # fmt: skip

    def clean(self):
        data = super().clean()
        if data.get("answer") == "nein" and not data.get("reason"):
            self.add_error("reason", _("Please choose a reason."))
        if data.get("answer") == "frage" and not data.get("question", "").strip():
            self.add_error("question", _("Please write your question."))
        return data


class CompanyAttendedForm(PageForm):
    button = _("Save")
    attended = Choice(label=_("Did the internship take place?"), choices=[(YES, _("Yes")), (NO, _("No"))])


class CompanyMarksForm(MarksForm):
    """The same four points from the other side."""

    task = mark_field(_("Did the task fit?"))
    guidance = mark_field(_("Did you have enough time to guide?"))
    respect = mark_field(_("Was the intern interested?"))
    result = mark_field(_("Was there a result?"))


# ── Schools and counsellors


class ClassForm(PageForm):
    """A teacher shows an offer to chosen pupils. Addresses only: no names, no list that is kept."""

    button = _("Send proposal")
    group = forms.CharField(
        label=_("Class or group"), max_length=40, error_messages=missing(_("Please write the class.")),
        help_text=_("You see how many of it have said yes, never who, unless somebody wants you to."),
    )  # fmt: skip
    addresses = forms.CharField(
        label=_("E-mail addresses of the pupils"), widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One per line, at most 35. Unanswered ones are erased after three weeks."),
        error_messages=missing(_("Please write at least one address.")),
    )  # fmt: skip
    words = forms.CharField(
        label=_("A few words"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, most: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.most = most

    def clean_addresses(self) -> list[str]:
        found = [line.strip(" ,;") for line in self.cleaned_data["addresses"].replace(",", "\n").splitlines()]
        found = [line for line in found if line]
        for address in found:
            try:
                validate_email(address)
            except ValidationError:
                wrong = _("“{address}” is no whole e-mail address.").format(address=address[:60])
                raise ValidationError(wrong) from None
        if len(found) > self.most:
            raise ValidationError(_("These are too many addresses at once."))
        return found


class ProposeForm(PageForm):
    """One of the offers that fit a wish."""

    button = _("Propose")
    offer = Choice(
        label=_("Which offer?"),
        error_messages={"required": _("Please choose an offer."), "invalid_choice": _("Please choose an offer.")},
    )
    words = forms.CharField(
        label=_("A few words"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, matches: list[Match], sent: Iterable[Proposal] = (), **kwargs):
        """`sent`: earlier proposals, whose offers are shown and not to be chosen again."""
        super().__init__(*args, **kwargs)
        self.matches = {str(each.offer.pk): each for each in matches}
        self.sent = {str(each.offer_id): each for each in sent}
        self.fields["offer"].choices = [(key, each.offer.title) for key, each in self.matches.items()]

    @property
    def rows(self) -> list[tuple[BoundWidget, Match, Proposal | None]]:
        """Each match with its radio button and the proposal that was sent."""
        found = zip(self["offer"], self.matches.items(), strict=True)
        return [(option, match, self.sent.get(key)) for option, (key, match) in found]

    @property
    def chosen(self) -> Offer:
        return self.matches[self.cleaned_data["offer"]].offer


class SchoolTimeForm(forms.ModelForm):
    """When a class goes into internships, and how many."""

    button = _("Save")
    first_day = day_field(label=_("First day"), error_messages=missing(_("Please write a day.")))
    last_day = day_field(label=_("Last day"), error_messages=missing(_("Please write a day.")))

    class Meta:
        model = SchoolTime
        fields = ["grade", "first_day", "last_day", "pupils"]

    def __init__(self, *args, school, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.instance.school = school
        self.helper = helper_with(_("Save"))

    def clean(self):
        data = super().clean()
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and not 0 <= (last - first).days <= 120:
            self.add_error("last_day", _("This day lies before the first one, or more than four months later."))
        return data
