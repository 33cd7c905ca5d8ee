"""What search engines may know: every public page in every language. Composed here, because it names several apps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from courses.models import Course
from providers.models import Organization
from taxonomy.models import Page

PER_FILE = 5_000  # addresses; the protocol allows ten times as many


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

    def items(self) -> list[str]:
        texts = Page.objects.order_by("slug").values_list("slug", flat=True).distinct()
        return [("home",), ("courses:list",), ("providers:list",), *(("page", slug) for slug in texts)]

    def location(self, item: tuple[str, ...]) -> str:
        name, *args = item
        return reverse(name, args=args)


@dataclass
class Objects(PublicPages):
    """Things with a page of their own."""

    found: Callable[[], QuerySet]

    def items(self) -> QuerySet:
        return self.found()

    def lastmod(self, item) -> datetime | None:
        return getattr(item, "updated_at", None)


def courses() -> QuerySet:
    return Course.objects.visible().only("pk", "slug", "updated_at").order_by("pk")


def providers() -> QuerySet:
    return Organization.objects.visible().only("pk", "slug", "updated_at").order_by("pk")


SITEMAPS = {"seiten": Shell(), "kurse": Objects(courses), "anbieter": Objects(providers)}
