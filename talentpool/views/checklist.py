"""What a person has to do until companies see the profile, and why nobody sees it yet."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from kit import clock
from talentpool.actions.joining import consents_to_be_seen
from talentpool.forms.person import SECTIONS
from talentpool.models import Endorsement, Entry, Member


@dataclass(frozen=True)
class Task:
    """A line of the list. Three words say how it stands: done, missing, please check."""

    label: str
    address: str
    status: str
    is_optional: bool = False

    DONE, MISSING, CHECK = "done", "missing", "check"

    @property
    def is_done(self) -> bool:
        return self.status == self.DONE


def tasks_for(entry: Entry) -> list[Task]:
    """In the order in which they are best done."""
    return [
        _stamps(entry),
        *(_section(entry, name) for name in SECTIONS),
        _documents(entry),
        _consent(entry),
        *([_guardian(entry)] if entry.needs_guardian else []),
    ]


def _task(entry: Entry, label: str, name: str, status: str, *, is_optional: bool = False, part: str = "") -> Task:
    return Task(label, reverse(f"talentpool:{name}", args=[entry.pk, *filter(None, [part])]), status, is_optional)


def _stamps(entry: Entry) -> Task:
    state = Endorsement.State
    counts = entry.endorsements.aggregate(
        waiting=Count("pk", filter=Q(state=state.PROPOSED)), shown=Count("pk", filter=Q(state=state.ACCEPTED))
    )
    status = Task.CHECK if counts["waiting"] else Task.DONE if counts["shown"] else Task.MISSING
    return _task(entry, _("Who recommends me?"), "stamps", status)


FILLED = {
    "person": lambda entry: bool(entry.user.full_name and entry.birth_date),
    "suche": lambda entry: bool(entry.seeking and entry.job_families and entry.hours and entry.available_from),
    "schule": lambda entry: bool(entry.level),
    "wohnort": lambda entry: entry.place_id is not None,
    "worte": lambda entry: bool(entry.about or entry.experience),
}


def _section(entry: Entry, name: str) -> Task:
    status = Task.DONE if FILLED[name](entry) else Task.MISSING
    return _task(entry, SECTIONS[name].title, "profile_edit", status, is_optional=name == "worte", part=name)


def _documents(entry: Entry) -> Task:
    status = Task.DONE if entry.documents.exists() else Task.MISSING
    return _task(entry, _("CV and school reports"), "documents", status, is_optional=True)


def _consent(entry: Entry) -> Task:
    given = consents_to_be_seen(entry).exists()
    older = entry.user.consents.given().to(entry.consent_purpose).exists()
    status = Task.DONE if given else Task.CHECK if older else Task.MISSING
    return _task(entry, _("Who may see me?"), "consent", status)


def _guardian(entry: Entry) -> Task:
    guardian = getattr(entry, "guardian", None)
    waits = guardian is not None and not guardian.is_undelivered
    status = Task.DONE if waits and guardian.agreed else Task.CHECK if guardian else Task.MISSING
    return _task(entry, _("What do your parents say?"), "parents", status)


@dataclass(frozen=True)
class Visibility:
    """Whether companies see the profile, in words."""

    is_visible: bool
    headline: str
    reason: str = ""


def visibility_of(entry: Entry) -> Visibility:
    """Asks the same query that companies are shown by."""
    if Entry.objects.visible().filter(pk=entry.pk).exists():
        return _seen(entry)
    return Visibility(False, _("Nobody sees your profile."), _why_not(entry))


def _seen(entry: Entry) -> Visibility:
    companies = Member.objects.active().filter(pool=entry.pool_id, kind=Member.Kind.COMPANY)
    count = companies.exclude(organization__in=entry.exclusions.values("organization")).count()
    if count == 1:
        return Visibility(True, _("Your profile can be seen by one company."))
    return Visibility(True, _("Your profile can be seen by {count} companies.").format(count=count))


def _why_not(entry: Entry) -> str:
    """The first reason that the person can do something about."""
    if entry.unreachable_since:
        return _("Mails to you come back. Please call us, so that we can correct your address.")
    if entry.state == Entry.State.PAUSED:
        return _("You have paused it.")
    if entry.state == Entry.State.GUARDIAN:
        return _("Your mother, your father or your guardian has to agree first.")
    if entry.state == Entry.State.ONBOARDING:
        return _("Something is still missing. As soon as everything that is needed is done, companies see it.")
    if not entry.endorsements.valid().exists():
        return _("At the moment no recommendation is shown. Nobody is in the pool without one.")
    if not consents_to_be_seen(entry).exists():
        return _("You have to agree to the new text first.")
    if entry.visible_until <= clock.now() or entry.held_since:
        return _('We have not heard from you for a long time. Press "Yes, all is up to date".')
    return _("Please call us.")
