"""Frames as the published ViFi-CLIP reads them: its data pipeline.

Written anew by its description (``docs/protocols.md``): a file is read as a
whole and opened by decord, each frame is asked for by itself, colours are
changed by PIL, and values are normalized by the processor.
"""

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmcv.image import imflip, imnormalize, imresize, rescale_size
from PIL import Image
from torch import Tensor
from torchvision.transforms import ColorJitter

from vlprompt.datasets.random_streams import seeded

FRAMES, VIEWS, SIDE = 16, 4, 224
SCALES = (1, 0.875, 0.75, 0.66)
MEAN = np.array([123.675, 116.28, 103.53], np.float32)
STD = np.array([58.395, 57.12, 57.375], np.float32)
Images = list[np.ndarray]


def time_training_sample(file: Path, seed: int) -> tuple[float, float]:
    """Seconds until there are frames, and until the model sees them."""
    with seeded(seed):
        return _time(lambda: _decode(file, views=1), _augment)


def time_test_sample(file: Path, seed: int) -> tuple[float, float]:
    """As :func:`time_training_sample`, for 4 views of 3 crops."""
    with seeded(seed):
        return _time(lambda: _decode(file, views=VIEWS), _crop_thrice)


def _time(
    decode: Callable[[], Images], finish: Callable[[Images], Tensor]
) -> tuple[float, float]:
    start = time.perf_counter()
    images = decode()
    decoded = time.perf_counter()
    finish(images)
    return decoded - start, time.perf_counter() - start


def _decode(file: Path, views: int) -> Images:
    import decord

    reader = decord.VideoReader(BytesIO(file.read_bytes()), num_threads=1)
    numbers = np.concatenate([_sample(len(reader)) for _ in range(views)])
    seen = {i: reader[int(i)].asnumpy() for i in np.unique(numbers)}
    return [seen[i] for i in numbers]


def _sample(total: int) -> np.ndarray:
    """A random frame of each segment."""
    length = total // FRAMES
    if length == 0:
        return np.around(np.arange(FRAMES) * total / FRAMES).astype(int)
    return np.arange(FRAMES) * length + np.random.randint(length, size=FRAMES)


def _resize(images: Images, short: int) -> Images:
    size = rescale_size(images[0].shape[1::-1], (np.inf, short))
    return [imresize(image, size) for image in images]


def _augment(images: Images) -> Tensor:
    images = [imresize(i, (SIDE, SIDE)) for i in _crop(_resize(images, 256))]
    if np.random.rand() < 0.5:
        images = [imflip(image) for image in images]
    if np.random.rand() < 0.8:
        images = _by_pil(images, ColorJitter(0.4, 0.4, 0.2, 0.1))
    if np.random.rand() < 0.2:
        images = _by_pil(images, lambda i: i.convert('L').convert('RGB'))
    return _to_tensor(images)


def _crop(images: Images) -> Images:
    """One of 13 sizes at one of five places."""
    height, width = images[0].shape[:2]
    sides = [int(min(height, width) * scale) for scale in SCALES]
    pairs = [
        (sides[i], sides[j])
        for i in range(len(sides))
        for j in range(len(sides))
        if abs(i - j) < 2
    ]
    wide, high = pairs[np.random.randint(len(pairs))]
    places = [(0, 0), (0, 1), (1, 0), (1, 1), (0.5, 0.5)]
    down, right = places[np.random.randint(len(places))]
    top, left = int(down * (height - high)), int(right * (width - wide))
    return [i[top : top + high, left : left + wide] for i in images]


def _by_pil(images: Images, change: Callable[[Any], Any]) -> Images:
    return [
        np.asarray(change(Image.fromarray(np.ascontiguousarray(image))))
        for image in images
    ]


def _crop_thrice(images: Images) -> Tensor:
    images = _resize(images, SIDE)
    height, width = images[0].shape[:2]
    crops = [
        image[down : down + SIDE, right : right + SIDE]
        for part in (0, 1, 0.5)
        for image in images
        for down in [int(part * (height - SIDE))]
        for right in [int(part * (width - SIDE))]
    ]
    return _to_tensor(crops)


def _to_tensor(images: Images) -> Tensor:
    """(N, 3, H, W), with the mean and deviation of ImageNet."""
    normal = [imnormalize(i, MEAN, STD, to_rgb=False) for i in images]
    frames = np.stack(normal).transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(frames))
