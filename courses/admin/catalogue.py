"""The administration of courses, their runs and their keywords."""

from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courses import actions
from courses.admin.roles import STAFF
from courses.admin.sourced import LockedFilter, SourceAware, WithdrawnFilter
from courses.forms import CourseForm, LocksForm, ReasonForm
from courses.importing.assigning import COURSE_FIELDS, RUN_FIELDS
from courses.models import Course, CourseRun, Keyword, Session
from kit.admin import ModelAdmin
from kit.modeladmin import Deed

RUNS_SHOWN = 8


def _address(run: CourseRun) -> str:
    return reverse("admin:courses_courserun_change", args=[run.pk])


def _name(run: CourseRun) -> str:
    day = date_format(run.starts_on, "SHORT_DATE_FORMAT") if run.starts_on else _("without date")
    parts = [day, run.location.city if run.location else run.get_mode_display(), run.number]
    return ", ".join(str(part) for part in parts if part)


@admin.register(Course)
class CourseAdmin(SourceAware):
    roles = {"view": STAFF, "add": STAFF, "change": STAFF}
    form = CourseForm
    fieldsets = [
        (_("Content"), {"fields": ["title", "provider", "number", "topic", "description", "text_simple"]}),
        (_("Dates"), {"fields": ["runs_link"]}),
        (_("For whom"), {"fields": ["audience", "requirements", "level", "handicaps", "terms", "credits"]}),
        (_("Degree"), {
            "classes": ["collapse"],
            "fields": ["degree_title", "degree_type", "degree_exam", "examiner", "degree_additional",
                       "degree_entitled"],
        }),
        (_("Classification"), {
            "classes": ["collapse"],
            "fields": ["keywords", "course_type", "education_type", "institution", "kldb", "contact", "links",
                       "systematics", "references"],
        }),
        (_("Origin and locks"), {
            "fields": ["state", "source", "external_id", "checked_at", "withdrawn_at", "level_is_derived",
                       "kept_locks"],
        }),
    ]  # fmt: skip
    list_display = ["title", "provider", "topic", "state", "withdrawn_at", "checked_at"]
    list_filter = [
        "state",
        WithdrawnFilter,
        LockedFilter,
        "source__format",
        ("topic", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["provider", "topic"]
    search_fields = ["title", "=number", "=external_id", "provider__name"]
    autocomplete_fields = ["provider", "keywords", "topic"]
    raw_id_fields = ["contact"]
    readonly_fields = ["source", "external_id", "state", "withdrawn_at", "checked_at", "runs_link",
                       "level_is_derived", "systematics", "references"]  # fmt: skip
    actions = ["publish", "give_back", "take_out"]
    imported = COURSE_FIELDS
    related = ("keywords", "contact", "topic")
    history_list_display = ["state"]

    def state(self, version) -> str:
        """For the list of versions, which asks here first."""
        return version.get_state_display()

    def comes_from_source(self, obj) -> bool:
        return obj.source_id is not None

    def course_of(self, obj) -> Course:
        return obj

    def save_model(self, request, obj, form, change):
        obj.derive()
        if change and {"level"} & set(form.changed_data):
            obj.level_is_derived = False
            form.changed_data.append("level_is_derived")
        super().save_model(request, obj, form, change)

    @admin.display(description=_("course runs"))
    def runs_link(self, obj) -> str:
        """The next runs by name, all of them by number."""
        if not obj.pk:
            return _("Save the course first, then add its runs.")
        runs = obj.runs.select_related("location").order_by("-starts_on", "-pk")[:RUNS_SHOWN]
        lines = format_html_join("", '<li><a href="{}">{}</a></li>', ((_address(run), _name(run)) for run in runs))
        every = reverse("admin:courses_courserun_changelist") + f"?course__id__exact={obj.pk}"
        label = _("All course runs: %(count)d") % {"count": obj.runs.count()}
        return format_html('<ul>{}</ul><a href="{}">{}</a>', lines, every, label)

    def deeds(self, request, obj: Course) -> list[Deed]:
        if obj.state == Course.State.PUBLISHED:
            return [Deed("give_back", _("Give back with a reason")), Deed("take_out", _("Take out of the catalogue"))]
        found = [Deed("publish", _("Publish"), is_main=True)]
        if obj.state == Course.State.SUBMITTED:
            found.append(Deed("give_back", _("Give back with a reason")))
        return found

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request, queryset):
        return self.confirmed(request, queryset, "publish", _("Publish these courses?"), actions.publish)

    @admin.action(description=_("Take out of the catalogue"), permissions=["change"])
    def take_out(self, request, queryset):
        return self.confirmed(
            request, queryset, "take_out", _("Take these courses out of the catalogue?"), actions.archive
        )

    @admin.action(description=_("Give back with a reason"), permissions=["change"])
    def give_back(self, request, queryset):
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if "confirmed" in request.POST and form.is_valid():
            reason = form.cleaned_data["reason"]
            return self.do(
                request, queryset, lambda course, by: actions.return_course(course=course, by=by, reason=reason)
            )
        return self.ask(request, queryset, "give_back", _("Give these courses back?"), form)

    def confirmed(self, request, queryset, name: str, question, deed):
        if "confirmed" in request.POST:
            return self.do(request, queryset, lambda course, by: deed(course=course, by=by))
        return self.ask(request, queryset, name, question, None)

    def do(self, request, queryset, deed) -> None:
        courses = list(queryset.order_by("pk"))
        for course in courses:
            deed(course, request.user)
        done = ngettext("%(count)d course was changed.", "%(count)d courses were changed.", len(courses))
        self.message_user(request, done % {"count": len(courses)}, messages.SUCCESS)

    def ask(self, request, queryset, name: str, question, form):
        rows = queryset.select_related("provider").order_by("sort_key", "pk")
        context = {
            **self.admin_site.each_context(request), "title": question, "courses": rows, "action": name, "form": form,
            "opts": self.opts, "select_across": request.POST.get("select_across", "0"),
        }  # fmt: skip
        return TemplateResponse(request, "admin/courses/course/confirm.html", context)


class SessionInline(admin.TabularInline):
    model = Session
    extra = 0
    fields = ["day", "starts", "ends", "location", "room"]
    raw_id_fields = ["location"]

    def has_view_permission(self, request, obj=None):
        return request.user.has_role(*STAFF)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(CourseRun)
class CourseRunAdmin(SourceAware):
    roles = {"view": STAFF, "add": STAFF, "change": STAFF}
    form = LocksForm
    exclude = ["locked_fields"]
    list_display = ["course", "number", "starts_on", "ends_on", "mode", "location", "price", "withdrawn_at"]
    list_filter = ["mode", "price_kind", WithdrawnFilter, LockedFilter]
    list_select_related = ["course", "location"]
    search_fields = ["course__title", "=number", "=external_id"]
    autocomplete_fields = ["course"]
    raw_id_fields = ["location"]
    readonly_fields = ["external_id", "withdrawn_at"]
    date_hierarchy = "starts_on"
    inlines = [SessionInline]
    imported = RUN_FIELDS
    related = ("location",)

    def comes_from_source(self, obj) -> bool:
        return bool(obj.external_id) and obj.course.source_id is not None

    def course_of(self, obj) -> Course:
        return obj.course


@admin.register(Keyword)
class KeywordAdmin(ModelAdmin):
    roles = {"view": STAFF, "add": STAFF, "change": STAFF}
    list_display = ["word", "kind"]
    list_filter = ["kind"]
    search_fields = ["word"]
