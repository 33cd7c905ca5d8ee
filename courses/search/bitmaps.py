"""Sets of positions as compressed bitmaps (roaring), and arrays of numbers made from them."""

from array import array

import numpy as np
from pyroaring import BitMap


def bitmap(positions: np.ndarray) -> BitMap:
    """Of numbers below 2**32 in ascending order."""
    return BitMap(array("I", positions.astype(np.uint32).tobytes()))


def positions(of: BitMap) -> np.ndarray:
    return np.frombuffer(of.to_array(), np.uint32).astype(np.int64)


def union(*sets: BitMap) -> BitMap:
    """Of any number of sets, none included."""
    return BitMap.union(*sets) if sets else BitMap()
