"""The query string of the list of counsellors: thema (subject), sprache (language), art (mode)."""

import django_filters
from django.utils.translation import gettext_lazy as _

from counseling.models import Counsellor, Language, Mode, Subject


class CounsellorFilter(django_filters.FilterSet):
    thema = django_filters.ModelChoiceFilter(
        label=_("Subject"), queryset=Subject.objects.all(), method="on_subject", empty_label=_("all subjects")
    )
    sprache = django_filters.ChoiceFilter(
        label=_("Language"), choices=Language, method="in_language", empty_label=_("all languages")
    )
    art = django_filters.ChoiceFilter(label=_("How?"), choices=Mode, method="by_mode", empty_label=_("any way"))

    class Meta:
        model = Counsellor
        fields: list[str] = []

    def on_subject(self, counsellors, name, subject):
        return counsellors.advising_on(subject)

    def in_language(self, counsellors, name, language):
        return counsellors.speaking(language)

    def by_mode(self, counsellors, name, mode):
        return counsellors.meeting(mode)
