"""Answers to the mails of the pool. Nothing is chosen beforehand: a machine that presses the button says nothing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kit.forms import Choice
from talentpool.models import CheckIn
from talentpool.models.choices import Whereabouts

YES, NO = "ja", "nein"


class CheckInForm(forms.Form):
    answer = Choice(
        label=_("Your answer"),
        choices=[
            (CheckIn.Answer.LOOKING, _("Yes, I am still looking")),
            (CheckIn.Answer.FOUND, _("I have found something")),
            (CheckIn.Answer.ERASE, _("Please erase everything")),
        ],
    )


class EraseForm(forms.Form):
    sure = Choice(
        label=_("Shall we erase your profile?"),
        choices=[(YES, _("Yes, erase everything")), (NO, _("No, back"))],
    )


class StayForm(forms.Form):
    stay = Choice(
        label=_("What shall we do?"),
        choices=[(YES, _("I want to stay in the talent pool")), (NO, _("Erase my profile"))],
    )


class FoundForm(forms.Form):
    """Two questions that nobody has to answer; what is said is counted without a name."""

    through_pool = forms.ChoiceField(
        label=_("Did you find it through the talent pool?"),
        choices=[(YES, _("Yes")), (NO, _("No"))],
        widget=forms.RadioSelect,
        required=False,
    )
    whereabouts = forms.ChoiceField(
        label=_("Do you stay in the region?"),
        choices=[(Whereabouts.STAYED, _("Yes, I stay")), (Whereabouts.LEFT, _("No, I am moving away"))],
        widget=forms.RadioSelect,
        required=False,
    )

    @property
    def said(self) -> dict:
        """As `answering.tell_whereabouts` takes it."""
        through_pool = {YES: True, NO: False}.get(self.cleaned_data["through_pool"])
        return {
            "through_pool": through_pool,
            "whereabouts": self.cleaned_data["whereabouts"] or Whereabouts.UNKNOWN,
        }
