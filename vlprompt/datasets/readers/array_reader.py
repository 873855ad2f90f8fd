"""Frames that are in memory, read like those of a video."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from vlprompt.errors import UserError

from .frame_batch import FrameBatch


class ArrayReader:
    """The frames of an array, with the interface of :class:`VideoReader`.

    Attributes:
        frame_times: When each frame is shown, in seconds from the first one.

    Args:
        frames: (T, H, W, 3) uint8 RGB, of NumPy or torch, or a list of
            (H, W, 3) ones.
        fps: Frames for each second; 0 if it is not known.

    Raises:
        UserError: If it is anything else.
    """

    def __init__(self, frames: Any, fps: float = 0) -> None:
        self._frames = _check(frames)
        self._fps = float(fps)
        self.frame_times = np.arange(len(self._frames)) / (self._fps or 1.0)

    def __len__(self) -> int:
        """The number of frames."""
        return len(self._frames)

    def get_avg_fps(self) -> float:
        """Frames for each second; 0 if it is not known."""
        return self._fps

    def get_batch(self, indices: Sequence[int]) -> FrameBatch:
        """Frames by their place."""
        return FrameBatch(np.stack(self.read(indices)))

    def read(self, indices: Sequence[int]) -> list[np.ndarray]:
        """As :meth:`get_batch`, but (H, W, 3) arrays one by one."""
        return [self._frames[int(index)] for index in indices]

    def iterate(self, indices: Sequence[int]) -> Iterator[np.ndarray]:
        """The same, one after the other."""
        return iter(self.read(indices))


def _check(frames: Any) -> Sequence[np.ndarray]:
    if hasattr(frames, 'detach'):  # torch
        frames = frames.detach().cpu().numpy()
    if isinstance(frames, np.ndarray):
        given, kinds = frames.shape, {frames.dtype}
        fits = frames.ndim == 4 and given[-1] == 3
    else:
        frames = [_array(frame) for frame in frames]
        shapes, kinds = {f.shape for f in frames}, {f.dtype for f in frames}
        given = (len(frames), *sorted(shapes))
        fits = len(shapes) == 1 and len(frames[0].shape) == 3
        fits = fits and frames[0].shape[-1] == 3
    if not fits or kinds != {np.dtype('uint8')} or len(frames) == 0:
        raise UserError(
            f'frames of shape {given} and {", ".join(map(str, kinds))}, '
            'expected (T, H, W, 3) of uint8'
        )
    return frames


def _array(frame: Any) -> np.ndarray:
    if hasattr(frame, 'detach'):
        frame = frame.detach().cpu()
    return np.asarray(frame)
