"""CLIP's resizing of frames."""

from collections.abc import Sequence

import numpy as np
from mmcv.transforms import BaseTransform
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms.functional import resize

from vlprompt.errors import UserError
from vlprompt.registry import TRANSFORMS

INTERPOLATIONS = ('bicubic', 'bilinear')


@TRANSFORMS.register_module()
class PILResize(BaseTransform):
    """CLIP, CLIP4Clip: resize as CLIP's own preprocessing does.

    PIL's interpolation, which smooths what it makes smaller, where
    MMAction2's ``Resize`` calls OpenCV, which does not.  The long side is
    rounded down, as torchvision does.

    Required keys: ``imgs``, (H, W, 3) uint8 RGB frames, and ``img_shape``.
    Modified keys: these; added: ``keep_ratio``, ``scale_factor`` (w, h).

    Args:
        scale: ``(-1, short side)``, or (w, h) with ``keep_ratio=False``.
        keep_ratio: As in MMAction2's ``Resize``.
        interpolation: ``'bicubic'`` or ``'bilinear'``.

    Raises:
        UserError: If the scale or the interpolation is neither.
    """

    def __init__(
        self,
        scale: Sequence[int] = (-1, 224),
        keep_ratio: bool = True,
        interpolation: str = 'bicubic',
    ) -> None:
        short = min(scale) == -1 and max(scale) > 0
        if len(scale) != 2 or not (short if keep_ratio else min(scale) > 0):
            raise UserError(
                f'PILResize(scale={tuple(scale)}, keep_ratio={keep_ratio}), '
                'expected (-1, short side), or (w, h) with keep_ratio=False'
            )
        if interpolation not in INTERPOLATIONS:
            raise UserError(
                f'PILResize(interpolation={interpolation!r}), expected one of '
                f'{INTERPOLATIONS}'
            )
        self.interpolation = interpolation
        self.scale = tuple(scale)
        self.keep_ratio = keep_ratio

    def transform(self, results: dict) -> dict:
        """Resize the frames."""
        size = max(self.scale) if self.keep_ratio else list(self.scale[::-1])
        height, width = results['img_shape']
        results['imgs'] = [self._apply(f, size) for f in results['imgs']]
        new_height, new_width = results['imgs'][0].shape[:2]
        factor = np.array(
            [new_width / width, new_height / height], dtype=np.float32
        )
        results['img_shape'] = new_height, new_width
        results['keep_ratio'] = self.keep_ratio
        results['scale_factor'] = results.get('scale_factor', 1) * factor
        return results

    def _apply(self, frame: np.ndarray, size: int | list[int]) -> np.ndarray:
        image = Image.fromarray(frame)
        mode = InterpolationMode(self.interpolation)
        return np.asarray(resize(image, size, mode))

    def __repr__(self) -> str:
        """The transform with its arguments."""
        return (
            f'{type(self).__name__}(scale={self.scale}, '
            f'keep_ratio={self.keep_ratio}, '
            f'interpolation={self.interpolation!r})'
        )
