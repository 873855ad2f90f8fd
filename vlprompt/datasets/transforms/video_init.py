"""Opening a video, or the frames that were decoded from it."""

from typing import Any

from mmcv.transforms import BaseTransform

from vlprompt.registry import TRANSFORMS

from ..readers.open_reader import open_reader
from ..readers.time_limit import SECONDS


@TRANSFORMS.register_module(name=['VideoInit', 'LeanPyAVInit'])
class VideoInit(BaseTransform):
    """Opens a video exactly: frame i is the i-th that a player shows.

    It stands where MMAction2's ``DecordInit`` and ``PyAVInit`` do, and reads
    whatever FFmpeg reads, see :class:`VideoReader`; and what ``vlprompt data
    cache`` wrote.

    Required keys: ``filename``.  Added keys: ``video_reader``,
    ``total_frames``, ``avg_fps``, ``frame_times`` (seconds from the first
    frame on).

    Args:
        time_limit: Seconds after which opening a file, or decoding its
            frames, is given up; None to wait for ever.
    """

    def __init__(self, time_limit: float | None = SECONDS) -> None:
        self.time_limit = time_limit

    def transform(self, results: dict) -> dict:
        """Open the file."""
        reader = open_reader(results['filename'], self.time_limit)
        return opened(results, reader)

    def __repr__(self) -> str:
        """The transform with its arguments."""
        return f'{type(self).__name__}(time_limit={self.time_limit})'


def opened(results: dict, reader: Any) -> dict:
    """What is known of a video, from a reader of ours."""
    results['total_frames'] = len(reader)
    results['video_reader'] = reader
    results['avg_fps'] = reader.get_avg_fps()
    results['frame_times'] = reader.frame_times
    return results
