"""The beginning of a video."""

import math

from mmcv.transforms import BaseTransform

from vlprompt.errors import UserError
from vlprompt.registry import TRANSFORMS


@TRANSFORMS.register_module()
class FirstSeconds(BaseTransform):
    """Lets what samples frames see the first seconds of a video alone.

    DiDeMo's descriptions are of the first 30 seconds.

    Required keys: ``total_frames``, ``avg_fps``.  Changed keys:
    ``total_frames``.

    Args:
        seconds: How many.

    Raises:
        UserError: If they are not more than none.
    """

    def __init__(self, seconds: float) -> None:
        if seconds <= 0:
            raise UserError(f'seconds={seconds}, expected more than 0')
        self.seconds = seconds

    def transform(self, results: dict) -> dict:
        """Forget about the frames that come later."""
        most = max(1, math.ceil(self.seconds * results['avg_fps']))
        results['total_frames'] = min(results['total_frames'], most)
        return results

    def __repr__(self) -> str:
        """The transform with its arguments."""
        return f'{type(self).__name__}(seconds={self.seconds})'
