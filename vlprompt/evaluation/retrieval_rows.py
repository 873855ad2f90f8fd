"""What the metric of retrieval keeps of the videos of a test set."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from mmengine.logging import MMLogger
from torch import Tensor

from vlprompt.datasets.seeded_video_dataset import BROKEN
from vlprompt.errors import UserError
from vlprompt.finite import refuse_non_finite
from vlprompt.models.features import unit


class Row(NamedTuple):
    """What is kept of a video: its features and those of its n captions.

    Attributes:
        index: Of the video in the data set.
        name: Its file.
        video: (E,) or (T, E).
        text: (n, E).
        mask: (T,), or None if no clip has padding.
        truncated: How many of the captions are.
        broken: What could not be read.
        tokens: (n, L, E) of all tokens, if the text tower gives them.
        token_mask: (n, L), true for the real ones.
    """

    index: int
    name: str
    video: Tensor
    text: Tensor
    mask: Tensor | None
    truncated: int
    broken: str
    tokens: Tensor | None = None
    token_mask: Tensor | None = None


def row_of(sample: dict) -> Row:
    """Keep what is needed of a sample, on the CPU.

    Raises:
        UserError: If it is no sample of retrieval.
    """
    for key, remedy in (
        ('video_feature', 'use CaptionTexts and a ContrastiveHead'),
        ('sample_idx', 'add it to the meta_keys of PackActionInputs'),
    ):
        if key not in sample:
            raise UserError(f'samples without {key!r} for retrieval: {remedy}')
    further = [
        None if sample.get(key) is None else _copy_to_cpu(sample[key])
        for key in ('frame_mask', 'text_tokens', 'text_mask')
    ]
    return Row(
        sample['sample_idx'],
        sample.get('filename') or f'number {sample["sample_idx"]}',
        _copy_to_cpu(sample['video_feature']),
        _copy_to_cpu(sample['text_feature']),
        further[0],
        sample.get('truncated', 0),
        # The first is the one that is listed, others were to replace it.
        ''.join(map(str, sample.get(BROKEN, ())[:1])),
        *further[1:],
    )


def distinct(features: Tensor) -> tuple[Tensor, Tensor]:
    """The places of different features, and which of them each one is.

    A product of matrices may round equal rows differently, and equal things
    must tie.  Where all differ, they stay in their order.

    Returns:
        (U,) places of the first of each, and (N,) numbers from 0 to U - 1.
    """
    places = torch.arange(len(features))
    found, same = features.unique(dim=0, return_inverse=True)
    if len(found) == len(features):
        return places, places
    first = places.new_full((len(found),), len(features))
    return first.scatter_reduce(0, same, places, 'amin'), same


def check_features(rows: Sequence[Row]) -> None:
    """Refuse features that are not finite, and warn if all are equal.

    Raises:
        UserError: It names the first video.
    """
    names = [row.name for row in rows]
    for what in ('video', 'text'):
        features = [getattr(row, what) for row in rows]
        refuse_non_finite(features, names, f'{what} features')
        _warn_if_equal(features, what)


def _warn_if_equal(rows: Sequence[Tensor], what: str) -> None:
    features = torch.cat([row.reshape(-1, row.shape[-1]) for row in rows])
    features = unit(features)
    if len(rows) > 1 and torch.allclose(features, features[:1], atol=1e-6):
        MMLogger.get_current_instance().warning(
            f'all {what} features are equal: the model tells nothing apart'
        )


def _copy_to_cpu(part: Tensor) -> Tensor:
    """On the CPU, without the memory of the batch that it is part of."""
    return part.detach().cpu().clone()
