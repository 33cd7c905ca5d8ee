"""What the search field offers while somebody types: options for its list, asked for by htmx."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.filters import LONGEST_QUESTION
from courses.search import suggestions
from kit import access


@access.published
@require_safe
def search_suggestions(request: HttpRequest) -> HttpResponse:
    written = request.GET.get("q", "")
    words = suggestions.suggest(written) if len(written) <= LONGEST_QUESTION else []
    # Part of a page and none by itself; htmx takes it whatever it is called.
    response = render(request, "courses/_suggestions.html", {"words": words}, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
