"""Rows that may come from a source: what people correct stays corrected, and lists can be narrowed to such rows."""

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from courses.models import Course, Session
from courses.search import index
from kit.admin import ModelAdmin


class EmptyFilter(admin.SimpleListFilter):
    """Yes or no to "has a value"."""

    field = ""

    def lookups(self, request, model_admin):
        return [("1", _("yes")), ("0", _("no"))]

    def queryset(self, request, queryset):
        if self.value() in {"0", "1"}:
            return queryset.filter(**{f"{self.field}__isnull": self.value() == "0"})
        return queryset


class WithdrawnFilter(EmptyFilter):
    title = _("withdrawn by its source")
    parameter_name = "zurueckgezogen"
    field = "withdrawn_at"


class LockedFilter(admin.SimpleListFilter):
    title = _("corrected by hand")
    parameter_name = "korrigiert"

    def lookups(self, request, model_admin):
        return [("1", _("yes")), ("0", _("no"))]

    def queryset(self, request, queryset):
        if self.value() == "1":
            return queryset.exclude(locked_fields=[])
        return queryset.filter(locked_fields=[]) if self.value() == "0" else queryset


class SourceAware(SimpleHistoryAdmin, ModelAdmin):
    """Rows that may come from a source: what is changed here stays changed, whatever the source says later.

    Only the fields that were changed in the form are written, so that an import in between loses nothing.
    """

    imported: list[str] = []
    related: tuple[str, ...] = ()

    def comes_from_source(self, obj) -> bool:
        raise NotImplementedError

    def course_of(self, obj) -> Course:
        raise NotImplementedError

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        if not change:
            super().save_model(request, obj, form, change)
            return
        self.keep_first_state(obj)
        changed = [name for name in form.changed_data if name != "kept_locks"]
        if self.comes_from_source(obj):
            lockable = {*self.imported, *self.related} & set(changed)
            released = form.released()
            stored = set(self.model.objects.select_for_update().values_list("locked_fields", flat=True).get(pk=obj.pk))
            obj.locked_fields = sorted((stored - released) | lockable)
            changed += ["locked_fields"]
            if released:
                obj.digest = ""  # the next import writes the source's values again
                changed += ["digest"]
        own = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields={*(name for name in changed if name in own), "updated_at", *self.derived(changed)})

    def derived(self, changed: list[str]) -> set[str]:
        return {"sort_key", "slug"} if "title" in changed and self.model is Course else set()

    def keep_first_state(self, obj) -> None:
        """Imports write no history; the first change by hand notes what was there before."""
        if not obj.history.exists():
            before = self.model.objects.get(pk=obj.pk)
            self.model.history.bulk_history_create([before], default_change_reason="import")

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        obj = form.instance
        if self.comes_from_source(obj) and any(
            formset.has_changed() for formset in formsets if formset.model is Session
        ):
            self.model.objects.filter(pk=obj.pk).update(locked_fields=sorted({*obj.locked_fields, "sessions"}))
        index.refresh([self.course_of(obj).pk])
