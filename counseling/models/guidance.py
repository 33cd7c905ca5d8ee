"""What goes on around a talk: call-backs, shortlists of courses, referrals with consent, wishes without a name."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from counseling.models.appointment import Appointment
from counseling.models.offer import Audience, Counsellor, Language, Subject
from courses.models import Course, CourseRun
from kit import clock, tokens
from kit.models import Timestamped
from providers.models import Organization
from taxonomy.models import Place, Topic

REMIND_AFTER = timedelta(days=5)  # a provider that does not answer a referral


class CallbackQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_at=None)

    def for_desk_of(self, counsellor: Counsellor):
        """What waits for anybody, and what this counsellor has taken."""
        return self.open().filter(Q(taken_by=None) | Q(taken_by=counsellor))

    def late(self, days: int = 2):
        """Nobody has called for so many days."""
        return self.open().filter(created_at__lte=clock.now() - clock.days(days))


class Callback(Timestamped):
    """Somebody asks to be called back, on any question of education. It ends when somebody has called."""

    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=60)
    when = models.CharField(_("best time"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=7, choices=Language, default=Language.GERMAN)
    audience = models.CharField(_("for whom"), max_length=11, choices=Audience, default=Audience.PERSON)
    question = models.TextField(_("what it is about"), max_length=1_000, blank=True)
    taken_by = models.ForeignKey(
        Counsellor, on_delete=models.SET_NULL, null=True, blank=True, related_name="callbacks",
        verbose_name=_("taken by"),
    )  # fmt: skip
    done_at = models.DateTimeField(_("called"), null=True, blank=True)

    objects = CallbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        ordering = ["created_at", "pk"]

    class Privacy:
        personal = {"name", "phone", "when", "question"}
        keep = timedelta(days=183)
        erase = "keep"  # no account is behind it; counseling.actions.erasing empties it in time

    def __str__(self):
        return f"{self.created_at:%d.%m.%Y}"

    @property
    def audit_label(self) -> str:
        return f"call-back {self.pk}"


class ShortlistQuerySet(models.QuerySet):
    def counted(self):
        """With `courses`, how many are on it."""
        return self.annotate(courses=models.Count("items")).order_by("-created_at", "pk")

    def open(self):
        return self.filter(expires_at__gt=clock.now())


class Shortlist(Timestamped):
    """Courses that a counsellor has chosen for one client: a page by link, without a login, that ends by itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    counsellor = models.ForeignKey(
        Counsellor, on_delete=models.CASCADE, related_name="shortlists", verbose_name=_("counsellor")
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.SET_NULL, null=True, blank=True, related_name="shortlists",
        verbose_name=_("appointment"),
    )  # fmt: skip
    greeting = models.TextField(_("words to the client"), max_length=1_000, blank=True)
    expires_at = models.DateTimeField(_("shown until"))
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)

    objects = ShortlistQuerySet.as_manager()

    class Meta:
        verbose_name = _("shortlist")
        verbose_name_plural = _("shortlists")
        ordering = ["-created_at", "pk"]

    class Privacy:
        personal = {"greeting", "counsellor"}
        keep = timedelta(days=30)  # after its end
        hidden = {"nonce"}
        erase = "delete"
        person = "counsellor__user"

    def __str__(self):
        return f"shortlist {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.expires_at > clock.now()


SHORTLIST = tokens.purpose("shortlist", model="counseling.Shortlist")


class ShortlistItem(models.Model):
    """One course on a shortlist, with a word why."""

    shortlist = models.ForeignKey(
        Shortlist, on_delete=models.CASCADE, related_name="items", verbose_name=_("shortlist")
    )
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+", verbose_name=_("course"))
    reason = models.CharField(_("why"), max_length=255, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("course of a shortlist")
        verbose_name_plural = _("courses of a shortlist")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(name="shortlist_item_once", fields=["shortlist", "course"])]

    class Privacy:
        personal = {"reason"}
        keep = None  # with the shortlist
        erase = "keep"

    def __str__(self):
        return str(self.course)


class ReferralQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(state=Referral.State.SENT)

    def to_remind(self):
        """Sent five days ago, and neither answered nor reminded."""
        return self.unanswered().filter(reminded_at=None, sent_at__lte=clock.now() - REMIND_AFTER)

    def given_up(self):
        """Reminded five days ago, and still silent."""
        return self.unanswered().filter(reminded_at__lte=clock.now() - REMIND_AFTER)


class Referral(Timestamped):
    """A client is referred to a provider. Without the client's yes no word about the person leaves the house."""

    class State(models.TextChoices):
        SUGGESTED = "suggested", _("suggested to the client")
        SENT = "sent", _("sent to the provider")
        ACKNOWLEDGED = "acknowledged", _("the provider takes care")
        ENROLLED = "enrolled", _("has a place")
        DECLINED = "declined", _("no place")
        WITHDRAWN = "withdrawn", _("the client does not want it")
        NO_ANSWER = "no_answer", _("no answer of the provider")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="referrals", verbose_name=_("appointment")
    )
    provider = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="referrals", verbose_name=_("provider")
    )
    run = models.ForeignKey(
        CourseRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("course run")
    )
    message = models.TextField(_("words to the provider"), max_length=1_000, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.SUGGESTED)
    consented_at = models.DateTimeField(_("client agreed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)
    provider_nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="referral_leaves_with_consent",
                condition=Q(state__in=["suggested", "withdrawn"]) | Q(consented_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_sent_has_time", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
        ]

    class Privacy:
        personal = {"message"}
        keep = timedelta(days=183)
        hidden = {"nonce", "provider_nonce"}
        erase = "keep"  # with the appointment

    def __str__(self):
        return f"{self.provider}: {self.get_state_display()}"

    @property
    def audit_label(self) -> str:
        return f"referral {self.pk}"


REFERRAL_CONSENT = tokens.purpose("referral_consent", model="counseling.Referral")
REFERRAL_ANSWER = tokens.purpose("referral_answer", model="counseling.Referral", nonce="provider_nonce")


class Wish(Timestamped):
    """What somebody needs and nobody offers, handed to the providers of a topic without a name."""

    counsellor = models.ForeignKey(
        Counsellor, on_delete=models.SET_NULL, null=True, related_name="wishes", verbose_name=_("noted by")
    )
    audience = models.CharField(_("for whom"), max_length=11, choices=Audience)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+", verbose_name=_("topic"))
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("subject")
    )
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("near")
    )
    people = models.PositiveSmallIntegerField(_("people"), default=1)
    text = models.CharField(_("in a sentence, without a name"), max_length=255)
    handed_at = models.DateTimeField(_("handed to the providers"), null=True, blank=True)

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        ordering = ["-created_at", "pk"]

    class Privacy:
        personal = {"counsellor"}
        keep = None
        erase = "blank"  # the wish has no name in it

    def __str__(self):
        return self.text


class FollowUp(models.Model):
    """Some weeks later: did it help? Two questions, answered without any link to the person."""

    class Helped(models.TextChoices):
        YES = "yes", _("yes")
        PARTLY = "partly", _("partly")
        NO = "no", _("no")

    month = models.DateField(_("month"))  # its first day
    audience = models.CharField(_("for whom"), max_length=11, choices=Audience)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", verbose_name=_("subject"))
    helped = models.CharField(_("did it help"), max_length=6, choices=Helped)
    next_step = models.BooleanField(_("has taken a next step"), null=True, blank=True)

    class Meta:
        verbose_name = _("answer after the talk")
        verbose_name_plural = _("answers after the talk")
        ordering = ["-month", "pk"]
        constraints = [models.CheckConstraint(name="follow_up_month_only", condition=Q(month__day=1))]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # no way leads back

    def __str__(self):
        return f"{self.month:%Y-%m} {self.get_helped_display()}"


class SpentAnswer(models.Model):
    """An invitation to answer has been used. Only its digest stands here, so that no way leads to the person."""

    digest = models.CharField(_("digest"), max_length=64, primary_key=True)
    spent_on = models.DateField(_("used on"), default=clock.today)

    class Meta:
        verbose_name = _("used invitation to answer")
        verbose_name_plural = _("used invitations to answer")
        ordering = ["spent_on", "pk"]

    class Privacy:
        personal: set[str] = set()
        keep = timedelta(days=365)  # longer than an invitation is good for
        erase = "keep"  # no way leads back

    def __str__(self):
        return self.digest[:8]
