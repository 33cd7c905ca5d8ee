"""The administration of internships: who comes in, what is looked at, what is stuck. Pupils have no admin."""

from collections.abc import Mapping
from functools import partial
from types import ModuleType

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from accounts import audit
from internships import lessons, numbers
from internships.actions import applying, changing, offering, registering, settling, teaching
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


class VerbFilter(admin.SimpleListFilter):
    """Choices that are verbs of the QuerySet: value in the address → (words, verb)."""

    verbs: Mapping[str, tuple[str | Promise, str]]

    def lookups(self, request, model_admin):
        return [(value, words) for value, (words, _verb) in self.verbs.items()]

    def queryset(self, request, queryset):
        _words, verb = self.verbs.get(self.value(), ("", "all"))
        return getattr(queryset, verb)()


class LookAdmin(InternshipAsking):
    """What waits for a look: it is published, or goes back to its company with remarks."""

    acts: ModuleType = offering  # has `publish` and `return_for_changes`
    then_published: str | Promise
    then_returned: str | Promise = _("The offer is hidden, and the company gets your remarks.")
    actions = ["publish", "give_back"]

    def deeds(self, request, obj) -> list[Deed]:
        found = [Deed("publish", _("Publish …"), is_main=True)] if obj.waits else []
        return [*found, Deed("give_back", _("Return …"))] if obj.can_be_returned else found

    @admin.action(description=_("Publish …"), permissions=["view"])
    def publish(self, request, queryset):
        then = [self.then_published, _("If something is missing or not allowed, nothing happens.")]
        return self.ask_first(request, queryset, title=_("Publish"), then=then, deed=self.acts.publish)

    @admin.action(description=_("Return …"), permissions=["view"])
    def give_back(self, request, queryset):
        return self.ask_first(
            request, queryset, title=_("Return"), then=[self.then_returned], form_class=WhyForm,
            deed=self.acts.return_for_changes,
        )  # fmt: skip


class OverAdmin(InternshipAsking):
    """What is over: where the sides are silent, or say not the same, a coordinator decides."""

    actions = ["took_place", "did_not"]

    def deeds(self, request, obj) -> list[Deed]:
        if not self.model.objects.over().filter(pk=obj.pk).exists():
            return []
        return [Deed("took_place", _("It took place …"), is_main=True), Deed("did_not", _("It did not …"))]

    def decide(self, row, *, took_place: bool, by) -> None:
        raise NotImplementedError

    def then(self, *, took_place: bool) -> list:
        """What happens, in sentences."""
        raise NotImplementedError

    @admin.action(description=_("It took place …"), permissions=["view"])
    def took_place(self, request, queryset):
        return self._ask(request, queryset, _("It took place"), took_place=True)

    @admin.action(description=_("It did not …"), permissions=["view"])
    def did_not(self, request, queryset):
        return self._ask(request, queryset, _("It did not take place"), took_place=False)

    def _ask(self, request, queryset, title, *, took_place: bool):
        then, deed = self.then(took_place=took_place), partial(self.decide, took_place=took_place)
        return self.ask_first(request, queryset, title=title, then=then, deed=deed)


# ── Companies


class EmployerStateFilter(VerbFilter):
    title = _("state")
    parameter_name = "stand"
    verbs = {
        "wartet": (_("waits for approval"), "waiting"),
        "still": (_("paused for its silence"), "silent"),
        "aktiv": (_("active"), "active"),
    }


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
        return self.ask_first(request, queryset, title=_("Approve"), then=then, deed=registering.approve)

    @admin.action(description=_("Show its offers again …"), permissions=["view"])
    def resume(self, request, queryset):
        then = [_("You have talked with the company. Its offers can be found again."), _("Silence counts anew.")]
        return self.ask_first(request, queryset, title=_("Show its offers again"), then=then, deed=registering.resume)


class RegistrationStateFilter(VerbFilter):
    title = _("state")
    parameter_name = "stand"
    verbs = {"wartet": (_("waits for a decision"), "waiting")}


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
        return self.ask_first(request, queryset, title=_("Let in"), then=then, deed=registering.let_in)

    @admin.action(description=_("Refuse …"), permissions=["view"])
    def refuse(self, request, queryset):
        then = [_("The person is asked by e-mail to call."), _("Name and address are erased after a month.")]
        return self.ask_first(request, queryset, title=_("Refuse"), then=then, deed=registering.refuse)


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


class QualityFilter(VerbFilter):
    title = _("evaluations")
    parameter_name = "guete"
    verbs = {"schlecht": (_("two bad ones or more"), "criticized")}


@admin.register(Offer)
class OfferAdmin(LookAdmin):
    list_display = ["title", "employer", "scheme", "state", "updated_at", "bad_marks"]
    list_filter = ["state", QualityFilter, "scheme", "campaign"]
    list_select_related = ["employer__organization", "scheme"]
    search_fields = ["title", "employer__organization__name"]
    exclude = ["slug"]
    actions = [*LookAdmin.actions, "talked"]
    then_published = _("Everybody finds the offer, and the company gets an e-mail.")

    def deeds(self, request, obj: Offer) -> list[Deed]:
        found = super().deeds(request, obj)
        return [*found, Deed("talked", _("Talked about …"), is_main=True)] if obj.bad_marks >= 2 else found

    @admin.action(description=_("Talked about …"), permissions=["view"])
    def talked(self, request, queryset):
        then = [_("You have talked with the company about its evaluations. They are counted anew.")]
        return self.ask_first(request, queryset, title=_("Talked about"), then=then, deed=offering.talked_about)


class ChangeStateFilter(VerbFilter):
    title = _("state")
    parameter_name = "stand"
    verbs = {"wartet": (_("waits for a look"), "waiting")}


@admin.register(OfferChange)
class OfferChangeAdmin(LookAdmin):
    """New words of internships and topics that are public. Drafts are the company's own and not read here."""

    list_display = ["__str__", "kind", "employer_name", "state", "created_at"]
    list_filter = [ChangeStateFilter]
    list_select_related = ["offer__employer__organization", "lesson_offer__employer__organization"]
    search_fields = [
        "offer__title", "offer__employer__organization__name",
        "lesson_offer__topic", "lesson_offer__employer__organization__name",
    ]  # fmt: skip
    readonly_fields = [
        "offer", "lesson_offer", "employer_name", "state", "reason", "created_at", "difference",
    ]  # fmt: skip
    acts = changing
    then_published = _("The new words take the place of the old ones, and the company gets an e-mail.")
    then_returned = _("The offer stays as it is, and the company gets your remarks.")

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(state=OfferChange.State.DRAFT)

    def get_fields(self, request, obj=None):
        names = {"offer", "lesson_offer"} - {obj.of.NAME if obj else ""}
        return [name for name in self.readonly_fields if name not in names]

    @admin.display(description=_("kind"))
    def kind(self, change: OfferChange) -> str:
        return change.of._meta.verbose_name

    @admin.display(description=_("employer"))
    def employer_name(self, change: OfferChange) -> str:
        return str(change.of.employer)

    @admin.display(description=_("before and after"))
    def difference(self, change: OfferChange) -> str:
        rows = format_html_join("", "<dt>{}</dt><dd><del>{}</del></dd><dd><ins>{}</ins></dd>", change.difference)
        return format_html("<dl>{}</dl>", rows)


class UnsettledFilter(VerbFilter):
    title = _("what is stuck")
    parameter_name = "offen"
    verbs = {"ergebnis": (_("over, and the two sides do not say the same"), "unsettled")}


@admin.register(Application)
class ApplicationAdmin(OverAdmin):
    """Without names: who is to be called stands there only while something is open."""

    list_display = ["created_at", "offer_title", "employer_name", "state", "attendance"]
    list_filter = [UnsettledFilter, "state"]
    list_select_related = ["period__offer__employer__organization"]
    fields = [
        "offer_title", "employer_name", "days", "state", "submitted_at", "agreed_at", "pupil_attended",
        "company_attended", "reached_at",
    ]  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("offer"))
    def offer_title(self, application: Application) -> str:
        return application.period.offer.title

    @admin.display(description=_("employer"))
    def employer_name(self, application: Application) -> str:
        return str(application.period.offer.employer)

    @admin.display(description=_("took place"))
    def attendance(self, application: Application) -> str:
        sides = {_("pupil"): application.pupil_attended, _("employer"): application.company_attended}
        answers = [f"{side}: {_('yes') if said else _('no')}" for side, said in sides.items() if said is not None]
        return ", ".join(answers) or "–"

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

    def decide(self, row: Application, *, took_place: bool, by) -> None:
        settling.decide(application=row, attended=took_place, by=by)

    def then(self, *, took_place: bool) -> list:
        result = _("The certificate is issued.") if took_place else _("There is no certificate.")
        return [_("You have asked both sides."), result]


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
class LessonOfferAdmin(LookAdmin):
    list_display = ["topic", "employer", "subject", "state", "updated_at"]
    list_filter = ["state", "subject"]
    list_select_related = ["employer__organization"]
    search_fields = ["topic", "employer__organization__name"]
    then_published = _("Teachers find the topic, and the company gets an e-mail.")


@admin.register(Partnership)
class PartnershipAdmin(InternshipAsking):
    """Who holds lessons together; only school and company themselves agree and end."""

    list_display = ["school", "employer", "state", "created_at", "school_agreed_at", "company_agreed_at", "ended_at"]
    list_filter = ["state"]
    list_select_related = ["school", "employer__organization"]
    search_fields = ["school__name", "employer__organization__name"]


class LessonStuckFilter(VerbFilter):
    title = _("what is stuck")
    parameter_name = "offen"
    verbs = {"ergebnis": (_("over for a week, and the school does not say how it was"), "unsettled")}


@admin.register(LessonUnit)
class LessonUnitAdmin(OverAdmin):
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

    def get_urls(self):
        own = path("faecher/", self.admin_site.admin_view(self.subjects), name="internships_lessonunit_subjects")
        return [own, *super().get_urls()]

    @admin.display(description=_("whom to call"))
    def reached_at(self, unit: LessonUnit) -> str:
        if not LessonUnit.objects.unsettled().filter(pk=unit.pk).exists():
            return "–"
        return f"{unit.school}, {unit.school.phone or '–'}; {unit.teacher or '–'}"

    def decide(self, row: LessonUnit, *, took_place: bool, by) -> None:
        teaching.decide(unit=row, took_place=took_place, by=by)

    def then(self, *, took_place: bool) -> list:
        return [_("You have asked the school.")]

    def subjects(self, request):
        """What is offered, planned and held in which subject."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request), "title": _("Lessons by subject"), "opts": self.opts,
            "lines": lessons.by_subject(),
        }  # fmt: skip
        return TemplateResponse(request, "admin/internships/lessonunit/subjects.html", context)
