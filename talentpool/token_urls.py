"""/t/<token>/: pages for whoever holds the link of a mail. No login, no language in the address."""

from django.urls import path

from talentpool.views import answering, consenting, invitation, vouching

app_name = "pool_links"

urlpatterns = [
    # Recommended
    path("einladung/", invitation.invitation, name="invitation"),
    path("einladung/code/", invitation.code, name="invitation_code"),
    path("einladung/neuer-code/", invitation.code_again, name="invitation_code_again"),
    # A parent is asked, a company asks
    path("eltern/", consenting.guardian, name="guardian"),
    path("anfrage/", vouching.request_by_mail, name="request"),
    # "Still looking?"
    path("noch-auf-der-suche/", answering.check_in, name="check_in"),
    path("noch-auf-der-suche/loeschen/", answering.erase, name="check_in_erase"),
    path("noch-auf-der-suche/gefunden/", answering.found, name="check_in_found"),
    # Hidden, and wanting to stay
    path("bleiben/", answering.stay, name="stay"),
]
