"""RandAugment of whole clips."""

import random

import numpy as np
from mmcv.transforms import BaseTransform
from PIL import Image
from timm.data.auto_augment import rand_augment_transform

from vlprompt.registry import TRANSFORMS


@TRANSFORMS.register_module()
class ClipRandAugment(BaseTransform):
    """Vita-CLIP: timm's RandAugment, the same for all frames of a clip.

    Required and modified key: ``imgs``, (H, W, 3) uint8 RGB frames.

    Args:
        policy: timm's description of what is drawn.
        fill: Grey value of what comes in from outside.
    """

    def __init__(
        self, policy: str = 'rand-m7-n4-mstd0.5-inc1', fill: int = 128
    ) -> None:
        self.policy = policy
        self.fill = fill

    def transform(self, results: dict) -> dict:
        """Augment the frames."""
        frames = results['imgs']
        height, width = frames[0].shape[:2]
        augment = rand_augment_transform(
            self.policy,
            dict(
                translate_const=int(0.45 * min(height, width)),
                img_mean=(self.fill,) * 3,
                interpolation=Image.BICUBIC,
            ),
        )
        states = random.getstate(), np.random.get_state()
        results['imgs'] = [self._apply(augment, f, states) for f in frames]
        return results

    def _apply(self, augment, frame: np.ndarray, states: tuple) -> np.ndarray:
        """Augment a frame with the draws of the first one."""
        random.setstate(states[0])
        np.random.set_state(states[1])
        return np.asarray(augment(Image.fromarray(frame)))

    def __repr__(self) -> str:
        """The transform with its arguments."""
        return (
            f'{type(self).__name__}(policy={self.policy!r}, fill={self.fill})'
        )
