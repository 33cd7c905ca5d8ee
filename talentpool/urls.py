"""/talentpool/ for everybody, /mein/talentpool/ for those who are in a pool."""

from django.urls import path

from talentpool.views import (
    consenting,
    invitation,
    leaving,
    member,
    mine,
    operator,
    papers,
    profile,
    public,
    talents,
    vouching,
)

app_name = "talentpool"

MEMBER = "mein/talentpool/mitglied/<int:pk>/"
TALENT = f"{MEMBER}talente/<uuid:entry_pk>/"
OPERATOR = "mein/talentpool/traeger/<int:pk>/"
PROFILE = "mein/talentpool/profil/<uuid:pk>/"

urlpatterns = [
    # Everybody
    path("talentpool/", public.pools, name="pools"),
    path("talentpool/<slug:slug>/", public.pool, name="pool"),
    path("talentpool/<slug:slug>/mitmachen/", public.apply, name="apply"),
    path("mein/talentpool/", mine.mine, name="mine"),
    # Companies and schools
    path(MEMBER, member.member, name="member"),
    path(f"{MEMBER}empfehlen/", member.member_invite, name="member_invite"),
    path(f"{MEMBER}empfehlen/gesendet/", member.member_invited, name="member_invited"),
    path(f"{MEMBER}austreten/", member.member_leave, name="member_leave"),
    path(f"{MEMBER}anfragen/", member.member_requests, name="member_requests"),
    path(f"{MEMBER}anfragen/<uuid:request_pk>/", member.member_outcome, name="member_outcome"),
    path(f"{MEMBER}talente/", talents.talents, name="talents"),
    path(TALENT, talents.talent, name="talent"),
    path(f"{TALENT}anfragen/", talents.talent_ask, name="talent_ask"),
    path(f"{TALENT}unterlagen/<int:document_pk>/", talents.talent_document, name="talent_document"),
    # Municipalities
    path(OPERATOR, operator.operator, name="operator"),
    path(f"{OPERATOR}bearbeiten/", operator.operator_edit, name="operator_edit"),
    path(f"{OPERATOR}mitglieder/<int:member_pk>/aufnehmen/", operator.operator_approve, name="operator_approve"),
    path(f"{OPERATOR}mitglieder/<int:member_pk>/ablehnen/", operator.operator_refuse, name="operator_refuse"),
    path(f"{OPERATOR}mitglieder/<int:member_pk>/beenden/", operator.operator_end, name="operator_end"),
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
    path(f"{PROFILE}daten/gefunden/antworten/", leaving.tell, name="tell"),
    path(f"{PROFILE}daten/loeschen/", leaving.leave, name="leave"),
]
