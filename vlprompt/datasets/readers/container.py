"""A video file that is open, and what cannot be opened in words."""

import os
from collections.abc import Iterator
from itertools import chain
from typing import Any

import av
from av.bitstream import BitStreamFilterContext

from .not_a_video import has_index, missing_bytes, name_content

PROGRESSIVE = 1  # the order of fields of a frame that has none
STREAMS = ('mpegts', 'mpeg')
UNPACK = 'mpeg4_unpack_bframes'
TEXT = ('ansi', 'bintext', 'idf', 'xbin')  # which FFmpeg draws


class Video:
    """The video stream of a file, to be read packet by packet.

    Attributes:
        file: The file.
        unit: Seconds of a unit of time of the stream.
        stream: PyAV's stream; other streams are passed over.
        codec: FFmpeg's name of the codec, such as ``'h264'``.
        container: FFmpeg's name of the container, such as ``'avi'``.

    Args:
        file: The file.
        patience: Seconds that a read may take; FFmpeg gives up after it.

    Raises:
        OSError: If it is no video, in words.
    """

    def __init__(self, file: str, patience: float | None = None) -> None:
        if not os.path.isfile(file):
            raise OSError(explain(file))
        try:
            # The name alone may look like a protocol: a:b.mp4.
            self._container = av.open(
                f'file:{file}', timeout=patience, metadata_errors='replace'
            )
            self.stream = _choose(self._container)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise OSError(explain(file, error)) from error
        # Times that are not in the file would be guessed.
        self._container.flags &= ~av.container.Flags.gen_pts.value
        for other in self._container.streams:
            if other is not self.stream:
                other.discard = av.stream.Discard.all
        self.file = file
        self.container = self._container.format.name
        self.unit = float(self.stream.time_base)
        self.codec = self.stream.codec_context.codec.canonical_name
        self.stream.codec_context.thread_count = 1

    @property
    def may_have_fields(self) -> bool:
        """Whether a packet of H.264 may hold half a frame.

        PyAV before 18 does not tell; broadcasts are interlaced.
        """
        unknown = 0
        codec = self.stream.codec_context
        order = getattr(codec, 'field_order', unknown)
        is_stream = self.container in STREAMS
        interlaced = order > PROGRESSIVE or order == unknown and is_stream
        return self.codec == 'h264' and interlaced

    @property
    def duration(self) -> float:
        """Seconds that the file announces; 0 if it does not."""
        if self.stream.duration is not None:
            return self.stream.duration * self.unit
        return (self._container.duration or 0) / 1e6

    def demux(self) -> Iterator[Any]:
        """The packets from here on, none of them empty.

        Those of MPEG-4 that hold several pictures (packed bitstreams, as
        DivX and Xvid write them) are taken apart.
        """
        packets = (p for p in self._demux() if p.size)
        if self.codec != 'mpeg4':
            yield from packets
            return
        unpack = BitStreamFilterContext(UNPACK, self.stream)
        for packet in chain(packets, [None]):
            yield from unpack.filter(packet)

    def _demux(self) -> Iterator[Any]:
        try:
            yield from self._container.demux(self.stream)
        except IndexError:
            # PyAV, after the last packet of a file in which streams appear
            # that its beginning does not announce
            return
        except av.FFmpegError as error:
            raise OSError(say(error)) from error

    def close(self) -> None:
        """Close the file; PyAV waits for Python's collector otherwise."""
        self._container.close()

    def seek(self, time: int) -> None:
        """Go to a key frame near a time of the stream, or stay."""
        try:
            self._container.seek(time, stream=self.stream)
        except av.FFmpegError as error:
            raise OSError(say(error)) from error


def say(error: Exception) -> str:
    """FFmpeg's or the system's own words."""
    if isinstance(error, av.error.ExitError):
        return 'reading took too long'
    words = getattr(error, 'strerror', None) or str(error)
    return words[:1].lower() + words[1:]


def explain(file: str, error: Exception | None = None) -> str:
    """Why a file cannot be opened, in words.

    Args:
        file: The file.
        error: What FFmpeg or the system said.
    """
    if not os.path.isfile(file):
        there = os.path.exists(file)
        return 'not a file' if there else 'no such file'
    if isinstance(error, PermissionError):
        return say(error)
    if os.path.getsize(file) == 0:
        return 'empty file'
    if content := name_content(file):
        return f'not a video: {content}'
    if missing := missing_bytes(file):
        whole = missing + os.path.getsize(file)
        return f'cut off, {missing} of {whole} bytes are missing'
    if not has_index(file):
        return 'cut off or never finished, its index (moov) is missing'
    if not isinstance(error, av.FFmpegError):
        return say(error)
    return f'no video can be found in it ({say(error)})'


def _choose(container: Any) -> Any:
    """The video stream that players show."""
    stream = container.streams.best('video')
    cover = av.stream.Disposition.attached_pic
    if stream is None or stream.disposition & cover:
        raise OSError('no video stream')
    if stream.codec_context is None:
        raise OSError('its codec is not known to FFmpeg')
    if stream.codec_context.codec.canonical_name in TEXT:
        raise OSError('not a video: text')
    return stream
