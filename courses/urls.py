"""Below /kurse/."""

from django.urls import path

from courses.views import calendars, catalogue, detail, subscriptions, suggestions

app_name = "courses"

urlpatterns = [
    path("", catalogue.course_list, name="list"),
    path("vorschlaege/", suggestions.search_suggestions, name="suggestions"),
    path("rss/", subscriptions.course_feed, name="feed"),
    path("kalender.ics", calendars.search_calendar, name="calendar"),
    path("<int:pk>/", detail.course_by_number, name="number"),
    path("<slug:slug>-<int:pk>/", detail.course_detail, name="detail"),
    path("<slug:slug>-<int:pk>/<int:run>.ics", calendars.run_calendar, name="run_calendar"),
]
