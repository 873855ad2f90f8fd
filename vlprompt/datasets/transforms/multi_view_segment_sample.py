"""Sparse sampling of frames."""

import numpy as np
from mmcv.transforms import BaseTransform

from vlprompt.errors import UserError
from vlprompt.registry import TRANSFORMS


@TRANSFORMS.register_module()
class MultiViewSegmentSample(BaseTransform):
    """Temporal segment sampling of one or several views (TSN, ViFi-CLIP).

    A video of N frames is divided into T equal segments, each of which gives
    one frame.  ``'random'`` draws it: ``i * a + uniform(0 .. a - 1)`` with
    ``a = N // T``, or ``round(i * N / T)`` without a draw if N < T; every
    view draws anew, as the published 4 x 3 view test does.  ``'uniform'``
    takes ``floor((i + (v + 0.5) / V) * N / T)`` for view v of V, which with
    one view is the centre of the segments.

    Required keys: ``total_frames``.  Added keys: ``frame_inds`` (V * T,
    view-major), ``clip_len``, ``num_clips``, ``frame_interval``.

    Args:
        num_frames: Frames of a view, T.
        num_views: Views of a video, V.
        mode: ``'uniform'`` or ``'random'``.
    """

    def __init__(
        self, num_frames: int, num_views: int = 1, mode: str = 'uniform'
    ) -> None:
        if mode not in ('uniform', 'random'):
            raise UserError(f"mode={mode!r}, expected 'uniform' or 'random'")
        self.num_frames = num_frames
        self.num_views = num_views
        self.mode = mode

    def transform(self, results: dict) -> dict:
        """Add the indices of the frames to decode."""
        total = results['total_frames']
        if total < 1:
            raise OSError('no frames')
        draw = self._random if self.mode == 'random' else self._uniform
        views = [draw(total, view) for view in range(self.num_views)]
        results['frame_inds'] = np.concatenate(views) % total
        results['clip_len'] = self.num_frames
        results['num_clips'] = self.num_views
        results['frame_interval'] = 1
        return results

    def _uniform(self, total: int, view: int) -> np.ndarray:
        # In integers, (2 V i + 2 v + 1) N / (2 V T), so that no rounding
        # error can change a floor.
        double = 2 * self.num_views
        places = double * np.arange(self.num_frames) + 2 * view + 1
        return places * total // (double * self.num_frames)

    def _random(self, total: int, view: int) -> np.ndarray:
        segments = np.arange(self.num_frames)
        length = total // self.num_frames
        if length == 0:
            return np.around(segments * total / self.num_frames).astype(int)
        return segments * length + np.random.randint(
            length, size=self.num_frames
        )

    def __repr__(self) -> str:
        """The transform with its arguments."""
        return (
            f'{type(self).__name__}(num_frames={self.num_frames}, '
            f'num_views={self.num_views}, mode={self.mode!r})'
        )
