"""What has served its purpose goes: pupils, parents, wishes, registrations, addresses. Numbers stay."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts import audit, journal
from accounts.actors import LINK_HOLDER, SYSTEM, Actor
from internships.actions import ending, seats
from internships.models import Application, Guardian, Proposal, Pupil, Registration, Signup, Wish
from internships.models.application import KEPT_FOR
from internships.models.employer import CONFIRM_WITHIN
from internships.models.matching import WISH_OUTLIVES
from kit import clock, outbox
from kit.models import OutboxMail

SETTLED_FOR = timedelta(days=30)
UNCONFIRMED_FOR = timedelta(days=14)


def sweep() -> dict[str, int]:
    """Everything whose time is over; returns how many of each."""
    return {
        "applications": sum(_forget_application(row) for row in _old_applications()),
        "wishes": _forget_wishes(),
        "pupils": sum(forget_pupil(pupil=pupil, by=SYSTEM) for pupil in _idle_pupils()),
        "parents": _forget_guardians(),
        "registrations": _forget_registrations(),
        "seats": seats.recount(),
    }


def _old_applications():
    """Three months after their last day, whatever became of them; what never left the mailbox after two weeks."""
    today = clock.today()
    never_sent = Q(submitted_at=None, ended_at__lte=clock.now() - UNCONFIRMED_FOR)
    return Application.objects.filter(Q(period__last_day__lt=today - KEPT_FOR) | never_sent).order_by("pk")


def _forget_application(application: Application) -> bool:
    with transaction.atomic():
        held = ending.locked(application)
        if held.is_open:
            ending.close(held, Application.State.EXPIRED_PUPIL, by=SYSTEM)
        return bool(Application.objects.filter(pk=held.pk).delete()[0])


def _forget_wishes() -> int:
    over = Wish.objects.filter(last_day__lt=clock.today() - WISH_OUTLIVES)
    Proposal.objects.filter(wish__in=over).update(wish=None, words="")
    return over.delete()[0]


def _idle_pupils():
    """Nothing of theirs is kept any more."""
    nothing = ~Exists(Application.objects.filter(pupil=OuterRef("pk"))) & ~Exists(
        Wish.objects.filter(pupil=OuterRef("pk"))
    )
    recent = Signup.objects.filter(
        pupil=OuterRef("pk"), campaign__last_day__gte=clock.today() - KEPT_FOR, confirmed_at__isnull=False
    )
    waiting = Signup.objects.filter(pupil=OuterRef("pk"), confirmed_at=None, at__gt=clock.now() - UNCONFIRMED_FOR)
    return Pupil.objects.filter(nothing, ~Exists(recent), ~Exists(waiting)).order_by("pk")


@transaction.atomic
def forget_pupil(*, pupil: Pupil, by: Actor = LINK_HOLDER) -> bool:
    """The person and all that names it; companies that wait are told. Certificates and numbers stay."""
    pupil = Pupil.objects.select_for_update().filter(pk=pupil.pk).first()
    if pupil is None:
        return False
    for application in pupil.applications.open().order_by("period_id"):
        ending.withdraw(application=application)
    for held in pupil.applications.filter(state__in=Application.SEATED, period__last_day__gte=clock.today()):
        ending.close(ending.locked(held), Application.State.WITHDRAWN, by=by)
    addresses = {pupil.email, *Guardian.objects.filter(pupil=pupil).values_list("email", flat=True)}
    Proposal.objects.filter(wish__pupil=pupil).update(wish=None, words="")
    audit.record("pupil erased", pupil, by=by)
    if by is not SYSTEM:  # a sweep finds them again in a restored backup, a wish of theirs it would not
        journal.record(pupil, reason="request")
    pupil.delete()
    ours = OutboxMail.objects.filter(to__in=addresses, purpose="internship")
    outbox.forget(ours)
    return True


def _forget_guardians() -> int:
    """Of those who are of age."""
    born = clock.years_before(clock.today(), clock.FULL_AGE)
    return Guardian.objects.filter(pupil__birth_date__lte=born).delete()[0]


def _forget_registrations() -> int:
    """Unconfirmed ones after their week, settled ones after a month."""
    now = clock.now()
    unanswered = Q(confirmed_at=None, created_at__lte=now - CONFIRM_WITHIN)
    return Registration.objects.filter(unanswered | Q(decided_at__lte=now - SETTLED_FOR)).delete()[0]
