"""What companies, schools and municipalities fill in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.forms import Choice, PageForm, day_field, helper_with, missing
from providers.fairness import doubtful_words
from providers.models import Organization
from talentpool.models import ContactRequest, Criterion, Member, Operator, Pool, Strength
from taxonomy.models import JobFamily

MOST_STRENGTHS = 3
OLDEST_REJECTION = clock.days(365)
CHOOSE = ("", _("Please choose"))


# ── Taking part


class ApplyForm(PageForm):
    """An organisation asks to take part: which one, as what, and which municipality answers for it."""

    button = _("Ask to take part")
    organization = forms.ModelChoiceField(
        label=_("Your organisation"), queryset=Organization.objects.none(), widget=forms.RadioSelect, empty_label=None,
        error_messages=missing(_("Please choose your organisation.")),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("You take part as"), choices=Member.Kind.choices, widget=forms.RadioSelect,
        help_text=_("Companies recommend and search. Schools recommend."),
        error_messages=missing(_("Please choose as what you take part.")),
    )  # fmt: skip
    operator = forms.ModelChoiceField(
        label=_("Municipality that is responsible for you"), queryset=Operator.objects.none(),
        widget=forms.RadioSelect, empty_label=None,
        help_text=_("It checks your request and signs the agreement with you."),
        error_messages=missing(_("Please choose a municipality.")),
    )  # fmt: skip

    def __init__(self, *args, pool: Pool, organizations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations
        self.fields["operator"].queryset = pool.operators.select_related("organization").order_by(
            "organization__sort_key", "pk"
        )
        self.fields["operator"].label_from_instance = lambda operator: operator.organization.name

    def clean(self):
        data = super().clean()
        organization, kind = data.get("organization"), data.get("kind")
        if organization and kind and kind not in organization.kinds:
            self.add_error("kind", _("Your organisation is not registered as that. Please call us if it should be."))
        return data


# ── Recommending


class InviteForm(PageForm):
    """Five fields: who, where, for which work, and what convinced you. Nothing about the person is looked up."""

    button = _("Send recommendation")
    name = forms.CharField(
        label=_("Name of the person"), max_length=120, error_messages=missing(_("Please write the name."))
    )
    email = forms.EmailField(
        label=_("E-mail of the person"), max_length=254,
        error_messages={**missing(_("Please write the e-mail address.")),
                        "invalid": _("Please write a whole e-mail address, such as name@example.org.")},
    )  # fmt: skip
    job_family = forms.ChoiceField(
        label=_("Field of work"), choices=[CHOOSE, *JobFamily.choices],
        error_messages=missing(_("Please choose a field of work.")),
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)  # the same form sent twice is one recommendation


class CompanyInviteForm(InviteForm):
    criterion = forms.ChoiceField(
        label=_("What has convinced you?"), widget=forms.RadioSelect,
        choices=[choice for choice in Criterion.choices if choice[0] != Criterion.SCHOOL],
        help_text=_("Your rank list stays with you: nobody learns who came second or third."),
        error_messages=missing(_("Please choose what has convinced you.")),
    )  # fmt: skip
    rejected_on = day_field(
        label=_("When did you send the rejection?"),
        help_text=_("First the rejection, then the recommendation. So nobody feels urged to agree."),
        error_messages={**missing(_("Please write the day of the rejection.")),
                        "invalid": _("Please write a day, such as 12.1.2027.")},
    )  # fmt: skip
    field_order = ["name", "email", "job_family", "rejected_on", "criterion", "key"]

    def clean_rejected_on(self):
        day, today = self.cleaned_data["rejected_on"], clock.today()
        if day > today:
            raise ValidationError(_("This day lies in the future. Please send the rejection first."))
        if day < today - OLDEST_REJECTION:
            raise ValidationError(_("This day is more than a year ago. Please check the year."))
        return day


class SchoolInviteForm(InviteForm):
    strengths = forms.MultipleChoiceField(
        label=_("Strengths, at most three"), choices=Strength.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("No grades, nothing about health or origin: that is why there is a list."),
        error_messages=missing(_("Please choose at least one strength.")),
    )  # fmt: skip

    def clean_strengths(self):
        strengths = self.cleaned_data["strengths"]
        if len(strengths) > MOST_STRENGTHS:
            raise ValidationError(_("Please choose at most three strengths."))
        return strengths

    def clean(self):
        return {**super().clean(), "criterion": Criterion.SCHOOL}


class LeaveForm(PageForm):
    """The organisation ends its membership. The question has no answer before somebody chooses one."""

    STAY = "stay"
    button = _("Send answer")
    sure = Choice(
        label=_("Shall your membership end?"), choices=[("leave", _("Yes, end it today")), (STAY, _("No, back"))],
        error_messages=missing(_("Please choose an answer.")),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Would you like to say why?"), max_length=255, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Your municipality reads it."),
    )  # fmt: skip

    def clean_reason(self):
        return self.cleaned_data["reason"].strip() or str(_("At the organisation's own wish."))


# ── Asking for a talk


class AskForm(PageForm):
    """Purpose and a few words. Words that speak of what must not matter are shown once before the message leaves."""

    button = _("Ask")
    purpose = Choice(
        label=_("What would you like to offer?"), choices=ContactRequest.Purpose.choices,
        error_messages=missing(_("Please choose what you would like to offer.")),
    )  # fmt: skip
    message = forms.CharField(
        label=_("Your message"), max_length=600, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("At most 600 characters. Say who you are, what the work is, and how it goes on."),
        error_messages=missing(_("Please write a few words.")),
    )  # fmt: skip
    seen = forms.BooleanField(widget=forms.HiddenInput, required=False)

    @property
    def doubtful(self) -> list[str]:
        """What the sender should look at again; nothing when it has been shown already."""
        if not self.is_bound or not self.is_valid() or self.cleaned_data["seen"]:
            return []
        return doubtful_words(self.cleaned_data["message"])


class OutcomeForm(PageForm):
    button = _("Save")
    outcome = Choice(
        label=_("What has come of it?"), choices=ContactRequest.Outcome.choices,
        error_messages=missing(_("Please choose an answer.")),
    )  # fmt: skip


# ── Running a pool


class ApproveForm(PageForm):
    button = _("Let in")
    signed_on = day_field(
        label=_("On which day was the agreement signed?"),
        help_text=_("The agreement on joint responsibility (Art. 26 GDPR), signed by both sides, has to be on file."),
        error_messages={**missing(_("Please write the day of the signature.")),
                        "invalid": _("Please write a day, such as 12.1.2027.")},
    )  # fmt: skip

    def clean_signed_on(self):
        day = self.cleaned_data["signed_on"]
        if day > clock.today():
            raise ValidationError(_("This day lies in the future."))
        return day


class ReasonForm(PageForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=255, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The organisation reads it in the mail that goes out now."),
        error_messages=missing(_("Please write a reason.")),
    )  # fmt: skip


class RefuseForm(ReasonForm):
    button = _("Refuse")


class EndForm(ReasonForm):
    button = _("End the membership")


class OperatorForm(forms.ModelForm):
    """Whom everybody may ask, who stands in, and what the municipality says to its companies."""

    contact_away_until = day_field(
        label=_("Away until"), required=False, help_text=_("Until then the stand-in is shown on every page.")
    )

    class Meta:
        model = Operator
        fields = [
            "contact_name", "contact_phone", "contact_email", "contact_away_until",
            "standin_name", "standin_phone", "standin_email", "introduction",
        ]  # fmt: skip
        widgets = {"introduction": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper_with(_("Save"))

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data}
