"""From the form to the company: the pupil's mailbox first, then a parent, then the company."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.actors import LINK_HOLDER, SYSTEM
from accounts.models import ConsentText
from internships import rules
from internships.actions import campaigning, ending
from internships.emails import company
from internships.emails import pupil as emails
from internships.models import Application, Guardian, Offer, Period, Pupil, Source
from internships.models.application import CONFIRM_WITHIN
from internships.models.pupil import CONSENT_TEXT, CONSENT_VERSION, GUARDIAN_ANSWERS_WITHIN
from kit import clock

State = Application.State
MOST_OPEN = 10  # applications of one pupil at a time
ASK_GUARDIAN_AGAIN_AFTER = timedelta(days=1)


class NotPossible(Exception):
    """The place is gone, the time is over, or the application is not in a state for this."""


class TooYoung(Exception):
    """The offer, the campaign or the law wants older people on the first day."""


class TooMany(Exception):
    """Enough applications are open already."""


class Twice(Exception):
    """There is an open application for the same time at the same company."""


# ── The pupil


def known(*, email: str, birth_date: date, **fields) -> Pupil:
    """The pupil of this mailbox and day of birth: the one there is, untouched, else a new one.

    Whoever fills in a form has not shown the mailbox yet, so that nothing of somebody known is changed by it.
    """
    email = email.strip().lower()
    found = Pupil.objects.filter(email__iexact=email, birth_date=birth_date).first()
    if found:
        return found
    try:
        with transaction.atomic():
            return Pupil.objects.create(email=email, birth_date=birth_date, **fields)
    except IntegrityError:  # the same form twice
        return Pupil.objects.get(email__iexact=email, birth_date=birth_date)


def name_guardian(*, pupil: Pupil, email: str) -> None:
    """Whom we may ask. A parent who has agreed stays; one who has not answered is replaced."""
    if not pupil.is_minor or not email:
        return
    guardian, made = Guardian.objects.get_or_create(pupil=pupil, defaults={"email": email})
    if not made and guardian.agreed is None and guardian.asked_at is None and guardian.email != email:
        guardian.email = email
        guardian.save(update_fields=["email"])


@transaction.atomic
def apply(*, pupil: Pupil, period: Period, source: Source | None = None, **answers: str) -> Application:
    """A first word. It goes to nobody but the pupil's own mailbox. Raises NotPossible, TooYoung, TooMany, Twice."""
    period = Period.objects.select_related("offer__scheme", "offer__campaign").get(pk=period.pk)
    check(pupil, period)
    enough = pupil.applications.open().count() >= MOST_OPEN
    if enough or campaigning.most_days_reached(pupil, period.offer.campaign):
        raise TooMany
    try:
        with transaction.atomic():
            application = Application.objects.create(pupil=pupil, period=period, source=source, **answers)
    except IntegrityError:
        raise Twice from None
    emails.please_confirm(application)
    return application


def check(pupil: Pupil, period: Period) -> None:
    """May this person apply for this time today? Asked again before it goes to the company, and before the first day.

    Raises NotPossible, TooYoung.
    """
    offer = period.offer
    if not Offer.objects.visible().filter(pk=offer.pk).exists() or not period.is_applicable:
        raise NotPossible
    if not is_old_enough(pupil, period):
        raise TooYoung


def is_old_enough(pupil: Pupil, period: Period) -> bool:
    offer = period.offer
    youngest = [offer.min_age, *([offer.campaign.min_age] if offer.campaign else [])]
    age = pupil.age_on(period.first_day)
    return rules.admits(age, youngest=youngest, is_voluntary=offer.is_voluntary)


@transaction.atomic
def confirm(*, application: Application) -> Application:
    """The mailbox has answered. On it goes to a parent or to the company. Raises NotPossible, TooYoung."""
    application = ending.locked(application)
    if application.state != State.DRAFT:
        return application
    check(application.pupil, application.period)
    application.pupil.prove_mailbox()
    if application.pupil.may_apply:
        return _submit(application)
    application.state = State.GUARDIAN
    application.save(update_fields=["state"])
    audit.record("internship application confirmed", application, by=LINK_HOLDER)
    ask_guardian(pupil=application.pupil)
    return application


@transaction.atomic
def change_guardian(*, pupil: Pupil, email: str) -> None:
    """The mail went to nobody: another address, once a day. Raises NotPossible."""
    guardian = Guardian.objects.select_for_update().filter(pupil=pupil).first()
    too_soon = guardian and guardian.asked_at and guardian.asked_at > clock.now() - ASK_GUARDIAN_AGAIN_AFTER
    if not pupil.is_minor or too_soon or (guardian and guardian.agreed):
        raise NotPossible
    Guardian.objects.filter(pupil=pupil).delete()
    Guardian.objects.create(pupil=pupil, email=email)
    pupil.refresh_from_db()
    ask_guardian(pupil=pupil)


def ask_guardian(*, pupil: Pupil) -> None:
    """Once; the link in the mail stays good as long as the child is one."""
    guardian = Guardian.objects.filter(pupil=pupil).first()
    if guardian is None or guardian.asked_at or guardian.agreed is not None:
        return
    guardian.asked_at, guardian.text_version = clock.now(), CONSENT_VERSION
    guardian.text_hash = ConsentText.keep(CONSENT_TEXT)
    guardian.mail = emails.asks_guardian(guardian)
    guardian.save(update_fields=["asked_at", "text_version", "text_hash", "mail"])
    audit.record("parent asked for internships", pupil, by=SYSTEM)


# ── The parent


@transaction.atomic
def answer_for_child(*, guardian: Guardian, agrees: bool) -> Guardian:
    """A parent decides, and may take a yes back: then everything open ends, and companies are told."""
    pupil = Pupil.objects.select_for_update(no_key=True).get(pk=guardian.pupil_id)
    guardian = Guardian.objects.select_for_update(of=("self",)).select_related("pupil").get(pk=guardian.pk)
    guardian.agreed, guardian.answered_at = agrees, clock.now()
    guardian.text_version, guardian.text_hash = CONSENT_VERSION, ConsentText.keep(CONSENT_TEXT)
    guardian.save(update_fields=["agreed", "answered_at", "text_version", "text_hash"])
    audit.record("parent answered for internships", pupil, by=LINK_HOLDER, agreed=agrees)
    for application in pupil.applications.open().for_pages().select_for_update(of=("self",)).order_by("period_id"):
        if agrees:
            _go_on(application)
        else:
            ending.withdraw_for(application, Application.End.GUARDIAN)
    before, after = ("guardian", "open") if agrees else ("open", "withdrawn")
    pupil.wishes.filter(state=before).update(state=after)
    return guardian


def _go_on(application: Application) -> None:
    """To the company, unless the place has gone while we waited."""
    if application.state != State.GUARDIAN:
        return
    try:
        check(application.pupil, application.period)
    except (NotPossible, TooYoung):
        ending.lapse(application)
    else:
        _submit(application)


def _submit(application: Application) -> Application:
    """From this moment on the company sees it."""
    application.state, application.submitted_at = State.SUBMITTED, clock.now()
    application.save(update_fields=["state", "submitted_at"])
    audit.record("internship application sent", application, by=LINK_HOLDER)
    campaigning.note(application, has_applied=True)
    emails.is_at_company(application)
    company.has_arrived(application)
    return application


def unheard() -> int:
    """A sweep: what nobody confirmed, and what no parent has answered. Returns how many ended."""
    now = clock.now()
    unconfirmed = Application.objects.filter(state=State.DRAFT, created_at__lte=now - CONFIRM_WITHIN)
    unanswered = Application.objects.filter(
        state=State.GUARDIAN, pupil__guardian__mail__accepted_at__lte=now - GUARDIAN_ANSWERS_WITHIN
    )
    too_late = Application.objects.filter(state=State.GUARDIAN, period__first_day__lte=clock.today())
    ids = {pk for rows in (unconfirmed, unanswered, too_late) for pk in rows.values_list("pk", flat=True)}
    return sum(ending.lapse_if_open(pk) for pk in ids)
