"""Below /nachweis/."""

from django.urls import path

from certificates import views

app_name = "certificates"

urlpatterns = [
    path("", views.find, name="find"),
    path("<str:number>/", views.check, name="check"),
]
