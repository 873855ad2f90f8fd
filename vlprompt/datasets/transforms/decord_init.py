"""Opening a video, or the frames that were decoded from it."""

from typing import Any

from mmaction.datasets import transforms

from vlprompt.registry import TRANSFORMS

from ..lists.path_resolver import STORE_SUFFIX
from ..readers.frame_store import FrameStore


@TRANSFORMS.register_module()
class DecordInit(transforms.DecordInit):
    """MMAction2's ``DecordInit``, which opens frame stores as well.

    It has the name of the one it replaces, so the pipelines of any config of
    this scope read what ``vlprompt data cache`` wrote;
    ``mmaction.DecordInit`` is MMAction2's own.

    Required keys: ``filename``.  Added keys: ``video_reader``,
    ``total_frames``, ``avg_fps``.
    """

    def transform(self, results: dict) -> dict:
        """Open the file."""
        if not results['filename'].endswith(STORE_SUFFIX):
            return super().transform(results)
        return opened(results, FrameStore(results['filename']))


def opened(results: dict, reader: Any) -> dict:
    """What is known of a video, from a reader with decord's interface."""
    results['total_frames'] = len(reader)
    results['video_reader'] = reader
    results['avg_fps'] = reader.get_avg_fps()
    return results
