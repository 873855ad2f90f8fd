"""Whether a file holds all that it announces."""

from .container import Video
from .not_a_video import missing_bytes
from .packets import Packets

SHORT = 0.02  # of the length; what is announced is often rounded
MOST_SHORT = 0.25  # seconds


def check_whole(video: Video, packets: Packets) -> None:
    """Refuse a file that was cut off.

    MP4 announces every packet, Matroska and AVI how long they are.  Streams
    and what was recorded live announce nothing.

    Raises:
        OSError: With the time at which it ends.
    """
    if not packets.facts:
        raise OSError('no frames')
    reached, announced = packets.seconds(video.unit), video.duration
    if len(video.stream.index_entries) > len(packets.facts):
        ends = video.container.startswith('mov')
    else:
        lacks = announced - reached
        ends = (
            lacks > max(SHORT * announced, MOST_SHORT)
            and video.container in ('avi', 'matroska,webm')
            and missing_bytes(video.file) > 0
        )
    if ends:
        raise OSError(f'ends after {reached:.1f} s of {announced:.1f} s')
