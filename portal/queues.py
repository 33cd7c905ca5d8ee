"""The work that waits for people, as it stands on the first page of the administration."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from counseling.models import Appointment, Callback, Referral
from courses.models import Course, Feed, ImportPlan, SearchMiss
from internships.models import Application, Employer, LessonOffer, LessonUnit, Offer, OfferChange, Registration
from kit import clock
from kit.models import OutboxMail
from providers.models import Certification, Organization
from talentpool.models import Entry, Invitation, Member, OpeningLimit, PurgeBrake
from taxonomy.models import Code

COORDINATION = frozenset({Role.COORDINATOR})


@dataclass(frozen=True)
class Queue:
    """One kind of work: `rows` are what waits, `since` the field that tells how long, `list_url` where it is done."""

    label: str
    rows: Callable[[], QuerySet]
    since: str
    changelist: str
    filters: str
    roles: frozenset[str] = COORDINATION
    late_after: timedelta | None = timedelta(days=7)
    help: str = ""  # what to do, for work that does not explain itself

    @property
    def url(self) -> str:
        """Where the work is done; empty while no administration of this table is there."""
        try:
            return f"{reverse(self.changelist)}?{self.filters}"
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Waiting:
    """What a queue holds at this moment."""

    label: str
    url: str
    count: int
    oldest: datetime | None
    is_late: bool
    help: str = ""


def expiring() -> QuerySet:
    return Certification.objects.expiring_within(90)


TALENTPOOL = (
    Queue(
        _("Talent pool: organisations that want to take part"),
        lambda: Member.objects.waiting(),
        "created_at",
        "admin:talentpool_member_changelist",
        "stand=wartet",
        help=_("The municipality signs the agreement and lets them in. Call it when one waits for long."),
    ),
    Queue(
        _("Talent pool: people whose address does not work"),
        lambda: Entry.objects.filter(unreachable_since__isnull=False, left_at=None),
        "unreachable_since",
        "admin:talentpool_entry_changelist",
        "hakt=adresse",
        late_after=timedelta(days=14),
        help=_(
            "Open the profile, call the person or whoever has recommended it, and ask for a new address. "
            "After 30 days the profile is erased."
        ),
    ),
    Queue(
        _("Talent pool: people without a stamp"),
        lambda: Entry.objects.filter(orphaned_since__isnull=False, left_at=None),
        "orphaned_since",
        "admin:talentpool_entry_changelist",
        "hakt=stempel",
        late_after=timedelta(days=14),
        help=_("Ask another member that knows the person for a recommendation. After 30 days the profile is erased."),
    ),
    Queue(
        _("Talent pool: brakes that wait for a decision"),
        lambda: PurgeBrake.objects.open(),
        "asked_at",
        "admin:talentpool_purgebrake_changelist",
        "decided_at__isempty=1",
        late_after=timedelta(days=2),
        help=_("Unusually many people did not answer. Did our mails arrive? If in doubt, ask everybody anew."),
    ),
    Queue(
        _("Talent pool: more profiles opened than a day allows"),
        lambda: OpeningLimit.objects.open(),
        "at",
        "admin:talentpool_openinglimit_changelist",
        "seen_at__isempty=1",
        help=_("Call the company and ask what it needs. If it copies profiles, end its membership."),
    ),
    Queue(
        _("Talent pool: invitations that could not be delivered"),
        lambda: Invitation.objects.filter(state=Invitation.State.BOUNCED),
        "",
        "admin:talentpool_invitation_changelist",
        "state__exact=bounced",
        late_after=None,
        help=_("Nothing to do for a single one. Many at once mean that our mails are refused."),
    ),
)

INTERNSHIPS = (
    Queue(
        _("Internships: companies that wait for approval"),
        lambda: Employer.objects.waiting(),
        "created_at",
        "admin:internships_employer_changelist",
        "stand=wartet",
        late_after=timedelta(days=2),
        help=_("We promise an answer within two working days. Call when you do not know the company."),
    ),
    Queue(
        _("Internships: people who want to act for a company"),
        lambda: Registration.objects.waiting(),
        "confirmed_at",
        "admin:internships_registration_changelist",
        "stand=wartet",
        late_after=timedelta(days=2),
        help=_("Call the company and ask whether the person works there."),
    ),
    Queue(
        _("Internships: offers that wait for a look"),
        lambda: Offer.objects.submitted(),
        "updated_at",
        "admin:internships_offer_changelist",
        "state__exact=submitted",
        late_after=timedelta(days=2),
    ),
    Queue(
        _("Internships and lessons: new words of public offers that wait for a look"),
        lambda: OfferChange.objects.waiting(),
        "created_at",
        "admin:internships_offerchange_changelist",
        "stand=wartet",
        late_after=timedelta(days=2),
        help=_("Others read the old words until you publish the new ones."),
    ),
    Queue(
        _("Internships: companies that do not answer"),
        lambda: Employer.objects.silent(),
        "paused_at",
        "admin:internships_employer_changelist",
        "stand=still",
        help=_("Six applications had no answer, so the offers are paused. Call and ask what helps."),
    ),
    Queue(
        _("Internships: did they take place?"),
        lambda: Application.objects.unsettled(),
        "agreed_at",
        "admin:internships_application_changelist",
        "offen=ergebnis",
        late_after=None,
        help=_("Over for a week, and the two sides do not say the same. Call both, then decide."),
    ),
    Queue(
        _("Internships: offers with bad evaluations"),
        lambda: Offer.objects.criticized(),
        "updated_at",
        "admin:internships_offer_changelist",
        "guete=schlecht",
        help=_("Talk with the company: a task, somebody who takes care, a talk, a result."),
    ),
)

LESSONS = (
    Queue(
        _("Lessons: topics of companies that wait for a look"),
        lambda: LessonOffer.objects.submitted(),
        "updated_at",
        "admin:internships_lessonoffer_changelist",
        "state__exact=submitted",
        late_after=timedelta(days=2),
    ),
    Queue(
        _("Lessons: did they take place?"),
        lambda: LessonUnit.objects.unsettled(),
        "asked_at",
        "admin:internships_lessonunit_changelist",
        "offen=ergebnis",
        late_after=timedelta(days=14),
        help=_("Over for a week, and the school does not say how it was. Call it, then decide."),
    ),
)

QUEUES = (
    Queue(
        _("Imports that wait for a decision"),
        lambda: ImportPlan.objects.waiting(),
        "created_at",
        "admin:courses_importplan_changelist",
        "state__exact=waiting",
        late_after=timedelta(days=2),
    ),
    Queue(
        _("Imports that failed"),
        lambda: ImportPlan.objects.filter(state=ImportPlan.State.FAILED),
        "created_at",
        "admin:courses_importplan_changelist",
        "state__exact=failed",
        late_after=timedelta(days=2),
    ),
    Queue(
        _("Deliveries that fail to come"),
        lambda: Feed.objects.failing(),
        "last_ok_at",
        "admin:courses_feed_changelist",
        "faellt_aus=1",
    ),
    Queue(
        _("Courses that wait for approval"),
        lambda: Course.objects.filter(state=Course.State.SUBMITTED),
        "updated_at",
        "admin:courses_course_changelist",
        "state__exact=submitted",
    ),
    Queue(
        _("Organisations without a public profile"),
        lambda: Organization.objects.filter(state=Organization.State.DRAFT),
        "created_at",
        "admin:providers_organization_changelist",
        "state__exact=draft",
    ),
    Queue(
        _("Certifications that end within 90 days"),
        expiring,
        "",
        "admin:providers_certification_changelist",
        "endet=90",
        late_after=None,
    ),
    Queue(
        _("Searches without result in the last 30 days"),
        lambda: SearchMiss.objects.recent(),
        "",
        "admin:courses_searchmiss_changelist",
        "tage=30",
        late_after=None,
    ),
    Queue(
        _("Unknown codes in deliveries"),
        lambda: Code.objects.unknown(),
        "",
        "admin:taxonomy_code_changelist",
        "unbekannt=1",
        late_after=None,
    ),
    Queue(
        _("Mails that could not be written"),
        lambda: OutboxMail.objects.filter(state=OutboxMail.State.QUARANTINED),
        "created_at",
        "admin:kit_outboxmail_changelist",
        "state__exact=quarantined",
        late_after=timedelta(days=1),
    ),
    *TALENTPOOL,
    *INTERNSHIPS,
    *LESSONS,
    Queue(
        _("Talks without a result"),
        lambda: Appointment.objects.unresolved(),
        "ends_at",
        "admin:counseling_appointment_changelist",
        "offen=ergebnis",
    ),
    Queue(
        _("Talks without a counsellor (ill or away)"),
        lambda: Appointment.objects.unattended(),
        "updated_at",
        "admin:counseling_appointment_changelist",
        "offen=vertretung",
        late_after=timedelta(days=1),
    ),
    Queue(
        _("Appointments to be confirmed by phone"),
        lambda: Appointment.objects.to_call(),
        "updated_at",
        "admin:counseling_appointment_changelist",
        "offen=telefon",
        late_after=timedelta(days=1),
    ),
    Queue(
        _("Call-backs that wait for more than two days"),
        lambda: Callback.objects.late(),
        "created_at",
        "admin:counseling_callback_changelist",
        "offen=alt",
        late_after=timedelta(days=3),
    ),
    Queue(
        _("Referrals without an answer"),
        lambda: Referral.objects.filter(state=Referral.State.NO_ANSWER),
        "sent_at",
        "admin:counseling_referral_changelist",
        "state__exact=no_answer",
        late_after=timedelta(days=14),
    ),
)


def waiting_for(user: User) -> list[Waiting]:
    """The queues on which this person may work, the empty ones too: an empty queue is good news."""
    return [look_at(queue) for queue in QUEUES if user.has_role(*queue.roles) and queue.url]


def look_at(queue: Queue) -> Waiting:
    rows = queue.rows().order_by()
    oldest = rows.aggregate(oldest=Min(queue.since))["oldest"] if queue.since else None
    is_late = bool(queue.late_after and oldest and oldest < clock.now() - queue.late_after)
    return Waiting(queue.label, queue.url, rows.count(), oldest, is_late, queue.help)
