"""Mails of the cycle: "still looking?" twice, hidden, erased; and what a recommender hears of a wrong address."""

from django.conf import settings
from django.db.models import CharField, Expression, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import User
from kit import outbox
from kit.models import OutboxMail
from providers.models import Membership
from talentpool.models import Entry, Member

PURPOSE = "talent pool"
CHECK_INS = {1: "talentpool/email/check_in_first.txt", 2: "talentpool/email/check_in_second.txt"}
HIDDEN = "talentpool/email/hidden.txt"


def check_ins(entries: QuerySet, *, ordinal: int) -> int:
    """Write the question to each; returns how many mails."""
    return _send_many(CHECK_INS[ordinal], entries, key=check_in_key(ordinal))


def check_in_key(ordinal: int) -> Expression:
    """What only one mail is written for: an entry, its round, first or second."""
    return _key("pool-check-in", ordinal)


def hidden(entries: QuerySet) -> int:
    """Nobody sees the profile any more; with the link to stay after all."""
    return _send_many(HIDDEN, entries, key=_key("pool-hidden", 0))


def not_hidden(entry: Entry) -> None:
    """What the mail above says is not so any more: it does not leave if it still waits."""
    OutboxMail.objects.open().filter(template=HIDDEN, context__entry__pk=str(entry.pk)).delete()


def _key(kind: str, number: int) -> Expression:
    entry, cycle = Cast("pk", CharField()), Cast("cycle", CharField())
    return Concat(Value(f"{kind}:"), entry, Value(":"), cycle, Value(f".{number}"))


def _send_many(template: str, entries: QuerySet, *, key: Expression) -> int:
    return outbox.send_many(
        template,
        entries,
        about="entry",
        to="user__email",
        key=key,
        purpose=PURPOSE,
        language=settings.LANGUAGE_CODE,
    )


def erased(*, to: str, pool_name: str, contact: dict[str, str]) -> OutboxMail:
    """The last mail to somebody who has left. Says nothing about the person, and its address is forgotten with it."""
    words = {"pool_name": pool_name, "contact_name": contact["name"], "contact_phone": contact["phone"]}
    return outbox.send(
        "talentpool/email/erased.txt", to, words, purpose=PURPOSE, language=settings.LANGUAGE_CODE, is_last=True
    )


def address_does_not_work(entry: Entry, member: Member) -> list[OutboxMail]:
    """To whoever recommended: an address is wrong. Names nobody; who knows whom it is about can help."""
    key = f"pool-unreachable:{entry.pk}:{entry.cycle}:{member.pk}"
    return [
        outbox.send(
            "talentpool/email/address_does_not_work.txt",
            to,
            {"member": member},
            purpose=PURPOSE,
            key=f"{key}:{number}",
            language=settings.LANGUAGE_CODE,
        )
        for number, to in enumerate(_managers(member))
    ]


def _managers(member: Member) -> list[str]:
    """Addresses of those who manage the organisation; its own where nobody does."""
    managers = User.objects.active().filter(
        memberships__organization=member.organization_id, memberships__role=Membership.Role.ADMIN
    )
    found = list(managers.order_by("pk").values_list("email", flat=True))
    return found or [address for address in [member.organization.email] if address]
