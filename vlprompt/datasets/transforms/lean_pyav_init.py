"""Opening a video with PyAV."""

from vlprompt.registry import TRANSFORMS

from ..lists.path_resolver import STORE_SUFFIX
from ..readers.pyav_reader import LeanReader
from .decord_init import DecordInit, opened


@TRANSFORMS.register_module()
class LeanPyAVInit(DecordInit):
    """``DecordInit`` with PyAV, which decodes fewer frames; same frames.

    Stands in front of ``DecordDecode``, whose frames it gives to the bit.
    Files whose packets do not tell which frames they hold (AVI, edit lists)
    are opened by decord, and so are frame stores by their own reader.

    Required keys: ``filename``.  Added keys: ``video_reader``,
    ``total_frames``, ``avg_fps``.

    Raises:
        UserError: In the first sample, without PyAV.
    """

    def transform(self, results: dict) -> dict:
        """Open the file."""
        if not results['filename'].endswith(STORE_SUFFIX):
            reader = LeanReader(results['filename'])
            if reader.is_regular:
                return opened(results, reader)
        return super().transform(results)
