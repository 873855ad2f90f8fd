"""Codec x container x GOP x B frames x rate x edit list x size x depth.

Whatever the file: random access gives what decoding in order does.
"""

from itertools import product

import numpy as np
import pytest
from clips import Clip, decode_in_order, number_of, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mmengine.dataset import Compose

from vlprompt.datasets.readers.frame_store import (
    FrameStore,
    FrameStoreWriter,
    StoreJob,
)
from vlprompt.datasets.readers.probe import decode_video
from vlprompt.datasets.readers.video_reader import VideoReader
from vlprompt.registry import TRANSFORMS
from vlprompt.utils import register_all_modules

# Encoders: containers, pixel formats, and whether they can make B frames.
KINDS = {
    'libx264': (
        ('.mp4', '.mov', '.mkv', '.ts', '.m2ts', '.avi', '.flv'),
        ('yuv420p', 'yuv444p', 'yuv420p10le'),
        True,
    ),
    'libx265': (('.mp4', '.mkv', '.ts'), ('yuv420p', 'yuv420p10le'), True),
    'mpeg4': (('.mp4', '.avi', '.mkv', '.ts'), ('yuv420p',), True),
    'mpeg2video': (('.mpg', '.ts', '.mkv'), ('yuv420p',), True),
    'mpeg1video': (('.mpg', '.mkv'), ('yuv420p',), True),
    'libvpx': (('.webm', '.mkv', '.ogv'), ('yuv420p',), False),
    'libvpx-vp9': (('.webm', '.mp4'), ('yuv420p', 'yuv444p'), False),
    'libsvtav1': (('.mp4', '.mkv'), ('yuv420p', 'yuv420p10le'), False),
    'mjpeg': (('.avi', '.mov', '.mkv'), ('yuvj420p',), False),
    'ffv1': (('.avi', '.mkv'), ('yuv420p', 'bgr0'), False),
    'prores_ks': (('.mov',), ('yuv422p10le',), False),
    'flv': (('.flv', '.avi'), ('yuv420p',), False),
    'wmv2': (('.wmv', '.avi'), ('yuv420p',), False),
    'msmpeg4': (('.avi',), ('yuv420p',), False),
    'huffyuv': (('.avi',), ('yuv422p',), False),
    'gif': (('.gif',), ('rgb8',), False),
    'apng': (('.apng',), ('rgb24', 'rgba'), False),
}
EXTRAS = {
    'libx264': ('', 'open-gop=1:scenecut=0', 'intra-refresh=1', 'tff=1'),
    'libx265': ('', 'open-gop=0'),
}
CONSTANT_RATE = ('.avi', '.mpg', 'mpeg1video', 'mpeg2video')
CUT = ('.mp4', '.mov')
SEEKABLE = ('libx264', 'libx265', 'mpeg4')  # key frames are in MP4's index
VARIABLE = tuple(0.02 * i + 0.3 * (i // 7) for i in range(24))


def make(codec, suffix, pix_fmt, gop, b_frames, extra, *, size, variable, cut):
    """A clip that the encoder and the container can hold."""
    options = [('x265-params', f'log-level=none:{extra}'.rstrip(':'))]
    if codec != 'libx265':
        options = [('x264-params', extra)] if extra else []
    if codec == 'libsvtav1':
        options, size = [('preset', '12')], (64, 64)
    if codec == 'libvpx-vp9':
        options = [('deadline', 'realtime'), ('cpu-used', '8')]
    if pix_fmt == 'yuv420p' and codec not in ('libx264', 'libx265'):
        size = tuple(side + side % 2 for side in size)
    if extra == 'tff=1':
        size = size[0], size[1] - size[1] % 4
    may_vary = suffix not in CONSTANT_RATE and codec not in CONSTANT_RATE
    may_cut = cut and suffix in CUT and codec in SEEKABLE
    return Clip(
        suffix,
        codec,
        24,
        gop,
        b_frames if KINDS[codec][2] else 0,
        size=size,
        pix_fmt=pix_fmt,
        times=VARIABLE if variable and may_vary else (),
        options=tuple(options),
        start=0.36 if may_cut else 0.0,
        container='ogg' if suffix == '.ogv' else None,
    )


def matrix():
    """Every codec in every container, depth, GOP and reordering."""
    clips = {}
    for codec, (suffixes, formats, has_b) in KINDS.items():
        for case in product(
            suffixes,
            formats,
            (4, 250),
            (0, 2) if has_b else (0,),
            EXTRAS.get(codec, ('',)),
        ):
            turn = len(clips)
            clip = make(
                codec,
                *case,
                size=((64, 48), (66, 50), (96, 80))[turn % 3],
                variable=turn % 5 == 4,
                cut=turn % 2 == 1,
            )
            clips[str(clip)] = clip
    return list(clips.values())


@pytest.fixture(scope='module', autouse=True)
def _registered():
    register_all_modules()


def assert_exact(folder, clip, seed):
    """The reader, the 4x3 view test, a frame store and the checker agree."""
    file = write(folder / 'clip', clip)
    expected = decode_in_order(file)
    reader = VideoReader(str(file))
    assert len(reader) == len(expected)
    rng = np.random.default_rng(seed)
    asked = rng.integers(0, len(expected), rng.integers(1, 7))
    for i, image in zip(asked, reader.read(asked), strict=True):
        assert np.array_equal(image, expected[i]), i
    assert all(np.diff(reader.frame_times) > 0)
    steps = [
        dict(type='VideoInit'),
        dict(type='MultiViewSegmentSample', num_frames=3, num_views=4),
        dict(type='VideoDecode'),
    ]
    pipeline = Compose([TRANSFORMS.build(step) for step in steps])
    results = pipeline(dict(filename=str(file)))
    for i, image in zip(results['frame_inds'], results['imgs'], strict=True):
        assert np.array_equal(image, expected[i]), i
    facts = decode_video(str(file))
    assert (facts.frames, facts.problem) == (len(expected), '')
    assert facts.access == reader.access
    job = StoreJob(str(file), str(folder / 'clip.zip'))
    assert FrameStoreWriter(quality=100)(job).frames == len(expected)
    (kept,) = FrameStore(job.target).read([len(expected) - 1])
    assert number_of(kept) == number_of(expected[-1])
    return reader.access


@pytest.mark.slow
@pytest.mark.parametrize('clip', matrix(), ids=str)
def test_the_matrix(tmp_path, clip):
    access = assert_exact(tmp_path, clip, seed=0)
    counted = clip.codec in ('flv', 'wmv2', 'msmpeg4', 'gif', 'apng', 'ffv1')
    counted |= clip.codec == 'libx264' and clip.suffix == '.avi'
    counted |= ('x264-params', 'tff=1') in clip.options
    # The leading pictures of the first group may be shown, and cannot be.
    counted |= clip.start > 0 and 'open-gop=1' in str(clip)
    if not counted and clip.codec != 'mpeg4':  # small ones may be no pictures
        assert access == 'by index'


@st.composite
def clips(draw):
    """Any file that can be made."""
    codec = draw(st.sampled_from(sorted(KINDS)))
    suffixes, formats, _ = KINDS[codec]
    clip = make(
        codec,
        draw(st.sampled_from(suffixes)),
        draw(st.sampled_from(formats)),
        draw(st.sampled_from([1, 2, 3, 7, 12, 250])),
        draw(st.integers(0, 4)),
        draw(st.sampled_from(EXTRAS.get(codec, ('',)))),
        size=(
            draw(st.integers(8, 60)) * 2,
            draw(st.integers(8, 40)) * 2,
        ),
        variable=draw(st.booleans()),
        cut=draw(st.booleans()),
    )
    if clip.times or clip.start:
        return clip
    return clip._replace(frames=draw(st.integers(1, 40)))


LIMITS = dict(
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@settings(max_examples=6, **LIMITS)
@given(clips(), st.integers(0, 99))
def test_any_file(tmp_path_factory, clip, seed):
    assert_exact(tmp_path_factory.mktemp('any'), clip, seed)


@pytest.mark.slow
@settings(max_examples=150, **LIMITS)
@given(clips(), st.integers(0, 99))
def test_many_files(tmp_path_factory, clip, seed):
    assert_exact(tmp_path_factory.mktemp('any'), clip, seed)
