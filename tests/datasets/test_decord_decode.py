"""Frames in any order, each decoded once."""

import numpy as np
import pytest
from mmaction.datasets import transforms

from vlprompt.registry import TRANSFORMS
from vlprompt.utils import register_all_modules

decord = pytest.importorskip('decord')


@pytest.fixture(scope='module', autouse=True)
def _registered():
    register_all_modules()


class Spy:
    """A reader that notes which frames it is asked for."""

    def __init__(self, file):
        self.reader = decord.VideoReader(file, num_threads=1)
        self.asked = []

    def get_batch(self, indices):
        self.asked += list(indices)
        return self.reader.get_batch(indices)


@pytest.mark.parametrize(
    'asked', [[3, 8, 1], [0, 5, 9, 2, 5, 5, 31], [[4], [2]], [7]]
)
def test_frames_are_those_of_mmaction2(shared_data, asked):
    file = str(shared_data / 'videos/cleaning_pool_32f.mp4')
    spy = Spy(file)
    asked = np.array(asked)
    ours = TRANSFORMS.build(dict(type='DecordDecode'))(
        dict(video_reader=spy, frame_inds=asked)
    )
    theirs = transforms.DecordDecode()(
        dict(video_reader=decord.VideoReader(file), frame_inds=asked)
    )
    assert spy.asked == sorted(set(asked.ravel()))
    assert np.array_equal(ours['imgs'], theirs['imgs'])
    assert np.array_equal(ours['frame_inds'], theirs['frame_inds'])
    assert ours['img_shape'] == theirs['img_shape']
    assert set(ours) == set(theirs)


def test_repeats_are_frames_of_their_own(shared_data):
    """Or what changes one in place would change the other."""
    file = str(shared_data / 'videos/cleaning_pool_32f.mp4')
    results = TRANSFORMS.build(dict(type='DecordDecode'))(
        dict(
            video_reader=decord.VideoReader(file),
            frame_inds=np.array([2, 2, 1]),
        )
    )
    first, again, _ = results['imgs']
    first[:] = 0
    assert again.any()


def test_one_decoder_thread_by_default():
    """Each worker has a core; more threads would be in each other's way."""
    assert TRANSFORMS.build(dict(type='DecordInit')).num_threads == 1
