"""Where somebody means, a postcode or a name becomes a position, what is unclear a question; and where a run is."""

from dataclasses import dataclass

from kit import kept
from taxonomy import geo
from taxonomy.models import Place

MOST = 6  # choices shown

# Over a run `r`: its venue, or that of the first of its dates. An aggregate: LIMIT 1 tempts the planner, as long as it
# has no statistics, to go through the dates of all runs in their order until one of this run comes, for each run again.
VENUE_OF_RUN = """COALESCE(r.location_id, (SELECT (array_agg(location_id ORDER BY day, starts))[1]
        FROM courses_session WHERE run_id = r.id AND location_id IS NOT NULL))"""


@dataclass(frozen=True)
class Found:
    """What a text about a place means: a position with its name, or nothing; `others` are what else it could mean."""

    name: str = ""
    latitude: float | None = None
    longitude: float | None = None
    others: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.latitude is not None


@kept.by("taxonomy_district", for_a_day=True)
def find(wanted: str) -> Found:
    """Of several places the only one in the region is taken and the others are offered; else nothing is guessed."""
    if postcode := geo.Query.read(wanted).postcode:
        return _by_postcode(wanted, postcode)
    places = geo.find(wanted)
    inside = [place for place in places if place.district.in_region]
    chosen = next((choice[0] for choice in (places, inside) if len(choice) == 1), None)
    others = tuple(label(place) for place in places if place != chosen)[:MOST]
    if chosen:
        return Found(label(chosen) if others else chosen.name, chosen.latitude, chosen.longitude, others)
    return Found(others=others or tuple(map(label, geo.suggest(wanted, limit=MOST))))


def label(place: Place) -> str:
    """The name that `find` understands without a doubt."""
    return place.name if place.name == place.district.name else f"{place.name} ({place.district.name})"


def _by_postcode(wanted: str, postcode: str) -> Found:
    position = geo.locate(wanted)
    if position is None:
        return Found()
    name = f"{postcode} {position.place.name}" if position.place else postcode
    return Found(name, position.latitude, position.longitude)
