"""What is said about damage does not depend on what was read before."""

import random
from types import SimpleNamespace

import numpy as np
import pytest

from tools.benchmark.reliability.clips import Clip, write
from tools.benchmark.reliability.damage import zero_ranges
from vlprompt.datasets.readers.container import Video
from vlprompt.datasets.readers.video_reader import VideoReader

REFRESH = Clip(
    '.ts',
    'libx264',
    24,
    4,
    2,
    size=(96, 80),
    pix_fmt='yuv420p10le',
    options=(('x264-params', 'intra-refresh=1'),),
)


def read(reader, numbers):
    try:
        return reader.read(numbers)
    except OSError:
        return None


@pytest.mark.slow
def test_a_frame_alone_is_that_of_all(tmp_path):
    """What FFmpeg conceals damage with depends on the frames before."""
    data = write(tmp_path / 'clip', REFRESH).read_bytes()
    file, compared = tmp_path / 'damaged.ts', 0
    for seed in (0, 1, 2, 66, 374):
        file.write_bytes(zero_ranges(data, random.Random(seed)))
        try:
            alone = VideoReader(str(file))
        except OSError:
            continue
        images = [read(alone, [number]) for number in range(len(alone))]
        together = read(VideoReader(str(file)), range(len(alone)))
        if together is None:
            continue
        for image, wanted in zip(images, together, strict=True):
            if image is not None:
                compared += 1
                assert np.array_equal(image[0], wanted), seed
    assert compared > 100


def test_streams_that_are_not_announced(tmp_path):
    """PyAV fails after the last packet, when it has given all."""
    video = Video(str(write(tmp_path / 'clip', REFRESH)))
    packets = list(video.demux())

    def demux(stream):
        yield from packets
        [][0]

    video._container = SimpleNamespace(demux=demux)
    assert list(video.demux()) == packets
