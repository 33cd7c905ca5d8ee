"""Cells tile the plane: what is nearest to a site lies in its polygon, and outlines of groups leave no side out."""

from math import dist

from hypothesis import given
from hypothesis import strategies as st

from kit import voronoi

REACH = 40.0
points = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda p: (p[0] + p[1] * 0.013, p[1] + p[0] * 0.007))


def area(ring) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))) / 2


def contains(ring, point) -> bool:
    sides = [
        (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
    ]
    return all(side > -1e-6 for side in sides)


@given(st.lists(points, min_size=2, max_size=20, unique=True), points)
def test_a_point_lies_in_the_cell_of_the_nearest_site(sites, point):
    cells = voronoi.cells(sites, reach=REACH)
    near = min(range(len(sites)), key=lambda site: dist(sites[site], point))
    if dist(sites[near], point) < 0.9 * REACH:
        assert contains([corner for corner, _side in cells[near]], point)


def test_the_outline_of_a_group_has_the_area_of_its_cells():
    sites = [(float(x) + y * 0.01, float(y) - x * 0.01) for x in range(0, 50, 10) for y in range(0, 50, 10)]
    cells = voronoi.cells(sites, reach=20)
    members = [6, 7, 11, 12, 13]
    rings = voronoi.outline(cells, members)
    assert len(rings) == 1
    parts = sum(area([corner for corner, _side in cells[member]]) for member in members)
    assert abs(area(rings[0]) - parts) < 1e-6


def test_an_enclave_makes_a_second_ring():
    sites = [(float(x) + y * 0.01, float(y) - x * 0.01) for x in range(0, 30, 10) for y in range(0, 30, 10)]
    cells = voronoi.cells(sites, reach=20)
    assert len(voronoi.outline(cells, [0, 1, 2, 3, 5, 6, 7, 8])) == 2
