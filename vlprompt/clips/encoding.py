"""Clips to what a model's vision tower makes of them, in batches."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from mmaction.structures import ActionDataSample
from mmengine.dataset import pseudo_collate
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.finite import refuse_non_finite, refuse_rows
from vlprompt.models.features import VisualFeatures
from vlprompt.models.layers.temporal import frame_mask, unit_video

from .in_order import Broken
from .readings import Clip, Pixels


class Encoded(NamedTuple):
    """A batch of B clips behind the vision tower.

    Attributes:
        clips: The B clips, without pixels.
        visual: Features of (B * V, T, ...).
        samples: The B samples, as the head takes them.
    """

    clips: Sequence[Clip]
    visual: VisualFeatures
    samples: list


def mixes_frames(model: nn.Module) -> bool:
    """Whether the vision tower needs all frames of a clip together.

    Towers that do not say so do.
    """
    return getattr(model.backbone, 'mixes_frames', True)


def check_embeds(model: nn.Module) -> None:
    """Refuse models whose videos and texts cannot be embedded one by one.

    Raises:
        UserError: If the head scores each pair of a video and a text anew.
    """
    if getattr(model.cls_head, 'scores_pairs', False):
        raise UserError(
            f'{type(model.cls_head).__name__} scores a video and a text '
            'together, so neither has an embedding of its own to search for: '
            '`vlprompt eval retrieval` and `vlprompt classify` run this model'
        )


def encode(
    model: nn.Module, items: Iterable, batch_size: int
) -> Iterator[Encoded | Broken]:
    """Clips in batches; what is broken keeps its place among them.

    Args:
        model: A recognizer of ours, in evaluation mode.
        items: Clips with pixels; or :class:`Pixels`, each encoded once, and
            the clips that are made of them; or :class:`Broken`.
        batch_size: Clips of a batch.
    """
    waiting: list[Clip] = []
    known: dict[int, VisualFeatures] = {}
    for item in items:
        if isinstance(item, Pixels):
            known.update(_encode_pixels(model, item))
            continue
        if isinstance(item, Clip) and item.numbers is not None:
            item = item._replace(inputs=_gather(known, item.numbers))
            for number in [n for n in known if n < item.first]:
                del known[number]
        if waiting and not _fits(item, waiting):
            yield _encode_batch(model, waiting)
            waiting = []
        if isinstance(item, Broken):
            yield item
            known = {}
            continue
        waiting.append(item)
        if len(waiting) == batch_size:
            yield _encode_batch(model, waiting)
            waiting = []
    if waiting:
        yield _encode_batch(model, waiting)


def _fits(item: Clip | Broken, waiting: list[Clip]) -> bool:
    if isinstance(item, Broken):
        return False
    return _shape(item) == _shape(waiting[0])


def _shape(clip: Clip) -> tuple:
    inputs = clip.inputs
    if isinstance(inputs, VisualFeatures):
        return tuple(inputs.frames.shape)
    return tuple(inputs.shape)


@torch.inference_mode()
def embed_visual(
    model: nn.Module, visual: VisualFeatures, samples: list
) -> Tensor:
    """B clips behind the tower to the (B, E) unit features to compare.

    They are the mean over views, and over frames that the pooler keeps, on
    the CPU in fp32.
    """
    with model.autocast(visual.frames.device):
        video = model.finish_feat(visual, 'neck', samples)
    features = unit_video(video, samples).float().cpu()
    refuse_rows(features, 'features')
    return features


def _encode_batch(model: nn.Module, clips: list[Clip]) -> Encoded:
    samples = [clip.sample for clip in clips]
    done = [clip._replace(inputs=None) for clip in clips]
    if isinstance(clips[0].inputs, VisualFeatures):
        parts = [clip.inputs for clip in clips]
        visual = VisualFeatures(
            torch.cat([part.frames for part in parts]),
            torch.cat([part.tokens for part in parts]),
        )
        mask = frame_mask(samples, visual.frames)
        visual = visual._replace(mask=mask)
    else:
        packed = [
            dict(inputs=clip.inputs, data_samples=clip.sample)
            for clip in clips
        ]
        visual, samples = _run_tower(model, packed)
    # (B * V, T, E) -> (B, V, T, E)
    rows = visual.frames.unflatten(0, (len(clips), -1))
    refuse_non_finite(rows, [str(clip.name) for clip in clips], 'features')
    return Encoded(done, visual, samples)


def _encode_pixels(
    model: nn.Module, item: Pixels
) -> dict[int, VisualFeatures]:
    """Each frame to the features of its crops."""
    number, crops = item.pixels.shape[:2]
    # (N, crops, 3, H, W) -> N * crops views of one frame
    views = item.pixels.flatten(0, 1).unsqueeze(2)
    visual, _ = _run_tower(
        model, [dict(inputs=views, data_samples=ActionDataSample())]
    )
    frames = visual.frames.unflatten(0, (number, crops))
    tokens = visual.tokens.unflatten(0, (number, crops))
    return {
        n: VisualFeatures(frames[i, :, 0], tokens[i, :, 0])
        for i, n in enumerate(item.numbers)
    }


def _run_tower(
    model: nn.Module, packed: list[dict]
) -> tuple[VisualFeatures, list]:
    batch = model.data_preprocessor(pseudo_collate(packed))
    inputs, samples = batch['inputs'], batch['data_samples']
    with model.autocast(inputs.device):
        visual, _ = model.extract_feat(
            inputs, stage='backbone', data_samples=samples
        )
    return visual, samples


def _gather(
    known: dict[int, VisualFeatures], numbers: np.ndarray
) -> VisualFeatures:
    """(V, T) frames to features of (crops * V, T, ...)."""
    chosen = [known[number] for number in numbers.ravel().tolist()]
    frames = torch.stack([part.frames for part in chosen], dim=1)
    tokens = torch.stack([part.tokens for part in chosen], dim=1)
    # (crops, V * T, ...) -> (crops * V, T, ...)
    return VisualFeatures(
        frames.unflatten(1, numbers.shape).flatten(0, 1),
        tokens.unflatten(1, numbers.shape).flatten(0, 1),
    )
