"""What FFmpeg shows of a file when it decodes it from its beginning."""

import ctypes
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np

from vlprompt.datasets.readers.orientation import display_matrix, orient

PERTURB = -6  # M_PERTURB of glibc's mallopt
FILLINGS = (0x00, 0x55, 0xFF)
SAME_TIME = 1e-3  # seconds


class Truth(NamedTuple):
    """What decoding in order shows.

    Attributes:
        frames: (H, W, 3) each, as far as they can be decoded.
        times: When each is shown, in seconds from the first one; None if
            the file does not say.
    """

    frames: list[np.ndarray]
    times: list[float | None]

    def has(self, number: int, time: float, image: np.ndarray) -> bool:
        """Whether a frame is that of its number or of its time."""
        numbers = {
            i
            for i, shown in enumerate(self.times)
            if shown is not None and abs(shown - time) < SAME_TIME
        }
        return any(
            np.array_equal(image, self.frames[i])
            for i in numbers | {number}
            if i < len(self.frames)
        )


def decode_in_order(file: Path, passes: int = 1) -> Truth:
    """What PyAV alone shows, passing over what cannot be decoded.

    Args:
        file: The file.
        passes: How often the same decoder decodes it; the last one counts.
    """
    shown: list[av.VideoFrame] = []
    try:
        with av.open(str(file), metadata_errors='replace') as container:
            stream = container.streams.best('video')
            codec, unit = stream.codec_context, stream.time_base
            codec.thread_count = 1
            packets = list(_demux(container, stream))
            for _ in range(passes):
                codec.flush_buffers()
                shown = [f for p in packets for f in _decode(codec, p)]
    except (av.FFmpegError, OSError, ValueError, AttributeError):
        pass  # what has been shown until then
    if not shown:
        return Truth([], [])
    size = shown[0].width, shown[0].height
    times = [None if f.pts is None else float(f.pts * unit) for f in shown]
    begins = [
        packet.dts if packet.pts is None else packet.pts
        for packet in packets
        if packet and not packet.is_discard
    ]
    begin = min((b * unit for b in begins if b is not None), default=0)
    return Truth(
        [
            orient(
                frame.reformat(*size, format='rgb24').to_ndarray(),
                display_matrix(frame),
            )
            for frame in shown
        ],
        [None if time is None else time - begin for time in times],
    )


def find_made_up(file: Path) -> set[int]:
    """Frames that FFmpeg shows otherwise each time it decodes them.

    It does so where it conceals damage with memory that nothing has written.
    Here that memory is filled with several values, and with the frames of an
    earlier pass.
    """
    mallopt = getattr(ctypes.CDLL(None), 'mallopt', lambda *_: 0)
    truths = []
    for filling in FILLINGS:
        mallopt(PERTURB, filling)
        truths += [decode_in_order(file), decode_in_order(file, passes=2)]
    mallopt(PERTURB, 0)
    many = max(len(truth.frames) for truth in truths)
    return {
        number
        for number in range(many)
        for truth in truths[1:]
        if not all(number < len(t.frames) for t in (truth, truths[0]))
        or not np.array_equal(truth.frames[number], truths[0].frames[number])
    }


def _demux(container: Any, stream: Any) -> Any:
    try:
        yield from container.demux(stream)
    except (av.FFmpegError, IndexError):
        yield None  # asks for what is held back


def _decode(codec: Any, packet: Any) -> list[av.VideoFrame]:
    try:
        return codec.decode(packet if packet and packet.size else None)
    except av.FFmpegError:
        return []
