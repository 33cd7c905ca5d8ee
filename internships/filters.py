"""The query string of the list of internships: q, feld, modell, mehr, alter, ab, bis, ort, km,
fahrt (minutes by bus and train instead of km), woche (campaign).

And that of the topics for teachers: fach, klasse, ort, km.
"""

from functools import cached_property

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from internships.models import Campaign, Scheme, Subject
from internships.models.lesson import LAST_GRADE
from internships.search import Query
from kit.forms import day_field
from taxonomy.filters import NearPlace
from taxonomy.models import JobFamily
from taxonomy.travel import Travel, travel_from

DISTANCES = [(5, "5 km"), (10, "10 km"), (20, "20 km"), (50, "50 km")]
TRAVEL_TIMES = [(each, each) for each in (30, 45, 60, 90)]  # minutes
MORE = [("direkt", _("without questions")), ("stufenlos", _("step-free")), ("online", _("online"))]


def schemes() -> list[tuple[str, str]]:
    return [(scheme.slug, scheme.name) for scheme in Scheme.objects.filter(is_active=True)]


class OfferFilter(NearPlace, forms.Form):
    """What was asked. What makes no sense is left out, and said so where it matters."""

    usual_km = 20

    q = forms.CharField(label=_("Words"), max_length=120, required=False)
    feld = forms.MultipleChoiceField(label=_("Field of work"), choices=JobFamily.choices, required=False)
    modell = forms.MultipleChoiceField(label=_("Model"), choices=schemes, required=False)
    mehr = forms.MultipleChoiceField(label=_("More"), choices=MORE, required=False)
    alter = forms.IntegerField(label=_("How old are you then?"), min_value=12, max_value=99, required=False)
    ab = day_field(label=_("Not before"), required=False)
    bis = day_field(label=_("Not after"), required=False)
    ort = forms.CharField(label=_("Place or postcode"), max_length=120, required=False)
    km = forms.TypedChoiceField(label=_("Distance"), choices=DISTANCES, coerce=int, empty_value=None, required=False)
    fahrt = forms.TypedChoiceField(choices=TRAVEL_TIMES, coerce=int, empty_value=None, required=False)
    woche = forms.SlugField(max_length=60, required=False)

    def __init__(self, data: QueryDict):
        super().__init__(data)
        self.is_valid()

    def asked(self, name: str):
        return self.cleaned_data.get(name)

    @cached_property
    def travel(self) -> Travel | None:
        """From the place that was given; none where no timetable is there."""
        return travel_from(self.position.place) if self.position else None

    @property
    def minutes_asked(self) -> int | None:
        return self.asked("fahrt") if self.travel else None

    @cached_property
    def campaign(self) -> Campaign | None:
        slug = self.asked("woche")
        return Campaign.objects.public().filter(slug=slug).first() if slug else None

    def query(self, *, places: frozenset[int] = frozenset()) -> Query:
        return Query(
            words=self.asked("q") or "",
            fields=frozenset(self.asked("feld") or ()),
            schemes=frozenset(self.asked("modell") or ()),
            more=frozenset(self.asked("mehr") or ()),
            age=self.asked("alter"),
            first_day=self.asked("ab"),
            last_day=self.asked("bis"),
            position=self.position,
            km=self.km_asked,
            travel=self.travel,
            minutes=self.minutes_asked,
            campaign=self.campaign.slug if self.campaign else "",
            places=places,
        )


class LessonFilter(NearPlace, forms.Form):
    """What a teacher looks for. What makes no sense is left out."""

    usual_km = 20

    fach = forms.ChoiceField(
        label=_("School subject"), choices=[("", _("all school subjects")), *Subject.choices], required=False
    )
    klasse = forms.IntegerField(label=_("Grade"), min_value=1, max_value=LAST_GRADE, required=False)
    ort = forms.CharField(label=_("Place or postcode"), max_length=120, required=False)
    km = forms.TypedChoiceField(label=_("Distance"), choices=DISTANCES, coerce=int, empty_value=None, required=False)

    def __init__(self, data: QueryDict):
        super().__init__(data)
        self.is_valid()

    def asked(self, name: str):
        return self.cleaned_data.get(name)
