"""Frames by PyAV: decord's, but fewer are decoded."""

import sys

import numpy as np
import pytest
from decord import VideoReader
from mmengine.dataset import Compose

from vlprompt.datasets.readers.pyav_reader import LeanReader
from vlprompt.errors import UserError
from vlprompt.registry import TRANSFORMS
from vlprompt.utils import register_all_modules

CLIPS = (
    'arm_wrestling_overlay_6fps.mp4',
    'cleaning_pool_32f.mp4',
    'countdown_294x240.mp4',
    'flipping_pancake.mkv',
    'street_walking_5f.mp4',
    'tiny_3f_rot90.mov',
    'yoga_k400val_Tw2yXa6CzWE.mp4',
)


@pytest.fixture(scope='module', autouse=True)
def _registered():
    register_all_modules()


def first_steps(init, indices):
    """A pipeline that decodes these frames."""

    def choose(results):
        results['frame_inds'] = np.array(indices)
        return results

    steps = [dict(type=init), choose, dict(type='DecordDecode')]
    return Compose([s if callable(s) else TRANSFORMS.build(s) for s in steps])


@pytest.mark.parametrize('name', CLIPS)
def test_the_frames_are_those_of_decord(shared_data, name):
    pytest.importorskip('av')
    file = str(shared_data / 'videos' / name)
    decord, lean = VideoReader(file, num_threads=1), LeanReader(file)
    assert lean.is_regular
    assert len(lean) == len(decord)
    assert lean.get_avg_fps() == pytest.approx(decord.get_avg_fps())
    indices = np.random.default_rng(0).integers(0, len(decord), 8)
    for chosen in (indices, [len(decord) - 1], [0]):
        expected = decord.get_batch(chosen).asnumpy()
        assert np.array_equal(lean.get_batch(chosen).asnumpy(), expected)


@pytest.mark.parametrize(
    ('name', 'reader'),
    [
        ('cleaning_pool_32f.mp4', 'LeanReader'),
        ('apply_eye_makeup.avi', 'VideoReader'),
    ],
)
def test_a_pipeline_with_it(shared_data, name, reader):
    """Frames of AVI are decord's: packets there do not name them."""
    pytest.importorskip('av')
    info = dict(filename=str(shared_data / 'videos' / name))
    opened = TRANSFORMS.build(dict(type='LeanPyAVInit'))(dict(info))
    assert type(opened['video_reader']).__name__ == reader
    a, b = (
        first_steps(init, [20, 3, 3, 31])(dict(info))
        for init in ('DecordInit', 'LeanPyAVInit')
    )
    assert np.array_equal(a['imgs'], b['imgs'])
    for key in ('total_frames', 'img_shape', 'original_shape', 'avg_fps'):
        assert a[key] == b[key]


def encode(av, path, codec, **options):
    """48 frames, each of its own brightness, in groups that are open."""
    with av.open(str(path), 'w') as container:
        stream = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, 'yuv420p'
        for i in range(48):
            image = np.full((48, 64, 3), 5 * i, np.uint8)
            frame = av.VideoFrame.from_ndarray(image, 'rgb24')
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.mark.parametrize(
    ('name', 'codec', 'options'),
    [
        ('a.mp4', 'mpeg4', dict(bf='2', g='12')),
        (
            'a.mkv',
            'libx264',
            {'x264-params': 'keyint=12:open-gop=1:bframes=4'},
        ),
    ],
)
def test_each_frame_alone_is_the_right_one(tmp_path, name, codec, options):
    """Also those that refer to the group before (decord errs there)."""
    av = pytest.importorskip('av')
    encode(av, tmp_path / name, codec, **options)
    reader = LeanReader(str(tmp_path / name))
    assert reader.is_regular and len(reader) == 48
    for i in range(48):
        level = reader.get_batch([i]).asnumpy().mean()
        assert abs(level - 5 * i) < 5, i
        reader = LeanReader(str(tmp_path / name))
    levels = reader.get_batch([40, 2, 2, 25]).asnumpy().mean((1, 2, 3))
    assert np.abs(levels - [200, 10, 10, 125]).max() < 5


def test_fewer_frames_are_decoded(shared_data, monkeypatch):
    """Up to the last that is needed, and of those not all."""
    pytest.importorskip('av')
    name = 'yoga_k400val_Tw2yXa6CzWE.mp4'
    reader = LeanReader(str(shared_data / 'videos' / name))
    seen = []
    take = reader._take
    monkeypatch.setattr(
        reader, '_take', lambda f, w: seen.extend(f) or take(f, w)
    )
    reader.get_batch([100])
    assert 1 <= len(seen) < 100


def test_files_that_cannot_be_read(shared_data, tmp_path):
    pytest.importorskip('av')
    (tmp_path / 'text.mp4').write_text('no video' * 99)
    for file in (tmp_path / 'text.mp4', tmp_path / 'gone.mp4'):
        with pytest.raises(OSError, match=file.name):
            LeanReader(str(file))
    broken = LeanReader(str(shared_data / 'videos/corrupted_tail.mp4'))
    with pytest.raises(OSError, match='Invalid data|no frame'):
        broken.get_batch(range(50))


def test_without_pyav(monkeypatch):
    monkeypatch.setitem(sys.modules, 'av', None)
    init = TRANSFORMS.build(dict(type='LeanPyAVInit'))
    with pytest.raises(UserError, match='needs PyAV: pip install av'):
        init(dict(filename='a.mp4'))
