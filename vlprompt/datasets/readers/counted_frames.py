"""Decoding frames by their numbers, by counting them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import av
import numpy as np

from .container import Video, say
from .packets import Packets
from .time_limit import TimeLimit

KEPT = 64 * 2**20  # bytes of decoded frames in memory


class CountedFrames:
    """Decodes a file from its beginning, and counts.

    What is decoded to know how many frames there are is kept while there is
    room for it.

    Attributes:
        times: When each frame is shown, in seconds; None if not known.

    Args:
        video: The open file, whose decoder is used.
        packets: Its packets.
        limit: Is asked with every packet.

    Raises:
        OSError: If there are no frames, or a packet is damaged.
    """

    def __init__(
        self, video: Video, packets: Packets, limit: TimeLimit
    ) -> None:
        self._codec = video.stream.codec_context
        self._packets, self._limit = packets, limit
        self._unit = video.unit
        self._kept: list[Any] = []
        times, room = [], KEPT
        for frame in self._decode_all():
            room -= sum(plane.buffer_size for plane in frame.planes)
            if room >= 0:
                self._kept.append(frame)
            times.append((frame.pts, frame.dts))
        if not times:
            raise OSError('no frame can be decoded')
        self._len = len(times)
        self.times = _seconds(times, self._unit)

    def __len__(self) -> int:
        """The number of frames."""
        return self._len

    def decode(self, numbers: Sequence[int]) -> Iterator[tuple[int, Any]]:
        """Frames by their numbers, which ascend.

        Raises:
            OSError: If a packet is damaged.
        """
        wanted = set(numbers)
        end = max(wanted, default=-1) + 1
        kept = end <= len(self._kept)
        frames: Iterable = self._kept if kept else self._decode_all()
        for number, frame in enumerate(islice(frames, end)):
            if number in wanted:
                yield number, frame

    def _decode_all(self) -> Iterator[Any]:
        self._codec.flush_buffers()
        self._codec.skip_frame = 'DEFAULT'
        return decode_in_order(
            self._codec, self._packets.start_at(0), self._limit, self._where
        )

    def _where(self, place: int) -> str:
        return self._packets.where(place, self._unit)


def decode_in_order(
    codec: Any,
    packets: Iterable[Any],
    limit: TimeLimit,
    where: Callable[[int], str],
) -> Iterator[Any]:
    """All frames of a stream that may begin and end in the middle.

    Args:
        codec: The decoder.
        packets: All packets.
        limit: Is asked with every packet.
        where: Names a packet by its place.

    Raises:
        OSError: If a packet is damaged that others come before and after.
    """
    has_begun, problem = False, None
    for place, packet in enumerate(chain(packets, [None])):
        limit.check()
        if problem is not None and packet is not None:
            raise OSError(f'damaged at {where(place - 1)}: {say(problem)}')
        try:
            frames = codec.decode(packet)
        except av.FFmpegError as error:
            problem = error if has_begun else None
            continue
        has_begun = has_begun or len(frames) > 0
        yield from frames


def _seconds(
    times: Sequence[tuple[int | None, int | None]], unit: float
) -> np.ndarray | None:
    """From the first frame on, by the times that have an order."""
    for values in zip(*times, strict=True):
        if None not in values and all(np.diff(values) > 0):
            return (np.array(values) - values[0]) * unit
    return None
