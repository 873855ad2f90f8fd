"""The windows of a long video, and the frames that are shown in them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from vlprompt.errors import UserError

from .steps import TestSteps

# Of what is known of a video, all that follows decoding may need.
TOO_LARGE = ('video_reader', 'frame_times')


class Span(NamedTuple):
    """Windows that follow each other.

    Attributes:
        window: Seconds of a window.
        stride: Seconds from one to the next.
    """

    window: float
    stride: float

    @classmethod
    def checked(cls, window: float, stride: float | None) -> 'Span':
        """Windows without gaps between them; side by side by default.

        Raises:
            UserError: If a length is not positive, or there are gaps.
        """
        stride = window if stride is None else stride
        if not 0 < window < float('inf'):
            raise UserError(f'windows of {window:g} s, expected more than 0')
        if not 0 < stride < float('inf'):
            raise UserError(f'a stride of {stride:g} s, expected more than 0')
        if stride > window:
            raise UserError(
                f'a stride of {stride:g} s leaves gaps between windows of '
                f'{window:g} s: expected {window:g} s at most'
            )
        return cls(window, stride)


class Planned(NamedTuple):
    """A window before its frames are read.

    Attributes:
        start: Seconds from the first frame of the video on.
        end: Seconds.
        first: The first frame that is shown in it.
        results: What the pipeline knows so far; ``frame_inds`` are numbers
            of frames of the whole video.
    """

    start: float
    end: float
    first: int
    results: dict

    @property
    def numbers(self) -> np.ndarray:
        """The frames that the pipeline has chosen."""
        return self.results['frame_inds']


class ShownFrames:
    """A part of a video, as one of a constant rate.

    Its frames are those on the screen at equal distances.  Of a video that
    has a constant rate these are its own frames.

    Attributes:
        numbers: Of the frames in the whole video.
        frame_times: In seconds from the beginning of the part.
    """

    def __init__(
        self, times: np.ndarray, fps: float, start: float, end: float
    ) -> None:
        number = max(1, round((end - start) * fps))
        # The middle between two frames, where rounding cannot matter.
        moments = start + (np.arange(number) + 0.5) / fps
        shown = np.searchsorted(times, moments, side='right') - 1
        self.numbers = np.clip(shown, 0, len(times) - 1)
        self.frame_times = np.arange(number) / fps
        self._fps = fps

    def __len__(self) -> int:
        """The number of frames."""
        return len(self.numbers)

    def get_avg_fps(self) -> float:
        """Frames for each second."""
        return self._fps


def plan_windows(
    reader: Any, steps: TestSteps, span: Span, name: str
) -> list[Planned]:
    """The windows of a video, by their start, and which frames they take.

    Args:
        reader: The open video.
        steps: Of the test pipeline, which chooses frames of a window as it
            does of a whole video.
        span: Of the windows.  The last one ends with the video and may be
            shorter; a video that is shorter than a window is one.
        name: Of the video.

    Raises:
        UserError: If the rate of the frames is not known.
    """
    fps = reader.get_avg_fps()
    if not fps:
        raise UserError(
            'windows of seconds need the rate of the frames: '
            'Frames(array, fps=...) has one'
        )
    times = reader.frame_times
    duration = float(times[-1] + 1 / fps)
    return [
        _plan(times, fps, steps, start, end, name)
        for start, end in _spans(duration, span, 0.5 / fps)
    ]


def _spans(
    duration: float, span: Span, tolerance: float
) -> Iterator[tuple[float, float]]:
    """Starts and ends of windows, up to the one that reaches the end."""
    place, end = 0, 0.0
    while end < duration - tolerance or place == 0:
        start = place * span.stride
        end = start + span.window
        if end > duration - tolerance:
            end = duration
        yield start, end
        place += 1


def _plan(
    times: np.ndarray,
    fps: float,
    steps: TestSteps,
    start: float,
    end: float,
    name: str,
) -> Planned:
    part = ShownFrames(times, fps, start, end)
    results = steps.choose(part, name)
    results['frame_inds'] = part.numbers[np.ravel(results['frame_inds'])]
    small = {k: v for k, v in results.items() if k not in TOO_LARGE}
    return Planned(start, end, int(part.numbers[0]), small)
