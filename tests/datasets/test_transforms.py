"""Sampling and augmentation against the published formulas."""

import math

import numpy as np
import pytest
from mmaction.datasets.transforms import SampleFrames
from mmengine.config import Config
from mmengine.dataset import Compose
from PIL import Image

from vlprompt.datasets import (
    ClipRandAugment,
    FixedFPSSample,
    MultiViewSegmentSample,
)
from vlprompt.datasets.random_streams import seeded
from vlprompt.datasets.transforms import clip_rand_augment
from vlprompt.errors import UserError
from vlprompt.registry import TRANSFORMS
from vlprompt.utils import register_all_modules

LENGTHS = [*range(1, 70), 100, 250, 319, 400]


def indices(total, num_frames, **kwargs):
    sample = MultiViewSegmentSample(num_frames, **kwargs)
    return sample.transform(dict(total_frames=total))['frame_inds']


@pytest.mark.parametrize('num_frames', [1, 8, 16, 32])
def test_one_view_takes_the_centers_of_the_segments(num_frames):
    theirs = SampleFrames(1, 1, num_frames, test_mode=True)
    for total in LENGTHS:
        ours = indices(total, num_frames)
        by_hand = [
            math.floor((i + 0.5) * total / num_frames)
            for i in range(num_frames)
        ]
        assert ours.tolist() == by_hand
        results = theirs.transform(dict(total_frames=total, start_index=0))
        assert ours.tolist() == results['frame_inds'].tolist()


def test_a_short_video_repeats_frames():
    expected = [0, 0, 1, 2, 2, 3, 4, 4, 5, 5, 6, 7, 7]
    assert indices(20, 32)[:13].tolist() == expected


@pytest.mark.parametrize('num_frames', [1, 8, 16, 32])
def test_training_draws_like_mmaction2(num_frames):
    theirs = SampleFrames(1, 1, num_frames)
    for total in LENGTHS:
        with seeded(total):
            ours = indices(total, num_frames, mode='random')
        with seeded(total):
            results = theirs.transform(dict(total_frames=total, start_index=0))
        assert ours.tolist() == results['frame_inds'].tolist()


def test_four_views_interleave():
    for total in range(1, 401):
        views = indices(total, 16, num_views=4).reshape(4, 16)
        assert views.min() >= 0
        assert views.max() < total
        assert (np.diff(views) >= 0).all()
        for v in range(4):
            by_hand = [
                math.floor((i + (v + 0.5) / 4) * total / 16 + 1e-9)
                for i in range(16)
            ]
            assert views[v].tolist() == by_hand


def test_random_views_are_independent_draws():
    views = indices(400, 16, num_views=4, mode='random').reshape(4, 16)
    assert len({tuple(v) for v in views.tolist()}) == 4
    assert (views // 25 == np.arange(16)).all()


def test_unknown_modes_and_empty_videos_are_refused():
    with pytest.raises(UserError, match="mode='dense'"):
        MultiViewSegmentSample(8, mode='dense')
    with pytest.raises(OSError, match='no frames'):
        indices(0, 8)


def frames(num=4):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 255, (12, 16, 3), np.uint8)] * num


def distinct(images):
    return len({image.tobytes() for image in images})


def test_grayscale_takes_whole_clips():
    register_all_modules()
    gray = TRANSFORMS.build(dict(type='ClipGrayscale', p=1.0))
    images = gray.transform(dict(imgs=frames()))['imgs']
    assert all((i[..., 0] == i[..., 2]).all() for i in images)
    assert distinct(images) == 1


def test_grayscale_is_that_of_torchvision():
    """The same coins, and the same bytes."""
    register_all_modules()
    ours = TRANSFORMS.build(dict(type='ClipGrayscale', p=0.5))
    theirs = TRANSFORMS.build(
        dict(type='TorchVisionWrapper', op='RandomGrayscale', p=0.5)
    )
    clip = [np.random.default_rng(1).integers(0, 256, (99, 98, 3), np.uint8)]
    for seed in range(8):
        with seeded(seed):
            expected = theirs.transform(dict(imgs=clip))['imgs']
        with seeded(seed):
            found = ours.transform(dict(imgs=clip))['imgs']
        assert np.array_equal(found, expected)


def test_grayscale_takes_a_fifth_of_the_clips(pipelines):
    step = pipelines[16].train_pipeline[-3]
    assert step['type'] == 'ClipGrayscale'
    transform = TRANSFORMS.build(step)
    gray = []
    with seeded(0):
        for _ in range(300):
            images = transform.transform(dict(imgs=frames()))['imgs']
            each = {bool((i[..., 0] == i[..., 2]).all()) for i in images}
            assert len(each) == 1
            gray += each
    assert 40 < sum(gray) < 80


@pytest.fixture
def pipelines(repository):
    register_all_modules()
    folder = repository / 'configs/_base_/pipelines'
    return {
        num: Config.fromfile(folder / f'segments{num}.py') for num in (16, 32)
    }


CLIPS = ['yoga_k400val_Tw2yXa6CzWE.mp4', 'street_walking_5f.mp4']


@pytest.mark.parametrize('name', [*CLIPS, 'tiny_3f_rot90.mov'])
def test_published_pipelines_on_real_clips(shared_data, pipelines, name):
    file = str(shared_data / 'videos' / name)
    for num, cfg in pipelines.items():
        for kind in ('train', 'val'):
            pipeline = Compose(cfg[f'{kind}_pipeline'])
            sample = pipeline(
                dict(filename=file, label=0, start_index=0, modality='RGB')
            )
            assert sample['inputs'].shape == (1, 3, num, 224, 224)
            assert sample['inputs'].numpy().dtype == np.uint8
            assert sample['data_samples'].filename == file


def test_views_are_crop_major(shared_data, pipelines):
    """View v is crop v // 4 (left, right, middle) of clip v % 4."""
    file = str(shared_data / 'videos' / CLIPS[0])
    info = dict(filename=file, label=0, start_index=0)
    pipeline = pipelines[16].test_pipeline
    sample = Compose(pipeline)(dict(info))['inputs']
    assert sample.shape == (12, 3, 16, 224, 224)
    frames = Compose(pipeline[:4])(dict(info))['imgs']
    assert len(frames) == 64
    wide = frames[0].shape[1]
    lefts = (0, wide - 224, (wide - 224) // 2)
    for v in range(12):
        left = lefts[v // 4]
        for t in (0, 7, 15):
            frame = frames[v % 4 * 16 + t][:224, left : left + 224]
            theirs = frame.transpose(2, 0, 1)
            assert np.array_equal(sample[v, :, t].numpy(), theirs)


@pytest.mark.parametrize(
    ('total', 'fps', 'frames', 'valid'),
    [
        (100, 25.0, [0, 25, 50, 75, 75], 4),
        (125, 25.0, [0, 25, 50, 75, 100], 5),
        (260, 25.0, [0, 50, 125, 175, 250], 5),
        (3, 25.0, [0] * 5, 1),
        (4, 0.5, [0, 1, 2, 3, 3], 4),
    ],
)
def test_a_frame_for_each_second(total, fps, frames, valid):
    """CLIP4Clip: of 11 seconds the 0th, 2nd, 5th, 7th and 10th."""
    results = FixedFPSSample(max_frames=5).transform(
        dict(total_frames=total, avg_fps=fps)
    )
    assert results['frame_inds'].tolist() == frames
    assert results['num_valid_frames'] == valid
    assert results['clip_len'] == 5


def test_all_frames_of_a_clip_are_augmented_alike():
    frame = np.random.default_rng(0).integers(0, 255, (40, 60, 3)).astype('u1')
    changed = 0
    for seed in range(10):
        with seeded(seed):
            results = ClipRandAugment().transform(dict(imgs=[frame] * 3))
        first, *others = results['imgs']
        assert first.shape == frame.shape and first.dtype == np.uint8
        assert all(np.array_equal(first, other) for other in others)
        changed += not np.array_equal(first, frame)
        with seeded(seed):
            again = ClipRandAugment().transform(dict(imgs=[frame] * 3))
        assert np.array_equal(again['imgs'][0], first)
    assert changed > 5


def test_vita_clips_policy_has_its_15_operations():
    """Four of them, each with probability 0.5, increasing with 7 +- 0.5."""
    from timm.data.auto_augment import rand_augment_transform

    augment = rand_augment_transform(ClipRandAugment().policy, {})
    assert len(augment.ops) == 15
    assert augment.num_layers == 4
    assert {op.prob for op in augment.ops} == {0.5}
    assert {op.magnitude for op in augment.ops} == {7}
    assert {op.magnitude_std for op in augment.ops} == {0.5}


def test_each_frame_is_augmented_as_if_it_were_alone():
    """Same operations and magnitudes, whatever the other frames are."""
    rng = np.random.default_rng(2)
    clip = [rng.integers(0, 255, (40, 60, 3)).astype('u1') for _ in range(3)]
    for seed in range(6):
        with seeded(seed):
            together = ClipRandAugment().transform(dict(imgs=clip))['imgs']
        for frame, expected in zip(clip, together, strict=True):
            with seeded(seed):
                alone = ClipRandAugment().transform(dict(imgs=[frame]))
            assert np.array_equal(alone['imgs'][0], expected)


def test_augmentation_interpolates_bicubically(monkeypatch):
    """And translates by up to 0.45 of the short side."""
    given = []
    monkeypatch.setattr(
        clip_rand_augment,
        'rand_augment_transform',
        lambda *args: given.append(args) or (lambda image: image),
    )
    frame = np.zeros((40, 60, 3), np.uint8)
    ClipRandAugment().transform(dict(imgs=[frame]))
    ((policy, options),) = given
    assert policy == 'rand-m7-n4-mstd0.5-inc1'
    assert options['interpolation'] == Image.BICUBIC
    assert options['translate_const'] == 18
    assert options['img_mean'] == (128, 128, 128)


@pytest.mark.parametrize('num_frames', [8, 16, 32])
def test_centers_of_the_segments_of_all_short_lengths(num_frames):
    for total in range(1, 401):
        ours = indices(total, num_frames)
        by_hand = [
            math.floor((2 * i + 1) * total / (2 * num_frames))
            for i in range(num_frames)
        ]
        assert ours.tolist() == by_hand
