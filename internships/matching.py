"""What fits whom, by rules that can be said aloud: field, days, distance, age. No ranking of people, no learning."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from internships.models import Application, Offer, Period, Wish
from kit.geo import distance_km
from kit.templatetags.kit import daterange
from taxonomy.models import JobFamily
from taxonomy.travel import Travel, travel_from


@dataclass(frozen=True)
class Match:
    """An offer that fits a wish, and why."""

    offer: Offer
    periods: list[Period]
    km: float | None
    minutes: int | None  # by bus and train, where a connection is known
    reasons: list[str] = field(default_factory=list)


def offers_for(wish: Wish) -> list[Match]:
    """All that fit, those first that are reached soonest. What the pupil said does not suit is left out."""
    avoided, travel = disliked(wish), travel_from(wish.place)
    offers = Offer.objects.visible().filter(job_family__in=wish.job_families).for_cards()
    matches = [_match(wish, offer, travel) for offer in offers.prefetch_related("periods__offer__scheme")]
    found = [each for each in matches if each and each.offer.job_family not in avoided]
    return sorted(found, key=_soonest)


def _soonest(match: Match) -> tuple:
    """By travel time; where none is known, by distance; online last."""
    return match.km is None, match.minutes is None, match.minutes or 0, match.km or 0, match.offer.pk


def disliked(wish: Wish) -> set[str]:
    """Fields that the pupil has tried and that are none for it; never told to anybody."""
    told = Application.objects.filter(pupil=wish.pupil, fit=Application.Fit.FITS_NOT)
    return set(told.values_list("period__offer__job_family", flat=True)) - set(wish.job_families)


def _match(wish: Wish, offer: Offer, travel: Travel | None) -> Match | None:
    if wish.scheme_id and offer.scheme_id != wish.scheme_id:
        return None
    periods = [period for period in offer.periods.all() if fits_in_time(wish, period)]
    km = kilometres(wish, offer)
    if not periods or (km is not None and km > wish.radius):
        return None
    periods = [each for each in periods if wish.pupil.age_on(each.first_day) >= offer.min_age]
    if not periods:
        return None
    minutes = travel.minutes_to(place_of(offer)) if travel else None
    return Match(offer, periods, km, minutes, reasons(wish, offer, periods[0], km, travel))


def fits_in_time(wish: Wish, period: Period) -> bool:
    return period.is_applicable and wish.first_day <= period.first_day and period.last_day <= wish.last_day


def kilometres(wish: Wish, offer: Offer) -> float | None:
    """None for online offers, which are near everywhere."""
    location = offer.location
    if location is None or location.latitude is None:
        return None
    return distance_km(wish.place.latitude, wish.place.longitude, location.latitude, location.longitude)


def place_of(offer: Offer) -> int | None:
    return offer.location.place_id if offer.location else None


def reasons(wish: Wish, offer: Offer, period: Period, km: float | None, travel: Travel | None) -> list[str]:
    said = [str(JobFamily(offer.job_family).label), daterange(period.first_day, period.last_day)]
    said.append(_("online") if km is None else away(km, wish.place.name))
    if travel and (words := travel.words_to(place_of(offer))):
        said.append(words)
    return [*said, _("from {age} years").format(age=offer.min_age)]


def away(km: float, place: str) -> str:
    return _("{km} km from {place}").format(km=max(1, round(km)), place=place)
