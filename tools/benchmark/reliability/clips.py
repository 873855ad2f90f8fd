"""Synthetic clips whose frames carry their number, and what they show.

A frame has eight black or white squares, one for each bit of its number, on
noise that moves, so that a frame that was decoded from the wrong reference
is not the right one by chance.
"""

from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np

BITS = 8


class Clip(NamedTuple):
    """What to encode.

    Attributes:
        suffix: Of the file, which chooses the container.
        codec: PyAV's name of the encoder.
        frames: How many.
        gop: Frames between key frames, at most.
        b_frames: Between two others, at most.
        size: Width and height.
        pix_fmt: FFmpeg's name.
        times: Seconds of each frame; 25 a second if there are none.
        options: Of the encoder.
        start: Seconds to cut off at the beginning, without encoding again.
        container: FFmpeg's name, if the suffix does not tell.
    """

    suffix: str
    codec: str
    frames: int = 40
    gop: int = 12
    b_frames: int = 0
    size: tuple[int, int] = (64, 48)
    pix_fmt: str = 'yuv420p'
    times: tuple[float, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    start: float = 0.0
    container: str | None = None

    def __str__(self) -> str:
        """For the names of tests."""
        parts = [self.codec, self.suffix, f'g{self.gop}b{self.b_frames}']
        parts += [f'{self.size[0]}x{self.size[1]}', self.pix_fmt]
        parts += ['variable'] * bool(self.times) + ['cut'] * (self.start > 0)
        return '-'.join([*parts, *(f'{k}={v}' for k, v in self.options)])


def draw(number: int, size: tuple[int, int]) -> np.ndarray:
    """(H, W, 3) of one frame."""
    width, height = size
    noise = np.random.default_rng(0).integers(60, 130, (height, 2 * width, 3))
    image = noise[:, number % width : number % width + width].astype(np.uint8)
    edges = np.linspace(0, width, BITS + 1).astype(int)
    for bit in range(BITS):
        square = image[: max(1, height // 2), edges[bit] : edges[bit + 1]]
        square[:] = 255 * (number >> bit & 1)
    return image


def number_of(image: np.ndarray) -> int:
    """The number that a frame carries."""
    height, width, _ = image.shape
    edges = np.linspace(0, width, BITS + 1).astype(int)
    rows = image[: max(1, height // 2)]
    levels = [
        rows[:, edges[bit] : edges[bit + 1]].mean() for bit in range(BITS)
    ]
    return sum(int(level > 127) << bit for bit, level in enumerate(levels))


def write(path: Path, clip: Clip) -> Path:
    """Encode a clip; the path with its suffix is returned."""
    file = path.with_suffix(clip.suffix)
    target = path.with_suffix('.whole.mp4') if clip.start else file
    with av.open(str(target), 'w', format=clip.container) as container:
        # With more threads, x264 is not always deterministic.
        options = dict(g=str(clip.gop), bf=str(clip.b_frames), threads='1')
        stream = container.add_stream(
            clip.codec, rate=25, options=options | dict(clip.options)
        )
        stream.width, stream.height = clip.size
        stream.pix_fmt = clip.pix_fmt
        if clip.times:
            stream.codec_context.time_base = Fraction(1, 1000)
        for number in range(clip.frames):
            frame = av.VideoFrame.from_ndarray(draw(number, clip.size))
            frame = frame.reformat(format=clip.pix_fmt)
            if clip.times:
                frame.time_base = Fraction(1, 1000)
                frame.pts = round(1000 * clip.times[number])
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    if clip.start:
        copy(target, file, clip.start)
    return file


def copy(
    source: Path, target: Path, start: float = 0.0, drop: int = 0
) -> Path:
    """Copy packets as ``ffmpeg -ss START -c copy`` does.

    Those from the key frame before the start on are kept; where a container
    can say so (MP4), a player leaves out what comes before the start.
    """
    with av.open(str(source)) as old, av.open(str(target), 'w') as new:
        stream = old.streams.video[0]
        offset = round(start / stream.time_base)
        if start:
            old.seek(offset, stream=stream)
        made = new.add_stream_from_template(stream)
        for number, packet in enumerate(old.demux(stream)):
            if packet.size and number >= drop:
                packet.pts -= offset
                packet.dts -= offset
                packet.stream = made
                new.mux(packet)
    return target
