"""What members and municipalities may count. No number lets anybody guess about a single person."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.db.models.functions import TruncQuarter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit import clock
from talentpool.models import ContactRequest, Endorsement, Entry, Invitation, Member, Operator, Outcome, Pool

LEAST = 5  # people; smaller cells are not told
JOINED = (Invitation.State.ACCEPTED, Invitation.State.ADDED)


def told(count: int) -> str:
    """The number, or words where it is so small that one might guess who it is."""
    return str(count) if count == 0 or count >= LEAST else _("under {number}").format(number=LEAST)


@dataclass(frozen=True)
class Number:
    """For components/_numbers.html."""

    label: str
    value: str
    is_bad: bool = False


@dataclass(frozen=True)
class Recommended:
    """What became of a member's recommendations: `ended` of them are over, `joined` of these have come in."""

    invited: int
    ended: int = 0
    joined: int = 0


def recommended_by(member: Member, today: date | None = None) -> Recommended:
    """Counts in bundles: the number moves on the first of a month, by at least five people whose answers differ.

    Otherwise whoever remembers the number of last month could tell what one person has answered.
    """
    this_month = (today or clock.today()).replace(day=1)
    ended, joined = 0, 0
    bundle: Counter = Counter()
    for month, counts in _by_month(member):
        if month >= this_month:
            break
        bundle.update(counts)
        if bundle["ended"] >= LEAST and 0 < bundle["joined"] < bundle["ended"]:
            ended, joined = ended + bundle["ended"], joined + bundle["joined"]
            bundle.clear()
    return Recommended(member.invitations.count(), ended, joined)


def _by_month(member: Member) -> Iterable[tuple[date, dict[str, int]]]:
    """(first of the month, how many ended in it and how many of these came in), in order."""
    months: dict[date, Counter] = {}
    for ended_at, state in member.invitations.filter(ended_at__isnull=False).values_list("ended_at", "state"):
        month = clock.local(ended_at).date().replace(day=1)
        months.setdefault(month, Counter()).update({"ended": 1, "joined": state in JOINED})
    return sorted(months.items())


def of_operator(operator: Operator) -> list[Number]:
    """What the companies and schools of a municipality do in the pool."""
    members = operator.members.active()
    theirs = Q(member__operator=operator)
    stamps = Endorsement.objects.valid().filter(theirs).values("entry").distinct().count()
    requests = ContactRequest.objects.filter(theirs)
    return [
        Number(_("companies"), str(members.filter(kind=Member.Kind.COMPANY).count())),
        Number(_("schools"), str(members.filter(kind=Member.Kind.SCHOOL).count())),
        Number(_("recommendations"), told(Invitation.objects.filter(theirs).count())),
        Number(_("people they recommend"), told(stamps)),
        Number(_("contact requests"), told(requests.count())),
        Number(_("of these accepted"), told(requests.accepted().count())),
    ]


def of_pool(pool: Pool) -> list[Number]:
    return [
        Number(_("people in the whole pool"), told(Entry.objects.visible().filter(pool=pool).count())),
        Number(_("companies of all municipalities"), str(pool.members.active().filter(kind="company").count())),
    ]


REGIONS = [
    (Outcome.Region.STAYED, gettext_lazy("stay in the region")),
    (Outcome.Region.LEFT, gettext_lazy("leave the region")),
    (Outcome.Region.UNKNOWN, gettext_lazy("not known")),
]


def outcomes_by_quarter(pool: Pool) -> list[tuple[date, list[str]]]:
    """(first day of the quarter, a cell for each of REGIONS), the latest first; without totals, which would tell."""
    rows = pool.outcomes.annotate(quarter=TruncQuarter("month")).order_by("-quarter")
    cells: dict[date, Counter] = {}
    for quarter, region in rows.values_list("quarter", "region"):
        cells.setdefault(quarter, Counter())[region] += 1
    return [(quarter, [told(counts[region]) for region, _label in REGIONS]) for quarter, counts in cells.items()]
