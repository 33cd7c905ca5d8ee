"""The query string of the list of talents. An allow-list: by what is not named here nobody can search or sort.

No age, no sex, no name, no origin, no photo (§§ 1, 7 AGG); the order is chance, so that nobody always stands first.
"""

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from talentpool.models import Entry, Hours, Level, Member, Seeking
from taxonomy.filters import NearPlace
from taxonomy.models import JobFamily

DISTANCES = [(20, "20 km"), (50, "50 km"), (100, "100 km")]  # coarse: no circle that shrinks around a home
USUAL_KM = 50


def _ticks(label, choices, field: str) -> django_filters.MultipleChoiceFilter:
    return django_filters.MultipleChoiceFilter(
        label=label, choices=choices, field_name=field, widget=forms.CheckboxSelectMultiple, method=f"by_{field}"
    )


class TalentFilter(NearPlace, django_filters.FilterSet):
    usual_km = USUAL_KM
    feld = _ticks(_("Field of work"), JobFamily.choices, "job_families")
    sucht = _ticks(_("Looks for"), Seeking.choices, "seeking")
    abschluss = _ticks(_("Qualification"), Level.choices, "level")
    zeit = _ticks(_("Working hours"), [choice for choice in Hours.choices if choice[0] != Hours.BOTH], "hours")
    ort = django_filters.CharFilter(label=_("Place or postcode"), method="around", max_length=120)
    km = django_filters.ChoiceFilter(label=_("Distance"), choices=DISTANCES, method="unchanged", empty_label=None)
    ab = django_filters.DateFilter(label=_("Available on"), method="available_on")

    class Meta:
        model = Entry
        fields: list[str] = []

    def asked(self, name: str):
        """What was asked for; nothing where it makes no sense."""
        self.form.is_valid()
        return self.form.cleaned_data.get(name)

    def by_job_families(self, entries, name, chosen):
        return entries.filter(job_families__overlap=chosen) if chosen else entries

    def by_seeking(self, entries, name, chosen):
        return entries.filter(seeking__overlap=chosen) if chosen else entries

    def by_level(self, entries, name, chosen):
        return entries.filter(level__in=chosen) if chosen else entries

    def by_hours(self, entries, name, chosen):
        return entries.filter(hours__in=[*chosen, Hours.BOTH]) if chosen else entries

    def around(self, entries, name, words):
        """A place that nobody knows filters nothing: the page says so."""
        if not self.position:
            return entries
        return entries.near(self.position.latitude, self.position.longitude, self.km_asked)

    def unchanged(self, entries, name, value):
        """A distance means something with a place only: see `around`."""
        return entries

    def available_on(self, entries, name, day):
        return entries.filter(available_from__lte=day)


def preset(member: Member) -> QueryDict:
    """Around the company's own address, until somebody asks for something else."""
    data = QueryDict(mutable=True)
    if main := member.organization.locations.exclude(postcode="").first():
        data.update({"ort": f"{main.postcode} {main.city}".strip(), "km": str(USUAL_KM)})
    return data
