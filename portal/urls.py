"""The site map. Pages for people carry a language prefix (German: none); machines and mail links do not."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from courses.views import landing
from portal import health
from portal.access import EXTERNAL
from portal.views import components, home, pages

__all__ = ["EXTERNAL", "urlpatterns"]  # the access check reads the table from here

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.permission_denied"
handler404 = "portal.views.errors.page_not_found"
handler500 = "portal.errors.server_error"

urlpatterns = [
    # For machines
    path("healthz", health.alive, name="healthz"),
    path("healthz/ready", health.ready, name="healthz-ready"),
    path("robots.txt", pages.robots, name="robots"),
    path("sitemap.xml", pages.sitemap_index, name="sitemap"),
    path("sitemap-<slug:section>.xml", pages.sitemap_section, name="sitemap_section"),
    path("region.css", pages.region_css, name="region_css"),
    path("region-logo", pages.region_logo, name="region_logo"),
    # From mails, without a login: whoever holds the link
    path("t/<str:token>/", include("talentpool.token_urls")),
    path("t/<str:token>/", include("counseling.token_urls")),
    path("t/<str:token>/", include("internships.token_urls")),
    # For people
    *i18n_patterns(
        path("", home.home, name="home"),
        path("sprachen/", pages.language, name="language"),
        # Catalogue
        path("kurse/", include("courses.urls")),
        path("themen/", landing.topics, name="topics"),
        path("themen/<slug:slug>/", landing.topic, name="topic"),
        path("orte/", landing.place_list, name="places"),
        path("orte/<slug:slug>/", landing.place, name="place"),
        path("anbieter/", include("providers.urls")),
        # Talent pool: /talentpool/ and /mein/talentpool/
        path("", include("talentpool.urls")),
        # Internships: /praktikum/ and /mein/praktikum/
        path("", include("internships.urls")),
        path("nachweis/", include("certificates.urls")),
        # Counselling
        path("beratung/", include("counseling.urls")),
        path("mein/beratung/", include("counseling.desk_urls")),
        # Work
        path("konto/", include("allauth.urls")),
        path("verwaltung/", admin.site.urls),
        # In development
        *components.urlpatterns,
        # Legal and help texts: any slug that nobody above has taken
        path("<slug:slug>/", pages.page, name="page"),
        prefix_default_language=False,
    ),
]
