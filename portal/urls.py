"""The site map. Pages for people carry a language prefix (German: none); machines and mail links do not."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from portal import health
from portal.access import EXTERNAL

__all__ = ["EXTERNAL", "urlpatterns"]  # the access check reads the table from here

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    *i18n_patterns(
        path("verwaltung/", admin.site.urls),
        path("konto/", include("allauth.urls")),
        prefix_default_language=False,
    ),
]
