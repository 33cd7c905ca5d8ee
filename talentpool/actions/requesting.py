"""A company opens profiles and asks people for a talk. What it sees is noted, how much it may see is limited."""

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from kit import clock
from talentpool.emails import company as emails
from talentpool.models import ContactRequest, Document, Entry, Member, OpeningLimit, ProfileView
from talentpool.models.contact import MOST_ASKED, MOST_OPENED
from talentpool.permissions import can_search


class NotAllowed(Exception):
    """The member may not read the pool, or may not any more."""


class NotShown(Exception):
    """The person is not shown to this company (any more)."""


class NotAskable(Exception):
    """The person is shown, but does not want to be asked for a talk."""


class TooManyOpened(Exception):
    """This person has opened as many profiles as a day allows."""


class TooManyAsked(Exception):
    """This person has asked as many people as a day allows."""


class AlreadyAsked(Exception):
    """The company has asked this person: a question waits, was accepted, or was declined, and a no stays a no."""


def open_profile(*, entry: Entry, member: Member, by: User, document: Document | None = None) -> ProfileView:
    """Note that somebody of a company opens a profile or a document of it; the person can read that.

    Whoever has opened 40 profiles on a day is refused any other one, and a coordinator is told.
    Raises NotAllowed, TooManyOpened.
    """
    view = _note_view(entry=entry, member=member, by=by, document=document)
    if view is None:
        # Stands outside of the transaction above: it has to remain although this raises.
        OpeningLimit.objects.get_or_create(user=by, day=clock.today(), defaults={"member": member})
        raise TooManyOpened
    return view


@transaction.atomic
def _note_view(*, entry: Entry, member: Member, by: User, document: Document | None) -> ProfileView | None:
    _check_member(member, by)
    User.objects.select_for_update().get(pk=by.pk)  # forty at once are forty one after the other
    today = clock.today()
    opened = ProfileView.objects.of_day(by, today)
    is_new = not opened.filter(entry=entry).exists()
    if is_new and opened.values("entry").distinct().count() >= MOST_OPENED:
        return None
    return ProfileView.objects.create(entry=entry, member=member, user=by, document=document, day=today)


@transaction.atomic
def ask(*, entry: Entry, member: Member, purpose: str, message: str, by: User) -> ContactRequest:
    """Ask a person for a talk; name and address open only with the person's yes.

    Raises NotAllowed, NotShown, NotAskable, TooManyAsked, AlreadyAsked.
    """
    member = _check_member(member, by)
    if not Entry.objects.visible_to(member).filter(pk=entry.pk).exists():
        raise NotShown
    if not entry.may_be_asked:
        raise NotAskable
    User.objects.select_for_update().get(pk=by.pk)
    if ContactRequest.objects.filter(asked_by=by, asked_at__gte=_midnight()).count() >= MOST_ASKED:
        raise TooManyAsked
    if entry.requests.filter(member=member).exclude(state=ContactRequest.State.EXPIRED).exists():
        raise AlreadyAsked
    try:
        with transaction.atomic():
            request = ContactRequest.objects.create(
                entry=entry, member=member, asked_by=by, purpose=purpose, message=message.strip()
            )
    except IntegrityError:
        raise AlreadyAsked from None
    audit.record("contact asked", request, by=by, purpose=purpose, member=member.pk)
    emails.asks_for_contact(request)
    return request


@transaction.atomic
def record_outcome(*, request: ContactRequest, outcome: str, by: Actor) -> ContactRequest:
    """What came of a talk. Nobody has to say it, and nobody asks for it. Raises NotAllowed, ValueError."""
    request = ContactRequest.objects.select_for_update(of=("self",)).select_related("member").get(pk=request.pk)
    _check_member(request.member, by)
    if request.state != ContactRequest.State.ACCEPTED:
        raise ValueError("nothing comes of a talk that did not take place")
    request.outcome = ContactRequest.Outcome(outcome)
    request.save(update_fields=["outcome"])
    audit.record("contact outcome", request, by=by, outcome=request.outcome)
    return request


def expire_requests() -> int:
    """A sweep: what nobody has answered in 30 days is over. Returns how many."""
    now = clock.now()
    return ContactRequest.objects.run_out(now).update(state=ContactRequest.State.EXPIRED, answered_at=now)


def forget_old() -> int:
    """A sweep: requests, views and limits past their time of keeping are deleted. Returns how many."""
    old = [ContactRequest.objects.to_forget(), ProfileView.objects.to_forget(), OpeningLimit.objects.to_forget()]
    return sum(rows.delete()[0] for rows in old)


@transaction.atomic
def close_limit(*, limit: OpeningLimit, by: Actor) -> OpeningLimit:
    """A coordinator has had a look at why somebody opened so many profiles."""
    limit = OpeningLimit.objects.select_for_update().get(pk=limit.pk)
    if limit.seen_at:
        return limit
    limit.seen_at, limit.seen_by = clock.now(), by.audit_label
    limit.save(update_fields=["seen_at", "seen_by"])
    audit.record("opening limit looked at", limit, by=by)
    return limit


def _check_member(member: Member, by: Actor) -> Member:
    """Held for the transaction: a membership that ends meanwhile ends before or after, never in between."""
    member = Member.objects.select_for_update(of=("self",)).select_related("organization", "pool").get(pk=member.pk)
    if not can_search(by, member):
        raise NotAllowed
    return member


def _midnight():
    return clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
