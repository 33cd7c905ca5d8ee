"""What is printed: the letter for the school, the agreement, the certificate, the poster. In German, as papers are."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from internships.models import Application, Campaign, Source
from kit import qr
from kit.pdf import WHITE, Document, fitting
from kit.templatetags.kit import daterange, plaindate, timerange
from taxonomy.models import Region

HARD_SPACE = "\u00a0"  # a phone number stays on one line


def in_german(paper: Callable) -> Callable:
    @wraps(paper)
    def made(*args) -> bytes:
        with translation.override("de"):
            return paper(*args)

    return made


def _paper(title: str) -> Document:
    return Document(title=title, pages=_("page {page} of {all}"), brand=Region.objects.current().color_brand)


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
    region = Region.objects.current()
    return ", ".join(filter(None, [region.office, region.phone.replace(" ", HARD_SPACE)]))


@in_german
def release(application: Application) -> bytes:
    """The school lets the pupil go on these days."""
    title = _("Release from lessons for an internship")
    paper = _paper(title)
    paper.heading(title)
    paper.text(_("The pupil has a place for an internship. Please release the pupil from lessons on these days."))
    paper.space(8)
    paper.facts(_facts(application))
    paper.heading(_("Consent of the school"), 2)
    paper.text(_("The internship is a school event. The pupil is insured by the school."))
    signers = [_("Signature and stamp of the school")]
    if application.pupil.is_minor:
        signers.append(_("Signature of a parent"))
    paper.signatures(_("Place, date"), signers)
    paper.space(18)
    paper.text(_office(), size=9.5)
    return paper.save()


@in_german
def agreement(application: Application) -> bytes:
    """Who promises what to whom, with a line for everybody who signs."""
    title = _("Agreement on an internship")
    paper = _paper(title)
    paper.heading(title)
    paper.facts(_facts(application))
    paper.heading(_("What both promise"), 2)
    paper.steps([
        _("The company gives the task named above, guides, and talks about the work at the end."),
        _("The pupil comes in time, keeps to the rules of the house, and keeps secrets of the company."),
        _("The rules on youth work hold: hours, pauses and dangerous work (JArbSchG)."),
        _("Whoever is ill tells company and school before the begin."),
        _("Both may end the internship without giving a reason. Please tell the school."),
        _("Nothing is paid. Insured is who takes part in a school internship by the school, else by the company."),
    ])  # fmt: skip
    signers = [_("Signature of the company"), _("Signature of the pupil")]
    if application.pupil.is_minor:
        signers.append(_("Signature of a parent"))
    paper.signatures(_("Place, date"), [*signers, _("Signature of the school")])
    paper.space(12)
    paper.text(_office(), size=9.5)
    return paper.save()


@in_german
def certificate(application: Application) -> bytes:
    """The paper that goes with the row of the register; name and date of birth stand here and not there."""
    row, name = application.certificate, str(application.pupil)
    paper = _paper(row.title)
    paper.band(24)
    paper.below(110)
    paper.heading(row.title, size=28)
    paper.space(26)
    paper.text(name, size=fitting(name, [26, 22, 18], 2), is_bold=True)
    paper.text(_("born on {day}").format(day=plaindate(application.pupil.birth_date)), size=13)
    paper.space(18)
    paper.text(row.words, size=13)
    paper.space(22)
    paper.text(row.issuer, size=13, is_bold=True)
    paper.text(_("Issued on {day}").format(day=plaindate(row.issued_on)), size=13)
    paper.space(34)
    address = settings.SITE_BASE_URL + row.get_absolute_url()
    said = _("QR code with the address of the check: {address}").format(address=address)
    with paper.beside_squares(qr.squares(address), said=said, side=112):
        paper.space(8)
        paper.text(_("Valid without a signature. Number {number}").format(number=row.number), is_bold=True)
        paper.text(_("Genuine? Check it here: {address}").format(address=address))
        paper.text(_office(), size=9.5)
    return paper.save()


@in_german
def poster(campaign: Campaign, source: Source) -> bytes:
    """For the wall of a youth club or a school: what, when, and a code that knows where it hangs."""
    address = settings.SITE_BASE_URL + reverse("internships:campaign", args=[campaign.slug])
    paper = _paper(campaign.name)
    paper.band(330)
    paper.below(70)
    paper.heading(campaign.name, size=fitting(campaign.name, [54, 46, 38, 32, 27, 22], 4), ink=WHITE)
    paper.text(daterange(campaign.first_day, campaign.last_day), size=21, is_bold=True, ink=WHITE)
    paper.below(352)
    paper.text(_("Up to {number} days, at companies near you. No letter, no CV.").format(number=campaign.most_days),
               size=18)  # fmt: skip
    if campaign.grades:
        paper.text(campaign.grades, size=18, is_bold=True)
    paper.below(452)
    coded = f"{address}?quelle={source.code}"
    with paper.beside_squares(qr.squares(coded), said=_("QR code: {address}").format(address=coded), side=230):
        paper.heading(_("How it goes"), 2, size=18)
        paper.steps(
            [
                _("Scan the code with the phone."),
                _("Sign up until {day}.").format(day=plaindate(campaign.closes_on)),
                _("Choose companies and days."),
            ],
            size=15,
        )  # fmt: skip
    typed = address.removeprefix("https://").removeprefix("http://")
    paper.text(typed, size=fitting(typed, [15, 14, 13, 12, 11], 1), is_bold=True)
    paper.text(_office(), size=11)
    return paper.save()
