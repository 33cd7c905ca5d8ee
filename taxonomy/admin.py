"""The administration of the region, its places and the shared vocabulary."""

from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from kit.admin import ModelAdmin
from taxonomy.forms import PageForm, RegionForm
from taxonomy.models import Code, District, FundingType, Holiday, Page, Place, Postcode, Region, Timetable, Topic

STAFF = {"coordinator", "editor"}
COORDINATION = {"coordinator"}


class UnknownFilter(admin.SimpleListFilter):
    """Values that a delivery brought and no official list has."""

    title = _("official list")
    parameter_name = "unbekannt"

    def lookups(self, request, model_admin):
        return [("1", _("unknown")), ("0", _("known"))]

    def queryset(self, request, queryset):
        return queryset.filter(is_known=self.value() == "0") if self.value() in ("0", "1") else queryset


@admin.register(Region)
class RegionAdmin(ModelAdmin):
    roles = {"view": STAFF, "add": COORDINATION, "change": COORDINATION}
    form = RegionForm
    list_display = ["name", "office", "phone"]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Region.objects.exists()


@admin.register(District)
class DistrictAdmin(ModelAdmin):
    roles = {"view": STAFF, "change": COORDINATION}
    list_display = ["name", "code", "land", "in_region"]
    list_filter = ["in_region", "land"]
    list_select_related = ["land"]
    search_fields = ["name", "=code"]
    readonly_fields = ["code", "name", "land"]
    fields = ["code", "name", "land", "in_region", "contact", "enforcement_body", "data_protection_authority"]


class PostcodeInline(admin.TabularInline):
    model = Postcode
    extra = 0
    fields = readonly_fields = ["code", "latitude", "longitude"]
    can_delete = False

    def has_view_permission(self, request, obj=None):
        return request.user.has_role(*STAFF)

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Place)
class PlaceAdmin(ModelAdmin):
    roles = {"view": STAFF, "change": COORDINATION}
    list_display = ["name", "district", "slug"]
    list_filter = ["district__in_region", "district__land"]
    list_select_related = ["district"]
    search_fields = ["name", "sort_key", "=postcodes__code"]
    readonly_fields = ["name", "slug", "district"]
    inlines = [PostcodeInline]


@admin.register(Topic)
class TopicAdmin(ModelAdmin):
    roles = {"view": STAFF, "add": COORDINATION, "change": COORDINATION, "delete": COORDINATION}
    list_display = ["name", "parent", "course_count", "cue_count", "position"]
    list_filter = [("parent", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["parent"]
    search_fields = ["name", "name_en", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["parent"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(courses_here=Count("courses"))

    @admin.display(description=_("courses"), ordering="courses_here")
    def course_count(self, topic: Topic) -> int:
        return topic.courses_here

    @admin.display(description=_("words that point to this topic"))
    def cue_count(self, topic: Topic) -> int:
        return len(topic.cues)


@admin.register(Code)
class CodeAdmin(ModelAdmin):
    """Also the queue of values that deliveries brought: naming one and ticking "part of the list" settles it."""

    roles = {"view": STAFF, "change": COORDINATION}
    list_display = ["list", "number", "label", "is_known", "created_at"]
    list_filter = [UnknownFilter, "list"]
    search_fields = ["label", "=number"]
    readonly_fields = ["list", "number", "created_at"]
    fields = ["list", "number", "label", "is_known", "created_at"]


@admin.register(FundingType)
class FundingTypeAdmin(ModelAdmin):
    roles = {"view": STAFF, "change": STAFF}
    list_display = ["short_name_or_name", "level", "number", "land", "reviewed_on", "is_known"]
    list_filter = [UnknownFilter, "level", ("land", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["land"]
    search_fields = ["name", "short_name", "=number"]
    readonly_fields = ["level", "number", "slug"]
    fields = ["level", "number", "slug", "name", "short_name", "land", "explanation", "reviewed_on", "is_known"]

    @admin.display(description=_("name"), ordering="name")
    def short_name_or_name(self, funding: FundingType) -> str:
        return str(funding)


@admin.register(Holiday)
class HolidayAdmin(ModelAdmin):
    """School holidays of further years and Länder are added here."""

    roles = {"view": STAFF, "add": COORDINATION, "change": COORDINATION, "delete": COORDINATION}
    list_display = ["name", "land", "kind", "first_day", "last_day"]
    list_filter = ["kind", ("land", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["land"]
    date_hierarchy = "first_day"
    search_fields = ["name"]


@admin.register(Timetable)
class TimetableAdmin(ModelAdmin):
    """What travel times were computed from; `manage.py import_timetable` replaces it."""

    roles = {"view": STAFF}
    list_display = ["source", "day", "imported_at"]


@admin.register(Page)
class PageAdmin(ModelAdmin):
    roles = {"view": STAFF, "add": STAFF, "change": STAFF, "delete": COORDINATION}
    form = PageForm
    list_display = ["title", "slug", "language", "is_template", "reviewed_on", "updated_at"]
    list_filter = ["is_template", "language"]
    search_fields = ["title", "slug"]
