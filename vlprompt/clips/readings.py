"""Reading sources: as whole videos, by windows, or by windows of frames."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from mmaction.structures import ActionDataSample
from torch import Tensor

from vlprompt.datasets.transforms.frame_times import video_end

from .sources import Source
from .steps import TestSteps
from .windows import Planned, Span, plan_windows

PICTURES = 48  # of a video, at most
HEIGHT = 90  # of a picture


class Clip(NamedTuple):
    """What a model takes, and where it comes from.

    Attributes:
        name: Of the source.
        start: In seconds from the first frame of the video on.
        end: In seconds.
        sample: What the pipeline says of it.
        inputs: (V, 3, T, H, W) pixels; None for a clip of frames that come
            apart, before it.
        numbers: (V, T) of these frames.
        first: No later clip takes a frame before this one.
        picture: JPEG of a frame in the middle, where pictures are wanted.
    """

    name: str
    start: float
    end: float
    sample: ActionDataSample
    inputs: Tensor | None = None
    numbers: np.ndarray | None = None
    first: int = 0
    picture: bytes | None = None


class Pixels(NamedTuple):
    """Frames that the clips after them are made of.

    Attributes:
        numbers: Of the N frames.
        pixels: (N, crops, 3, H, W).
    """

    numbers: Sequence[int]
    pixels: Tensor


def read_whole(source: Source, steps: TestSteps) -> Iterator[Clip]:
    """A source as one clip, with all views of the pipeline."""
    with source.open() as reader:
        facts = dict(
            total_frames=len(reader),
            avg_fps=reader.get_avg_fps(),
            frame_times=reader.frame_times,
        )
        packed = steps.read(reader, source.name)
    end = float(video_end(facts))
    yield Clip(source.name, 0.0, end, packed['data_samples'], packed['inputs'])


def read_windows(
    source: Source, steps: TestSteps, span: Span, with_pictures: bool = False
) -> Iterator[Clip]:
    """A clip for each window; the video is decoded once, in order."""
    with source.open() as reader:
        planned = plan_windows(reader, steps, span, source.name)
        frames = _Decoded(reader, planned)
        for place, window in enumerate(planned):
            images = [frames[number].copy() for number in window.numbers]
            packed = steps.finish(window.results, images)
            picture = None
            if with_pictures and place % _every(planned) == 0:
                picture = to_jpeg(images[len(images) // 2])
            yield Clip(
                source.name,
                window.start,
                window.end,
                packed['data_samples'],
                packed['inputs'],
                picture=picture,
            )
            frames.drop_before(_first_after(planned, place))


def read_frames(
    source: Source,
    steps: TestSteps,
    span: Span,
    chunk: int,
    with_pictures: bool = False,
) -> Iterator[Clip | Pixels]:
    """Every frame once, at most ``chunk`` together, and then the windows."""
    with source.open() as reader:
        planned = plan_windows(reader, steps, span, source.name)
        numbers = _union(planned)
        images = reader.iterate(numbers)
        pictured = {}
        if with_pictures:
            chosen = planned[:: _every(planned)]
            pictured = {_middle(window): b'' for window in chosen}
        place, held = 0, []
        for number, image in zip(numbers, images, strict=True):
            if number in pictured:
                pictured[number] = to_jpeg(image)
            held.append((number, steps.finish_frames([image])[0]))
            if len(held) < chunk and number != numbers[-1]:
                continue
            yield Pixels(
                [n for n, _ in held], torch.stack([p for _, p in held])
            )
            held = []
            for window in planned[place:]:
                if window.numbers.max() > number:
                    break
                picture = pictured.pop(_middle(window), None)
                after = _first_after(planned, place)
                yield window_clip(
                    window, source.name, first=after, picture=picture
                )
                place += 1


def window_clip(window: Planned, name: str, **fields: Any) -> Clip:
    """The clip of a window whose frames come apart.

    Args:
        window: The window.
        name: Of the source.
        fields: Others of :class:`Clip`.
    """
    results = window.results
    sample = ActionDataSample()
    if 'num_valid_frames' in results:
        number = results['num_valid_frames']
        sample.set_metainfo(dict(num_valid_frames=number))
    shape = results['num_clips'], results['clip_len']
    fields = {'numbers': window.numbers.reshape(shape), **fields}
    return Clip(name, window.start, window.end, sample, **fields)


class _Decoded:
    """Frames of an open video by their numbers, decoded in one pass.

    Args:
        reader: The open video.
        planned: What will be asked for, in this order.
    """

    def __init__(self, reader: Any, planned: Sequence[Planned]) -> None:
        numbers = _union(planned)
        self._coming = zip(numbers, reader.iterate(numbers), strict=True)
        self._held: dict[int, np.ndarray] = {}

    def __getitem__(self, number: int) -> np.ndarray:
        """A frame that has not been dropped."""
        while number not in self._held:
            coming, image = next(self._coming)
            self._held[coming] = image
        return self._held[number]

    def drop_before(self, number: int) -> None:
        """Forget frames that nobody asks for any more."""
        for old in [n for n in self._held if n < number]:
            del self._held[old]


def to_jpeg(image: np.ndarray) -> bytes:
    """A small picture of an (H, W, 3) RGB frame."""
    height, width = image.shape[:2]
    size = max(1, round(width * HEIGHT / height)), HEIGHT
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    small = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    return cv2.imencode('.jpg', small)[1].tobytes()


def _union(planned: Sequence[Planned]) -> list[int]:
    numbers = np.concatenate([window.numbers for window in planned])
    return np.unique(numbers).tolist()


def _middle(window: Planned) -> int:
    return int(window.numbers[len(window.numbers) // 2])


def _every(planned: Sequence[Planned]) -> int:
    """Of how many windows one gives a picture."""
    return -(-len(planned) // PICTURES)


def _first_after(planned: Sequence[Planned], place: int) -> int:
    """The first frame that later windows may take; beyond all if none is."""
    later = planned[place + 1 : place + 2]
    return later[0].first if later else sys.maxsize
