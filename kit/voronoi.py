"""Voronoi cells by cutting polygons with half planes, and outlines of groups of cells. Small, exact enough to draw."""

from collections.abc import Sequence
from math import cos, dist, pi, sin

Point = tuple[float, float]
Edge = tuple[Point, Point]
Side = tuple[Point, int | None]  # a corner, and the site beyond the side that begins there (None: nobody)

CORNERS = 24  # of the polygon that stands for a circle


def cells(sites: Sequence[Point], *, reach: float) -> list[list[Side]]:
    """For each site the polygon of what is nearer to it than to any other, and no further away than `reach`.

    Sites must differ. A site's polygon is cut by its neighbours from the nearest on, until the next one is too far
    away to cut anything.
    """
    return [_cell(place, sites, reach) for place in range(len(sites))]


def _cell(place: int, sites: Sequence[Point], reach: float) -> list[Side]:
    center = sites[place]
    polygon = _circle(center, reach)
    near = sorted((dist(center, site), other) for other, site in enumerate(sites) if other != place)
    for distance, other in near:
        if distance > 2 * max(dist(center, corner) for corner, _beyond in polygon):
            break
        polygon = _cut(polygon, center, sites[other], other)
    return polygon


def _circle(center: Point, radius: float) -> list[Side]:
    steps = (2 * pi * step / CORNERS for step in range(CORNERS))
    return [((center[0] + radius * cos(angle), center[1] + radius * sin(angle)), None) for angle in steps]


def _cut(polygon: list[Side], center: Point, other: Point, name: int) -> list[Side]:
    """What of the polygon lies on the center's side of the line halfway to the other site."""
    normal = (other[0] - center[0], other[1] - center[1])
    middle = ((other[0] + center[0]) / 2, (other[1] + center[1]) / 2)
    beyond = [(p[0] - middle[0]) * normal[0] + (p[1] - middle[1]) * normal[1] for p, _side in polygon]
    kept: list[Side] = []
    for here, (corner, side) in enumerate(polygon):
        there = (here + 1) % len(polygon)
        if beyond[here] <= 0:
            kept.append((corner, side))
        if (beyond[here] <= 0) != (beyond[there] <= 0):
            part = beyond[here] / (beyond[here] - beyond[there])
            goal = polygon[there][0]
            crossing = (corner[0] + part * (goal[0] - corner[0]), corner[1] + part * (goal[1] - corner[1]))
            kept.append((crossing, name if beyond[here] <= 0 else side))
    return kept


def outline(polygons: Sequence[list[Side]], members: Sequence[int]) -> list[list[Point]]:
    """The rings around these cells together: sides between two members are left out."""
    inside = set(members)
    edges: list[Edge] = []
    for member in members:
        polygon = polygons[member]
        for here, (corner, side) in enumerate(polygon):
            if side not in inside:
                edges.append((corner, polygon[(here + 1) % len(polygon)][0]))
    rings = []
    while edges:
        rings.append(_ring(edges))
    return rings


def _ring(edges: list[Edge]) -> list[Point]:
    """Takes sides that follow each other out of the list until they close. Two cells compute their common corner each
    for itself: the nearest beginning is the next side."""
    begin, end = edges.pop(0)
    ring = [begin]
    while edges:
        nearest = min(range(len(edges)), key=lambda number: dist(end, edges[number][0]))
        if dist(end, begin) <= dist(end, edges[nearest][0]):
            break
        corner, end = edges.pop(nearest)
        ring.append(corner)
    return ring
