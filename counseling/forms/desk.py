"""Forms at the counsellor's desk: times, absences, callers, results, notes, referrals, needs, rooms."""

from datetime import date, datetime, time, timedelta

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from counseling import slots
from counseling.models import (
    Appointment,
    Audience,
    Counsellor,
    DayException,
    Language,
    Mode,
    Note,
    Record,
    Referral,
    Room,
    Service,
    Subject,
    WeeklyHours,
    Wish,
)
from courses.models import CourseRun
from kit import clock
from kit.forms import day_field
from providers.models import Organization
from taxonomy.models import Topic

LONGEST_ABSENCE = timedelta(days=120)


def helper(button: str, *, is_tag: bool = True) -> FormHelper:
    """How our forms are drawn: errors by the server, one button."""
    made = FormHelper()
    made.form_class = "form"
    made.form_tag = is_tag
    made.attrs = {"novalidate": ""}
    if is_tag:
        made.add_input(Submit("", button))
    return made


def with_prompt(field: forms.ChoiceField) -> None:
    """Words instead of dashes where nothing is chosen yet."""
    field.choices = [(value, label if value else _("Please choose")) for value, label in field.choices]


def time_field(label: str, **options) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(
        label=label, widget=widget, input_formats=["%H:%M", "%H.%M", "%H"],
        error_messages={"required": _("Please say when"), "invalid": _("Please write the time like 9:30")},
        **options,
    )  # fmt: skip


def moment(day: date, at: time) -> datetime:
    """That moment on a German wall clock; a time that the clock skips is no time."""
    found = slots.moment(day, at.hour * 60 + at.minute)
    if found is None:
        raise forms.ValidationError(_("This time does not exist on this day: the clock is put forward."))
    return found


# ── Times


class WeeklyHoursForm(forms.ModelForm):
    """One stretch of every week; what exists is ended and replaced, so that the past stays as it was."""

    starts = time_field(_("from"))
    ends = time_field(_("until"))
    valid_from = day_field(_("valid from"))
    valid_to = day_field(_("valid until"), required=False, help_text=_("Empty: until further notice."))
    modes = forms.MultipleChoiceField(
        label=_("How can one meet you then?"), choices=Mode, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one")},
    )  # fmt: skip

    class Meta:
        model = WeeklyHours
        fields = ["weekday", "starts", "ends", "modes", "in_school_holidays", "valid_from", "valid_to"]

    def __init__(self, *args, counsellor: Counsellor, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.counsellor = counsellor
        with_prompt(self.fields["weekday"])
        self.fields["modes"].choices = [choice for choice in Mode.choices if choice[0] in counsellor.modes]
        self.fields["modes"].initial = self.instance.modes or counsellor.modes
        self.fields["valid_from"].initial = clock.today()
        self.helper = helper(_("Save the times"))

    def clean(self):
        given = super().clean()
        if given.get("starts") and given.get("ends") and given["ends"] <= given["starts"]:
            self.add_error("ends", _("The end must be after the begin"))
        if given.get("valid_from") and given.get("valid_to") and given["valid_to"] < given["valid_from"]:
            self.add_error("valid_to", _("The last day must not be before the first"))
        return given


class DaysForm(forms.Form):
    """From one day to another."""

    first_day = day_field(_("first day"))
    last_day = day_field(_("last day"), required=False, help_text=_("Empty: this one day."))

    def clean(self):
        given = super().clean()
        given["last_day"] = given.get("last_day") or given.get("first_day")
        first_day, last_day = given.get("first_day"), given["last_day"]
        if first_day and last_day < first_day:
            self.add_error("last_day", _("The last day must not be before the first"))
        elif first_day and last_day - first_day > LONGEST_ABSENCE:
            self.add_error("last_day", _("At most four months at once"))
        return given


class IllnessForm(DaysForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["first_day"].initial = clock.today()
        self.helper = helper(_("Report ill and write to the clients"))


class ExceptionForm(DaysForm):
    """Away, or more time than usual."""

    kind = forms.ChoiceField(
        label=_("What is different?"), widget=forms.RadioSelect,
        choices=[(DayException.Kind.AWAY, _("I am away")), (DayException.Kind.EXTRA, _("I have more time"))],
        error_messages={"required": _("Please choose one")},
    )  # fmt: skip
    starts = time_field(_("from"), required=False, help_text=_("Empty: the whole day."))
    ends = time_field(_("until"), required=False)
    field_order = ["kind"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Save the days"))

    def clean(self):
        given = super().clean()
        starts, ends = given.get("starts"), given.get("ends")
        if given.get("kind") == DayException.Kind.EXTRA and not starts:
            self.add_error("starts", _("Please say from when you have time"))
        if bool(starts) != bool(ends):
            self.add_error("ends", _("Please give begin and end, or neither"))
        elif starts and ends <= starts:
            self.add_error("ends", _("The end must be after the begin"))
        return given


# ── People who call


class SearchForm(forms.Form):
    """What the caller wants. Everything in the address, so that one can go back."""

    anliegen = forms.ChoiceField(label=_("What is it about?"))
    art = forms.ChoiceField(label=_("How?"), choices=[("", _("any way")), *Mode.choices], required=False)
    sprache = forms.ChoiceField(label=_("Language"), choices=Language, initial=Language.GERMAN, required=False)
    bei = forms.ModelChoiceField(
        label=_("With whom?"), queryset=Counsellor.objects.none(), required=False, empty_label=_("with anybody")
    )
    ab = day_field(_("From which day?"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.services = list(Service.objects.bookable().prefetch_related("subjects"))
        self.fields["anliegen"].choices = [("", _("Please choose")), *self._wants()]
        self.fields["bei"].queryset = Counsellor.objects.active()
        self.helper = helper(_("Show free times"))
        self.helper.hide_optional = True
        self.helper.form_method = "get"
        self.helper.disable_csrf = True

    def _wants(self) -> list:
        groups: dict[str, list] = {str(label): [] for label in Audience.labels}
        for service in self.services:
            for subject in service.subjects.all():
                words = _("{subject} ({minutes} minutes)").format(subject=subject, minutes=service.minutes)
                groups[str(service.get_audience_display())].append((f"{service.pk}-{subject.pk}", words))
        return [(label, choices) for label, choices in groups.items() if choices]

    def clean_anliegen(self) -> tuple[Service, Subject]:
        service, _dash, subject = self.cleaned_data["anliegen"].partition("-")
        chosen = next(each for each in self.services if str(each.pk) == service)
        return chosen, next(each for each in chosen.subjects.all() if str(each.pk) == subject)

    def clean_sprache(self) -> str:
        return self.cleaned_data["sprache"] or Language.GERMAN


class CallerForm(forms.ModelForm):
    """Who calls. One way to reach the person is enough."""

    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Please write the name")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    class Meta:
        model = Appointment
        fields = ["name", "phone", "email", "organization_name", "address", "on_site_needs", "question"]
        widgets = {
            "phone": forms.TextInput(attrs={"autocomplete": "off", "type": "tel"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "question": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {"email": _("Only if the person has one: then confirmation and reminder come by mail.")}

    def __init__(self, *args, service: Service, mode: str, **kwargs):
        super().__init__(*args, **kwargs)
        if service.audience == Audience.PERSON:
            del self.fields["organization_name"]
        if mode != Mode.ON_SITE:
            del self.fields["address"]
        else:
            self.fields["address"].required = True
        if mode != Mode.IN_PERSON:
            del self.fields["on_site_needs"]
        self.helper = helper(_("Book now"))

    def clean(self):
        given = super().clean()
        if not given.get("phone") and not given.get("email") and not self.errors:
            self.add_error("phone", _("Please write a phone number or an e-mail address"))
        return given


# ── After the talk


class OutcomeForm(forms.Form):
    """What came of it. Nothing is chosen beforehand."""

    came = forms.ChoiceField(
        label=_("Did the talk take place?"), widget=forms.RadioSelect,
        choices=[("ja", _("Yes, it took place")), ("nein", _("No, the client did not come"))],
        error_messages={"required": _("Please say whether the talk took place")},
    )  # fmt: skip
    result = forms.ChoiceField(label=_("What came of it?"), choices=Record.Result, widget=forms.RadioSelect,
                               required=False)  # fmt: skip
    minutes = forms.IntegerField(label=_("How many minutes?"), min_value=1, max_value=480, required=False)

    def __init__(self, *args, appointment: Appointment, **kwargs):
        super().__init__(*args, **kwargs)
        self.appointment = appointment
        self.fields["minutes"].initial = appointment.service.minutes
        self.helper = helper(_("Save the result"))
        self.helper.hide_optional = True  # what is needed follows from the first answer

    def clean(self):
        given = super().clean()
        if given.get("came") == "ja" and not given.get("result"):
            self.add_error("result", _("Please choose what came of it"))
        given["minutes"] = given.get("minutes") or self.appointment.service.minutes
        return given


class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
        fields = ["text", "for_standin"]
        widgets = {"text": forms.Textarea(attrs={"rows": 10})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False
        self.helper = helper(_("Save the note"))


# ── Referral, needs, rooms


class ReferralForm(forms.Form):
    """To whom, for which course, and what the provider should know. The client reads it before anything leaves."""

    course = forms.IntegerField(
        label=_("Number of the course"), required=False, min_value=1,
        help_text=_("It stands at the end of the address of the course. Empty: no particular course."),
    )  # fmt: skip
    provider = forms.ModelChoiceField(
        label=_("Provider"), queryset=Organization.objects.none(), required=False, empty_label=_("that of the course")
    )
    message = forms.CharField(
        label=_("Words to the provider"), required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The client reads them before deciding. Nothing about health, faith or origin."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = Organization.objects.visible().of_kind("provider")
        self.helper = helper(_("Ask the client"))

    def clean(self):
        given = super().clean()
        run = self._run(given.get("course"))
        given["run"], provider = run, given.get("provider")
        if given.get("course") and run is None:
            self.add_error("course", _("There is no course with a date under this number"))
        given["provider"] = provider or (run.course.provider if run else None)
        if given["provider"] is None and not self.errors:
            self.add_error("provider", _("Please choose a provider or a course"))
        return given

    def _run(self, number: int | None) -> CourseRun | None:
        if not number:
            return None
        runs = CourseRun.objects.public().filter(course=number).select_related("course__provider")
        return runs.order_by("starts_on", "pk").first()


class WishForm(forms.ModelForm):
    class Meta:
        model = Wish
        fields = ["audience", "topic", "place", "people", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3}), "place": forms.HiddenInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = Topic.objects.exclude(parent=None)
        self.fields["topic"].empty_label = _("Please choose")
        with_prompt(self.fields["audience"])
        self.fields["text"].help_text = _(
            "What is needed, when and for how many. No name, no phone number, no address."
        )
        self.fields["text"].max_length = 255
        self.helper = helper(_("Save the need"))


class RoomForm(forms.Form):
    room = forms.ModelChoiceField(label=_("Room"), queryset=Room.objects.none(), empty_label=_("Please choose"))
    title = forms.CharField(
        label=_("What for?"), max_length=120, error_messages={"required": _("Please write what the room is for")}
    )
    day = day_field(_("Day"))
    starts = time_field(_("from"))
    ends = time_field(_("until"))
    is_public = forms.BooleanField(
        label=_("Show it in the calendar of the house"), required=False,
        help_text=_("Everybody can read it then: title, day, time and room."),
    )  # fmt: skip

    def __init__(self, *args, center, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = center.rooms.all()
        self.helper = helper(_("Book the room"))

    def clean(self):
        given = super().clean()
        day, starts, ends = given.get("day"), given.get("starts"), given.get("ends")
        if not (day and starts and ends):
            return given
        if ends <= starts:
            self.add_error("ends", _("The end must be after the begin"))
            return given
        given["starts_at"], given["ends_at"] = moment(day, starts), moment(day, ends)
        if given["starts_at"] < clock.now():
            self.add_error("day", _("This time is over"))
        return given


class ReferralAnswerForm(forms.Form):
    """The provider's answer. Nothing is chosen beforehand."""

    answer = forms.ChoiceField(
        label=_("What can we tell the person?"), widget=forms.RadioSelect,
        choices=[
            (Referral.State.ACKNOWLEDGED, _("We take care of it and call the person")),
            (Referral.State.ENROLLED, _("The person has a place")),
            (Referral.State.DECLINED, _("There is no place")),
        ],
        error_messages={"required": _("Please choose an answer")},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Send the answer"))
