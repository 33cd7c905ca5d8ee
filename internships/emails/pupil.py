"""Mails to pupils and their parents."""

from django.db.models import Model

from internships.models import Application, Campaign, Guardian, Proposal, Pupil, Wish
from kit import outbox, text
from kit.models import OutboxMail

PURPOSE = "internship"


def please_confirm(application: Application) -> OutboxMail:
    """Nothing leaves before the mailbox has answered."""
    return _about("application_confirm", application)


def confirm_wish(wish: Wish) -> OutboxMail:
    return _to(wish.pupil, "wish_confirm", key=f"internship-wish:{wish.pk}", wish=wish)


def confirm_signup(pupil: Pupil, campaign: Campaign) -> OutboxMail:
    key = f"internship-signup:{campaign.pk}:{pupil.pk}"
    return _to(pupil, "signup_confirm", key=key, campaign=campaign)


def asks_guardian(guardian: Guardian) -> OutboxMail:
    """To a parent, before any company hears of the child."""
    language = guardian.pupil.mail_language
    template = "internships/email/guardian.txt"
    return outbox.send(template, guardian.email, {"guardian": guardian}, purpose=PURPOSE, language=language)


def is_at_company(application: Application) -> OutboxMail:
    """Sent, and until when the company answers."""
    return _about("application_submitted", application)


def is_offered(application: Application) -> OutboxMail:
    """A place, held for a week."""
    return _about("application_offered", application, again=f":{application.held_until:%Y%m%d}")


def is_asked(application: Application) -> OutboxMail:
    """The company wants to know something first."""
    return _about("application_question", application, again=f":{text.digest(application.question)}")


def is_accepted(application: Application) -> OutboxMail:
    """Everything for the first day, and the papers."""
    return _about("application_accepted", application)


def is_rejected(application: Application) -> OutboxMail:
    return _about("application_rejected", application)


def is_unanswered(application: Application) -> OutboxMail:
    """The company has not answered; others will."""
    return _about("application_unanswered", application)


def is_withdrawn(application: Application) -> OutboxMail:
    """Because another place on the same day was accepted, or a parent has said no."""
    return _about("application_withdrawn", application)


def is_cancelled(application: Application) -> OutboxMail:
    return _about("application_cancelled", application)


def has_lapsed(application: Application) -> OutboxMail:
    """The place was not accepted in time."""
    return _about("application_lapsed", application)


def please_settle(application: Application) -> OutboxMail:
    """How was it?"""
    return _about("application_over", application)


def has_certificate(application: Application) -> OutboxMail:
    return _about("application_certificate", application)


def proposal_to_wish(proposal: Proposal) -> OutboxMail:
    """A counsellor or a company has something that fits."""
    key = f"internship-proposal:{proposal.pk}"
    return _to(proposal.wish.pupil, "proposal_wish", key=key, proposal=proposal)


def proposal_to_address(proposal: Proposal) -> OutboxMail:
    """From a teacher to a pupil whom the portal does not know."""
    template, key = "internships/email/proposal.txt", f"internship-proposal:{proposal.pk}"
    return outbox.send(template, proposal.email, {"proposal": proposal}, purpose=PURPOSE, key=key)


def campaign_begins(pupil: Pupil, campaign: Campaign) -> OutboxMail:
    """The reminder of those who have signed up: with days, or still without."""
    key = f"internship-campaign:{campaign.pk}:{pupil.pk}"
    return _to(pupil, "campaign_reminder", key=key, campaign=campaign)


def _about(name: str, application: Application, *, again: str = "") -> OutboxMail:
    key = f"internship:{application.pk}:{name}{again}"
    return _to(application.pupil, name, key=key, application=application)


def _to(pupil: Pupil, name: str, *, key: str, **context: Model) -> OutboxMail:
    return outbox.send(
        f"internships/email/{name}.txt",
        pupil.email,
        {"pupil": pupil, **context},
        purpose=PURPOSE,
        key=key,
        language=pupil.mail_language,
    )
