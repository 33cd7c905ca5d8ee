"""Below /anbieter/."""

from django.urls import path

from providers import views

app_name = "providers"

urlpatterns = [
    path("", views.organization_list, name="list"),
    path("<slug:slug>/", views.organization_detail, name="detail"),
]
