"""Reading few frames of a video with PyAV, decoding as few as possible."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import numpy as np

from vlprompt.errors import UserError

from .frame_store import FrameBatch

# Their decoders can leave out frames; dav1d, of AV1, settles it once.
CAN_SKIP = ('h264', 'hevc', 'mpeg4', 'vp8', 'vp9')


class LeanReader:
    """Few frames of a video, with the part of decord's interface in use.

    Frames that no other refers to are decoded only if they are asked for,
    and only frames that are asked for are converted to RGB.

    Attributes:
        is_regular: Whether frames can be told; there are none otherwise.

    Args:
        file: The video.

    Raises:
        UserError: Without PyAV.
        OSError: If the file cannot be read.
    """

    def __init__(self, file: str) -> None:
        self._av = _import_av()
        try:
            self._container = self._av.open(file)
            self._stream = self._container.streams.video[0]
            self._stream.codec_context.thread_count = 1
            packets = [
                p for p in self._container.demux(self._stream) if p.size
            ]
        except (self._av.FFmpegError, IndexError) as error:
            raise OSError(str(error)) from error
        self._convert = self._av.video.reformatter.VideoReformatter().reformat
        self.is_regular = _name_frames(self._container, packets)
        self._times = sorted(p.pts for p in packets) if self.is_regular else []
        # By time: frames of an open group refer to the group before.
        keys = ((p.pts, i) for i, p in enumerate(packets) if p.is_keyframe)
        self._keys = sorted(keys) if self.is_regular else []
        self._packets = [*packets, None]  # None asks for what is held back

    def __len__(self) -> int:
        """The number of frames."""
        return len(self._times)

    def get_avg_fps(self) -> float:
        """Frames for each second."""
        return float(self._stream.average_rate)

    def get_batch(self, indices: Sequence[int]) -> FrameBatch:
        """Frames by their place, in any order, with repeats.

        Raises:
            OSError: If one cannot be decoded.
        """
        times = [self._times[i] for i in indices]
        try:
            images = self._decode(set(times))
        except self._av.FFmpegError as error:
            raise OSError(str(error)) from error
        return FrameBatch(np.stack([images[time] for time in times]))

    def _decode(self, wanted: set[int]) -> dict[int, np.ndarray]:
        images: dict[int, np.ndarray] = {}
        context = self._stream.codec_context
        skips = 'NONREF' if context.name in CAN_SKIP else 'DEFAULT'
        place = -1
        for time in sorted(wanted):
            key = bisect_right(self._keys, (time, len(self._packets))) - 1
            start = self._keys[key][1]
            if time not in images and start > place:
                context.flush_buffers()
                place = start
            while time not in images and place < len(self._packets):
                packet = self._packets[place]
                asked = packet is None or packet.pts in wanted
                context.skip_frame = 'DEFAULT' if asked else skips
                images |= self._take(context.decode(packet), wanted)
                place += 1
            if time not in images:
                raise OSError(f'no frame at {time}')
        return images

    def _take(self, frames: Sequence[Any], wanted: set[int]) -> dict:
        return {
            frame.pts: np.rot90(
                self._convert(frame, format='rgb24').to_ndarray(),
                frame.rotation // 90,
            )
            for frame in frames
            if frame.pts in wanted
        }


def _name_frames(container: Any, packets: Sequence[Any]) -> bool:
    """Whether packets tell which frames they hold, in a file that is whole.

    They do not in AVI, and some are not shown if there is an edit list.
    """
    times = {packet.pts for packet in packets}
    return (
        container.format.name != 'avi'
        and len(packets) > 0
        and None not in times
        and len(times) == len(packets)
        and not any(packet.is_discard for packet in packets)
        and packets[0].is_keyframe
        and packets[0].pts == min(times)
    )


def _import_av() -> Any:
    try:
        import av
    except ImportError as error:
        raise UserError(
            'LeanPyAVInit needs PyAV: pip install av (or use DecordInit)'
        ) from error
    return av
