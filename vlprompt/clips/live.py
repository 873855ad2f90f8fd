"""Windows of what is running: cameras and streams."""

import platform
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
import torch

from vlprompt.datasets.readers.container import say
from vlprompt.datasets.readers.rgb import ToRGB
from vlprompt.errors import UserError

from .readings import Clip, window_clip
from .steps import TestSteps
from .windows import Planned, ShownFrames, Span

PATIENCE = 10.0  # seconds without a frame
WAITING = 64  # frames that wait to be looked at, of a camera
DEFAULT_FPS = 25.0  # of frames without times
CAMERAS = {'Linux': 'v4l2', 'Darwin': 'avfoundation', 'Windows': 'dshow'}


class Shown(NamedTuple):
    """A frame of a stream.

    Attributes:
        second: When it is shown, from the first one on.
        image: (H, W, 3) RGB.
    """

    second: float
    image: np.ndarray


def is_live(address: str) -> bool:
    """Whether it goes on while nobody reads: all but files."""
    return not Path(address).is_file()


def watch(address: str, steps: TestSteps, span: Span) -> Iterator[Clip]:
    """A clip for each window of a stream, when it has passed.

    Of a camera the latest windows are given; those that pass meanwhile are
    left out.  Of a file none is.

    Args:
        address: The number of a camera, an address, or a file.
        steps: Of the test pipeline.
        span: Of the windows.

    Raises:
        UserError: If it cannot be opened, or breaks off.
    """
    live = is_live(address)
    shown: Iterable = _read(address)
    waits: Callable[[], bool] = bool
    if live:
        shown = _Latest(shown)
        waits = shown.waits
    window = _Window(steps, span, address)
    with closing(iter(shown)) as coming:
        for frame in coming:
            window.add(frame)
            if window.is_over() and not waits():
                yield window.take()
    if not window.is_taken:
        yield window.take()


class _Window:
    """The last seconds of a stream, as the model takes them."""

    def __init__(self, steps: TestSteps, span: Span, name: str) -> None:
        self._steps, self._span, self._name = steps, span, name
        self._frames: deque[tuple[float, torch.Tensor]] = deque()
        self._next = span.window
        self.is_taken = True

    def add(self, frame: Shown) -> None:
        """Take a frame, and forget those that are too old."""
        pixels = self._steps.finish_frames([frame.image])[0]
        self._frames.append((frame.second, pixels))
        while self._frames[0][0] < frame.second - self._span.window:
            self._frames.popleft()
        self.is_taken = False

    def is_over(self) -> bool:
        """Whether the next window has passed."""
        return self._frames[-1][0] + self._step() >= self._next - 1e-6

    def take(self) -> Clip:
        """The window that ends with the last frame."""
        times = np.array([second for second, _ in self._frames])
        end = times[-1] + self._step()
        start = max(0.0, end - self._span.window)
        part = ShownFrames(times, 1 / self._step(), start, end)
        results = self._steps.choose(part, self._name)
        numbers = part.numbers[np.ravel(results['frame_inds'])]
        results['frame_inds'] = numbers
        shape = results['num_clips'], results['clip_len']
        planned = Planned(float(start), float(end), 0, results)
        chosen = torch.stack([self._frames[n][1] for n in numbers])
        # (V * T, crops, 3, H, W) -> (crops * V, 3, T, H, W)
        views = chosen.unflatten(0, shape).permute(2, 0, 3, 1, 4, 5)
        self.is_taken = True
        later = end if self._next < end - self._step() else self._next
        self._next = later + self._span.stride
        inputs = views.flatten(0, 1)
        return window_clip(planned, self._name, inputs=inputs, numbers=None)

    def _step(self) -> float:
        """Seconds from a frame to the next."""
        first, last = self._frames[0][0], self._frames[-1][0]
        if last == first:
            return 1 / DEFAULT_FPS
        return (last - first) / (len(self._frames) - 1)


class _Latest:
    """Frames that a thread reads, of which old ones are lost."""

    def __init__(self, shown: Iterator[Shown]) -> None:
        self._queue: queue.Queue = queue.Queue(WAITING)
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(shown,), daemon=True
        )

    def waits(self) -> bool:
        """Whether there are later frames."""
        return not self._queue.empty()

    def __iter__(self) -> Iterator[Shown]:
        """The frames."""
        self._thread.start()
        try:
            while True:
                item = self._queue.get()
                if isinstance(item, Exception):
                    raise item
                if item is None:
                    return
                yield item
        finally:
            self._is_stopped.set()

    def _run(self, shown: Iterator[Shown]) -> None:
        last = None
        try:
            with closing(shown):
                for frame in shown:
                    if self._is_stopped.is_set():
                        return
                    self._put(frame)
        except Exception as error:  # raised where it is waited for
            last = error
        self._put(last)

    def _put(self, item: Any) -> None:
        while True:
            try:
                return self._queue.put_nowait(item)
            except queue.Full:
                with suppress(queue.Empty):  # it may have been read meanwhile
                    self._queue.get_nowait()


def _read(address: str) -> Iterator[Shown]:
    """The frames of a stream, from now on."""
    with _open(address) as container:
        stream = container.streams.video[0]
        size = stream.width, stream.height
        rate = float(stream.average_rate or DEFAULT_FPS)
        first = convert = None
        try:
            for count, frame in enumerate(container.decode(stream)):
                if convert is None:
                    convert = ToRGB(address, size, lambda f=frame: f)
                second = frame.time if frame.time is not None else count / rate
                first = second if first is None else first
                yield Shown(second - first, convert(frame))
        except (av.FFmpegError, OSError) as error:
            raise UserError(f'{address} broke off: {say(error)}') from error


def _open(address: str) -> Any:
    name, kind = _device(address)
    try:
        container = av.open(name, format=kind, timeout=PATIENCE)
    except (av.FFmpegError, OSError, ValueError) as error:
        what = f'camera {address} ({name})' if kind else address
        raise UserError(f'cannot open {what}: {say(error)}') from error
    if not container.streams.video:
        container.close()
        raise UserError(f'{address} has no video stream')
    return container


def _device(address: str) -> tuple[str, str | None]:
    """What FFmpeg calls a camera, and what reads it."""
    if not address.isdigit():
        return address, None
    system = platform.system()
    if system == 'Linux':
        address = f'/dev/video{address}'
    return address, CAMERAS.get(system)
