"""A test pipeline, taken apart at the places where frames are read."""

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.dataset import Compose

from vlprompt.datasets.random_streams import seeded
from vlprompt.datasets.transforms.video_decode import VideoDecode
from vlprompt.datasets.transforms.video_init import opened
from vlprompt.errors import UserError

# Transforms draw from generators that all threads share.
DRAWING = threading.Lock()


class TestSteps:
    """The steps of a test pipeline, for frames from anywhere.

    Which frames are taken and what is done to them is what the config says;
    they are read by :class:`VideoReader` and its like, whatever the config
    opens files with.

    Args:
        pipeline: The steps, built.

    Raises:
        UserError: If it does not open and decode videos.
    """

    __test__ = False  # none of pytest's

    def __init__(self, pipeline: Compose) -> None:
        steps = pipeline.transforms
        kinds = [type(step).__name__ for step in steps]
        opens = [i for i, kind in enumerate(kinds) if kind.endswith('Init')]
        decodes = [
            i for i, kind in enumerate(kinds) if kind.endswith('Decode')
        ]
        if not opens or not decodes or opens[0] > decodes[0]:
            raise UserError(
                'the test pipeline does not open and decode videos: '
                + ', '.join(kinds)
            )
        first, last = opens[0], decodes[0]
        self._before = steps[first + 1 : last]
        self._after = steps[last + 1 :]

    def choose(self, reader: Any, name: str) -> dict:
        """Which frames of an open video are taken, as ``frame_inds``."""
        results = opened(_info(name), reader)
        return self._run(self._before, results)

    def read(self, reader: Any, name: str) -> dict:
        """An open video, whole: the results up to its last step."""
        results = VideoDecode()(self.choose(reader, name))
        return self._run(self._after, results)

    def finish(self, results: dict, images: list[np.ndarray]) -> dict:
        """What follows decoding, for the frames that were chosen.

        Args:
            results: Of :meth:`choose`.
            images: (H, W, 3) frames, one for each of ``frame_inds``.
        """
        shape = images[0].shape[:2]
        results = {**results, 'imgs': images}
        results['original_shape'] = results['img_shape'] = shape
        return self._run(self._after, results)

    def finish_frames(self, images: list[np.ndarray]) -> Any:
        """N frames, each by itself, to (N, crops, 3, H, W) pixels."""
        number = len(images)
        results = _info('')
        results.update(
            frame_inds=np.arange(number),
            clip_len=1,
            num_clips=number,
            frame_interval=1,
        )
        packed = self.finish(results, images)['inputs']
        # (crops * N, 3, 1, H, W) -> (N, crops, 3, H, W)
        return packed[:, :, 0].unflatten(0, (-1, number)).transpose(0, 1)

    def _run(self, steps: Sequence, results: dict) -> dict:
        with DRAWING, seeded(0):
            for step in steps:
                results = step(results)
        return results


def _info(name: str) -> dict:
    return dict(filename=name, start_index=0, modality='RGB')
