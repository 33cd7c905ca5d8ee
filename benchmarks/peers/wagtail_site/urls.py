"""The search view that `wagtail start` writes, with twenty results as the portal has."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from wagtail.search.backends import get_search_backend

from wagtail_site.models import Course


def search(request):
    words = request.GET.get("query")
    results = get_search_backend().search(words, Course) if words else Course.objects.none()
    page = Paginator(results, 20).get_page(request.GET.get("page", 1))
    return render(request, "search.html", {"search_query": words, "search_results": page})


urlpatterns = [path("search/", search), path("healthz", lambda request: HttpResponse("ok"))]
