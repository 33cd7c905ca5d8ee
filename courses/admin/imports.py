"""The administration of imports: upload, report, decision."""

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from courses import actions, tasks
from courses.admin.roles import COORDINATION
from courses.forms import ColumnsForm, DeliveryForm
from courses.importing import deliveries, reports, table
from courses.importing.binding import draft_provider
from courses.importing.opening import open_delivery
from courses.importing.records import DeliveryRefused
from courses.models import Delivery, ImportPlan, Source
from kit import csv, downloads
from kit.admin import ModelAdmin

PER_PAGE = 50
State = ImportPlan.State
COMPARED = {State.WAITING, State.APPLIED, State.DISCARDED}


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
            path("<int:pk>/spalten/", wrap(self.columns), name="courses_importplan_columns"),
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
            "siblings": others_in(plan)[:50],
            "has_file": bool(plan.delivery.file), "is_table": plan.delivery.format == Source.Format.TABLE,
        }  # fmt: skip
        return TemplateResponse(request, "admin/courses/importplan/report.html", context)

    def report_csv(self, request, pk):
        plan = self.plan_or_404(request, pk)
        return downloads.made(reports.to_csv(plan), name=f"import-{plan.pk}.csv", media_type=csv.CONTENT_TYPE)

    def template_csv(self, request):
        header, *rows = table.template()
        return downloads.made(csv.write(header, rows), name="kursvorlage.csv", media_type=csv.CONTENT_TYPE)

    def template_xlsx(self, request):
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return downloads.made(table.workbook(), name="kursvorlage.xlsx", media_type=kind)

    # ── Columns of a table

    def columns(self, request, pk):
        """Which column of the file is which of ours: recognised by its heading, corrected by people."""
        plan = self.plan_or_404(request, pk)
        try:
            form = self.columns_form(request, plan.delivery)
            if request.method == "POST" and form.is_valid():
                explained = form.explained()
                plan = deliveries.explain_columns(delivery=plan.delivery, columns=explained, by=request.user)
                transaction.on_commit(lambda: tasks.ring(tasks.read_plan, plan.pk))
                return redirect("admin:courses_importplan_change", plan.pk)
        except (actions.NotPossible, DeliveryRefused) as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:courses_importplan_change", pk)
        title = _("What the columns mean")
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "plan": plan,
            "form": form,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/courses/importplan/columns.html", context)

    def columns_form(self, request, delivery: Delivery) -> ColumnsForm:
        choices = [(key, name) for key, name, *_rest in table.COLUMNS]
        with deliveries.opened(delivery) as stream:
            found = table.Table(delivery.columns).columns(stream)
        return ColumnsForm(request.POST or None, columns=found, choices=choices, needed="title")

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


def others_in(plan: ImportPlan):
    """Plans of the same delivery for other providers; one that failed as a whole speaks of nobody."""
    plans = plan.delivery.plans.exclude(supplier_id__in=["", plan.supplier_id])
    return plans.select_related("provider").order_by("pk")
