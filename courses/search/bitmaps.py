"""Sets of positions as compressed bitmaps (roaring), and arrays of numbers made from them."""

from array import array

import numpy as np
from pyroaring import BitMap

# The bits of each byte, lowest first.
BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1, bitorder="little").astype(np.int64)


def bitmap(positions: np.ndarray) -> BitMap:
    """Of numbers below 2**32 in ascending order."""
    return BitMap(array("I", positions.astype(np.uint32).tobytes()))


def positions(of: BitMap) -> np.ndarray:
    return np.frombuffer(of.to_array(), np.uint32).astype(np.int64)


def union(*sets: BitMap) -> BitMap:
    """Of any number of sets, none included."""
    return BitMap.union(*sets) if sets else BitMap()


def count_bits(masks: np.ndarray) -> np.ndarray:
    """In how many rows of 64-bit words each bit is set."""
    columns = np.ascontiguousarray(masks, "<u8").view(np.uint8).T
    return np.concatenate([np.bincount(column, minlength=256) @ BITS for column in columns])
