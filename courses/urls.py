"""Below /kurse/."""

from django.urls import path

from courses.views import catalogue, detail

app_name = "courses"

urlpatterns = [
    path("", catalogue.course_list, name="list"),
    path("<int:pk>/", detail.course_by_number, name="number"),
    path("<slug:slug>-<int:pk>/", detail.course_detail, name="detail"),
]
