"""What losses that compare with the frozen CLIP have in common."""

from torch import Tensor, nn

from vlprompt.errors import UserError

from ..features import VideoTextFeatures
from ..layers.temporal import masked_mean


def teacher_of(
    loss: nn.Module, features: VideoTextFeatures
) -> VideoTextFeatures:
    """The teacher's features, pooled as those of the model are.

    Args:
        loss: Who asks.
        features: The model's.

    Returns:
        (B, E) means of the teacher's frames, or (B, T, E) where the model
        keeps the frames, and its texts.

    Raises:
        UserError: If there is no teacher, or it has other frames or texts.
    """
    teacher = features.teacher
    if teacher is None:
        raise UserError(
            f'{type(loss).__name__} compares with the frozen CLIP, whose '
            'features are made in training and from frames alone'
        )
    _check('frames', features.frames, teacher.video)
    if features.text is not None:
        # (C, E), where the model's may be (B, C, E), made for each video
        _check('texts', features.text, teacher.text)
    if features.video.dim() == 3:
        return teacher
    return teacher._replace(video=masked_mean(teacher.video, teacher.mask))


def frame_average(values: Tensor, mask: Tensor | None) -> Tensor:
    """The mean of all values, or of those of the real frames of (B, T)."""
    if mask is None:
        return values.mean()
    mask = mask.to(values.dtype)
    return (values * mask).sum() / mask.sum()


def _check(what: str, own: Tensor, others: Tensor) -> None:
    if own.shape[-others.dim() :] != others.shape:
        raise UserError(
            f'the {what} of the model are {tuple(own.shape)}, those of the '
            f'frozen CLIP {tuple(others.shape)}'
        )
