"""Parts of videos in a format that browsers play."""

import io
from fractions import Fraction
from pathlib import Path

import av

LONGEST = 60  # seconds of an excerpt
WIDEST = 640  # pixels
RATE = 24  # frames of a second at most
SUFFIXES = ('.mp4', '.m4v', '.mov', '.webm')
CODECS = ('h264', 'vp8', 'vp9', 'av1')
FORMATS = ('yuv420p', 'yuvj420p')  # others play in some browsers only


def is_playable(path: Path) -> bool:
    """Whether all usual browsers play a video."""
    if path.suffix.lower() not in SUFFIXES:
        return False
    try:
        with av.open(str(path)) as container:
            codec = container.streams.video[0].codec_context
            return codec.name in CODECS and codec.pix_fmt in FORMATS
    except (OSError, IndexError, ValueError):
        return False


def excerpt(path: Path, start: float, end: float) -> bytes:
    """A part of a video as H.264 in MP4, without sound.

    Args:
        path: The video.
        start: Its first second, from the first frame on.
        end: Its last second.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it has no frames there.
    """
    file = io.BytesIO()
    with av.open(str(path)) as source, av.open(file, 'w', 'mp4') as target:
        stream = source.streams.video[0]
        stream.thread_type = 'AUTO'
        begin = float((stream.start_time or 0) * stream.time_base)
        source.seek(int((begin + start) / stream.time_base), stream=stream)
        output, last = None, -1.0
        for frame in source.decode(stream):
            second = (frame.time or 0.0) - begin
            if second >= end:
                break
            if second < start or second < last + 0.9 / RATE:
                continue
            if output is None:
                output = _stream(target, frame)
            last = second
            target.mux(output.encode(_resized(frame, output, second - start)))
        if output is None:
            raise ValueError(f'no frames from {start:g} s to {end:g} s')
        target.mux(output.encode(None))
    return file.getvalue()


def _stream(
    target: av.container.OutputContainer, frame: av.VideoFrame
) -> av.VideoStream:
    scale = min(1, WIDEST / frame.width)
    options = dict(preset='veryfast', movflags='faststart')
    output = target.add_stream('libx264', rate=RATE, options=options)
    # H.264 has colours for each 2 x 2 pixels.
    output.width = max(2, round(frame.width * scale / 2) * 2)
    output.height = max(2, round(frame.height * scale / 2) * 2)
    output.pix_fmt = 'yuv420p'
    output.codec_context.time_base = Fraction(1, 1000)
    return output


def _resized(
    frame: av.VideoFrame, output: av.VideoStream, second: float
) -> av.VideoFrame:
    smaller = frame.reformat(output.width, output.height, 'yuv420p')
    smaller.pts = round(second * 1000)
    smaller.time_base = Fraction(1, 1000)
    return smaller
