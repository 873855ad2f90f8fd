"""The beginning of a video."""

import numpy as np
from mmcv.transforms import BaseTransform

from vlprompt.errors import UserError
from vlprompt.registry import TRANSFORMS

from .frame_times import ROUNDING, frame_times


@TRANSFORMS.register_module(name=['KeepFirstSeconds', 'FirstSeconds'])
class KeepFirstSeconds(BaseTransform):
    """Lets what samples frames see the first seconds of a video alone.

    DiDeMo's descriptions are of the first 30 seconds.

    Required keys: ``total_frames``, ``frame_times`` or ``avg_fps``.  Changed
    keys: ``total_frames``.

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
        end = self.seconds - ROUNDING
        within = int(np.searchsorted(frame_times(results), end))
        results['total_frames'] = max(1, within)
        return results

    def __repr__(self) -> str:
        """The transform with its arguments."""
        return f'{type(self).__name__}(seconds={self.seconds})'
