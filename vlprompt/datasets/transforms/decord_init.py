"""Opening a video with decord, as MMAction2 does."""

from mmaction.datasets import transforms

from vlprompt.registry import TRANSFORMS

from ..lists.path_resolver import STORE_SUFFIX
from ..readers.container import Video
from ..readers.frame_store import FrameStore
from .video_init import opened


@TRANSFORMS.register_module()
class DecordInit(transforms.DecordInit):
    """MMAction2's ``DecordInit``, for those who reproduce older runs.

    decord gives other frames than asked for in transport and program
    streams, for pictures of MPEG-4 that refer to later ones (many AVI), and
    for open groups of pictures; ``vlprompt data check`` names such files.
    ``VideoInit`` gives the right ones.

    It has the name of the one it replaces and opens frame stores as well;
    ``mmaction.DecordInit`` is MMAction2's own.

    Required keys: ``filename``.  Added keys: ``video_reader``,
    ``total_frames``, ``avg_fps``.

    Raises:
        OSError: For a file with an edit list, from which decord may never
            return.
    """

    def transform(self, results: dict) -> dict:
        """Open the file."""
        if results['filename'].endswith(STORE_SUFFIX):
            return opened(results, FrameStore(results['filename']))
        if any(p.is_discard for p in Video(results['filename']).demux()):
            raise OSError(
                'its edit list may let decord hang: VideoInit reads it'
            )
        return super().transform(results)
