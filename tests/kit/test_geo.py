"""Distances as a map shows them, and boxes that miss nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.geo import bounding_box, distance_km

ERFURT, JENA, FLENSBURG, PASSAU = (50.9787, 11.0328), (50.9271, 11.5892), (54.7937, 9.4469), (48.5665, 13.4312)


@pytest.mark.parametrize(("one", "two", "km"), [(ERFURT, JENA, 39.4), (FLENSBURG, PASSAU, 748), (ERFURT, ERFURT, 0)])
def test_distances_are_those_of_a_map(one, two, km):
    assert distance_km(*one, *two) == pytest.approx(km, rel=0.01)


@given(st.floats(47, 55), st.floats(6, 15), st.floats(-2, 2), st.floats(-3, 3), st.floats(1, 200))
def test_the_box_holds_everything_within_the_radius(lat, lon, up, right, km):
    box = bounding_box(lat, lon, km)
    inside = box.south <= lat + up <= box.north and box.west <= lon + right <= box.east

    assert inside or distance_km(lat, lon, lat + up, lon + right) > km * 0.999
