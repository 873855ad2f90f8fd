"""Decoding frames by their numbers, by an index."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

import av
import numpy as np

from .container import Video
from .packets import Packets
from .time_limit import TimeLimit
from .video_index import VideoIndex

# Their decoders can leave out frames that no other refers to.
CAN_SKIP = ('h264', 'hevc', 'mpeg1video', 'mpeg2video', 'mpeg4', 'vp8', 'vp9')
# FFmpeg conceals damage by what it has decoded before, whatever that was.
STRICT = {'err_detect': 'explode'}


class IndexFailed(Exception):
    """What was decoded is damaged, or not what the index says."""


@dataclass
class Run:
    """Frames that are decoded in one go.

    Attributes:
        begin: The packet where decoding starts.
        end: The last packet that is needed.
        numbers: The frames.
    """

    begin: int
    end: int
    numbers: set[int] = field(default_factory=set)


class IndexedFrames:
    """Decodes what leads to a frame, from the entry before it.

    Frames that no other refers to are decoded only if they are asked for.

    Attributes:
        times: When each frame is shown, in seconds; None if not known.

    Args:
        video: The open file, whose decoder is used.
        packets: Its packets.
        index: Of the packets.
        limit: Is asked with every packet.
    """

    def __init__(
        self,
        video: Video,
        packets: Packets,
        index: VideoIndex,
        limit: TimeLimit,
    ) -> None:
        self._codec = video.stream.codec_context
        if index.is_closed:
            self._codec.options = STRICT
        self._can_skip = video.codec in CAN_SKIP
        self._packets, self._limit = packets, limit
        self._numbers = index.numbers.tolist()
        shown = np.flatnonzero(index.numbers >= 0)
        self._places = shown[np.argsort(index.numbers[shown])].tolist()
        self._entries = index.entries.tolist()
        self._firsts = index.firsts.tolist()
        self.times = index.times

    def __len__(self) -> int:
        """The number of frames."""
        return len(self._places)

    def decode(self, numbers: Sequence[int]) -> Iterator[tuple[int, Any]]:
        """Frames by their numbers, which ascend.

        Raises:
            IndexFailed: If decoding in order may give others.
        """
        for run in self._runs(numbers):
            yield from self._decode_run(run)

    def _runs(self, numbers: Sequence[int]) -> list[Run]:
        runs: list[Run] = []
        for number in numbers:
            place = self._places[number]
            entry = self._entries[bisect_right(self._firsts, number) - 1]
            if not runs or entry > runs[-1].end:
                runs.append(Run(entry, place))
            runs[-1].numbers.add(number)
            runs[-1].end = max(runs[-1].end, place)
        return runs

    def _decode_run(self, run: Run) -> Iterator[tuple[int, Any]]:
        self._codec.flush_buffers()
        wanted, latest = set(run.numbers), -1
        packets = islice(
            self._packets.start_at(run.begin), run.end + 1 - run.begin
        )
        # None asks for what is held back.
        for place, packet in enumerate(chain(packets, [None]), run.begin):
            for frame in self._feed(place, packet, run.numbers):
                if frame.is_corrupt or frame.pts <= latest:
                    raise IndexFailed(f'frame {frame.pts} is damaged or early')
                latest = frame.pts
                if frame.pts in wanted:
                    wanted.discard(frame.pts)
                    yield frame.pts, frame
        if wanted:
            raise IndexFailed(f'frame {min(wanted)} is missing')

    def _feed(self, place: int, packet: Any, wanted: set[int]) -> list[Any]:
        """Decode a packet, with the number of its frame as its time."""
        self._limit.check()
        skips = False
        if packet is not None:
            packet.pts = self._numbers[place]
            skips = self._can_skip and packet.pts not in wanted
        self._codec.skip_frame = 'NONREF' if skips else 'DEFAULT'
        try:
            return self._codec.decode(packet)
        except av.FFmpegError as error:
            raise IndexFailed(f'packet {place} is damaged') from error
