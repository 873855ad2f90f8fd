"""Videos that are the same, encoded again, smaller or a little brighter.

A difference hash (Krawetz, 2013) of the brightness finds pairs that may be
the same without comparing all with all; small pictures decide.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

import cv2
import numpy as np

HASH = (9, 8)  # columns and rows of the picture that is hashed: 64 bits
BAND = 2  # bytes of a hash that are looked up together
CROWD = 64  # videos with equal bits, above which these tell nothing
DIFFERENT_BITS = 12  # of 64, on average
DIFFERENT_PIXEL = 24  # of 255, at most anywhere
DIFFERENT_PIXELS = 6  # on average


def find_duplicates(pictures: Sequence[np.ndarray]) -> list[tuple[int, int]]:
    """Pairs of videos that show the same, each with the earlier one first.

    Args:
        pictures: (4, 16, 16) brightness of each video.
    """
    hashes = [difference_hash(video) for video in pictures]
    return [
        (i, j)
        for i, j in sorted(_candidates(hashes))
        if _alike(hashes[i], hashes[j], pictures[i], pictures[j])
    ]


def difference_hash(pictures: np.ndarray) -> np.ndarray:
    """(P, 16, 16) pictures to (P, 8) bytes: what is brighter on its right."""
    rows = []
    for picture in pictures:
        small = cv2.resize(picture, HASH, interpolation=cv2.INTER_AREA)
        rows.append(np.packbits(small[:, 1:] > small[:, :-1]))
    return np.stack(rows)


def _candidates(hashes: Sequence[np.ndarray]) -> set[tuple[int, int]]:
    """Pairs that have a band of a hash in common."""
    places: dict[tuple, list[int]] = defaultdict(list)
    for number, rows in enumerate(hashes):
        for key in _bands(rows):
            places[key].append(number)
    return {
        pair
        for numbers in places.values()
        if len(numbers) <= CROWD
        for pair in combinations(numbers, 2)
    }


def _bands(rows: np.ndarray) -> Iterator[tuple]:
    for place, row in enumerate(rows):
        for start in range(0, len(row), BAND):
            yield place, start, row[start : start + BAND].tobytes()


def _alike(
    one: np.ndarray, other: np.ndarray, first: np.ndarray, second: np.ndarray
) -> bool:
    bits = np.unpackbits(one ^ other).sum() / len(one)
    if bits > DIFFERENT_BITS:
        return False
    # Whole frames that are brighter do not count.
    first, second = (
        video - video.mean(axis=(1, 2), keepdims=True)
        for video in (first.astype(np.float32), second.astype(np.float32))
    )
    apart = np.abs(first - second)
    return bool(
        apart.max() <= DIFFERENT_PIXEL and apart.mean() <= DIFFERENT_PIXELS
    )
