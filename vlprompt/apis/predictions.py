"""What is said of videos, and of the parts of long ones."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from torch import Tensor


class Prediction(NamedTuple):
    """What a model says of a video, or of a window of one.

    Attributes:
        path: The video, as it was named.
        start: Where the window begins, in seconds from the first frame on.
        end: Where it ends.
        names: The class names, the best first.
        scores: Their scores; probabilities for nearly all models.
    """

    path: str
    start: float
    end: float
    names: tuple[str, ...]
    scores: tuple[float, ...]


class Embedding(NamedTuple):
    """Where a video, or a window of one, lies in the space of a model.

    Attributes:
        path: The video, as it was named.
        start: Where the window begins, in seconds from the first frame on.
        end: Where it ends.
        features: (E,) of unit length, on the CPU in fp32; (T, E) for single
            frames.
    """

    path: str
    start: float
    end: float
    features: Tensor


class Segment(NamedTuple):
    """A time in which one class is the best.

    Attributes:
        start: In seconds.
        end: In seconds.
        name: The class.
        score: The mean of its scores.
    """

    start: float
    end: float
    name: str
    score: float


class Timeline(NamedTuple):
    """What happens in a video, window by window.

    Attributes:
        path: The video.
        windows: By their start.
        pictures: Seconds, and JPEG of the frame that is shown then.
    """

    path: str
    windows: tuple[Prediction, ...]
    pictures: tuple[tuple[float, bytes], ...] = ()

    @property
    def duration(self) -> float:
        """Seconds of the video."""
        return self.windows[-1].end

    def segments(self) -> list[Segment]:
        """The windows as segments, see :func:`merge`."""
        return list(merge(self.windows))


def merge(windows: Iterable[Prediction]) -> Iterator[Segment]:
    """Windows of one video to segments that follow each other.

    Where windows overlap, each speaks for the time around its middle: the
    border of two lies half-way between their middles.  Neighbours with the
    same best class are one segment.

    Args:
        windows: By their start.
    """
    run: list[Prediction] = []
    begin = 0.0
    for window in windows:
        if run and run[-1].names[0] != window.names[0]:
            border = (_middle(run[-1]) + _middle(window)) / 2
            yield _segment(run, begin, border)
            run, begin = [], border
        elif not run:
            begin = window.start
        run.append(window)
    if run:
        yield _segment(run, begin, run[-1].end)


def _segment(run: Sequence[Prediction], begin: float, end: float) -> Segment:
    score = sum(window.scores[0] for window in run) / len(run)
    return Segment(begin, end, run[0].names[0], score)


def _middle(window: Prediction) -> float:
    return (window.start + window.end) / 2
