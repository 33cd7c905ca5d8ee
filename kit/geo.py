"""Distances on the globe, good to a metre or two per kilometre, which is all a search around a place needs."""

from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

import numpy as np

EARTH_KM = 6371.0088  # mean radius, IUGG
KM_PER_DEGREE = 111.195  # of latitude


class Box(NamedTuple):
    """Degrees; contains every point within the radius and some more in the corners."""

    south: float
    west: float
    north: float
    east: float


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance (haversine)."""
    a = sin(radians(lat2 - lat1) / 2) ** 2
    b = cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(a + b)))


def distances_km(lat: float, lon: float, latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """The same from one point to many."""
    a = np.sin(np.radians(latitudes - lat) / 2) ** 2
    b = cos(radians(lat)) * np.cos(np.radians(latitudes)) * np.sin(np.radians(longitudes - lon) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(a + b)))


def bounding_box(lat: float, lon: float, km: float) -> Box:
    """A box for an index to look into before distances are computed. Not made for the poles or the date line."""
    north = km / KM_PER_DEGREE
    widest = min(abs(lat) + north, 89.0)  # meridians are closest at the end away from the equator
    east = km / (KM_PER_DEGREE * cos(radians(widest)))
    return Box(lat - north, lon - east, lat + north, lon + east)
