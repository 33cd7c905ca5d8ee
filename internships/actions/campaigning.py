"""Signing up for a campaign, and what becomes of those who did: each step counted once, per source."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from internships.emails import pupil as emails
from internships.models import Application, Campaign, Pupil, Signup, Source
from kit import clock

REMIND_BEFORE = timedelta(days=7)


class Closed(Exception):
    """The campaign takes no sign-ups today."""


class TooYoung(Exception):
    """Younger than the campaign admits on its first day."""


@transaction.atomic
def sign_up(*, campaign: Campaign, pupil: Pupil, source: Source | None) -> Signup:
    """Counts with the answer of the mailbox; a second time changes nothing. Raises Closed, TooYoung."""
    if not campaign.is_open:
        raise Closed
    if pupil.age_on(campaign.first_day) < campaign.min_age:
        raise TooYoung
    try:
        with transaction.atomic():
            signup = Signup.objects.create(campaign=campaign, pupil=pupil, source=source)
    except IntegrityError:
        return Signup.objects.get(campaign=campaign, pupil=pupil)
    emails.confirm_signup(pupil, campaign)
    return signup


@transaction.atomic
def confirm(*, signup: Signup) -> Signup:
    """The mailbox has answered."""
    signup = Signup.objects.select_for_update(of=("self",)).select_related("pupil").get(pk=signup.pk)
    if signup.confirmed_at is None:
        signup.confirmed_at = clock.now()
        signup.save(update_fields=["confirmed_at"])
    signup.pupil.prove_mailbox()
    return signup


def note(application: Application, **step: bool) -> None:
    """A step on the way of somebody who applied for an offer of a campaign, signed up before or not."""
    campaign = application.offer.campaign
    if campaign is None:
        return
    defaults = {"source": application.source, "confirmed_at": clock.now(), **step}
    signup, made = Signup.objects.get_or_create(campaign=campaign, pupil=application.pupil, defaults=defaults)
    if not made:
        Signup.objects.filter(pk=signup.pk).update(**step)


@transaction.atomic
def tell_absence(*, signup: Signup, reason: str) -> Signup:
    """Why somebody was not there: a word for the next campaign, of free will."""
    signup = Signup.objects.select_for_update().get(pk=signup.pk)
    if not signup.has_attended:
        signup.absence = Signup.Absence(reason)
        signup.save(update_fields=["absence"])
    return signup


def remind() -> int:
    """A week before, once: with the days, or with the way to places that are still free. Returns how many."""
    today = clock.today()
    due = Signup.objects.filter(
        reminded_at=None, confirmed_at__isnull=False, pupil__isnull=False,
        campaign__first_day__gt=today, campaign__first_day__lte=today + REMIND_BEFORE,
    ).select_related("pupil", "campaign")  # fmt: skip
    count = 0
    for signup in due:
        with transaction.atomic():
            if Signup.objects.filter(pk=signup.pk, reminded_at=None).update(reminded_at=clock.now()):
                emails.campaign_begins(signup.pupil, signup.campaign)
                count += 1
    return count


def most_days_reached(pupil: Pupil, campaign: Campaign | None) -> bool:
    """Whether the pupil has as many days in the campaign as its rules give one person."""
    if campaign is None:
        return False
    days = pupil.booked_days.filter(application__period__offer__campaign=campaign)
    return days.count() >= campaign.most_days
