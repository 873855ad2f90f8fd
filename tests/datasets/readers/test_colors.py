"""Colors are those that the file declares, converted by FFmpeg."""

import av
import numpy as np
import pytest

from vlprompt.datasets.readers.video_reader import VideoReader

LUMA, BLUE, RED = 90, 200, 160  # of every pixel, of 8 bits
# FFmpeg's numbers of matrices: the shares of red and blue in the luma.
MATRICES = {
    None: (0.299, 0.114),
    1: (0.2126, 0.0722),  # ITU-R BT.709
    6: (0.299, 0.114),  # BT.601
    9: (0.2627, 0.0593),  # BT.2020
}
LIMITED, FULL = 1, 2


def convert(matrix, values):
    """The formula of the standards."""
    red_share, blue_share = MATRICES[matrix]
    low, gain, chroma = (0, 255, 255) if values == FULL else (16, 219, 224)
    y = (LUMA - low) / gain
    u, v = ((part - 128) / chroma for part in (BLUE, RED))
    red = y + 2 * (1 - red_share) * v
    blue = y + 2 * (1 - blue_share) * u
    green = (y - red_share * red - blue_share * blue) / (
        1 - red_share - blue_share
    )
    return np.clip(255 * np.array([red, green, blue]), 0, 255)


def write_plain(path, pix_fmt, codec, matrix, values):
    """A clip of one color."""
    with av.open(str(path), 'w') as container:
        options = {'crf': '1', 'threads': '1'}
        if codec == 'libx265':
            options['x265-params'] = 'log-level=none'
        stream = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, pix_fmt
        for _ in range(3):
            frame = av.VideoFrame(64, 48, pix_fmt)
            deep = '10' in pix_fmt
            for plane, part in zip(
                frame.planes, (LUMA, BLUE, RED), strict=True
            ):
                kind = np.uint16 if deep else np.uint8
                size = plane.buffer_size // kind().itemsize
                plane.update(np.full(size, part << 2 * deep, kind).tobytes())
            for name, value in (
                ('colorspace', matrix),
                ('color_range', values),
            ):
                if value is not None:
                    setattr(frame, name, value)
                    setattr(stream.codec_context, name, value)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return str(path)


@pytest.mark.parametrize('values', [None, LIMITED, FULL])
@pytest.mark.parametrize('matrix', MATRICES)
@pytest.mark.parametrize(
    ('pix_fmt', 'codec'),
    [
        ('yuv420p', 'libx264'),
        ('yuv444p', 'libx264'),
        ('yuv420p10le', 'libx265'),
    ],
)
def test_matrix_and_range(tmp_path, pix_fmt, codec, matrix, values):
    """Within 3 of the formula (FFmpeg rounds), and decord's to the bit."""
    file = write_plain(tmp_path / 'a.mp4', pix_fmt, codec, matrix, values)
    (image,) = VideoReader(file).read([1])
    pixel = image[24, 32].astype(int)
    assert np.abs(pixel - convert(matrix, values)).max() <= 3.5
    decord = pytest.importorskip('decord')
    theirs = decord.VideoReader(file, num_threads=1)[1].asnumpy()
    assert np.array_equal(image, theirs)
