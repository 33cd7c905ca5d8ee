"""Makes the shipped list of places out of GeoNames' postcode file: firms go, spellings join, districts get names.

The source (https://www.geonames.org, CC BY 4.0) has one row per postcode and place, and three traps:

- A third of the rows are single firms and authorities with a postcode of their own. Their `state_code` is a number
  (the code of the Land in another system) where that of a place is an abbreviation ("BE"): a rule that needs no
  list of words. A list would drop Neuenkirchen and Kassel and keep "Atlas Reisen".
- For the same reason `state_code` does not tell the Land. The first two digits of `district_code` (AGS) do.
- Names are ambiguous (three Mühlhausen in Bavaria alone) and are spelt differently in the same district
  ("Mühlhausen", "Mühlhausen/Thüringen").
"""

import csv
import gzip
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.text import slugify

from kit import text
from kit.geo import distance_km

SAME_PLACE_KM = 6  # a name and its longer form are one place when they lie this close
BORDER_KM = 8
COLUMNS = ["name", "slug", "district", "latitude", "longitude", "postcodes"]

_TITLE = re.compile(
    r"^(?:Kreisfreie Stadt|Stadtkreis|Landeshauptstadt) |, (?:[a-zA-Z ]*stadt|Stadt)$|, documenta-Stadt$"
)
_SAYS_WHAT_IT_IS = re.compile(r"[Kk]reis|Region|Städteregion|Regionalverband")
_CITY = {  # Land → what the last three digits of the code of a district-free city look like
    "01": r"00.", "02": r"...", "03": r"[14]0.", "04": r"...", "05": r".[12].", "06": r".1.", "07": r".[12].",
    "08": r"..[12]", "09": r".6.", "11": r"...", "12": r"05.", "13": r"00.", "14": r".1.", "15": r"00.", "16": r"05.",
}  # fmt: skip
_KNOWN_AS = {("Halle", "15002"): "Halle (Saale)"}  # the source leaves out what everybody writes
_SAYS_KREIS = {"01", "05"}  # where a Landkreis is called Kreis


@dataclass
class Settlement:
    """A place in the making."""

    name: str
    district: str
    points: dict[str, tuple[float, float]] = field(default_factory=dict)  # postcode → position
    slug: str = ""

    @property
    def position(self) -> tuple[float, float]:
        """The postcode nearest to the middle of all: a point that really lies in the place."""
        middle = [sum(values) / len(self.points) for values in zip(*self.points.values(), strict=True)]
        return min(self.points.values(), key=lambda point: distance_km(*point, *middle))

    def absorb(self, other: "Settlement") -> None:
        self.points = {**other.points, **self.points}


def is_place(row: dict[str, str]) -> bool:
    """Whether a row is a place and not the postcode of a single firm or authority (see the top of this file)."""
    return row["state_code"].isalpha() and bool(land_code(row["district_code"]))


def land_code(district_code: str) -> str:
    """Two digits, "16" for Thüringen; empty where the place lies outside Germany (Jungholz)."""
    return district_code[:2] if re.fullmatch(r"\d{5}", district_code) else ""


def is_city(district_code: str) -> bool:
    """Whether a district is a single city, as its number tells."""
    pattern = _CITY.get(land_code(district_code))
    return bool(pattern) and re.fullmatch(pattern, district_code[2:]) is not None


def district_name(code: str, name: str) -> str:
    """One way to write it: cities bare ("Erfurt"), all others saying that they are a district."""
    bare = _TITLE.sub("", name)
    bare = _KNOWN_AS.get((bare, code), bare)
    if is_city(code) or _SAYS_WHAT_IT_IS.search(bare):
        return bare
    return f"{'Kreis' if land_code(code) in _SAYS_KREIS else 'Landkreis'} {bare}"


def districts(rows: Iterable[dict[str, str]]) -> dict[str, str]:
    """Code → name; where the source spells one district in several ways the most common wins."""
    spellings: dict[str, Counter] = defaultdict(Counter)
    for row in rows:
        spellings[row["district_code"]][row["district"]] += 1
    return {code: district_name(code, spellings[code].most_common(1)[0][0]) for code in sorted(spellings)}


def settlements(rows: list[dict[str, str]]) -> list[Settlement]:
    """All places with address names (slugs) that stay the same as long as the source does."""
    names = districts(rows)
    found: dict[tuple[str, str], Settlement] = {}
    for row in rows:
        name, code = once(row["place"]), row["district_code"]
        key = (_KNOWN_AS.get((name, code), name), code)
        place = found.setdefault(key, Settlement(*key))
        place.points[row["postcode"]] = (float(row["latitude"]), float(row["longitude"]))
    join_spellings(found)
    add_cities(found, names)
    drop_borders(found, names)
    name_addresses(found.values(), names)
    return [found[key] for key in sorted(found, key=lambda key: (text.fold(key[0]), key))]


def once(name: str) -> str:
    """ "Prötzel Prötzel" is the village after which its municipality is called."""
    half, space, rest = name.partition(" ")
    return half if space and half == rest else name


def join_spellings(found: dict[tuple[str, str], Settlement]) -> None:
    """ "Mühlhausen/Thüringen" and "Mühlhausen" close together in one district are the same town."""
    for name, district in list(found):
        short = re.split(r"\s*[/(]", name)[0]
        base = found.get((short, district)) if short != name else None
        if base and distance_km(*base.position, *found[name, district].position) <= SAME_PLACE_KM:
            base.absorb(found.pop((name, district)))


def add_cities(found: dict[tuple[str, str], Settlement], names: dict[str, str]) -> None:
    """Some cities stand in the source by their quarters only ("Hamburg Sankt Georg")."""
    for code, name in names.items():
        quarters = [place for key, place in found.items() if key[1] == code]
        if not is_city(code) or any(place.name == name for place in quarters):
            continue
        city = found[name, code] = Settlement(name, code)
        for quarter in quarters:
            city.absorb(quarter)


def drop_borders(found: dict[tuple[str, str], Settlement], names: dict[str, str]) -> None:
    """A postcode that reaches over a city's border ("Hamburg" in Stormarn) is no second city of that name."""
    cities = {names[code]: found[names[code], code] for code in names if is_city(code)}
    for name, district in list(found):
        city = cities.get(name)
        if not city or is_city(district):
            continue
        if any(
            distance_km(*city_point, *found[name, district].position) < BORDER_KM for city_point in city.points.values()
        ):
            city.absorb(found.pop((name, district)))


def name_addresses(places: Iterable[Settlement], names: dict[str, str]) -> None:
    """A name that only one place has is its address, and that of a city; others carry their district or its code."""
    places = sorted(places, key=lambda place: (place.district, place.name))
    cities = {slug_of(place.name): place for place in places if names[place.district] == place.name}
    plain = Counter(slug_of(place.name) for place in places)
    taken: set[str] = set()
    for place in places:
        name = slug_of(place.name)
        district = slug_of(re.sub(r"^(?:Landkreis|Kreis) ", "", names[place.district]))
        choices = [name] if plain[name] == 1 or cities.get(name) is place else [f"{name}-{district}"]
        choices += [f"{name}-{place.district}", f"{name}-{place.district}-{min(place.points)}"]
        place.slug = next(choice for choice in choices if choice not in taken)
        taken.add(place.slug)


def slug_of(name: str) -> str:
    return slugify(text.transliterate(name.replace("/", "-")))


def write(places: list[Settlement], path: Path) -> None:
    """The same input makes the same file, byte by byte."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for place in places:
        points = " ".join(f"{code}:{lat:.4f}:{lon:.4f}" for code, (lat, lon) in sorted(place.points.items()))
        latitude, longitude = place.position
        writer.writerow([place.name, place.slug, place.district, f"{latitude:.4f}", f"{longitude:.4f}", points])
    path.write_bytes(gzip.compress(out.getvalue().encode(), mtime=0))


def read(path: Path) -> Iterator[dict[str, str]]:
    """Rows of the shipped file by column name."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
