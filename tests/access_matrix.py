"""Who may do what: one row per URL, read by tests/test_access.py. A URL without a row fails the tests.

Roles are those of accounts.roles.Role, and "anonymous" for whoever has not logged in. `read` says who gets in with
GET and HEAD, `write` who gets in with POST (NOBODY: the URL answers POST with 405). Whoever is not named is sent to
the login, or gets 403 or 404.
"""

from dataclasses import dataclass

from accounts.roles import Role

NOBODY: frozenset[str] = frozenset()
LOGGED_IN = frozenset(role.value for role in Role)
ALL = LOGGED_IN | {"anonymous"}
STAFF = frozenset({"coordinator", "editor", "moderator", "data_protection"})
COORDINATOR = frozenset({"coordinator"})
COMPANY = frozenset({"company"})
EDITORS = frozenset({"coordinator", "editor"})
COUNSELLOR = frozenset({"counsellor"})
SCHOOL = frozenset({"school"})
PRIVACY = frozenset({"coordinator", "data_protection"})


@dataclass(frozen=True)
class Row:
    """`inside`: what those who get in may meet; "in" is a page or a redirect, the other words are those of
    `outcome` in tests/test_access.py."""

    read: frozenset[str] = ALL
    write: frozenset[str] = NOBODY
    inside: tuple[str, ...] = ("in",)


PUBLIC = Row()
FORM = Row(ALL, ALL)
OWN = Row(LOGGED_IN, LOGGED_IN)
DESK = Row(COUNSELLOR)
DESK_FORM = Row(COUNSELLOR, COUNSELLOR)
DESK_DEED = Row(NOBODY, COUNSELLOR)

CANDIDATE = frozenset({"candidate"})
OWN_PAGES = ["profile", "preview", "stamps", "exclusions", "requests", "seen", "document", "proof", "data", "export"]
OWN_FORMS = ["profile_edit", "request_answer", "documents", "document_edit", "consent", "parents", "found", "leave"]
OWN_DEEDS = ["still_current", "stay", "stamp", "exclude", "readmit", "document_remove", "withdraw", "pause", "tell"]

INTERNSHIP_PAGES = ["list", "weeks", "wished", "applied", "erased", "registered", "campaign", "signed_up", "detail"]
EMPLOYER_PAGES = ["employer", "offer", "application", "application_agreement", "wishes"]
EMPLOYER_DEEDS = [
    "offer_show", "offer_pause", "offer_resume", "offer_end", "offer_change_drop", "application_read",
    "application_answer", "application_cancel", "application_over", "application_marks",
]  # fmt: skip
LESSON_PAGES = ["lessons", "lesson_offer", "lesson"]
LESSON_FORMS = ["lesson_offer_new", "lesson_offer_edit", "partner_new"]
LESSON_DEEDS = [
    "lesson_offer_show", "lesson_offer_pause", "lesson_offer_resume", "lesson_offer_end", "lesson_offer_change_drop",
    "lesson_answer", "lesson_cancel", "partner_agree", "partner_end",
]  # fmt: skip
SCHOOL_LESSON_PAGES = ["school_lessons", "school_lesson_offers", "school_lesson"]
SCHOOL_LESSON_FORMS = ["school_lesson_ask", "school_lesson_ask_own", "school_partner_new"]
SCHOOL_LESSON_DEEDS = ["school_lesson_withdraw", "school_lesson_tell", "school_partner_agree", "school_partner_end"]
LINK_PAGES = ["mine", "application", "release", "agreement", "certificate", "data"]
OFFER_LINKS = ["offer_check", "offer_extend", "lesson_offer_check", "lesson_offer_extend"]
PUPIL_DEEDS = [
    "confirm", "accept", "withdraw", "reply", "attended", "evaluate", "fit", "wish_confirm", "wish_withdraw",
    "signup_confirm",
]  # fmt: skip

ROWS = {
    # For machines
    "healthz": PUBLIC,
    "healthz-ready": Row(inside=("in", "unwell")),  # no worker and no beat in tests
    "robots": PUBLIC,
    "sitemap": PUBLIC,
    "sitemap_section": PUBLIC,
    "region_css": PUBLIC,
    "region_logo": Row(inside=("missing",)),
    # For people
    "home": PUBLIC,
    "language": PUBLIC,
    "page": PUBLIC,
    # Catalogue
    "courses:list": PUBLIC,
    "courses:suggestions": PUBLIC,
    "courses:feed": PUBLIC,
    "courses:calendar": PUBLIC,
    "courses:number": PUBLIC,
    "courses:run_calendar": PUBLIC,
    "courses:detail": PUBLIC,
    "topics": PUBLIC,
    "topic": PUBLIC,
    "places": PUBLIC,
    "place": PUBLIC,
    "providers:list": PUBLIC,
    "providers:detail": PUBLIC,
    # Talent pool: the examples are a company's, its people's, its municipality's
    "talentpool:pools": PUBLIC,
    "talentpool:pool": PUBLIC,
    "talentpool:apply": Row(LOGGED_IN, LOGGED_IN),
    "talentpool:mine": Row(LOGGED_IN),
    "talentpool:member": Row(COMPANY),
    "talentpool:member_invite": Row(COMPANY, COMPANY),
    "talentpool:member_invited": Row(COMPANY),
    "talentpool:member_leave": Row(COMPANY, COMPANY),
    "talentpool:member_requests": Row(COMPANY),
    "talentpool:member_outcome": Row(COMPANY, COMPANY),
    "talentpool:talents": Row(COMPANY),
    "talentpool:talent": Row(COMPANY),
    "talentpool:talent_ask": Row(COMPANY, COMPANY),
    "talentpool:talent_document": Row(COMPANY),
    "talentpool:operator": Row(COORDINATOR),  # and whoever manages the municipality, which no role tells
    "talentpool:operator_edit": Row(COORDINATOR, COORDINATOR),
    "talentpool:operator_approve": Row(COORDINATOR, COORDINATOR),
    "talentpool:operator_refuse": Row(COORDINATOR, COORDINATOR),
    "talentpool:operator_end": Row(COORDINATOR, COORDINATOR),
    # People who were recommended: the example belongs to the candidate, for others there is nothing
    "talentpool:thanks": PUBLIC,
    **{f"talentpool:{name}": Row(CANDIDATE) for name in OWN_PAGES},
    **{f"talentpool:{name}": Row(CANDIDATE, CANDIDATE) for name in OWN_FORMS},
    **{f"talentpool:{name}": Row(NOBODY, CANDIDATE) for name in OWN_DEEDS},
    # With the link of a mail
    "pool_links:invitation": Row(ALL, ALL),
    "pool_links:invitation_code": Row(ALL, ALL),
    "pool_links:invitation_code_again": Row(NOBODY, ALL),
    "pool_links:guardian": Row(ALL, ALL),
    "pool_links:request": Row(ALL, ALL),
    # Talent pool, by links of mails
    "pool_links:check_in": FORM,
    "pool_links:check_in_erase": FORM,
    "pool_links:check_in_found": FORM,
    "pool_links:stay": FORM,
    # Counselling
    "counseling:start": PUBLIC,
    "counseling:topic": PUBLIC,
    "counseling:time": FORM,
    "counseling:details": FORM,
    "counseling:prolong": Row(NOBODY, ALL),
    "counseling:check": FORM,
    "counseling:booked": PUBLIC,
    "counseling:mail_again": Row(NOBODY, ALL),
    "counseling:find": FORM,
    "counseling:waiting": FORM,
    "counseling:ask_back": FORM,
    "counseling_links:appointment": FORM,
    "counseling_links:move": FORM,
    "counseling_links:mode": FORM,
    "counseling_links:cancel": FORM,
    "counseling_links:calendar": PUBLIC,
    "counseling_links:waiting": FORM,
    # Around a talk
    "counseling:callback": FORM,
    "counseling:callback_done": PUBLIC,
    "counseling:orientation": PUBLIC,
    "counseling:team": PUBLIC,
    "counseling:center": PUBLIC,
    "counseling_links:illness": FORM,
    "counseling_links:copy": PUBLIC,
    "counseling_links:shortlist": PUBLIC,
    "counseling_links:referral": FORM,
    "counseling_links:referral_answer": FORM,
    # The desk of a counsellor
    "counseling_desk:week": DESK,
    "counseling_desk:day": DESK,
    "counseling_desk:unresolved": DESK,
    "counseling_desk:calls": DESK,
    "counseling_desk:callback": DESK_DEED,
    "counseling_desk:hours": DESK,
    "counseling_desk:hours_new": DESK_FORM,
    "counseling_desk:hours_edit": DESK_FORM,
    "counseling_desk:hours_end": DESK_DEED,
    "counseling_desk:exception": DESK_FORM,
    "counseling_desk:exception_delete": DESK_DEED,
    "counseling_desk:illness": DESK_FORM,
    "counseling_desk:book": DESK,
    "counseling_desk:book_caller": DESK_FORM,
    "counseling_desk:talk": DESK,
    "counseling_desk:confirm": DESK_DEED,
    "counseling_desk:slip": DESK,
    "counseling_desk:move": Row(COUNSELLOR, COUNSELLOR, inside=("in", "missing")),  # nowhere is chosen
    "counseling_desk:cancel": DESK_FORM,
    "counseling_desk:outcome": DESK_FORM,
    "counseling_desk:note": DESK_FORM,
    "counseling_desk:copy": DESK,
    "counseling_desk:refer": DESK_FORM,
    "counseling_desk:need": DESK_DEED,
    "counseling_desk:start_list": DESK_DEED,
    "counseling_desk:shortlists": DESK,
    "counseling_desk:shortlist_new": DESK_DEED,
    "counseling_desk:shortlist": DESK,
    "counseling_desk:shortlist_add": Row(NOBODY, COUNSELLOR, inside=("missing",)),  # no course is named
    "counseling_desk:shortlist_remove": DESK_DEED,
    "counseling_desk:shortlist_send": DESK_DEED,
    "counseling_desk:wishes": DESK,
    "counseling_desk:wish_new": DESK_FORM,
    "counseling_desk:wish": DESK_FORM,
    "counseling_desk:wish_hand_over": DESK_DEED,
    "counseling_desk:rooms": DESK_FORM,
    "counseling_desk:room_cancel": DESK_DEED,
    "counseling_desk:team": DESK,
    # Internships: the examples are a company's, a pupil's with the link of a mail, a school's
    **{f"internships:{name}": PUBLIC for name in INTERNSHIP_PAGES},
    **{f"internships:{name}": FORM for name in ("apply", "wish", "register", "sign_up")},
    "internships:mine": Row(LOGGED_IN),
    **{f"internships:{name}": Row(COMPANY) for name in EMPLOYER_PAGES},
    **{f"internships:{name}": Row(COMPANY, COMPANY) for name in ("offer_new", "offer_edit", "wish_answer")},
    **{f"internships:{name}": Row(NOBODY, COMPANY) for name in EMPLOYER_DEEDS},
    "internships:school": Row(SCHOOL, SCHOOL),
    "internships:propose": Row(SCHOOL, SCHOOL),
    "internships:school_time_delete": Row(NOBODY, SCHOOL),
    **{f"internships:{name}": Row(COMPANY) for name in LESSON_PAGES},
    **{f"internships:{name}": Row(COMPANY, COMPANY) for name in LESSON_FORMS},
    **{f"internships:{name}": Row(NOBODY, COMPANY) for name in LESSON_DEEDS},
    **{f"internships:{name}": Row(SCHOOL) for name in SCHOOL_LESSON_PAGES},
    **{f"internships:{name}": Row(SCHOOL, SCHOOL) for name in SCHOOL_LESSON_FORMS},
    **{f"internships:{name}": Row(NOBODY, SCHOOL) for name in SCHOOL_LESSON_DEEDS},
    "internships:poster": Row(COORDINATOR),
    "internships:wish_list": DESK,
    "internships:wish_match": DESK_FORM,
    **{f"internship_links:{name}": PUBLIC for name in LINK_PAGES},
    **{f"internship_links:{name}": FORM for name in ("absence", "parent", "erase", "guardian", "proposal")},
    "internship_links:registration": FORM,
    **{f"internship_links:{name}": FORM for name in OFFER_LINKS},
    **{f"internship_links:{name}": Row(NOBODY, ALL) for name in PUPIL_DEEDS},
    "certificates:find": PUBLIC,
    "certificates:check": FORM,
    # Logging in
    "account_login": FORM,
    "account_logout": Row(ALL, ALL),
    "account_inactive": PUBLIC,
    "account_signup": FORM,  # closed: says so
    "account_reset_password": FORM,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": FORM,  # the example key is worth nothing
    "account_reset_password_from_key_done": PUBLIC,
    "account_request_login_code": FORM,
    "account_confirm_login_code": FORM,
    "account_email_verification_sent": PUBLIC,
    "account_confirm_email": Row(ALL, ALL, inside=("in", "missing")),
    "mfa_authenticate": Row(ALL, ALL, inside=("in", "login")),  # no login under way: back to its begin
    "mfa_login_webauthn": Row(ALL, ALL, inside=("in", "login")),  # speaks with scripts only
    # One's own account
    "account_reauthenticate": OWN,
    "account_email": OWN,
    "account_change_password": OWN,
    "account_set_password": OWN,
    "mfa_index": Row(LOGGED_IN),
    "mfa_reauthenticate": OWN,
    "mfa_activate_totp": OWN,
    "mfa_deactivate_totp": Row(LOGGED_IN, LOGGED_IN, inside=("in", "missing")),
    "mfa_view_recovery_codes": Row(LOGGED_IN, inside=("in", "missing")),
    "mfa_generate_recovery_codes": OWN,
    "mfa_download_recovery_codes": Row(LOGGED_IN, inside=("in", "missing")),
    "mfa_list_webauthn": Row(LOGGED_IN),
    "mfa_add_webauthn": OWN,
    "mfa_reauthenticate_webauthn": OWN,
    "mfa_remove_webauthn": Row(LOGGED_IN, LOGGED_IN, inside=("missing",)),  # somebody else's key is no key
    "mfa_edit_webauthn": Row(LOGGED_IN, LOGGED_IN, inside=("missing",)),
    # Administration
    "admin:index": Row(STAFF, STAFF),
    "admin:login": Row(STAFF, STAFF),
    "admin:logout": Row(LOGGED_IN, LOGGED_IN, inside=("in", "method")),
    "admin:password_change": Row(STAFF, STAFF),
    "admin:password_change_done": Row(STAFF),
    "admin:jsi18n": Row(STAFF),
    "admin:autocomplete": Row(STAFF, inside=("forbidden",)),  # without naming a field
    "admin:view_on_site": Row(STAFF, STAFF, inside=("missing",)),
    "admin:app_list": Row(PRIVACY, PRIVACY),  # the example is "accounts"
    "admin:providers_certification_proof": Row(EDITORS, EDITORS, inside=("missing",)),  # the example has no file
    "admin:providers_certification_simple_history": Row(EDITORS, COORDINATOR),
    "admin:providers_organization_simple_history": Row(EDITORS, COORDINATOR),
    "admin:providers_organization_export": Row(COORDINATOR, COORDINATOR),
    "admin:courses_course_simple_history": Row(EDITORS, EDITORS),
    "admin:courses_courserun_simple_history": Row(EDITORS, EDITORS),
    "admin:courses_importplan_change": Row(COORDINATOR, COORDINATOR),  # the report, which takes no input
    "admin:courses_synonym_preview": Row(COORDINATOR, COORDINATOR),
    "admin:courses_importplan_template_csv": Row(STAFF, STAFF),
    "admin:courses_importplan_template_xlsx": Row(STAFF, STAFF),
    "admin:courses_importplan_csv": Row(COORDINATOR, COORDINATOR),
    "admin:courses_importplan_approve": Row(NOBODY, COORDINATOR),
    "admin:courses_importplan_discard": Row(NOBODY, COORDINATOR),
    "admin:courses_importplan_again": Row(NOBODY, COORDINATOR),
    "admin:courses_importplan_columns": Row(COORDINATOR, COORDINATOR),
    "admin:courses_feed_fetch": Row(NOBODY, COORDINATOR),
    "admin:providers_organization_import": Row(COORDINATOR, COORDINATOR),
    "admin:providers_organization_process_import": Row(NOBODY, COORDINATOR),
    "admin:talentpool_entry_change": Row(COORDINATOR, COORDINATOR),  # asks for the reason first
    "admin:talentpool_entry_history": Row(NOBODY, NOBODY),  # would name the person
    "admin:taxonomy_region_add": Row(NOBODY),  # there is one region, and the example is it
    "admin:counseling_record_change": Row(NOBODY),  # numbers alone, no single talk
    "admin:counseling_record_history": Row(NOBODY),
    "admin:internships_campaign_funnel": Row(COORDINATOR, COORDINATOR),
    "admin:internships_lessonunit_subjects": Row(COORDINATOR, COORDINATOR),
    "admin:unknown": Row(STAFF, STAFF, inside=("missing", "in")),
}


@dataclass(frozen=True)
class Table:
    """A table in the administration."""

    view: frozenset[str] = NOBODY
    add: frozenset[str] = NOBODY
    change: frozenset[str] = NOBODY
    delete: frozenset[str] = NOBODY


ADMIN = {
    "accounts.user": Table(PRIVACY, COORDINATOR, COORDINATOR),
    "accounts.auditentry": Table(PRIVACY),
    "accounts.consent": Table(frozenset({"data_protection"})),
    "kit.outboxmail": Table(COORDINATOR),
    "taxonomy.region": Table(EDITORS, COORDINATOR, COORDINATOR),
    "taxonomy.district": Table(EDITORS, NOBODY, COORDINATOR),
    "taxonomy.place": Table(EDITORS, NOBODY, COORDINATOR),
    "taxonomy.topic": Table(EDITORS, COORDINATOR, COORDINATOR, COORDINATOR),
    "taxonomy.code": Table(EDITORS, NOBODY, COORDINATOR),
    "taxonomy.fundingtype": Table(EDITORS, NOBODY, EDITORS),
    "taxonomy.holiday": Table(EDITORS, COORDINATOR, COORDINATOR, COORDINATOR),
    "taxonomy.timetable": Table(EDITORS),
    "taxonomy.page": Table(EDITORS, EDITORS, EDITORS, COORDINATOR),
    "providers.organization": Table(EDITORS, COORDINATOR, COORDINATOR),
    "courses.course": Table(EDITORS, EDITORS, EDITORS),
    "courses.courserun": Table(EDITORS, EDITORS, EDITORS),
    "courses.keyword": Table(EDITORS, EDITORS, EDITORS),
    "courses.synonym": Table(EDITORS, COORDINATOR, COORDINATOR, COORDINATOR),
    "courses.searchmiss": Table(COORDINATOR),
    "courses.source": Table(EDITORS, NOBODY, COORDINATOR),
    "courses.importplan": Table(COORDINATOR, COORDINATOR),
    "courses.feed": Table(COORDINATOR, COORDINATOR, COORDINATOR),
    "providers.certification": Table(EDITORS, COORDINATOR, COORDINATOR, COORDINATOR),
    "talentpool.pool": Table(COORDINATOR, COORDINATOR, COORDINATOR),
    "talentpool.operator": Table(COORDINATOR, COORDINATOR, COORDINATOR),
    "talentpool.member": Table(COORDINATOR),
    "talentpool.invitation": Table(COORDINATOR),
    "talentpool.entry": Table(COORDINATOR),
    "talentpool.purgebrake": Table(COORDINATOR),
    "talentpool.openinglimit": Table(COORDINATOR),
    "counseling.center": Table(COORDINATOR, COORDINATOR, COORDINATOR),
    "counseling.counsellor": Table(COORDINATOR, COORDINATOR, COORDINATOR),
    "counseling.subject": Table(COORDINATOR, COORDINATOR, COORDINATOR),
    "counseling.service": Table(COORDINATOR, COORDINATOR, COORDINATOR),
    "counseling.appointment": Table(COORDINATOR),
    "counseling.callback": Table(COORDINATOR),
    "counseling.referral": Table(COORDINATOR),
    "counseling.wish": Table(EDITORS),
    "counseling.roombooking": Table(COORDINATOR),
    "counseling.record": Table(COORDINATOR),
    "internships.employer": Table(COORDINATOR),
    "internships.registration": Table(COORDINATOR),
    "internships.scheme": Table(COORDINATOR, COORDINATOR, COORDINATOR),
    "internships.offer": Table(COORDINATOR),
    "internships.offerchange": Table(COORDINATOR),
    "internships.application": Table(COORDINATOR),
    "internships.lessonoffer": Table(COORDINATOR),
    "internships.partnership": Table(COORDINATOR),
    "internships.lessonunit": Table(COORDINATOR),
    "internships.campaign": Table(COORDINATOR, COORDINATOR, COORDINATOR),
    "certificates.certificate": Table(COORDINATOR),
}


def admin_rows() -> dict[str, Row]:
    """The rows that Django makes for each table."""
    rows = {}
    for label, table in ADMIN.items():
        name = f"admin:{label.replace('.', '_')}"
        viewers = table.view | table.change
        rows |= {
            f"{name}_changelist": Row(viewers, viewers),
            f"{name}_add": Row(table.add, table.add),
            f"{name}_change": Row(viewers, table.change),
            f"{name}_delete": Row(table.delete, table.delete),
            f"{name}_history": Row(viewers, viewers),
            f"{name}_redirect": Row(STAFF, STAFF),
        }
    return rows


MATRIX = admin_rows() | ROWS
