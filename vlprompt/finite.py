"""Numbers that are none: NaN and infinity are refused, not scored."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vlprompt.errors import UserError


def is_finite(values: Any) -> bool:
    """Whether a tensor or array has neither NaN nor infinity in it."""
    if isinstance(values, Mapping):
        return all(map(is_finite, values.values()))
    if not isinstance(values, Tensor):
        return bool(np.isfinite(values).all())
    return bool(torch.isfinite(values).all())


def refuse_non_finite(
    rows: Iterable[Any], names: Sequence[str], what: str = 'scores'
) -> None:
    """Refuse what a model says of N videos if it is not all numbers.

    Sorting puts NaN last, that is first among the best.

    Args:
        rows: N tensors or arrays.
        names: Of the N videos.
        what: The rows.

    Raises:
        UserError: It says how many rows are not finite, and names the first.
    """
    finite = map(is_finite, rows)
    wrong = [
        name for name, good in zip(names, finite, strict=True) if not good
    ]
    refuse_videos(wrong, len(names), what)


def refuse_rows(rows: Sequence[Any], what: str = 'scores') -> None:
    """The same of videos that have no names but their places, from 0.

    Raises:
        UserError: See :func:`refuse_non_finite`.
    """
    refuse_non_finite(rows, [f'number {i}' for i in range(len(rows))], what)


def refuse_videos(
    wrong: Sequence[str], total: int, what: str = 'scores'
) -> None:
    """Refuse a test of which some videos have no finite scores.

    Args:
        wrong: The names of these videos.
        total: How many there are in all.
        what: What is not finite.

    Raises:
        UserError: If there are any.
    """
    if wrong:
        raise UserError(
            f'the {what} of {len(wrong)} of {total} videos are not finite '
            f'numbers, of {wrong[0]} first: the weights that were loaded are '
            'not either, or overflow in this precision'
        )


def first_non_finite(tensors: Mapping[str, Tensor]) -> str | None:
    """The name of the first of some tensors that has NaN or infinity.

    Those of no values (the meta device) and of whole numbers have none.
    """
    for name, tensor in tensors.items():
        if not tensor.is_floating_point() or tensor.is_meta:
            continue
        if tensor.dtype.itemsize == 1:  # which PyTorch cannot add up
            tensor = tensor.float()
        # A sum is finite if its terms are, which costs less to find out; it
        # may overflow, though.
        if tensor.sum(dtype=torch.float32).isfinite():
            continue
        if not is_finite(tensor):
            return name
    return None
