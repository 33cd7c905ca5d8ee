"""Pages of the shell itself: legal and help texts, languages, the region's colours and logo, robots."""

from django.conf import settings
from django.contrib.sitemaps import views as sitemap_views
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from kit import access
from portal import colors
from portal.context_processors import current_region
from portal.sitemaps import SITEMAPS
from taxonomy.models import Page

NO_ROBOTS = ["/verwaltung/", "/konto/", "/mein/", "/t/"]


@access.published
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A legal or help text in the language of the page, otherwise in German with a note."""
    texts = {text.language: text for text in Page.objects.filter(slug=slug)}
    text = texts.get(get_language()) or texts.get(settings.LANGUAGE_CODE)
    if text is None:
        raise Http404
    return render(request, "portal/page.html", {"page": text, "is_translated": text.language == get_language()})


@access.public
@require_safe
def language(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/language.html")


@access.published
@require_safe
def region_css(request: HttpRequest) -> HttpResponse:
    """The region's colours as a style sheet: pages carry no inline style."""
    region = current_region()
    response = HttpResponse(colors.stylesheet(region.color_brand, region.color_accent), content_type="text/css")
    response["Cache-Control"] = "public, max-age=86400"  # its address carries the colours, see base.html
    return response


@access.published
@require_safe
def region_logo(request: HttpRequest) -> FileResponse:
    """The one upload everybody sees; uploads have no address of their own."""
    region = current_region()
    if not region.logo:
        raise Http404
    return FileResponse(region.logo.open(), headers={"Cache-Control": "public, max-age=3600"})


@access.public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NO_ROBOTS)]
    lines.append(f"Sitemap: {settings.SITE_BASE_URL}/sitemap.xml")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@access.published
@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    return sitemap_views.index(request, SITEMAPS, sitemap_url_name="sitemap_section")


@access.published
@require_safe
def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    return sitemap_views.sitemap(request, SITEMAPS, section)
