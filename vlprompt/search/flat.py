"""Exact search: the products of one vector with all vectors of an index."""

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from vlprompt.errors import UserError

MEMORY = 2 << 30  # bytes of embeddings that are held as float32
BLOCK = 16384  # rows that are converted at a time
TOLERANCE = 0.02  # of squared lengths, of what is rounded to float16
MANY = 1_000_000  # rows from which on FAISS is used, where it is installed


def refuse_part(part: int) -> None:
    """Say that rows of a part are not of unit length.

    Raises:
        UserError: That is what it does.
    """
    raise UserError(f'part {part} has rows that are not of unit length')


class Rows:
    """(N, E) float16 rows of several arrays, in an order of their own.

    Args:
        arrays: The parts, in memory or on the disk.
        order: (N,) numbers of the rows of all parts, the first one first.
        refuse: Called with the number of a part whose bytes have changed
            since they were written; it raises.
    """

    def __init__(
        self,
        arrays: Sequence[np.ndarray],
        order: np.ndarray,
        refuse: Callable[[int], None] = refuse_part,
    ) -> None:
        self.arrays, self.order = arrays, order
        self._refuse = refuse
        self.begins = np.cumsum([0, *(len(array) for array in arrays)])
        # Of each row of the parts; -1 where it is left out.
        self.places = np.full(self.begins[-1], -1)
        self.places[order] = np.arange(len(order))

    def __len__(self) -> int:
        """N."""
        return len(self.order)

    @property
    def width(self) -> int:
        """E."""
        return self.arrays[0].shape[1]

    def part_of(self, rows: np.ndarray) -> np.ndarray:
        """Which part rows are in."""
        return np.searchsorted(self.begins, self.order[rows], 'right') - 1

    def take(self, rows: np.ndarray) -> np.ndarray:
        """(M,) numbers to (M, E) rows."""
        own, part = self.order[rows], self.part_of(rows)
        out = np.empty((len(own), self.width), np.float16)
        for number in np.unique(part):
            chosen = part == number
            at = own[chosen] - self.begins[number]
            out[chosen] = self.arrays[number][at]
        return out

    def check(self, values: np.ndarray, rows: np.ndarray) -> None:
        """Refuse rows that are not of unit length, such as those with NaN.

        Args:
            values: (M, E) float32.
            rows: (M,) their numbers, -1 for those that are left out.

        Raises:
            UserError: Of the part of the first one.
        """
        squares = np.einsum('me,me->m', values, values)
        changed = ~(np.abs(squares - 1) < TOLERANCE) & (rows >= 0)
        if changed.any():
            self._refuse(int(self.part_of(rows[changed][:1])[0]))


class InMemory:
    """All rows as float32: the fastest where they fit.

    A product with float16 would have to convert all of them each time.
    """

    name = 'NumPy, float32 in memory'

    def __init__(self, rows: Rows) -> None:
        self.matrix = np.empty((len(rows), rows.width), np.float32)
        for array, begin in zip(rows.arrays, rows.begins[:-1], strict=True):
            places = rows.places[begin : begin + len(array)]
            kept = places >= 0
            self.matrix[places[kept]] = array[kept]
        rows.check(self.matrix, np.arange(len(rows)))

    def scan(self, query: np.ndarray) -> 'AllScores':
        """(E,) to the scores of all rows."""
        return AllScores(self.matrix @ query)


class OnDisk:
    """Rows stay on the disk, and are converted block by block."""

    name = 'NumPy, float16 on the disk'

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def scan(self, query: np.ndarray) -> 'AllScores':
        """(E,) to the scores of all rows."""
        rows = self._rows
        scores = np.empty(len(rows), np.float32)
        for array, begin in zip(rows.arrays, rows.begins[:-1], strict=True):
            for start in range(0, len(array), BLOCK):
                block = np.asarray(array[start : start + BLOCK], np.float32)
                at = begin + start
                places = rows.places[at : at + len(block)]
                rows.check(block, places)
                kept = places >= 0
                scores[places[kept]] = (block @ query)[kept]
        return AllScores(scores)


class AllScores:
    """The scores of one query, all of them.

    Args:
        scores: (N,).
    """

    def __init__(self, scores: np.ndarray) -> None:
        self._scores = scores

    def best(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows of the k highest scores, and these, the highest first."""
        scores = self._scores
        k = min(k, len(scores))
        # All that are not below the k-th: of equal ones the first rows win.
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        rows = np.flatnonzero(scores >= least)
        rows = rows[np.argsort(-scores[rows], kind='stable')][:k]
        return rows, scores[rows]

    def at(self, rows: np.ndarray) -> np.ndarray:
        """The scores of some rows."""
        return self._scores[rows]


class Faiss:
    """FAISS's flat index of float16 rows, which uses all processors."""

    name = 'FAISS, float16 in memory'

    def __init__(self, rows: Rows) -> None:
        import faiss

        self._rows = rows
        self._index = faiss.IndexScalarQuantizer(
            rows.width,
            faiss.ScalarQuantizer.QT_fp16,
            faiss.METRIC_INNER_PRODUCT,
        )
        for start in range(0, len(rows), BLOCK):
            chosen = np.arange(start, min(start + BLOCK, len(rows)))
            block = rows.take(chosen).astype(np.float32)
            rows.check(block, chosen)
            self._index.add(block)

    def scan(self, query: np.ndarray) -> 'FaissScores':
        """(E,) to what gives scores."""
        return FaissScores(self._index, self._rows, query)


class FaissScores:
    """The scores of one query, as far as they are asked for."""

    def __init__(self, index: Any, rows: Rows, query: np.ndarray) -> None:
        self._index, self._rows, self._query = index, rows, query

    def best(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """See :class:`AllScores`."""
        k = min(k, len(self._rows))
        scores, rows = self._index.search(self._query[None], k)
        order = np.lexsort((rows[0], -scores[0]))
        return rows[0][order], scores[0][order]

    def at(self, rows: np.ndarray) -> np.ndarray:
        """See :class:`AllScores`."""
        return self._rows.take(rows).astype(np.float32) @ self._query


def choose_search(
    rows: Rows, memory: int = MEMORY
) -> InMemory | OnDisk | Faiss:
    """What is fastest for so many rows here.

    Args:
        rows: The embeddings.
        memory: Bytes that they may take.
    """
    if len(rows) >= MANY and importlib.util.find_spec('faiss'):
        return Faiss(rows)
    needed = len(rows) * rows.width * 4
    return InMemory(rows) if needed <= memory else OnDisk(rows)
