"""/t/<token>/: pages for whoever holds the link of a mail. No login, no language in the address."""

from django.urls import path

from talentpool.views import consenting, invitation, vouching

app_name = "pool_links"

urlpatterns = [
    # Recommended
    path("einladung/", invitation.invitation, name="invitation"),
    path("einladung/code/", invitation.code, name="invitation_code"),
    path("einladung/neuer-code/", invitation.code_again, name="invitation_code_again"),
    # A parent is asked, a company asks
    path("eltern/", consenting.guardian, name="guardian"),
    path("anfrage/", vouching.request_by_mail, name="request"),
]
