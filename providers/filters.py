"""The query string of the list of organisations: q (name), art (kind), thema (topic of its courses), ort (place)."""

import django_filters
from django import forms
from django.db.models import prefetch_related_objects
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from providers.models import Organization
from taxonomy import geo
from taxonomy.filters import NearPlace
from taxonomy.models import Place, Topic

MOST_PLACES = 8


class OrganizationFilter(NearPlace, django_filters.FilterSet):
    usual_km = 20
    q = django_filters.CharFilter(label=_("Name"), method="by_name", max_length=120)
    ort = django_filters.CharFilter(label=_("Place or postcode"), method="around", max_length=120)
    art = django_filters.MultipleChoiceFilter(
        label=_("Kind"), choices=Organization.Kind.choices, method="of_kinds", widget=forms.CheckboxSelectMultiple
    )
    thema = django_filters.ModelMultipleChoiceFilter(
        label=_("Topic"),
        queryset=Topic.objects.roots(),
        to_field_name="slug",
        method="on_topics",
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Organization
        fields: list[str] = []

    @cached_property
    def alternatives(self) -> list[Place]:
        """Places that may be meant where the one asked for is ambiguous or misspelt."""
        if not self.asked("ort") or self.position:
            return []
        places = (geo.find(self.asked("ort")) or geo.suggest(self.asked("ort")))[:MOST_PLACES]
        prefetch_related_objects(places, "postcodes")
        return places

    def asked(self, name: str) -> str:
        return self.form.cleaned_data.get(name) or "" if self.form.is_valid() else ""

    def by_name(self, organizations, name, words):
        return organizations.named_like(words)

    def around(self, organizations, name, words):
        """A place that nobody knows filters nothing: the page says so and offers others."""
        if not self.position:
            return organizations
        return organizations.near(self.position.latitude, self.position.longitude, self.km_asked)

    def of_kinds(self, organizations, name, kinds):
        return organizations.of_any_kind(kinds) if kinds else organizations

    def on_topics(self, organizations, name, topics):
        found = organizations.none()
        for topic in topics:
            found = found | organizations.teaching(topic)
        return found if topics else organizations
