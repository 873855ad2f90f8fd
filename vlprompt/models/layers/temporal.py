"""Frames of clips: how many there are, which are real, their mean."""

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError

from ..features import unit


def check_frames(
    given: int, most: int, what: str, option: str = 'num_positions'
) -> None:
    """Raise a UserError if there are more frames than an option says."""
    if given > most:
        raise UserError(
            f'clips of {given} frames given, this {what} was built for '
            f'{most} at most: set its {option}'
        )


def fold_views(inputs: Tensor) -> Tensor:
    """(B, V, 3, T, H, W) inputs to (B * V, T, 3, H, W) clips.

    Raises:
        UserError: If they have another number of axes.
    """
    if inputs.dim() != 6:
        raise UserError(
            f'inputs of shape {tuple(inputs.shape)}, expected (B, V, 3, '
            "T, H, W): end the pipeline with FormatShape('NCTHW')"
        )
    return inputs.flatten(0, 1).transpose(1, 2)


def check_padding(
    backbone: nn.Module, data_samples: list | None, clips: Tensor
) -> None:
    """Raise a UserError if frames would see others that are padding."""
    if not getattr(backbone, 'mixes_frames', False):
        return
    for sample in data_samples or ():
        valid = sample.get('num_valid_frames')
        if valid is not None and valid < clips.size(1):
            raise UserError(
                f'a clip of {valid} frames was padded to {clips.size(1)}, but '
                'frames see each other in this vision tower: sample with '
                'repeated frames instead'
            )


def frame_mask(data_samples: list | None, clips: Tensor) -> Tensor | None:
    """(B, T), true for real frames; None if all are.

    Args:
        data_samples: Samples that say by ``num_valid_frames`` how many
            frames of theirs are not padding.
        clips: (B, T, ...) frames, the views of a sample folded into B.
    """
    valid = [s.get('num_valid_frames') for s in data_samples or ()]
    if not valid or any(number is None for number in valid):
        return None
    number = torch.tensor(valid, device=clips.device)
    number = number.repeat_interleave(clips.size(0) // len(valid))
    return torch.arange(clips.size(1), device=clips.device) < number[:, None]


def masked_mean(frames: Tensor, mask: Tensor | None) -> Tensor:
    """(B, T, ...) to the (B, ...) mean of what a (B, T) mask leaves."""
    if mask is None:
        return frames.mean(dim=1)
    weight = mask.to(frames.dtype)
    weight = weight / weight.sum(dim=1, keepdim=True)
    # (B, T) -> (B, T, 1, ...)
    weight = weight.view(*weight.shape, *(1 for _ in frames.shape[2:]))
    return (weight * frames).sum(dim=1)


def unit_video(video: Tensor, data_samples: list) -> Tensor:
    """(B * V, [T,] E) pooled videos to (B, E) unit features.

    They are the mean over frames and views of the L2-normalised embeddings,
    L2-normalised again: what a head compares, of one vector for each video.

    Args:
        video: What the model's pooler gives, frames where it keeps them.
        data_samples: The B samples, whose V views are folded into the batch.
    """
    video = unit(video)
    if video.dim() == 3:  # the head would fuse the frames
        video = masked_mean(video, frame_mask(data_samples, video))
    # (B * V, E) -> (B, E)
    video = video.unflatten(0, (len(data_samples), -1)).mean(dim=1)
    return unit(video)
