"""Mails of the cycle: "still looking?" twice, hidden, erased; and what a recommender hears of a wrong address."""

from collections.abc import Iterable

from django.conf import settings

from accounts.models import User
from kit import outbox
from kit.models import OutboxMail
from providers.models import Membership
from talentpool.models import Entry, Member

PURPOSE = "talent pool"
CHECK_INS = {1: "talentpool/email/check_in_first.txt", 2: "talentpool/email/check_in_second.txt"}
HIDDEN = "talentpool/email/hidden.txt"


def check_ins(rows: Iterable[tuple[str, int, str]], *, ordinal: int) -> list[int]:
    """Write the question to each (entry, round, address); returns the mails' numbers in this order."""
    letters = [_letter(f"pool-check-in:{pk}:{cycle}.{ordinal}", to, pk) for pk, cycle, to in rows]
    return _send_many(CHECK_INS[ordinal], letters)


def hidden(rows: Iterable[tuple[str, int, str]]) -> list[int]:
    """Nobody sees the profile any more; with the link to stay after all."""
    return _send_many(HIDDEN, [_letter(f"pool-hidden:{pk}:{cycle}", to, pk) for pk, cycle, to in rows])


def _letter(key: str, to: str, pk: str) -> outbox.Letter:
    return outbox.Letter(to=to, key=key, context={"entry": outbox.Ref(Entry, pk)})


def _send_many(template: str, letters: list[outbox.Letter]) -> list[int]:
    known = outbox.send_many(template, letters, purpose=PURPOSE, language=settings.LANGUAGE_CODE)
    return [known[letter.key] for letter in letters]


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
