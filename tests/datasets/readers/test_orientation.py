"""Which way up frames are: the same in every container and reader."""

import struct

import numpy as np
import pytest

from tools.benchmark.reliability.clips import (
    Clip,
    copy,
    draw,
    write,
)
from tools.benchmark.reliability.decoded_in_order import decode_in_order
from vlprompt.datasets.readers.orientation import orient
from vlprompt.datasets.readers.video_reader import VideoReader

ONE = 65536
# (a, b, c, d) of the display matrix, and what it does to an image.
MATRICES = {
    'as it is': ((1, 0, 0, 1), lambda image: image),
    'quarter turn right': ((0, 1, -1, 0), lambda image: np.rot90(image, -1)),
    'half turn': ((-1, 0, 0, -1), lambda image: np.rot90(image, 2)),
    'quarter turn left': ((0, -1, 1, 0), lambda image: np.rot90(image)),
    'left to right': ((-1, 0, 0, 1), lambda image: image[:, ::-1]),
    'upside down': ((1, 0, 0, -1), lambda image: image[::-1]),
    'across': ((0, 1, 1, 0), lambda image: image.swapaxes(0, 1)),
    'across the other way': (
        (0, -1, -1, 0),
        lambda image: np.rot90(image, 2).swapaxes(0, 1),
    ),
}


def turn(file, matrix):
    """Write a display matrix into the track of an MP4."""
    a, b, c, d = (round(ONE * value) for value in matrix)
    data = bytearray(file.read_bytes())
    begin = data.index(b'tkhd') + 4 + 4 + 20 + 16
    plain = struct.pack('>9i', ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30)
    assert data[begin : begin + 36] == plain
    data[begin : begin + 36] = struct.pack(
        '>9i', a, b, 0, c, d, 0, 0, 0, 1 << 30
    )
    file.write_bytes(data)
    return file


@pytest.mark.parametrize('suffix', ['.mp4', '.mov', '.mkv'])
@pytest.mark.parametrize('name', MATRICES)
def test_right_angles_and_mirrors(tmp_path, name, suffix):
    matrix, apply = MATRICES[name]
    plain = write(tmp_path / 'plain', Clip('.mp4', 'libx264', 8, b_frames=1))
    upright = VideoReader(str(plain)).read([5])[0]
    file = turn(
        write(tmp_path / 'turned', Clip('.mp4', 'libx264', 8, b_frames=1)),
        matrix,
    )
    if suffix != '.mp4':
        file = copy(file, tmp_path / f'turned{suffix}')
    reader = VideoReader(str(file))
    (image,) = reader.read([5])
    assert np.array_equal(image, apply(upright))
    assert image.flags['C_CONTIGUOUS'] or name == 'as it is'
    assert np.array_equal(image, decode_in_order(file).frames[5])


def test_other_angles_are_left_with_a_line(tmp_path, logged):
    half = 2**-0.5
    file = write(tmp_path / 'turned', Clip('.mp4', 'libx264', 8))
    upright = VideoReader(str(file)).read([5])[0]
    turn(file, (half, half, -half, half))
    image = VideoReader(str(file)).read([5])[0]
    assert np.array_equal(image, upright)
    assert any('turned.mp4 asks to be turned' in line for line in logged)


def test_nearly_a_right_angle():
    image = draw(5, (64, 48))
    turned = orient(image, np.array([[0.001, 1.0], [-1.0, 0.001]]))
    assert np.array_equal(turned, np.rot90(image, -1))


def test_real_clips(shared_data):
    """The same picture, stored upright and on its side."""
    plain, turned = (
        VideoReader(str(shared_data / f'videos/tiny_3f_rot{angle}.mov'))
        for angle in (0, 90)
    )
    assert plain.read([0])[0].shape == (320, 568, 3)
    assert turned.read([0])[0].shape == (568, 320, 3)
