"""The bare view that pages are compared with, in a site of its own."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from kit import access


@access.public
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("", bare)]
