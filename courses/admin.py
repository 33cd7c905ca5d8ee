"""The administration of the catalogue and of imports."""

from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from simple_history.admin import SimpleHistoryAdmin

from courses import actions, tasks
from courses.forms import CourseForm, DeliveryForm, LocksForm, ReasonForm
from courses.importing import deliveries, feeds, reports, table
from courses.importing.assigning import COURSE_FIELDS, RUN_FIELDS
from courses.importing.binding import draft_provider
from courses.importing.opening import open_delivery
from courses.importing.records import DeliveryRefused
from courses.models import Course, CourseRun, Delivery, Feed, ImportPlan, Keyword, SearchMiss, Session, Source, Synonym
from courses.search import index, words
from kit import csv
from kit.admin import ModelAdmin
from kit.modeladmin import Deed

STAFF = {"coordinator", "editor"}
COORDINATION = {"coordinator"}
PER_PAGE = 50
FETCHES = 20  # that are shown
RUNS_SHOWN = 8
State = ImportPlan.State
COMPARED = {State.WAITING, State.APPLIED, State.DISCARDED}


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


@admin.register(ImportPlan)
class ImportPlanAdmin(ModelAdmin):
    """History of imports. "Add" uploads a delivery; a row opens its report with the decision."""

    roles = {"view": COORDINATION, "add": COORDINATION}
    change_list_template = "admin/courses/importplan/change_list.html"
    list_display = [
        "file",
        "provider",
        "state",
        "count_new",
        "count_changed",
        "count_withdrawn",
        "count_rejected",
        "created_at",
    ]
    list_filter = ["state", "delivery__format"]
    list_select_related = ["delivery", "provider"]
    search_fields = ["provider__name", "delivery__file_name", "=supplier_id"]
    date_hierarchy = "created_at"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("vorlage.csv", wrap(self.template_csv), name="courses_importplan_template_csv"),
            path("vorlage.xlsx", wrap(self.template_xlsx), name="courses_importplan_template_xlsx"),
            path("<int:pk>/bericht.csv", wrap(self.report_csv), name="courses_importplan_csv"),
            path("<int:pk>/uebernehmen/", wrap(require_POST(self.approve)), name="courses_importplan_approve"),
            path("<int:pk>/verwerfen/", wrap(require_POST(self.discard)), name="courses_importplan_discard"),
            path("<int:pk>/neu-planen/", wrap(require_POST(self.plan_again)), name="courses_importplan_again"),
        ]
        return own + super().get_urls()

    def plan_or_404(self, request, pk) -> ImportPlan:
        if not self.has_view_permission(request):
            raise Http404
        plan = ImportPlan.objects.select_related("delivery", "provider", "source").filter(pk=pk).first()
        if plan is None:
            raise Http404
        return plan

    @admin.display(description=_("file"), ordering="delivery__file_name")
    def file(self, plan: ImportPlan) -> str:
        return plan.delivery.file_name

    # ── Upload

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise Http404
        form = DeliveryForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and self.is_readable(form):
            plan = self.receive(request, form.cleaned_data)
            if plan is not None:
                return redirect("admin:courses_importplan_change", plan.pk)
        context = {**self.admin_site.each_context(request), "title": _("New import"), "form": form, "opts": self.opts}
        return TemplateResponse(request, "admin/courses/importplan/upload.html", context)

    def is_readable(self, form: DeliveryForm) -> bool:
        """What is no delivery at all is said beside the field, before anything is kept."""
        try:
            open_delivery(form.cleaned_data["file"])
        except DeliveryRefused as refusal:
            form.add_error("file", str(refusal))
            return False
        return True

    def receive(self, request, data: dict) -> ImportPlan | None:
        provider = data["provider"] or draft_provider(" ".join(data["new_provider"].split()))
        try:
            delivery = deliveries.receive(
                file=data["file"], name=data["file"].name, provider=provider, by=request.user,
                is_partial=data["is_partial"], largest=deliveries.LARGEST_UPLOAD,
            )  # fmt: skip
        except actions.NotPossible as error:
            self.message_user(request, str(error), messages.ERROR)
            return None
        return self.start_reading(delivery)

    def start_reading(self, delivery: Delivery) -> ImportPlan:
        plan = deliveries.await_planning(delivery=delivery)
        transaction.on_commit(lambda: tasks.ring(tasks.read_plan, plan.pk))
        return plan

    # ── Report

    def change_view(self, request, object_id, form_url="", extra_context=None):
        plan = self.plan_or_404(request, object_id if str(object_id).isdigit() and len(str(object_id)) < 19 else None)
        chosen = request.GET.get("art", "")
        tabs = [(action, label, plan.items.filter(action=action).count()) for action, label in reports.SHOWN_KINDS]
        names = [action.value for action, _label, count in tabs if count]
        chosen = chosen if chosen in names else (names[0] if names else "")
        items = plan.items.filter(action=chosen).order_by("pk")
        page = Paginator(items, PER_PAGE).get_page(request.GET.get("seite"))
        done, total = deliveries.progress(plan)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import"), "plan": plan, "opts": self.opts, "tabs": tabs, "chosen": chosen, "page": page,
            "lines": [reports.line(item) for item in page], "verdict": reports.verdict(plan),
            "numbers": reports.numbers(plan) if plan.state in COMPARED else [], "kind": reports.kind_of(plan),
            "done": done, "total": total, "percent": done * 100 // max(total, 1),
            "is_busy": plan.state in {State.PLANNING, State.QUEUED, State.APPLYING},
            "may_approve": plan.state == State.WAITING and not plan.is_blocked,
            "may_discard": plan.state in {State.WAITING, State.FAILED},
            "siblings": plan.delivery.plans.exclude(pk=plan.pk).select_related("provider").order_by("pk")[:50],
            "has_file": bool(plan.delivery.file),
        }  # fmt: skip
        return TemplateResponse(request, "admin/courses/importplan/report.html", context)

    def report_csv(self, request, pk):
        plan = self.plan_or_404(request, pk)
        return _download(reports.to_csv(plan), f"import-{plan.pk}.csv", "text/csv; charset=utf-8")

    def template_csv(self, request):
        header, *rows = table.template()
        return _download(csv.write(header, rows), "kursvorlage.csv", "text/csv; charset=utf-8")

    def template_xlsx(self, request):
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return _download(table.workbook(), "kursvorlage.xlsx", kind)

    # ── Decisions

    def approve(self, request, pk):
        plan = self.plan_or_404(request, pk)
        if plan.brakes and not request.POST.get("confirmed"):
            self.message_user(request, _("Please tick that you have looked at the reasons to wait."), messages.WARNING)
            return redirect("admin:courses_importplan_change", pk)
        return self.decide(request, plan, deliveries.approve, then=tasks.apply_import)

    def discard(self, request, pk):
        return self.decide(request, self.plan_or_404(request, pk), deliveries.discard)

    def plan_again(self, request, pk):
        """The same delivery once more: after a change of the catalogue, or to undo what came later."""
        try:
            plan = self.start_reading(self.plan_or_404(request, pk).delivery)
        except actions.NotPossible as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:courses_importplan_change", pk)
        return redirect("admin:courses_importplan_change", plan.pk)

    def decide(self, request, plan: ImportPlan, deed, then=None):
        try:
            deed(plan=plan, by=request.user)
        except actions.NotPossible as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            if then is not None:
                transaction.on_commit(lambda: tasks.ring(then, plan.pk))
        return redirect("admin:courses_importplan_change", plan.pk)


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


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
