"""Texts of different lengths, several in a row, so that little is padding."""

import heapq
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import torch
from torch import Tensor

ROW = 64  # tokens: their attention costs little, and so do their few gaps


class Packing(NamedTuple):
    """Where the tokens of C texts are in R rows of S places.

    Attributes:
        owners: (R, S) the text of each token, -1 for padding.
        places: (R, S) its place in the text.
        starts: (C,) where each text starts among the R * S places.
        ends: (R, N) the places in a row where its texts end; rows with
            less than N texts repeat the first place.
        order: (C,) the place of each text among the R * N ends.
    """

    owners: Tensor
    places: Tensor
    starts: Tensor
    ends: Tensor
    order: Tensor

    def to(self, device: torch.device) -> 'Packing':
        """The same on a device."""
        return Packing(*(x.to(device, non_blocking=True) for x in self))

    def mask(self) -> Tensor:
        """(R, 1, S, S) additive: a text sees itself, and no later token."""
        same = self.owners[:, None, :, None] == self.owners[:, None, None]
        return torch.zeros_like(same, dtype=torch.float32).masked_fill(
            ~same.tril(), -torch.inf
        )


def one_a_row(ends: Tensor, size: int) -> Packing:
    """C texts, each in a row of its own.

    Args:
        ends: (C,) place of each text's end.
        size: Tokens of every row; those behind the end see the text.
    """
    number = torch.arange(len(ends))
    places = torch.arange(size).expand(len(ends), size)
    owners = number[:, None].expand(-1, size)
    return Packing(owners, places, number * size, ends[:, None], number)


def pack(lengths: Sequence[int]) -> Packing:
    """Put texts of C lengths into rows, all of about the same length."""
    # As few rows as hold all tokens (a division, rounded up); a row is at
    # least as long as the longest text.
    num = -(-sum(lengths) // max(ROW, *lengths))
    rows = balance(lengths, num)
    size = max(sum(lengths[c] for c in row) for row in rows)
    max_texts = max(map(len, rows))
    tokens, ends = [], []
    starts, order = [0] * len(lengths), [0] * len(lengths)
    for r, row in enumerate(rows):
        # where each text of the row has ended, and the next one starts
        after = [*accumulate(lengths[c] for c in row)]
        for n, (c, end) in enumerate(zip(row, after, strict=True)):
            starts[c] = r * size + end - lengths[c]
            order[c] = r * max_texts + n
        # Rows become rectangular: 0 is an end that no text's order names,
        # the owner -1 a token that only its own kind sees.
        ends.append([x - 1 for x in after] + [0] * (max_texts - len(row)))
        tokens.append([(c, p) for c in row for p in range(lengths[c])])
        tokens[-1] += [(-1, 0)] * (size - len(tokens[-1]))
    owners, places = torch.tensor(tokens).unbind(dim=-1)
    return Packing(owners, places, *map(torch.tensor, (starts, ends, order)))


def balance(lengths: Sequence[int], num: int) -> list[list[int]]:
    """Divide texts of C lengths into parts with about as many tokens each.

    The longest text goes first, each to the part that has the least: with
    fewer texts than parts some parts stay empty.
    """
    parts: list[list[int]] = [[] for _ in range(num)]
    heap = [(0, part) for part in range(num)]
    for text in sorted(range(len(lengths)), key=lambda c: -lengths[c]):
        tokens, part = heap[0]
        parts[part].append(text)
        heapq.heapreplace(heap, (tokens + lengths[text], part))
    return parts
