"""Sampling of frames by time."""

import numpy as np
from mmcv.transforms import BaseTransform

from vlprompt.registry import TRANSFORMS

from .frame_times import ROUNDING, frame_times, video_end


@TRANSFORMS.register_module(name=['FixedFPSSample', 'SecondsSample'])
class FixedFPSSample(BaseTransform):
    """CLIP4Clip: a frame for each second, spread out if they are many.

    It is the frame that is shown then, by the times of the frames, each at
    most once; without times (MMAction2's own readers) the average rate
    stands for them.

    A clip has always ``max_frames`` frames; if the video is shorter, its
    last frame fills the rest, which ``num_valid_frames`` lets the model
    ignore.

    Required keys: ``total_frames``, ``frame_times`` or ``avg_fps``.  Added
    keys: ``frame_inds``, ``clip_len``, ``num_clips``, ``frame_interval``,
    ``num_valid_frames``.

    Args:
        max_frames: Frames of a clip, T.
        fps: Frames for each second.
    """

    def __init__(self, max_frames: int = 12, fps: float = 1.0) -> None:
        self.max_frames = max_frames
        self.fps = fps

    def transform(self, results: dict) -> dict:
        """Add the indices of the frames to decode."""
        if results['total_frames'] < 1:
            raise OSError('no frames')
        end = video_end(results) - ROUNDING
        moments = np.arange(0, end, 1 / self.fps) + ROUNDING
        shown = np.searchsorted(frame_times(results), moments, side='right')
        frames = np.unique(shown - 1)
        if len(frames) > self.max_frames:
            places = np.linspace(0, len(frames) - 1, self.max_frames)
            frames = frames[places.astype(int)]
        results['num_valid_frames'] = len(frames)
        missing = self.max_frames - len(frames)
        results['frame_inds'] = np.pad(frames, (0, missing), mode='edge')
        results['clip_len'] = self.max_frames
        results['num_clips'] = 1
        results['frame_interval'] = 1
        return results

    def __repr__(self) -> str:
        """The transform with its arguments."""
        return (
            f'{type(self).__name__}(max_frames={self.max_frames}, '
            f'fps={self.fps})'
        )
