"""The frames of any video, exactly."""

from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from .coded_pictures import look_for
from .completeness import check_whole
from .container import Video
from .counted_frames import CountedFrames, decode_in_order
from .decord_faults import decord_fault
from .frame_batch import FrameBatch
from .indexed_frames import IndexedFrames, IndexFailed
from .packets import Packets
from .rgb import ToRGB
from .time_limit import SECONDS, TimeLimit
from .video_index import build_index


class VideoReader:
    """The frames of a video by their numbers, with decord's interface.

    Frame i is the i-th that decoding the file in order shows, for every
    container and codec.  An index of the packets says where it is; where the
    packets cannot be trusted to tell, the file is decoded in order.

    Frames are converted to RGB by FFmpeg, turned as the file asks for, and
    have the size of the first one.

    Args:
        file: The file.
        time_limit: Seconds that opening it, and each reading, may take; None
            for as long as it takes.

    Raises:
        OSError: If it cannot be read, in words.

    Example, in the folder in which ``vlprompt demo`` was run:
        >>> video = 'data/toy/videos/val_red_star_blinking_000.mp4'
        >>> reader = VideoReader(video)
        >>> len(reader)
        20
        >>> first, last = reader.read([0, len(reader) - 1])
        >>> first.shape
        (64, 64, 3)
    """

    def __init__(self, file: str, time_limit: float | None = SECONDS) -> None:
        self.file = str(file)
        self._limit = TimeLimit(time_limit)
        self._limit.run(self._open)

    def __len__(self) -> int:
        """The number of frames."""
        return len(self._frames)

    @property
    def access(self) -> str:
        """How frames are found, as :class:`VideoFacts` has it."""
        if isinstance(self._frames, IndexedFrames):
            return 'by index'
        return 'in order' if self._index is None else 'in order, damaged'

    @property
    def decord_fault(self) -> str:
        """Why decord cannot be trusted with it; nothing if it can."""
        matrix = self._convert.matrix
        return decord_fault(self._video, self._packets, self._index, matrix)

    @property
    def frame_times(self) -> np.ndarray:
        """When each frame is shown, in seconds from the first one."""
        if self._frames.times is not None:
            return self._frames.times
        return np.arange(len(self)) / (self._declared_fps() or 1.0)

    def get_avg_fps(self) -> float:
        """Frames for each second; 0 if nothing tells."""
        declared, times = self._declared_fps(), self._frames.times
        if times is None or len(times) < 2:
            return declared
        measured = (len(times) - 1) / times[-1]
        # What is declared is exact, if it is right.
        return (
            declared
            if abs(measured / (declared or 1) - 1) < 0.01
            else float(measured)
        )

    def get_batch(self, indices: Sequence[int]) -> FrameBatch:
        """Frames by their place, in any order, with repeats.

        Raises:
            IndexError: If there is none.
            OSError: If one cannot be decoded.
        """
        return FrameBatch(np.stack(self.read(indices)))

    def read(self, indices: Sequence[int]) -> list[np.ndarray]:
        """As :meth:`get_batch`, but (H, W, 3) arrays one by one.

        Frames that are asked for twice are the same array.
        """
        wanted = self._wanted(indices)
        frames = self._limit.run(lambda: self._decode(wanted))
        # Here, and not where they were decoded: what a thread that ends has
        # allocated costs more to be used again.
        images = {number: self._convert(f) for number, f in frames}
        return [images[int(index)] for index in indices]

    def iterate(
        self, indices: Sequence[int] | None = None
    ) -> Iterator[np.ndarray]:
        """As :meth:`read`, all by default, one after the other.

        Only some frames are in memory.  The time limit is for each of them.

        Args:
            indices: Which ones, ascending.
        """
        wanted = range(len(self)) if indices is None else indices
        left = deque(self._wanted(wanted))
        frames = self._frames.decode(list(left))
        while left:
            try:
                _, frame = self._limit.run(partial(next, frames))
            except IndexFailed:
                self._limit.run(self._count_frames)
                frames = self._frames.decode(list(left))
                continue
            left.popleft()
            yield self._convert(frame)

    def verify(self) -> None:
        """Decode all frames, one by one, without looking at them.

        Raises:
            OSError: If there are others than the packets announce.
        """
        frames = self._frames.decode(range(len(self)))
        try:
            for _ in range(len(self)):
                self._limit.run(partial(next, frames))
        except IndexFailed:
            self._limit.run(self._count_frames)

    def _wanted(self, indices: Sequence[int]) -> list[int]:
        wanted = sorted({int(index) for index in indices})
        if wanted and not 0 <= wanted[0] <= wanted[-1] < len(self):
            raise IndexError(
                f'frames {wanted[0]} to {wanted[-1]} of {self.file}, which '
                f'has {len(self)}'
            )
        return wanted

    def _open(self) -> None:
        video = self._video = self._open_again()
        codec = video.stream.codec_context
        look = None
        if not video.may_have_fields:
            look = look_for(video.codec, codec.extradata)
        self._packets = Packets(self._open_again)
        pictures = [look and look(p) for p in self._packets.scan(video)]
        check_whole(video, self._packets)
        self._index = build_index(
            self._packets.facts,
            pictures,
            video.codec,
            video.container,
            video.unit,
        )
        size = video.stream.width, video.stream.height
        self._convert = ToRGB(self.file, size, self._decode_first)
        if self._index is None:
            self._frames = CountedFrames(video, self._packets, self._limit)
        else:
            self._frames = IndexedFrames(
                video, self._packets, self._index, self._limit
            )

    def _open_again(self) -> Video:
        return Video(self.file, self._limit.seconds)

    def _decode_first(self) -> Any:
        """The first frame, by a decoder of its own."""
        video = self._open_again()
        codec = video.stream.codec_context
        return next(decode_in_order(codec, video.demux(), self._limit, str))

    def _decode(self, numbers: Sequence[int]) -> list[tuple[int, Any]]:
        try:
            return list(self._frames.decode(numbers))
        except IndexFailed:
            self._count_frames()
            return list(self._frames.decode(numbers))

    def _count_frames(self) -> None:
        """Stop relying on an index that was wrong.

        Raises:
            OSError: If it had another number of frames.
        """
        video = self._open_again()
        frames = CountedFrames(video, self._packets, self._limit)
        if len(frames) != len(self):
            raise OSError(
                f'damaged: its packets announce {len(self)} frames, '
                f'{len(frames)} can be decoded'
            )
        frames.times = self._frames.times
        self._frames = frames

    def _declared_fps(self) -> float:
        stream = self._video.stream
        return float(stream.average_rate or stream.guessed_rate or 0)
