"""What search engines may know: every public page in every language. Composed here, because it names several apps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.paginator import Paginator
from django.db.models import Max, Q, QuerySet
from django.urls import reverse

from counseling.models import Center
from courses.models import Course, CourseRun
from internships.models import Offer
from providers.models import Organization
from talentpool.models import Pool
from taxonomy.models import Page, Place, Topic

PER_FILE = 500  # addresses: an eighth of a second of work, which anybody may ask for; the protocol allows 50,000


class PublicPages(Sitemap):
    """Addresses are those of the settings, whatever host a request names."""

    i18n = True
    alternates = True
    x_default = True
    limit = PER_FILE
    protocol = urlsplit(settings.SITE_BASE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_BASE_URL).netloc


class Shell(PublicPages):
    """Lists and texts."""

    def items(self) -> list[tuple[str, ...]]:
        texts = Page.objects.order_by("slug").values_list("slug", flat=True).distinct()
        lists = ["home", "courses:list", "topics", "places", "providers:list", "talentpool:pools"]
        lists += ["counseling:start", "counseling:team", "counseling:orientation", "internships:list"]
        lists += ["internships:weeks", "certificates:find"]
        return [*((name,) for name in lists), *(("page", slug) for slug in texts)]

    def location(self, item: tuple[str, ...]) -> str:
        name, *args = item
        return reverse(name, args=args)


class InEveryLanguage:
    """Things with each language, read file by file; Django itself would read all of them for one."""

    ordered = True

    def __init__(self, things: QuerySet):
        self.things = things
        self.languages = [code for code, _name in settings.LANGUAGES]

    def __len__(self) -> int:
        return self.things.count() * len(self.languages)

    def __getitem__(self, part: slice) -> list[tuple]:
        number = len(self.languages)
        first = part.start // number
        things = self.things[first : -(-part.stop // number)]
        pairs = [(thing, code) for thing in things for code in self.languages]
        return pairs[part.start - first * number : part.stop - first * number]


@dataclass
class Objects(PublicPages):
    """Things with a page of their own."""

    found: Callable[[], QuerySet]
    name: str = ""  # of the URL, for things that do not know their page

    def items(self) -> QuerySet:
        return self.found()

    def location(self, item) -> str:
        return reverse(self.name, args=[item.slug]) if self.name else item.get_absolute_url()

    def lastmod(self, item) -> datetime | None:
        return getattr(item, "updated_at", None)

    def get_latest_lastmod(self) -> datetime | None:
        """Of all, for the index."""
        has_date = any(field.name == "updated_at" for field in self.found().model._meta.fields)
        return self.found().aggregate(latest=Max("updated_at"))["latest"] if has_date else None

    @property
    def paginator(self) -> Paginator:
        return Paginator(InEveryLanguage(self.found()), self.limit)


def courses() -> QuerySet:
    return Course.objects.visible().only("pk", "slug", "updated_at").order_by("pk")


def providers() -> QuerySet:
    return Organization.objects.visible().only("pk", "slug", "updated_at").order_by("pk")


def topics() -> QuerySet:
    about = Course.objects.visible()
    return Topic.objects.filter(Q(courses__in=about) | Q(children__courses__in=about)).distinct().order_by("pk")


def places() -> QuerySet:
    venues = CourseRun.objects.public().values("location__place")
    return Place.objects.in_region().filter(pk__in=venues).order_by("pk")


def pools() -> QuerySet:
    """What a pool is; who is in it stands on no public page."""
    return Pool.objects.order_by("pk")


def centers() -> QuerySet:
    return Center.objects.filter(is_open=True).order_by("pk")


def offers() -> QuerySet:
    return Offer.objects.visible().only("pk", "slug", "updated_at").order_by("pk")


SITEMAPS = {
    "seiten": Shell(),
    "kurse": Objects(courses),
    "anbieter": Objects(providers),
    "themen": Objects(topics, "topic"),
    "orte": Objects(places, "place"),
    "talentpool": Objects(pools),
    "beratung": Objects(centers),
    "praktikum": Objects(offers),
}
