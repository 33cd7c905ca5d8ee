"""The administration of the search: synonyms, and what was looked for in vain."""

from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from courses.admin.roles import COORDINATION, STAFF
from courses.models import SearchMiss, Synonym
from courses.search import words
from kit.admin import ModelAdmin

PER_PAGE = 50


class SynonymForm(forms.ModelForm):
    """Words that the search knows, on both sides, and not the same ones."""

    class Meta:
        model = Synonym
        fields = ["term", "kind", "meaning"]

    def clean(self):
        data = super().clean()
        for name in ("term", "meaning"):
            if data.get(name) and not words.in_order(data[name]):
                self.add_error(name, _("The search does not look for these words alone. Please write others."))
        if not self.errors:
            self.instance.term_stems, self.instance.meaning_stems = (
                words.in_order(data[name]) for name in ("term", "meaning")
            )
            if self.instance.term_stems == self.instance.meaning_stems:
                self.add_error("meaning", _("For the search this is the same word already."))
        return data


@admin.register(Synonym)
class SynonymAdmin(ModelAdmin):
    roles = {"view": STAFF, "add": COORDINATION, "change": COORDINATION, "delete": COORDINATION}
    form = SynonymForm
    change_list_template = "admin/courses/synonym/change_list.html"
    list_display = ["term", "kind", "meaning", "effect"]
    list_filter = ["kind"]
    list_per_page = PER_PAGE
    search_fields = ["term", "meaning"]

    def get_urls(self):
        preview = self.admin_site.admin_view(self.preview)
        return [path("vorschau/", preview, name="courses_synonym_preview"), *super().get_urls()]

    @admin.display(description=_("finds more courses"))
    def effect(self, synonym: Synonym) -> str:
        before, after = words.gain(synonym.term, synonym.meaning)
        return f"+{after - before}"

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        messages.info(request, told_gain(obj.term, obj.meaning))

    def preview(self, request):
        """What a synonym would change, before it is there."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = SynonymForm(request.GET if "term" in request.GET else None, initial={"kind": Synonym.Kind.EQUAL})
        told = []
        if form.is_bound and form.is_valid():
            term, meaning = form.cleaned_data["term"], form.cleaned_data["meaning"]
            told = [told_gain(term, meaning)]
            if form.cleaned_data["kind"] == Synonym.Kind.EQUAL:
                told.append(told_gain(meaning, term))
        context = {
            **self.admin_site.each_context(request), "title": _("Try out a synonym"), "opts": self.opts, "form": form,
            "told": told, "add": f"{reverse('admin:courses_synonym_add')}?{request.GET.urlencode()}",
        }  # fmt: skip
        return TemplateResponse(request, "admin/courses/synonym/preview.html", context)


def told_gain(term: str, meaning: str) -> str:
    before, after = words.gain(term, meaning)
    told = _("“%(term)s” finds %(before)d courses so far, with “%(meaning)s” %(after)d: %(more)d more.")
    return told % {"term": term, "meaning": meaning, "before": before, "after": after, "more": after - before}


class RecentFilter(admin.SimpleListFilter):
    title = _("period")
    parameter_name = "tage"

    def lookups(self, request, model_admin):
        return [("30", _("the last 30 days"))]

    def queryset(self, request, queryset):
        return queryset.recent() if self.value() == "30" else queryset


@admin.register(SearchMiss)
class SearchMissAdmin(ModelAdmin):
    """What was looked for in vain: gaps in the offer, and words that want a synonym."""

    roles = {"view": COORDINATION}
    list_display = ["term", "place", "day", "searches", "synonym_link"]
    list_filter = [RecentFilter, "day"]
    list_per_page = PER_PAGE
    search_fields = ["term", "place"]

    @admin.display(description=_("what to do"))
    def synonym_link(self, miss: SearchMiss) -> str:
        url = reverse("admin:courses_synonym_preview")
        return format_html('<a href="{}">{}</a>', f"{url}?{urlencode({'term': miss.term})}", _("Try out a synonym"))
