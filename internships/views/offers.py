"""/mein/praktikum/betrieb/…: what a company does with its offers, internships and topics of lessons alike."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from internships.actions import changing, offering
from internships.forms.changes import OfferedForm
from internships.forms.company import OfferForm
from internships.forms.lessons import LessonOfferForm
from internships.models import Employer, LessonOffer, Offer, OfferChange
from internships.models.offered import Offered
from internships.views.company import of_employer
from internships.views.trying import try_to
from kit import access
from kit.forms import posted
from providers.fairness import doubtful_words

GET_POST = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Kind:
    """What differs. Templates are named after the model: NAME_own.html, NAME_edit.html."""

    model: type[Offered]
    form: type[OfferedForm]
    usual: Callable[[Employer], dict]  # what stands in a new form
    home: str  # the page that lists them

    def of(self, employer: Employer) -> QuerySet:
        return self.model.objects.for_cards().kept().filter(employer=employer)

    def template(self, page: str) -> str:
        return f"internships/{self.model.NAME}_{page}.html"


INTERNSHIP = Kind(
    Offer, OfferForm,
    lambda employer: {"location": employer.main_location, "starts": "09:00", "ends": "15:00",
                      "guidance": employer.contact_name},
    home="internships:employer",
)  # fmt: skip
TOPIC = Kind(
    LessonOffer, LessonOfferForm, lambda employer: {"location": employer.main_location}, home="internships:lessons"
)


@access.login
@of_employer
@require_http_methods(GET_POST)
def edit(request: HttpRequest, employer: Employer, kind: Kind, offer_pk: int | None = None) -> HttpResponse:
    """A new offer, or an old one; a live one stays live as long as it may."""
    offer = get_object_or_404(kind.of(employer), pk=offer_pk) if offer_pk else None
    is_live = bool(offer and offer.is_published)
    form = kind.form(
        posted(request), instance=offer, employer=employer, initial={} if offer else kind.usual(employer)
    )  # fmt: skip
    if is_live and "entwurf" in request.POST:
        said = _("Your draft is saved. Others read the offer as it was.")
        try_to(request, said, changing.keep_draft, offer=offer, values=form.written(request.POST))
        return redirect(offer.page, employer.pk, offer.pk)
    if request.method == "POST":
        if form.is_valid() and (saved := save(request, form)):
            return redirect(saved.page, employer.pk, saved.pk)
    elif offer and (change := OfferChange.objects.of(offer).first()):
        form.fill(change)
    context = {"employer": employer, "offer": offer, "form": form, "is_live": is_live}
    return render(request, kind.template("edit"), context, status=400 if form.errors else 200)


def save(request: HttpRequest, form: OfferedForm) -> Offered | None:
    """None where the form says what stands against it."""
    offer = form.save(commit=False)
    try:
        waits = changing.save(offer=offer, periods=form.periods, by=request.user)
    except offering.NotReady as error:
        for sentence in error.sentences:
            form.add_error(None, sentence)
        return None
    messages.success(request, _("Saved. We look at the new words first.") if waits else _("Saved."))
    return offer


@access.login
@of_employer
@require_safe
def offer(request: HttpRequest, employer: Employer, kind: Kind, offer_pk: int) -> HttpResponse:
    """As others will see it, with what is still missing and what can be done."""
    found = get_object_or_404(kind.of(employer), pk=offer_pk)
    context = {
        "employer": employer,
        "offer": found,
        "change": OfferChange.objects.of(found).first(),
        "faults": list(found.faults()),
        "doubtful": doubtful_words(" ".join(getattr(found, name) for name in found.WORDS)),
    }
    return render(request, kind.template("own"), context)


DEEDS = {  # name: word in the address, action, what is said
    "show": ("zeigen", offering.submit, gettext_lazy("Thank you. Your offer is on its way.")),
    "pause": ("pausieren", offering.pause, gettext_lazy("The offer is paused.")),
    "resume": ("fortsetzen", offering.resume, gettext_lazy("The offer can be found again.")),
    "end": ("beenden", offering.archive, gettext_lazy("The offer has ended.")),
}


@access.login
@of_employer
@require_POST
def do(request: HttpRequest, employer: Employer, kind: Kind, offer_pk: int, deed: str) -> HttpResponse:
    """Show, pause, show again, end."""
    found = get_object_or_404(kind.of(employer), pk=offer_pk)
    _word, action, said = DEEDS[deed]
    try_to(request, said, action, offer=found)
    if deed == "end":
        return redirect(kind.home, employer.pk)
    return redirect(found.page, employer.pk, found.pk)


@access.login
@of_employer
@require_POST
def drop_change(request: HttpRequest, employer: Employer, kind: Kind, offer_pk: int) -> HttpResponse:
    """The draft, or the words that wait, are thrown away; the offer stays as it is."""
    found = get_object_or_404(kind.of(employer), pk=offer_pk)
    try_to(request, _("The change is thrown away. The offer stays as it is."), changing.drop, offer=found)
    return redirect(found.page, employer.pk, found.pk)
