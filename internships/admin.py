"""The administration of internships: who comes in, what is looked at, what is stuck. Pupils have no admin."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from accounts import audit
from internships import lessons, numbers
from internships.actions import applying, changing, lesson_offers, offering, registering, settling, teaching
from internships.models import (
    Application,
    Campaign,
    Employer,
    LessonOffer,
    LessonUnit,
    Offer,
    OfferChange,
    Partnership,
    Registration,
    Scheme,
    Source,
)
from kit.admin import ModelAdmin
from kit.modeladmin import Asking, Deed, WhyForm

COORDINATION = {"coordinator"}
OWN = {"view": COORDINATION, "add": COORDINATION, "change": COORDINATION}


class InternshipAsking(Asking):
    roles = {"view": COORDINATION}
    refusals = (
        offering.WrongState, offering.NotReady, registering.Closed, applying.NotPossible, teaching.NotPossible,
    )  # fmt: skip


# ── Companies


class EmployerStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "stand"

    def lookups(self, request, model_admin):
        return [("wartet", _("waits for approval")), ("still", _("paused for its silence")), ("aktiv", _("active"))]

    def queryset(self, request, queryset):
        rows = {"wartet": queryset.waiting(), "still": queryset.silent(), "aktiv": queryset.active()}
        return rows.get(self.value(), queryset)


@admin.register(Employer)
class EmployerAdmin(InternshipAsking):
    list_display = ["organization", "contact_name", "contact_phone", "created_at", "approved_at", "silences"]
    list_filter = [EmployerStateFilter]
    list_select_related = ["organization"]
    search_fields = ["organization__name", "organization__sort_key"]
    fields = [
        "organization", "contact_name", "contact_email", "contact_phone", "created_at", "approved_at", "approved_by",
        "silences", "hinted_at", "paused_at",
    ]  # fmt: skip
    actions = ["approve", "resume"]

    def deeds(self, request, obj: Employer) -> list[Deed]:
        if obj.approved_at is None:
            return [Deed("approve", _("Approve …"), is_main=True)]
        return [Deed("resume", _("Show its offers again …"), is_main=True)] if obj.paused_at else []

    @admin.action(description=_("Approve …"), permissions=["view"])
    def approve(self, request, queryset):
        then = [
            _("The company gets a page and may publish."),
            _("Its first offer is looked at, later ones as a sample."),
        ]
        return self.ask_first(
            request, queryset, title=_("Approve"), then=then,
            deed=lambda employer, by: registering.approve(employer=employer, by=by),
        )  # fmt: skip

    @admin.action(description=_("Show its offers again …"), permissions=["view"])
    def resume(self, request, queryset):
        then = [_("You have talked with the company. Its offers can be found again."), _("Silence counts anew.")]
        return self.ask_first(
            request, queryset, title=_("Show its offers again"), then=then,
            deed=lambda employer, by: registering.resume(employer=employer, by=by),
        )  # fmt: skip


class RegistrationStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "stand"

    def lookups(self, request, model_admin):
        return [("wartet", _("waits for a decision"))]

    def queryset(self, request, queryset):
        return queryset.waiting() if self.value() == "wartet" else queryset


@admin.register(Registration)
class RegistrationAdmin(InternshipAsking):
    """People who say that they belong to a company that is there already."""

    list_display = ["name", "organization", "contact_name", "phone", "confirmed_at", "decided_at"]
    list_filter = [RegistrationStateFilter]
    list_select_related = ["organization"]
    fields = ["name", "place", "organization", "contact_name", "email", "phone", "confirmed_at", "decided_at"]
    actions = ["let_in", "refuse"]

    def deeds(self, request, obj: Registration) -> list[Deed]:
        if obj.decided_at or not obj.confirmed_at:
            return []
        return [Deed("let_in", _("Let in …"), is_main=True), Deed("refuse", _("Refuse …"))]

    @admin.action(description=_("Let in …"), permissions=["view"])
    def let_in(self, request, queryset):
        then = [_("The person acts for the company from now on, and gets an e-mail.")]
        return self.ask_first(
            request, queryset, title=_("Let in"), then=then,
            deed=lambda registration, by: registering.let_in(registration=registration, by=by),
        )  # fmt: skip

    @admin.action(description=_("Refuse …"), permissions=["view"])
    def refuse(self, request, queryset):
        then = [_("The person is asked by e-mail to call."), _("Name and address are erased after a month.")]
        return self.ask_first(
            request, queryset, title=_("Refuse"), then=then,
            deed=lambda registration, by: registering.refuse(registration=registration, by=by),
        )  # fmt: skip


# ── Offers


@admin.register(Scheme)
class SchemeAdmin(ModelAdmin):
    """Models of internship: a region tries a new one by adding a row."""

    roles = OWN
    list_display = ["name", "unit", "is_voluntary", "is_online", "longest_days", "is_active", "position"]
    prepopulated_fields = {"slug": ["name"]}

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        audit.record("internship model kept", obj, by=request.user, fields=sorted(form.changed_data))


class QualityFilter(admin.SimpleListFilter):
    title = _("evaluations")
    parameter_name = "guete"

    def lookups(self, request, model_admin):
        return [("schlecht", _("two bad ones or more"))]

    def queryset(self, request, queryset):
        return queryset.criticized() if self.value() == "schlecht" else queryset


@admin.register(Offer)
class OfferAdmin(InternshipAsking):
    list_display = ["title", "employer", "scheme", "state", "updated_at", "bad_marks"]
    list_filter = ["state", QualityFilter, "scheme", "campaign"]
    list_select_related = ["employer__organization", "scheme"]
    search_fields = ["title", "employer__organization__name"]
    exclude = ["slug"]
    actions = ["publish", "return_offer", "talked"]

    def deeds(self, request, obj: Offer) -> list[Deed]:
        found = []
        if obj.state == Offer.State.SUBMITTED:
            found.append(Deed("publish", _("Publish …"), is_main=True))
        if obj.state in {Offer.State.SUBMITTED, Offer.State.PUBLISHED}:
            found.append(Deed("return_offer", _("Return …")))
        if obj.bad_marks >= 2:
            found.append(Deed("talked", _("Talked about …"), is_main=True))
        return found

    @admin.action(description=_("Publish …"), permissions=["view"])
    def publish(self, request, queryset):
        then = [_("Everybody finds the offer, and the company gets an e-mail."),
                _("If something is missing or not allowed, nothing happens.")]  # fmt: skip
        return self.ask_first(
            request, queryset, title=_("Publish"), then=then,
            deed=lambda offer, by: offering.publish(offer=offer, by=by),
        )  # fmt: skip

    @admin.action(description=_("Return …"), permissions=["view"])
    def return_offer(self, request, queryset):
        then = [_("The offer is hidden, and the company gets your remarks.")]
        return self.ask_first(
            request, queryset, title=_("Return"), then=then, form_class=WhyForm,
            deed=lambda offer, **answers: offering.return_for_changes(offer=offer, **answers),
        )  # fmt: skip

    @admin.action(description=_("Talked about …"), permissions=["view"])
    def talked(self, request, queryset):
        then = [_("You have talked with the company about its evaluations. They are counted anew.")]
        return self.ask_first(
            request, queryset, title=_("Talked about"), then=then,
            deed=lambda offer, by: offering.talked_about(offer=offer, by=by),
        )  # fmt: skip


class ChangeStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "stand"

    def lookups(self, request, model_admin):
        return [("wartet", _("waits for a look"))]

    def queryset(self, request, queryset):
        return queryset.waiting() if self.value() == "wartet" else queryset


@admin.register(OfferChange)
class OfferChangeAdmin(InternshipAsking):
    """New words of offers that are public. Drafts are the company's own and not read here."""

    list_display = ["offer", "employer_name", "state", "created_at"]
    list_filter = [ChangeStateFilter]
    list_select_related = ["offer__employer__organization"]
    search_fields = ["offer__title", "offer__employer__organization__name"]
    fields = ["offer", "employer_name", "state", "reason", "created_at", "difference"]
    readonly_fields = fields
    actions = ["approve", "return_change"]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(state=OfferChange.State.DRAFT)

    @admin.display(description=_("employer"))
    def employer_name(self, change: OfferChange) -> str:
        return str(change.offer.employer)

    @admin.display(description=_("before and after"))
    def difference(self, change: OfferChange) -> str:
        rows = format_html_join("", "<dt>{}</dt><dd><del>{}</del></dd><dd><ins>{}</ins></dd>", change.difference)
        return format_html("<dl>{}</dl>", rows)

    def deeds(self, request, obj: OfferChange) -> list[Deed]:
        if not OfferChange.objects.waiting().filter(pk=obj.pk).exists():
            return []
        return [Deed("approve", _("Publish …"), is_main=True), Deed("return_change", _("Return …"))]

    @admin.action(description=_("Publish …"), permissions=["view"])
    def approve(self, request, queryset):
        then = [_("The new words take the place of the old ones, and the company gets an e-mail."),
                _("If something is missing or not allowed, nothing happens.")]  # fmt: skip
        return self.ask_first(
            request, queryset, title=_("Publish"), then=then,
            deed=lambda change, by: changing.approve(change=change, by=by),
        )  # fmt: skip

    @admin.action(description=_("Return …"), permissions=["view"])
    def return_change(self, request, queryset):
        then = [_("The offer stays as it is, and the company gets your remarks.")]
        return self.ask_first(
            request, queryset, title=_("Return"), then=then, form_class=WhyForm,
            deed=lambda change, **answers: changing.return_for_changes(change=change, **answers),
        )  # fmt: skip


class UnsettledFilter(admin.SimpleListFilter):
    title = _("what is stuck")
    parameter_name = "offen"

    def lookups(self, request, model_admin):
        return [("ergebnis", _("over, and the two sides do not say the same"))]

    def queryset(self, request, queryset):
        return queryset.unsettled() if self.value() == "ergebnis" else queryset


@admin.register(Application)
class ApplicationAdmin(InternshipAsking):
    """Without names: who is to be called stands there only while something is open."""

    list_display = ["created_at", "offer_title", "employer_name", "state", "pupil_attended", "company_attended"]
    list_filter = [UnsettledFilter, "state"]
    list_select_related = ["period__offer__employer__organization"]
    fields = [
        "offer_title", "employer_name", "days", "state", "submitted_at", "agreed_at", "pupil_attended",
        "company_attended", "reached_at",
    ]  # fmt: skip
    readonly_fields = fields
    actions = ["took_place", "did_not"]

    @admin.display(description=_("offer"))
    def offer_title(self, application: Application) -> str:
        return application.period.offer.title

    @admin.display(description=_("employer"))
    def employer_name(self, application: Application) -> str:
        return str(application.period.offer.employer)

    @admin.display(description=_("days"))
    def days(self, application: Application) -> str:
        period = application.period
        return f"{period.first_day:%d.%m.%Y} – {period.last_day:%d.%m.%Y}"

    @admin.display(description=_("whom to call"))
    def reached_at(self, application: Application) -> str:
        if not Application.objects.unsettled().filter(pk=application.pk).exists():
            return "–"
        pupil, employer = application.pupil, application.period.offer.employer
        return f"{pupil}, {pupil.phone or pupil.email}; {employer.contact_name}, {employer.contact_phone}"

    def deeds(self, request, obj: Application) -> list[Deed]:
        if not Application.objects.over().filter(pk=obj.pk).exists():
            return []
        return [Deed("took_place", _("It took place …"), is_main=True), Deed("did_not", _("It did not …"))]

    @admin.action(description=_("It took place …"), permissions=["view"])
    def took_place(self, request, queryset):
        return self._decide(request, queryset, _("It took place"), _("The certificate is issued."), attended=True)

    @admin.action(description=_("It did not …"), permissions=["view"])
    def did_not(self, request, queryset):
        return self._decide(
            request, queryset, _("It did not take place"), _("There is no certificate."), attended=False
        )

    def _decide(self, request, queryset, title, sentence, *, attended: bool):
        return self.ask_first(
            request, queryset, title=title, then=[_("You have asked both sides."), sentence],
            deed=lambda application, by: settling.decide(application=application, attended=attended, by=by),
        )  # fmt: skip


# ── Campaigns


class SourceInline(admin.TabularInline):
    """Posters and partners; each code becomes a QR code."""

    model = Source
    extra = 1
    fields = ["label", "code"]
    readonly_fields = ["code"]

    def has_view_permission(self, request, obj=None):
        return request.user.has_role(*COORDINATION)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(Campaign)
class CampaignAdmin(ModelAdmin):
    roles = OWN
    list_display = ["name", "first_day", "last_day", "is_public", "numbers_link"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [SourceInline]

    def get_urls(self):
        own = path("<path:object_id>/zahlen/", self.admin_site.admin_view(self.funnel),
                   name="internships_campaign_funnel")  # fmt: skip
        return [own, *super().get_urls()]

    @admin.display(description=_("numbers"))
    def numbers_link(self, campaign: Campaign) -> str:
        address = reverse("admin:internships_campaign_funnel", args=[campaign.pk])
        return format_html('<a href="{}">{}</a>', address, _("numbers and posters"))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        audit.record("internship campaign kept", obj, by=request.user, fields=sorted(form.changed_data))

    def funnel(self, request, object_id):
        """From sign-up to the day itself, by source."""
        campaign = self.get_object(request, object_id)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if campaign is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request), "title": campaign.name, "opts": self.opts, "campaign": campaign,
            "lines": numbers.funnel(campaign), "absences": numbers.absences(campaign),
            "sources": campaign.sources.all(), "least": numbers.LEAST,
        }  # fmt: skip
        return TemplateResponse(request, "admin/internships/campaign/funnel.html", context)


# ── Lessons with companies


@admin.register(LessonOffer)
class LessonOfferAdmin(InternshipAsking):
    list_display = ["topic", "employer", "subject", "state", "updated_at"]
    list_filter = ["state", "subject"]
    list_select_related = ["employer__organization"]
    search_fields = ["topic", "employer__organization__name"]
    actions = ["publish", "return_offer"]

    def deeds(self, request, obj: LessonOffer) -> list[Deed]:
        found = []
        if obj.state == LessonOffer.State.SUBMITTED:
            found.append(Deed("publish", _("Publish …"), is_main=True))
        if obj.state in {LessonOffer.State.SUBMITTED, LessonOffer.State.PUBLISHED}:
            found.append(Deed("return_offer", _("Return …")))
        return found

    @admin.action(description=_("Publish …"), permissions=["view"])
    def publish(self, request, queryset):
        then = [_("Teachers find the topic, and the company gets an e-mail."),
                _("If something is missing or not allowed, nothing happens.")]  # fmt: skip
        return self.ask_first(
            request, queryset, title=_("Publish"), then=then,
            deed=lambda offer, by: lesson_offers.publish(offer=offer, by=by),
        )  # fmt: skip

    @admin.action(description=_("Return …"), permissions=["view"])
    def return_offer(self, request, queryset):
        then = [_("The offer is hidden, and the company gets your remarks.")]
        return self.ask_first(
            request, queryset, title=_("Return"), then=then, form_class=WhyForm,
            deed=lambda offer, **answers: lesson_offers.return_for_changes(offer=offer, **answers),
        )  # fmt: skip


@admin.register(Partnership)
class PartnershipAdmin(InternshipAsking):
    """Who holds lessons together; only school and company themselves agree and end."""

    list_display = ["school", "employer", "state", "created_at", "school_agreed_at", "company_agreed_at", "ended_at"]
    list_filter = ["state"]
    list_select_related = ["school", "employer__organization"]
    search_fields = ["school__name", "employer__organization__name"]


class LessonStuckFilter(admin.SimpleListFilter):
    title = _("what is stuck")
    parameter_name = "offen"

    def lookups(self, request, model_admin):
        return [("ergebnis", _("over for a week, and the school does not say how it was"))]

    def queryset(self, request, queryset):
        return queryset.unsettled() if self.value() == "ergebnis" else queryset


@admin.register(LessonUnit)
class LessonUnitAdmin(InternshipAsking):
    """Without names of teachers; whom to call stands there only while something is open."""

    change_list_template = "admin/internships/lessonunit/change_list.html"
    list_display = ["day", "topic", "subject", "school", "employer", "state", "no_loss"]
    list_filter = [LessonStuckFilter, "state", "subject", "no_loss"]
    list_select_related = ["school", "employer__organization"]
    search_fields = ["topic", "school__name", "employer__organization__name"]
    fields = [
        "topic", "subject", "grade", "group", "pupils", "day", "where", "lessons", "no_loss", "school", "employer",
        "state", "reason", "mark", "reached_at",
    ]  # fmt: skip
    readonly_fields = fields
    actions = ["took_place", "did_not"]

    def get_urls(self):
        own = path("faecher/", self.admin_site.admin_view(self.subjects), name="internships_lessonunit_subjects")
        return [own, *super().get_urls()]

    @admin.display(description=_("whom to call"))
    def reached_at(self, unit: LessonUnit) -> str:
        if not LessonUnit.objects.unsettled().filter(pk=unit.pk).exists():
            return "–"
        return f"{unit.school}, {unit.school.phone or '–'}; {unit.teacher or '–'}"

    def deeds(self, request, obj: LessonUnit) -> list[Deed]:
        if not LessonUnit.objects.over().filter(pk=obj.pk).exists():
            return []
        return [Deed("took_place", _("It took place …"), is_main=True), Deed("did_not", _("It did not …"))]

    @admin.action(description=_("It took place …"), permissions=["view"])
    def took_place(self, request, queryset):
        return self._decide(request, queryset, _("It took place"), took_place=True)

    @admin.action(description=_("It did not …"), permissions=["view"])
    def did_not(self, request, queryset):
        return self._decide(request, queryset, _("It did not take place"), took_place=False)

    def _decide(self, request, queryset, title, *, took_place: bool):
        return self.ask_first(
            request, queryset, title=title, then=[_("You have asked the school.")],
            deed=lambda unit, by: teaching.decide(unit=unit, took_place=took_place, by=by),
        )  # fmt: skip

    def subjects(self, request):
        """What is offered, planned and held in which subject."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request), "title": _("Lessons by subject"), "opts": self.opts,
            "lines": lessons.by_subject(),
        }  # fmt: skip
        return TemplateResponse(request, "admin/internships/lessonunit/subjects.html", context)
