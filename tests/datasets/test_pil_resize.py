"""CLIP's own preprocessing, bit by bit."""

import cv2
import numpy as np
import pytest
from mmaction.datasets.transforms import Resize
from mmengine.dataset import Compose
from PIL import Image

from vlprompt.datasets import PILResize
from vlprompt.datasets.readers.video_reader import VideoReader
from vlprompt.errors import UserError
from vlprompt.registry import TRANSFORMS
from vlprompt.utils import register_all_modules

# As in docs/data.md.
PREPROCESSING = [
    dict(type='PILResize', scale=(-1, 224)),
    dict(type='TorchVisionWrapper', op='CenterCrop', size=224),
]
CLIPS = [
    'yoga_k400val_Tw2yXa6CzWE.mp4',
    'countdown_294x240.mp4',
    'street_walking_5f.mp4',
    'tiny_3f_rot90.mov',
]


def frame_of(size, seed=0):
    width, height = size
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (height, width, 3), np.uint8)


def preprocess(frame):
    register_all_modules()
    pipeline = Compose([TRANSFORMS.build(step) for step in PREPROCESSING])
    results = dict(imgs=[frame] * 2, img_shape=frame.shape[:2])
    return pipeline(results)['imgs']


def as_open_clip(frame):
    """Its transform for evaluation, but for the normalisation."""
    # After vlprompt, which mends the packages where they do not fit.
    from open_clip.transform import image_transform

    transform = image_transform(
        224, is_train=False, mean=(0, 0, 0), std=(1, 1, 1)
    )
    image = transform(Image.fromarray(frame)) * 255
    return image.round().byte().permute(1, 2, 0).numpy()


@pytest.mark.parametrize('name', CLIPS)
def test_real_frames_are_as_from_open_clip(shared_data, name):
    reader = VideoReader(str(shared_data / 'videos' / name))
    (frame,) = reader.read([2])
    expected = as_open_clip(frame)
    assert expected.shape == (224, 224, 3)
    for image in preprocess(frame):
        assert image.dtype == np.uint8
        assert np.array_equal(image, expected)


@pytest.mark.parametrize(
    'size', [(341, 256), (299, 224), (225, 300), (224, 224), (100, 76)]
)
def test_odd_and_small_sizes_are_as_from_open_clip(size):
    frame = frame_of(size)
    assert np.array_equal(preprocess(frame)[0], as_open_clip(frame))


def test_it_smooths_where_opencv_does_not():
    """A checkerboard of one pixel becomes grey."""
    board = np.indices((448, 448)).sum(0) % 2 * 255
    frame = np.stack([board.astype(np.uint8)] * 3, axis=2)
    results = dict(imgs=[frame], img_shape=(448, 448))
    inner = PILResize().transform(results)['imgs'][0][2:-2, 2:-2]
    assert np.abs(inner.astype(int) - 128).max() <= 1
    shifted = cv2.resize(frame[1:, 1:], None, fx=1 / 3, fy=1 / 3)
    assert {0, 255} <= set(np.unique(shifted))


@pytest.mark.parametrize(
    ('size', 'options', 'shape'),
    [
        ((341, 256), dict(scale=(-1, 224)), (224, 298)),
        ((256, 341), dict(scale=(224, -1)), (298, 224)),
        ((426, 320), dict(scale=[-1, 256]), (256, 340)),
        ((64, 48), dict(scale=(32, 24), keep_ratio=False), (24, 32)),
    ],
)
def test_the_keys_are_those_of_mmaction2s_resize(size, options, shape):
    frame = frame_of(size)
    factor = np.array([2, 2], np.float32)

    def keys(resize):
        results = dict(imgs=[frame], img_shape=frame.shape[:2])
        return resize.transform(dict(results, scale_factor=factor))

    ours = keys(PILResize(**options))
    theirs = keys(Resize(**{**options, 'scale': tuple(options['scale'])}))
    assert ours['img_shape'] == ours['imgs'][0].shape[:2] == shape
    assert ours['keep_ratio'] == theirs['keep_ratio']
    # The long side is rounded down there, to the nearest here.
    difference = ours['scale_factor'] - theirs['scale_factor']
    assert np.abs(difference).max() <= 2 / min(size)
    assert ours['scale_factor'].dtype == np.float32
    assert set(ours) == set(theirs) - {'lazy'}


@pytest.mark.parametrize(
    'options',
    [
        dict(scale=(224, 224)),
        dict(scale=(-1, 224), keep_ratio=False),
        dict(scale=(-1, -1)),
        dict(scale=(0, 224), keep_ratio=False),
    ],
)
def test_other_scales_are_refused(options):
    with pytest.raises(UserError, match='expected .-1, short side'):
        PILResize(**options)
