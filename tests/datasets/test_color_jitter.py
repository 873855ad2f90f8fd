"""Colour jitter: torchvision's on PIL's images, to the bit."""

from itertools import permutations

import numpy as np
import pytest
import torch
from PIL import Image

from vlprompt.datasets import ClipColorJitter
from vlprompt.datasets.random_streams import seeded
from vlprompt.datasets.readers.video_reader import VideoReader
from vlprompt.datasets.transforms import color_operations

# isort: split
# Behind the library, which mends torchvision on some machines
from torchvision.transforms import ColorJitter
from torchvision.transforms import functional as F

PUBLISHED = (0.4, 0.4, 0.2, 0.1)
STRENGTHS = [
    PUBLISHED,
    ((0, 2), (0, 2), (0, 2), 0.5),
    (2, 2, 2, (0.2, 0.3)),
    (0, 0, 0, 0),
    (0, 0.4, 0, 0.1),
    (0.4, 0, 0.2, 0),
]


def frames(num=4):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 255, (12, 16, 3), np.uint8)] * num


def random_clip(num=3, seed=1):
    rng = np.random.default_rng(seed)
    shape = (num, 12, 16, 3)
    return list(rng.integers(0, 256, shape, np.uint8))


def gray_clip():
    return [np.repeat(frame[..., :1], 3, axis=-1) for frame in random_clip()]


def dark_clip():
    """Small numbers, so many equal channels; and black."""
    return [*(frame // 64 for frame in random_clip()), 0 * frames()[0]]


def flipped_clip():
    return [frame[:, ::-1] for frame in random_clip()]


CLIPS = (random_clip, gray_clip, dark_clip, flipped_clip)


@pytest.fixture(scope='module')
def real_clip(shared_data):
    file = shared_data / 'videos/cleaning_pool_32f.mp4'
    return VideoReader(str(file)).read([0, 31])


def reference(clip, strengths, per_frame):
    """The transform, without any of its operations."""
    jitter = ColorJitter(*strengths)
    np.random.rand()
    if not per_frame:
        tall = np.asarray(jitter(Image.fromarray(np.concatenate(clip))))
        return np.split(tall, len(clip))
    return [np.asarray(jitter(Image.fromarray(frame))) for frame in clip]


def states():
    """What the next draws depend on."""
    return torch.get_rng_state().tolist(), np.random.get_state()[1].tolist()


def assert_like_reference(clip, strengths, per_frame, seed):
    before = [frame.copy() for frame in clip]
    transform = ClipColorJitter(1, *strengths, per_frame=per_frame)
    with seeded(seed):
        ours = transform.transform(dict(imgs=clip))['imgs']
        after = states()
    with seeded(seed):
        theirs = reference(clip, strengths, per_frame)
        assert after == states()
    assert len(ours) == len(theirs)
    for our, their in zip(ours, theirs, strict=True):
        assert our.dtype == np.uint8
        np.testing.assert_array_equal(our, their)
    np.testing.assert_array_equal(clip, before)


def test_jitter_is_drawn_for_each_frame_or_for_the_clip():
    each = ClipColorJitter(p=1).transform(dict(imgs=frames()))['imgs']
    assert len({image.tobytes() for image in each}) == 4
    together = ClipColorJitter(p=1, per_frame=False)
    clip = together.transform(dict(imgs=frames()))['imgs']
    assert len({image.tobytes() for image in clip}) == 1
    assert clip[0].shape == (12, 16, 3)
    assert not np.array_equal(clip[0], frames()[0])


def test_jitter_leaves_a_fifth_of_the_clips():
    assert ClipColorJitter().p == 0.8
    jitter = ClipColorJitter(p=0.8)
    with seeded(0):
        untouched = sum(
            jitter.transform(dict(imgs=frames(1)))['imgs'][0].tobytes()
            == frames(1)[0].tobytes()
            for _ in range(300)
        )
    assert 40 < untouched < 80


@pytest.mark.parametrize('per_frame', [True, False])
@pytest.mark.parametrize('strengths', STRENGTHS)
def test_jitter_is_torchvisions(strengths, per_frame):
    """Each frame draws its factors, and their order, after the other."""
    for seed in range(20):
        clip = CLIPS[seed % len(CLIPS)]()
        assert_like_reference(clip, strengths, per_frame, seed)


def test_the_default_has_the_published_strengths():
    with seeded(5):
        ours = ClipColorJitter(p=1).transform(dict(imgs=random_clip()))
    with seeded(5):
        theirs = reference(random_clip(), PUBLISHED, True)
    np.testing.assert_array_equal(ours['imgs'], theirs)


@pytest.mark.parametrize('per_frame', [True, False])
def test_frames_of_a_video(real_clip, per_frame):
    for seed in range(4):
        assert_like_reference(real_clip, PUBLISHED, per_frame, seed)


@pytest.mark.parametrize('order', list(permutations(range(4))))
def test_all_orders(monkeypatch, order):
    factors = (1.3, 0.7, 1.9, -0.08)
    monkeypatch.setattr(
        ColorJitter,
        'get_params',
        lambda *ranges: (torch.tensor(order), *factors),
    )
    assert_like_reference(random_clip(), PUBLISHED, True, 0)


@pytest.mark.parametrize('name', ['brightness', 'contrast', 'saturation'])
def test_operations_are_pils(name):
    """Beyond the ends, at them, and where nothing happens."""
    ours = getattr(color_operations, f'adjust_{name}')
    theirs = getattr(F, f'adjust_{name}')
    flat = [np.full((1, 1, 3), level, np.uint8) for level in (0, 127, 255)]
    images = [*random_clip(), *gray_clip(), *dark_clip(), *flat]
    for factor in (0, 1e-3, 0.5, 0.9, 1, 1.1, 1.5, 2, 7):
        for image in images:
            expected = np.asarray(theirs(Image.fromarray(image), factor))
            np.testing.assert_array_equal(ours(image, factor), expected)


def test_hues_of_all_colors_are_pils():
    colors = np.arange(1 << 24, dtype='<u4').view(np.uint8)
    for part in colors.reshape(64, 512, 512, 4)[..., :3]:
        image = Image.fromarray(np.ascontiguousarray(part))
        ours = color_operations.adjust_hue(part, 0.07)
        assert np.array_equal(ours, F.adjust_hue(image, 0.07))


def test_all_turns_are_pils():
    clip = np.concatenate([*random_clip(), *dark_clip(), *gray_clip()])
    image = Image.fromarray(clip)
    for factor in np.linspace(-0.5, 0.5, 211).tolist():
        ours = color_operations.adjust_hue(clip, factor)
        np.testing.assert_array_equal(ours, F.adjust_hue(image, factor))
