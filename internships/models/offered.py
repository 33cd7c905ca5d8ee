"""What companies offer, of whichever kind: written, looked at, shown, paused and ended by the same rules."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from internships.models.checked import Checked, CheckedQuerySet
from internships.models.employer import Employer
from kit.models import Publishable, PublishableQuerySet, Timestamped


class OfferedQuerySet(CheckedQuerySet, PublishableQuerySet):
    def visible(self):
        """Published, not paused, of an active employer; each kind says what else it takes."""
        return self.published().filter(paused_at=None, employer__in=Employer.objects.active().values("pk"))

    def submitted(self):
        return self.filter(state=Publishable.State.SUBMITTED)

    def kept(self):
        """What its company has not ended."""
        return self.exclude(state=Publishable.State.ARCHIVED)

    def held(self, pk: int) -> "Offered":
        """As it stands, with what its pages and checks read; nobody else changes it until the transaction is over."""
        return self.for_cards().select_for_update(of=("self",)).get(pk=pk)


class Offered(Checked, Publishable, Timestamped):
    """Belongs to an `employer`. A kind has a `title`, a QuerySet with `for_cards`, and the data below."""

    NAME: str  # of its pages, its mails and its field in `OfferChange`
    AREA: str  # begins the verbs of the audit log
    WORDS: tuple[str, ...]  # what a person has to look at; a machine checks the rest

    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    returned_reason = models.CharField(_("remarks"), max_length=255, blank=True)

    class Meta:
        abstract = True
        constraints = [*Publishable.Meta.constraints, *Checked.Meta.constraints]

    def faults(self) -> Iterator[str | Promise]:
        """Everything that keeps it from being shown, in sentences for the company."""
        raise NotImplementedError

    def keep_times(self, wanted: Iterable[tuple[date, date, int]]) -> None:
        """When it takes place, as (first day, last day, seats); a kind that is bound to no days has none."""

    @property
    def page(self) -> str:
        """The name of its own page, for the company; those to change, show, pause and end it begin with it."""
        return f"internships:{self.NAME}"

    @property
    def is_visible(self) -> bool:
        return type(self).objects.visible().filter(pk=self.pk).exists()

    @property
    def is_editable(self) -> bool:
        return self.state != self.State.ARCHIVED

    @property
    def waits(self) -> bool:
        """For the look of a coordinator."""
        return self.state == self.State.SUBMITTED

    @property
    def can_be_returned(self) -> bool:
        return self.waits or self.is_published
