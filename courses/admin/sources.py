"""The administration of what courses come from: sources, and addresses from which the portal fetches deliveries."""

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from courses import actions, tasks
from courses.admin.roles import COORDINATION, STAFF
from courses.importing import feeds
from courses.models import Feed, Source
from kit.admin import ModelAdmin

FETCHES = 20  # that are shown


@admin.register(Source)
class SourceAdmin(ModelAdmin):
    """Whose id in a format belongs to whom. Bound by the first import; changed by coordinators only."""

    roles = {"view": STAFF, "change": COORDINATION}
    list_display = ["provider", "format", "supplier_id", "sequence", "updated_at"]
    list_filter = ["format"]
    list_select_related = ["provider"]
    search_fields = ["provider__name", "=supplier_id"]
    autocomplete_fields = ["provider"]
    readonly_fields = ["format"]


class FailingFilter(admin.SimpleListFilter):
    title = _("fails")
    parameter_name = "faellt_aus"

    def lookups(self, request, model_admin):
        return [("1", _("yes"))]

    def queryset(self, request, queryset):
        return queryset.failing() if self.value() == "1" else queryset


@admin.register(Feed)
class FeedAdmin(ModelAdmin):
    """Addresses from which the portal fetches deliveries by itself, and how that goes."""

    roles = {"view": COORDINATION, "add": COORDINATION, "change": COORDINATION}
    change_form_template = "admin/courses/feed/change_form.html"
    list_display = ["provider", "host", "is_active", "health", "last_ok_at", "next_due_at"]
    list_filter = ["is_active", FailingFilter]
    list_select_related = ["provider"]
    search_fields = ["provider__name", "url"]
    autocomplete_fields = ["provider"]
    fields = ["provider", "url", "every", "is_partial", "is_active", "note"]

    def get_urls(self):
        fetch_now = self.admin_site.admin_view(require_POST(self.fetch_now))
        return [path("<int:pk>/abrufen/", fetch_now, name="courses_feed_fetch"), *super().get_urls()]

    @admin.display(description=_("web server"), ordering="url")
    def host(self, feed: Feed) -> str:
        return feed.host

    @admin.display(description=_("state"), ordering="failures")
    def health(self, feed: Feed) -> str:
        if feed.failures:
            failed = ngettext("failed %(count)d time in a row", "failed %(count)d times in a row", feed.failures)
            return failed % {"count": feed.failures}
        return _("works") if feed.last_ok_at else _("not fetched yet")

    def save_model(self, request, obj, form, change):
        if change and "url" in form.changed_data:
            feeds.forget_state(obj)
        super().save_model(request, obj, form, change)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        feed = self.get_object(request, object_id)
        runs = feed.runs.prefetch_related("delivery__plans").order_by("-at", "-pk")[:FETCHES] if feed else []
        context = {**(extra_context or {}), "runs": runs, "health": self.health(feed) if feed else ""}
        return super().change_view(request, object_id, form_url, context)

    def fetch_now(self, request, pk):
        feed = self.get_object(request, str(pk))
        if feed is None or not self.has_change_permission(request):
            raise Http404
        try:
            feeds.ask_now(feed=feed, by=request.user)
        except actions.NotPossible as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            transaction.on_commit(lambda: tasks.ring(tasks.fetch_feed, pk))
            self.message_user(request, _("The delivery is being fetched. Please look again in a minute."))
        return redirect("admin:courses_feed_change", pk)
