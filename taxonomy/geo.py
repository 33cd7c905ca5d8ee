"""Finds places as people write them: postcodes, ambiguous names, umlauts written out, little misspellings."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Length

from kit import text
from kit.geo import distance_km
from taxonomy.models import Place, Postcode

MOST = 20  # longer lists of homonyms help nobody
LIKE_ENOUGH = 0.2  # two swapped letters in a short name leave this little similarity (pflege/pfelge: 0.27)

_POSTCODE = re.compile(r"(?<!\d)(?:D-?\s?)?(\d{4,5})(?!\d)", re.IGNORECASE)
_HINT = re.compile(r"[/(,]|\s+(?=(?:[a-zäöü]{1,3}\.\s?)+)")  # "Mühlhausen/Thür.", "Frankfurt a.M."
_WRITTEN_OUT = re.compile(r"([aou])e")
_SAINT = re.compile(r"\bst\.\s*")
_WORDS = re.compile(r"\w+")


class Position(NamedTuple):
    """A point on the map and, where one is known, the place it belongs to."""

    place: Place | None
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Query:
    """What somebody wrote: "99734", "Nordhausen", "99734 Nordhausen", "Mühlhausen/Thür."."""

    postcode: str
    name: str  # folded, without the hint
    hint: tuple[str, ...]  # beginnings of words that tell homonyms apart

    @classmethod
    def read(cls, written: str) -> "Query":
        written = written.replace("\x00", " ")[:120]
        found = _POSTCODE.search(written)
        name = _POSTCODE.sub(" ", written) if found else written
        head, *rest = _HINT.split(name.strip(), maxsplit=1)
        hint = tuple(_WORDS.findall(text.fold(rest[0]))) if rest else ()
        folded = _SAINT.sub("sankt ", text.fold(head.strip(" .-")))
        return cls(found[1].zfill(5) if found else "", folded, hint)

    @property
    def spellings(self) -> set[str]:
        """With and without umlauts written out: Muehlhausen is Mühlhausen, Neuenburg stays itself."""
        return {self.name, _WRITTEN_OUT.sub(r"\1", self.name)} - {""}


def find(written: str) -> list[Place]:
    """The places that may be meant, those of the region first, then by size. Empty: nothing is called so.

    More than one means that the person has to be asked, except for a bare postcode, which many villages share and
    which is a position anyhow: see `locate`.
    """
    query = Query.read(written)
    if query.postcode and (places := _with_postcode(query)):
        return places
    return _named(query) if query.spellings else []


def locate(written: str) -> Position | None:
    """One point for a search around it: a postcode, or a name that only one place (or one of the region) has.

    None where nobody knows or where one has to ask: `find` and `suggest` tell which.
    """
    query = Query.read(written)
    places = find(written)
    if query.postcode and places:
        return _middle(query.postcode, places[0])
    near = [place for place in places if place.district.in_region]
    choice = near if len(near) == 1 else places
    return Position(choice[0], choice[0].latitude, choice[0].longitude) if len(choice) == 1 else None


def suggest(written: str, limit: int = 5) -> list[Place]:
    """Places that are called almost so: one letter wrong, missing, too much, or two letters swapped."""
    close: set[int] = set()
    for name in Query.read(written).spellings:
        alike = (
            Place.objects.alias(length=Length("sort_key"))
            .filter(length__range=(len(name) - 1, len(name) + 1))
            .alias(similarity=TrigramSimilarity("sort_key", name))
            .filter(similarity__gte=LIKE_ENOUGH)
        )
        close |= {pk for pk, sort_key in alike.values_list("pk", "sort_key") if is_near(sort_key, name)}
    return list(_ordered(Place.objects.filter(pk__in=close))[:limit]) if close else []


def position_of(postcode: str, city: str) -> Position | None:
    """Where a venue lies: its postcode first, then the name of its town. None where neither is known.

    A postcode that no place has belongs to a letter box or a big firm; then the town counts, and of several towns of
    that name the one whose postcodes look most alike.
    """
    query = Query.read(f"{postcode} {city}")
    rows = (
        list(Postcode.objects.filter(code=query.postcode).select_related("place__district")) if query.postcode else []
    )
    if not rows:
        return _by_name(query)
    names = query.spellings
    same = [row for row in rows if row.place.sort_key in names] or [
        row for row in rows if any(is_form_of(row.place.sort_key, name) for name in names)
    ]
    row = same[0] if same else rows[0]
    if not same and (place := _in_districts(query, {row.place.district_id for row in rows})):
        return Position(place, row.latitude, row.longitude)
    return Position(row.place, row.latitude, row.longitude)


def is_form_of(sort_key: str, name: str) -> bool:
    """Whether the official name is this one with an addition: "neustadt/harz" or "frankfurt (oder)"."""
    return sort_key.startswith((f"{name}/", f"{name} ("))


def is_near(a: str, b: str) -> bool:
    """Damerau distance of at most one: equal, one letter changed, added or left out, or two neighbours swapped."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    if len(a) != len(b):
        return rest_a[1:] == rest_b if len(a) > len(b) else rest_a == rest_b[1:]
    return rest_a[1:] == rest_b[1:] or (rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])


def _ordered(places: QuerySet) -> QuerySet:
    """Those of the region first, then towns before villages (as their number of postcodes tells)."""
    return (
        places.select_related("district__land")
        .annotate(size=Count("postcodes"))
        .order_by("-district__in_region", "-size", "sort_key", "pk")
    )


def _with_postcode(query: Query) -> list[Place]:
    pks = Postcode.objects.filter(code=query.postcode).values("place")
    places = list(_ordered(Place.objects.filter(pk__in=pks)))
    return [place for place in places if _is_called(place, query)] or places


def _named(query: Query) -> list[Place]:
    """The name itself with its official additions; else longer names; else parts of towns ("Berlin Friedrichshain")."""
    begun = Q()
    for name in query.spellings:
        begun |= Q(sort_key=name) | Q(sort_key__startswith=f"{name} ") | Q(sort_key__startswith=f"{name}/")
        begun |= Q(sort_key__startswith=f"{name}-") | Q(sort_key__startswith=f"{name},")
    longer = list(_ordered(Place.objects.filter(begun)))
    if hinted := [place for place in longer if query.hint and _fits(place, query)]:
        return hinted[:MOST]
    if any(place.sort_key in query.spellings for place in longer):
        return [place for place in longer if _is_called(place, query)][:MOST]
    if longer:
        return longer[:MOST]
    quarter = Q(*(("sort_key__endswith", f" {name}") for name in query.spellings), _connector=Q.OR)
    return list(_ordered(Place.objects.filter(quarter))[:MOST])


def _is_called(place: Place, query: Query) -> bool:
    return any(place.sort_key == name or is_form_of(place.sort_key, name) for name in query.spellings)


def _fits(place: Place, query: Query) -> bool:
    """Whether every word of the hint begins a word of the rest of the name, of the district or of the Land."""
    beyond = place.sort_key[min(len(name) for name in query.spellings) :]
    words = _WORDS.findall(f"{beyond} {text.fold(place.district.name)} {text.fold(place.district.land.name)}")
    return all(any(word.startswith(part) for word in words) for part in query.hint)


def _middle(postcode: str, place: Place) -> Position:
    """The point of this postcode that is nearest to all others of it."""
    points = list(Postcode.objects.filter(code=postcode).values_list("latitude", "longitude"))
    center = [sum(values) / len(points) for values in zip(*points, strict=True)]
    return Position(place, *min(points, key=lambda point: distance_km(*point, *center)))


def _in_districts(query: Query, districts: set[str]) -> Place | None:
    return Place.objects.filter(sort_key__in=query.spellings, district__in=districts).order_by("pk").first()


def _by_name(query: Query) -> Position | None:
    places = _named(query) if query.spellings else []
    if len(places) > 1 and query.postcode:
        places = _most_alike(places, query.postcode)
    if len(places) > 1:
        places = [place for place in places if place.district.in_region]
    return Position(places[0], places[0].latitude, places[0].longitude) if len(places) == 1 else None


def _most_alike(places: list[Place], postcode: str) -> list[Place]:
    """Postcodes grow from west to east and north to south: equal first digits mean the same part of the country."""
    codes = {place.pk: [] for place in places}
    for pk, code in Postcode.objects.filter(place__in=places).values_list("place", "code"):
        codes[pk].append(code)
    for digits in (4, 3, 2):
        if alike := [p for p in places if any(code[:digits] == postcode[:digits] for code in codes[p.pk])]:
            return alike
    return places
