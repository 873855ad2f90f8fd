"""The two orders of HMDB-51's class names."""

from collections.abc import Sequence
from itertools import pairwise

from vlprompt.errors import UserError

ORDERS = ('official', 'vifi')
# Neighbours whose names are swapped in the label files that ViFi-CLIP, X-CLIP
# and ActionCLIP published, beside lists of videos that are right.
PAIRS = (('kick', 'kick ball'), ('sword', 'sword exercise'))


def swapped_pair(names: Sequence[str]) -> tuple[str, str] | None:
    """The first pair of neighbours that is in the published wrong order."""
    for first, second in PAIRS:
        place = _place(names, second, first)
        if place is not None:
            return second, first
    return None


def class_order(names: Sequence[str]) -> str:
    """``'vifi'`` for names in the published wrong order of HMDB-51.

    Everything else is ``'official'``.
    """
    return 'vifi' if swapped_pair(names) else 'official'


def to_vifi_order(names: Sequence[str], given: object) -> tuple[str, ...]:
    """Put HMDB-51's names, or its base or novel half, in the published order.

    Args:
        names: The class names; those in this order already stay as they are.
        given: Where they come from, for the error.

    Raises:
        UserError: If none of the swapped pairs is among the names.
    """
    swapped = list(names)
    for first, second in PAIRS:
        place = _place(swapped, first, second)
        if place is not None:
            pair = swapped[place : place + 2]
            swapped[place : place + 2] = reversed(pair)
    if swapped_pair(swapped) is None:
        raise UserError(
            f"order='vifi' is for HMDB-51's classes, but {given} has neither "
            'kick and kick ball nor sword and sword exercise side by side'
        )
    return tuple(swapped)


def _place(names: Sequence[str], first: str, second: str) -> int | None:
    """Where a name is, if the other one follows it."""
    plain = [name.replace('_', ' ').lower() for name in names]
    pairs = list(pairwise(plain))
    return pairs.index((first, second)) if (first, second) in pairs else None
