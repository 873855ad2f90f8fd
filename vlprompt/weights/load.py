"""From a file to its weights: reading, finding, naming and checking them."""

import logging
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from vlprompt.errors import UserError

from .names import below, without_wrappers
from .places import Weights, find_weights, split_place
from .reader import WeightsFile, read_file
from .tensors import check_finite, check_tensors

SHOWN = 3  # names of what was left out


class LoadedWeights(NamedTuple):
    """The weights of a file.

    Attributes:
        tensors: By name, without what training has put in front of them.
        place: The keys in the file they lie below, nothing for the top.
        file: All that the file holds.
    """

    tensors: dict[str, Tensor]
    place: str
    file: WeightsFile


def load_weights_file(
    path: str | Path, what: str = 'checkpoint', anchors: Sequence[str] = ()
) -> LoadedWeights:
    """The weights of a file in any format.

    What was chosen or left out is said where it is not obvious.

    Args:
        path: The file; ``FILE::PLACE`` for weights below the key ``PLACE``,
            such as ``epoch_9.pth::ema``.
        what: What is expected there, for errors.
        anchors: Names of which one must be there; what stands in front of
            it is taken off all names.

    Raises:
        UserError: If the file is missing, damaged or something else, has no
            weights in a known place, or weights that cannot be used.
    """
    file, place = split_place(path)
    found = read_file(file, what)
    loaded = weights_in(found, file, place, anchors)
    check_finite(loaded.tensors, file)
    return loaded


def weights_in(
    found: WeightsFile, path: str, place: str, anchors: Sequence[str] = ()
) -> LoadedWeights:
    """The weights of a file that has been read, their values not looked at.

    Args:
        found: Of :func:`read_file`.
        path: The file, for errors.
        place: Of the weights; nothing for any known one.
        anchors: See :func:`load_weights_file`.

    Raises:
        UserError: See :func:`load_weights_file`.
    """
    left_out = ', '.join(found.left_out[:SHOWN])
    try:
        weights = _find(found.content, path, place, anchors)
    except UserError as error:
        if not left_out:
            raise
        raise UserError(
            f'{error}; not read, as they are no tensors: {left_out}'
        ) from error
    if left_out:
        say(f'{path}: left out what are no tensors: {left_out}')
    return LoadedWeights(weights.tensors, weights.place, found)


def tensors_in(
    content: Any, path: str, place: str = '', anchors: Sequence[str] = ()
) -> dict[str, Tensor]:
    """The weights in what a file holds, see :func:`load_weights_file`."""
    return _find(content, path, place, anchors).tensors


def _find(
    content: Any, path: str, place: str, anchors: Sequence[str]
) -> Weights:
    weights = find_weights(content, path, place)
    named = without_wrappers(weights.tensors, path)
    named, front = below(named, anchors, path)
    if weights.note:
        say(weights.note)
    if front:
        say(f'{path}: took {front} off the names of its weights')
    return weights._replace(tensors=check_tensors(named, path))


@cache
def say(text: str) -> None:
    """Tell a user what was chosen, once in a process."""
    from mmengine.logging import print_log

    print_log(text, logger='current', level=logging.WARNING)
