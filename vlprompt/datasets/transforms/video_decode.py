"""Decoding the frames that were chosen."""

from typing import Any

import numpy as np
from mmaction.datasets import transforms

from vlprompt.registry import TRANSFORMS


@TRANSFORMS.register_module()
class VideoDecode(transforms.DecordDecode):
    """Decodes each frame once, in order, and hands them out as asked.

    Follows ``VideoInit``.  The frames of temporal views interleave; decoding
    goes through the file once for all of them.

    Required keys: ``video_reader``, ``frame_inds``.  Added keys: ``imgs``,
    (H, W, 3) uint8 RGB, ``original_shape``, ``img_shape``.
    """

    def __init__(self) -> None:
        super().__init__()

    def transform(self, results: dict) -> dict:
        """Decode the frames."""
        results['frame_inds'] = np.ravel(results['frame_inds'])
        return super().transform(results)

    def _decord_load_frames(
        self, container: Any, frame_inds: np.ndarray
    ) -> list[np.ndarray]:
        seen: set[int] = set()
        frames = []
        for number, frame in zip(
            frame_inds.tolist(), container.read(frame_inds), strict=True
        ):
            # Transforms may change one in place.
            frames.append(frame.copy() if number in seen else frame)
            seen.add(number)
        return frames

    def __repr__(self) -> str:
        """The transform with its arguments."""
        return f'{type(self).__name__}()'
