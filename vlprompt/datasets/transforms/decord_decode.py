"""Decoding each frame once, in order."""

import numpy as np
from mmaction.datasets import transforms

from vlprompt.registry import TRANSFORMS


@TRANSFORMS.register_module()
class DecordDecode(transforms.DecordDecode):
    """MMAction2's ``DecordDecode``, which decodes several views at once.

    The frames of temporal views interleave, and decord decodes again whatever
    lies before a frame that is out of order.  Here they are asked for in
    order and put back; ``mmaction.DecordDecode`` is MMAction2's own.

    Required keys: ``video_reader``, ``frame_inds``.  Added keys: ``imgs``,
    (H, W, 3) uint8 RGB, ``original_shape``, ``img_shape``.
    """

    def transform(self, results: dict) -> dict:
        """Decode the frames."""
        asked = np.ravel(results['frame_inds'])
        places, back = np.unique(asked, return_inverse=True)
        results = super().transform({**results, 'frame_inds': places})
        frames = results['imgs']
        if len(places) < len(asked):  # transforms may change one in place
            results['imgs'] = [frames[i].copy() for i in back]
        else:
            results['imgs'] = [frames[i] for i in back]
        results['frame_inds'] = asked
        return results
