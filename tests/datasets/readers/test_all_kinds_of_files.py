"""Codec x container x GOP x B frames x rate x edit list x size x depth.

Whatever the file: random access gives what decoding in order does.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mmengine.dataset import Compose

from tools.benchmark.reliability.clip_kinds import EXTRAS, KINDS, make, matrix
from tools.benchmark.reliability.clips import number_of, write
from tools.benchmark.reliability.decoded_in_order import decode_in_order
from vlprompt.datasets.readers.frame_store import (
    FrameStore,
    FrameStoreWriter,
    StoreJob,
)
from vlprompt.datasets.readers.probe import decode_video
from vlprompt.datasets.readers.video_reader import VideoReader
from vlprompt.registry import TRANSFORMS
from vlprompt.utils import register_all_modules


@pytest.fixture(scope='module', autouse=True)
def _registered():
    register_all_modules()


def assert_exact(folder, clip, seed):
    """The reader, the 4x3 view test, a frame store and the checker agree."""
    file = write(folder / 'clip', clip)
    expected = decode_in_order(file).frames
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
