"""After the internship: did it take place, what is it worth, and the certificate."""

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actors import LINK_HOLDER, SYSTEM, Actor
from certificates.actions import issue
from internships.actions import campaigning, ending
from internships.actions.answering import NotAllowed
from internships.actions.applying import NotPossible
from internships.emails import company
from internships.emails import pupil as emails
from internships.models import Application, Evaluation, Offer, Side
from internships.permissions import acts_for, can_decide
from kit import clock
from kit.templatetags.kit import daterange

State = Application.State


@transaction.atomic
def tell_as_company(*, application: Application, attended: bool, by: Actor) -> Application:
    """The company says whether it took place. Raises NotAllowed, NotPossible."""
    application = _over(application)
    if not acts_for(by, application.offer.employer):
        raise NotAllowed
    application.company_attended = attended
    return _settle(application, by=by)


@transaction.atomic
def tell_as_pupil(*, application: Application, attended: bool) -> Application:
    """The pupil says so. Raises NotPossible."""
    application = _over(application)
    application.pupil_attended = attended
    return _settle(application, by=LINK_HOLDER)


@transaction.atomic
def decide(*, application: Application, attended: bool, by: Actor) -> Application:
    """The two sides say different things, or one says nothing: a coordinator has asked. Raises NotAllowed."""
    if not can_decide(by):
        raise NotAllowed
    application = _over(application)
    application.pupil_attended = application.company_attended = attended
    return _settle(application, by=by)


def _over(application: Application) -> Application:
    application = ending.locked(application)
    if application.state != State.ACCEPTED or not application.has_begun:
        raise NotPossible
    return application


def _settle(application: Application, *, by: Actor) -> Application:
    """Both say the same: that is how it was. Otherwise it waits."""
    application.save(update_fields=["pupil_attended", "company_attended"])
    if application.pupil_attended is None or application.pupil_attended != application.company_attended:
        return application
    if not application.company_attended:
        return ending.close(application, State.NO_SHOW, by=by)
    ending.close(application, State.COMPLETED, by=by)
    application.certificate = _certify(application)
    application.save(update_fields=["certificate"])
    campaigning.note(application, has_attended=True)
    emails.has_certificate(application)
    return application


def _certify(application: Application):
    """In German, the language of the papers."""
    offer, period = application.offer, application.period
    with translation.override("de"):
        words = _("Internship “{title}”, {days}.\nTask: {task}\nResult: {result}").format(
            title=offer.title, days=daterange(period.first_day, period.last_day), task=offer.task, result=offer.takeaway
        )
        title = _("Certificate of participation in an internship")
    return issue(
        name=str(application.pupil), birth_date=application.pupil.birth_date, title=title,
        issuer=offer.employer.organization.name, words=words, by=SYSTEM,
    )  # fmt: skip


# ── Evaluation


@transaction.atomic
def evaluate(*, application: Application, side: Side, marks: dict[str, int]) -> None:
    """Once for each side. What is kept knows the offer and the month, and nothing of the application."""
    application = ending.locked(application)
    done = "pupil_marked" if side == Side.PUPIL else "company_marked"
    if application.state not in {State.COMPLETED, State.ABORTED} or getattr(application, done):
        raise NotPossible
    setattr(application, done, True)
    application.save(update_fields=[done])
    month = clock.today().replace(day=1)
    evaluation = Evaluation.objects.create(offer=application.offer, side=side, month=month, **marks)
    if side == Side.PUPIL and evaluation.is_bad:
        Offer.objects.filter(pk=application.offer.pk).update(bad_marks=F("bad_marks") + 1)


@transaction.atomic
def tell_fit(*, application: Application, fit: str) -> None:
    """Does such work suit me? Both answers are results, and nobody else reads them."""
    application = ending.locked(application)
    application.fit = Application.Fit(fit)
    application.save(update_fields=["fit"])


# ── Sweeps


def ask() -> int:
    """The day after, both sides are asked. Returns how many internships."""
    over = Application.objects.over().filter(company_attended=None, pupil_attended=None)
    count = 0
    for application in over.for_pages().order_by("pk"):
        company.please_settle(application)
        emails.please_settle(application)
        count += 1
    return count


@transaction.atomic
def abort(*, application: Application, by: Actor) -> Application:
    """Broken off after it began, by either side, without a reason. Raises NotPossible."""
    application = _over(application)
    ending.close(application, State.ABORTED, by=by)
    audit.record("internship broken off", application, by=by)
    return application
