"""What is printed: the letter for the school, the agreement, the certificate, the poster. In German, as papers are."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from internships.models import Application, Campaign, Source
from kit import qr
from kit.pdf import Document
from kit.templatetags.kit import daterange, plaindate, timerange
from taxonomy.models import Region


def in_german(paper: Callable) -> Callable:
    @wraps(paper)
    def made(*args) -> bytes:
        with translation.override("de"):
            return paper(*args)

    return made


def _facts(application: Application) -> list[tuple[str, str]]:
    offer, period = application.offer, application.period
    hours = timerange(offer.starts, offer.ends)
    return [
        (_("Pupil"), str(application.pupil)),
        (_("Class and school"), ", ".join(filter(None, [application.pupil.grade, application.pupil.school]))),
        (_("Company"), offer.employer.organization.name),
        (_("Place of work"), str(offer.location or _("online"))),
        (_("Days"), daterange(period.first_day, period.last_day)),
        (_("Hours"), _("{hours}, {minutes} minutes of pause in it").format(hours=hours, minutes=offer.pause_minutes)),
        (_("Task"), offer.task),
        (_("Guidance"), offer.guidance),
    ]


def _office() -> str:
    region = Region.objects.first()
    return f"{region.office}, {region.phone}" if region else ""


@in_german
def release(application: Application) -> bytes:
    """The school lets the pupil go on these days."""
    title = _("Release from lessons for an internship")
    paper = Document(title=title)
    paper.heading(title)
    paper.text(_("The pupil has a place for an internship. Please release the pupil from lessons on these days."))
    paper.facts(_facts(application))
    paper.heading(_("Consent of the school"), 2)
    paper.text(_("The internship is a school event. The pupil is insured by the school."))
    paper.fill_in(_("Place, date, signature and stamp of the school"))
    paper.fill_in(_("Signature of a parent"))
    paper.space(18)
    paper.text(_office(), size=9.5)
    return paper.save()


@in_german
def agreement(application: Application) -> bytes:
    """Who promises what to whom, with a line for everybody who signs."""
    title = _("Agreement on an internship")
    paper = Document(title=title)
    paper.heading(title)
    paper.facts(_facts(application))
    paper.heading(_("What both promise"), 2)
    for sentence in [
        _("The company gives the task named above, guides, and talks about the work at the end."),
        _("The pupil comes in time, keeps to the rules of the house, and keeps secrets of the company."),
        _("The rules on youth work hold: hours, pauses and dangerous work (JArbSchG)."),
        _("Whoever is ill tells company and school before the begin."),
        _("Both may end the internship without giving a reason. Please tell the school."),
        _("Nothing is paid. Insured is who takes part in a school internship by the school, else by the company."),
    ]:
        paper.text(sentence)
    paper.fill_in(_("Place, date, signature of the company"))
    paper.fill_in(_("Signature of the pupil"))
    if application.pupil.is_minor:
        paper.fill_in(_("Signature of a parent"))
    paper.fill_in(_("Signature of the school"))
    return paper.save()


@in_german
def certificate(application: Application) -> bytes:
    """The paper that goes with the row of the register; name and date of birth stand here and not there."""
    row = application.certificate
    paper = Document(title=row.title)
    paper.space(30)
    paper.heading(row.title)
    paper.space(16)
    paper.text(str(application.pupil), size=20, is_bold=True)
    paper.text(_("born on {day}").format(day=plaindate(application.pupil.birth_date)))
    paper.space(10)
    paper.text(row.words, size=13)
    paper.space(16)
    paper.text(row.issuer, is_bold=True)
    paper.text(_("Issued on {day}").format(day=plaindate(row.issued_on)))
    paper.space(26)
    address = settings.SITE_BASE_URL + row.get_absolute_url()
    paper.squares(qr.squares(address), said=_("QR code with the address of the check: {address}").format(
        address=address))  # fmt: skip
    paper.text(_("Number {number}. Genuine? Check it here: {address}").format(number=row.number, address=address))
    paper.text(_office(), size=9.5)
    return paper.save()


@in_german
def poster(campaign: Campaign, source: Source) -> bytes:
    """For the wall of a youth club or a school: what, when, and a code that knows where it hangs."""
    address = f"{settings.SITE_BASE_URL}{reverse('internships:campaign', args=[campaign.slug])}?quelle={source.code}"
    paper = Document(title=campaign.name)
    paper.space(40)
    paper.heading(campaign.name)
    paper.text(daterange(campaign.first_day, campaign.last_day), size=20, is_bold=True)
    paper.space(10)
    paper.text(_("Up to {number} days, at companies near you. No letter, no CV.").format(number=campaign.most_days),
               size=18)  # fmt: skip
    paper.space(24)
    paper.squares(qr.squares(address), said=_("QR code: {address}").format(address=address), side=240)
    paper.text(address.removeprefix("https://").removeprefix("http://"), size=13)
    paper.text(_office(), size=11)
    return paper.save()
