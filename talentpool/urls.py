"""/talentpool/ for everybody, /mein/talentpool/ for those who are in a pool."""

from django.urls import path

from talentpool.views import consenting, invitation, leaving, papers, profile, vouching

app_name = "talentpool"

PROFILE = "mein/talentpool/profil/<uuid:pk>/"

urlpatterns = [
    # After an answer by mail
    path("danke/<slug:answer>/", invitation.thanks, name="thanks"),
    # People who were recommended
    path(PROFILE, profile.profile, name="profile"),
    path(f"{PROFILE}abschnitt/<slug:section>/", profile.profile_edit, name="profile_edit"),
    path(f"{PROFILE}vorschau/", profile.preview, name="preview"),
    path(f"{PROFILE}aktuell/", profile.still_current, name="still_current"),
    path(f"{PROFILE}bleiben/", profile.stay, name="stay"),
    path(f"{PROFILE}empfehlungen/", vouching.stamps, name="stamps"),
    path(f"{PROFILE}empfehlungen/<int:stamp_pk>/", vouching.stamp, name="stamp"),
    path(f"{PROFILE}ausschluesse/", vouching.exclusions, name="exclusions"),
    path(f"{PROFILE}ausschluesse/<int:organization_pk>/", vouching.exclude, name="exclude"),
    path(f"{PROFILE}ausschluesse/<int:organization_pk>/aufheben/", vouching.readmit, name="readmit"),
    path(f"{PROFILE}anfragen/", vouching.requests, name="requests"),
    path(f"{PROFILE}anfragen/<uuid:request_pk>/", vouching.request_answer, name="request_answer"),
    path(f"{PROFILE}gesehen/", vouching.seen, name="seen"),
    path(f"{PROFILE}unterlagen/", papers.documents, name="documents"),
    path(f"{PROFILE}unterlagen/<int:document_pk>/", papers.document, name="document"),
    path(f"{PROFILE}unterlagen/<int:document_pk>/aendern/", papers.document_edit, name="document_edit"),
    path(f"{PROFILE}unterlagen/<int:document_pk>/loeschen/", papers.document_remove, name="document_remove"),
    path(f"{PROFILE}einwilligung/", consenting.consent, name="consent"),
    path(f"{PROFILE}einwilligung/zurueckziehen/", consenting.withdraw, name="withdraw"),
    path(f"{PROFILE}einwilligung/nachweis/", consenting.proof, name="proof"),
    path(f"{PROFILE}eltern/", consenting.parents, name="parents"),
    path(f"{PROFILE}daten/", leaving.data, name="data"),
    path(f"{PROFILE}daten/herunterladen/", leaving.export, name="export"),
    path(f"{PROFILE}daten/pause/", leaving.pause, name="pause"),
    path(f"{PROFILE}daten/gefunden/", leaving.found, name="found"),
    path(f"{PROFILE}daten/loeschen/", leaving.leave, name="leave"),
]
