"""Opening whatever holds the frames of a video."""

from ..lists.path_resolver import STORE_SUFFIX
from .frame_store import FrameStore
from .time_limit import SECONDS
from .video_reader import VideoReader


def open_reader(
    file: str, time_limit: float | None = SECONDS
) -> VideoReader | FrameStore:
    """A video, or the store of frames that were decoded from one.

    Args:
        file: Of either.
        time_limit: See :class:`VideoReader`.

    Raises:
        OSError: If it cannot be read, in words.
    """
    if str(file).endswith(STORE_SUFFIX):
        return FrameStore(file)
    return VideoReader(file, time_limit)
