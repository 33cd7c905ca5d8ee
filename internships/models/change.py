"""A change of an offer that others see: a draft, or new words that wait for a look. The offer itself stays as it is."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from internships.models.lesson import LessonOffer
from internships.models.offer import Offer
from internships.models.offered import Offered
from kit.models import Publishable, Timestamped


class OfferChangeQuerySet(models.QuerySet):
    def of(self, offer: Offered):
        return self.filter(**{offer.NAME: offer})

    def waiting(self):
        """Words that a coordinator is to look at."""
        live = Publishable.State.PUBLISHED
        return self.filter(Q(offer__state=live) | Q(lesson_offer__state=live), state=OfferChange.State.SUBMITTED)


class OfferChange(Timestamped):
    """The one change of an offer that is pending. It goes when it is applied or dropped; each version is a new row.

    A draft keeps what stands in the form, valid or not; what is submitted or returned keeps the words alone.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waiting for review")
        RETURNED = "returned", _("Returned with remarks")

    # One of both, named as `NAME` of its kind; unique, so that at most one change waits beside each.
    offer = models.OneToOneField(
        Offer, on_delete=models.CASCADE, null=True, blank=True, related_name="change", verbose_name=_("offer")
    )
    lesson_offer = models.OneToOneField(
        LessonOffer, on_delete=models.CASCADE, null=True, blank=True, related_name="change",
        verbose_name=_("lesson offer"),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=9, choices=State)
    values = models.JSONField(_("changed to"))
    reason = models.CharField(_("remarks"), max_length=255, blank=True)

    objects = OfferChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of an offer")
        verbose_name_plural = _("changes of offers")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(name="offer_change_of_one", condition=Q(offer=None) ^ Q(lesson_offer=None)),
            models.CheckConstraint(
                name="offer_change_state_known", condition=Q(state__in=["draft", "submitted", "returned"])
            ),
            models.CheckConstraint(
                name="offer_change_returned_for_a_reason", condition=Q(state="returned") ^ Q(reason="")
            ),
        ]

    class Privacy:
        personal = {"values"}  # who guides
        keep = None  # until it is applied or dropped
        erase = "delete"

    def __str__(self):
        return str(self.of)

    @property
    def of(self) -> Offered:
        """The offer that stays as it is, of whichever kind."""
        return self.offer or self.lesson_offer

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def waits(self) -> bool:
        """For the look of a coordinator."""
        return self.state == self.State.SUBMITTED and self.of.is_published

    @property
    def can_be_returned(self) -> bool:
        return self.waits

    @property
    def difference(self) -> list[tuple[str, str, str]]:
        """(field, before, after) of the words that differ."""
        offer = self.of
        pairs = [(name, getattr(offer, name), self.values.get(name, "")) for name in offer.WORDS]
        label = offer._meta.get_field
        return [(str(label(name).verbose_name), old, new) for name, old, new in pairs if old != new]
