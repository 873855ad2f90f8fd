"""What decord makes of a file, which ``DecordInit`` uses.

It counts packets, goes to key frames by the order in which they are decoded,
and trusts the container about which they are.  Measured with decord 0.6.0.
"""

import numpy as np

from .container import STREAMS, Video
from .orientation import is_mirrored
from .packets import Packets
from .video_index import VideoIndex

UNKNOWN = ('av1', 'gif', 'apng')
MPEG = ('mpeg4', 'mpeg1video', 'mpeg2video')


def decord_fault(
    video: Video,
    packets: Packets,
    index: VideoIndex | None,
    matrix: np.ndarray | None,
) -> str:
    """Why decord cannot be trusted with a file; nothing if it can.

    Args:
        video: The file.
        packets: Its packets.
        index: Of them, if they have one.
        matrix: That frames are shown with, if there is one.
    """
    matroska = video.container.startswith('matroska')
    faults = {
        f'it cannot read {video.codec}': video.codec in UNKNOWN,
        'edit list, it may never return': any(
            facts.is_cut for facts in packets.facts
        ),
        'transport or program stream': video.container in STREAMS,
        'no duration, it refuses the file': matroska and not video.duration,
        'packets do not tell the frames': (
            index is None and video.container == 'avi'
        ),
        'turned, but left as it is': matroska and matrix is not None,
        'mirrored, but left as it is': is_mirrored(matrix),
    }
    if index is not None:
        faults |= _faults_of_groups(video, packets, index)
    return next((fault for fault, has in faults.items() if has), '')


def _faults_of_groups(
    video: Video, packets: Packets, index: VideoIndex
) -> dict[str, bool]:
    shown = index.numbers[index.numbers >= 0]
    keys = sum(facts.is_key for facts in packets.facts)
    return {
        'B pictures of MPEG-1, 2 or 4': (
            video.codec in MPEG and bool((np.diff(shown) < 0).any())
        ),
        'open groups of pictures': any(
            (index.numbers[place:] < first)[index.numbers[place:] >= 0].any()
            for place, first in zip(index.entries, index.firsts, strict=True)
        ),
        'key frames that are none': (
            keys > len(index.entries) and video.codec in ('h264', 'hevc')
        ),
    }
