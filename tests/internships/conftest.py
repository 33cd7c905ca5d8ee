"""What companies offer comes in two kinds; a test that asks for `kind` runs for both. And the names of mails."""

from dataclasses import dataclass

import pytest

from internships.models import LessonOffer, Offer
from internships.models.offered import Offered
from kit.models import OutboxMail
from tests.internships.make import make_lesson_offer, make_offer


@dataclass(frozen=True)
class Kind:
    model: type[Offered]
    title: str  # the field of its name
    needed: str  # the field without which the database shows none

    @property
    def name(self) -> str:
        return self.model.NAME

    def named(self, title: str = "", needed: str | None = None, **fields) -> dict:
        """The fields of this kind for a name and for what is needed."""
        words = {self.title: title} if title else {}
        return words | ({} if needed is None else {self.needed: needed}) | fields

    def make(self, *args, **fields) -> Offered:
        makers = {Offer: make_offer, LessonOffer: make_lesson_offer}
        return makers[self.model](*args, **self.named(**fields))

    def words(self, offer: Offered) -> tuple[str, str]:
        """Name and what is needed, as others read them."""
        return self.model.objects.values_list(self.title, self.needed).get(pk=offer.pk)


KINDS = [Kind(Offer, "title", "task"), Kind(LessonOffer, "topic", "activity")]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request) -> Kind:
    return request.param


def mails() -> list[str]:
    """The templates of what was written, the first mail first."""
    return [mail.template.rpartition("/")[2].removesuffix(".txt") for mail in OutboxMail.objects.order_by("pk")]
