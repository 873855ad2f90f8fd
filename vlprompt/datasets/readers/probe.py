"""Whether video files can be read, many of them at a time."""

import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from .decode_errors import UNREADABLE, reason
from .frame_store import FrameStore
from .open_reader import open_reader
from .video_facts import VideoFacts
from .video_reader import VideoReader

QUEUED = 4  # files for each process


Item = TypeVar('Item')  # a file, or what else a probe takes
Probe = Callable[[Item], VideoFacts]


def open_video(file: str) -> VideoFacts:
    """Open a video and decode its first frame."""
    return _probe(file, lambda reader: None)


def decode_video(file: str) -> VideoFacts:
    """Decode all frames of a video."""
    return _probe(file, lambda reader: reader.verify())


def _probe(
    file: str, look: Callable[[VideoReader | FrameStore], None]
) -> VideoFacts:
    facts = VideoFacts()
    try:
        reader = open_reader(file)
        facts = VideoFacts(frames=len(reader), fps=reader.get_avg_fps())
        height, width, _ = reader.read([0])[0].shape
        facts = facts._replace(width=width, height=height)
        look(reader)
        return facts._replace(access=reader.access, decord=reader.decord_fault)
    except UNREADABLE as error:
        return facts._replace(problem=reason(error))


def probe_files(
    files: Sequence[Item], probe: Probe[Item], jobs: int
) -> Iterator[tuple[Item, VideoFacts]]:
    """Probe files in several processes.

    A file that ends the process that reads it is a problem of that file.

    Args:
        files: The files.
        probe: :func:`open_video`, :func:`decode_video`, or another function
            of a module.
        jobs: Number of processes.

    Yields:
        A file and what was found, in the order in which they are done.
    """
    left = deque(files)
    while left:
        running: dict[Future, Item] = {}
        pool = ProcessPoolExecutor(jobs, initializer=_begin)
        try:
            yield from _work(pool, probe, left, running, QUEUED * jobs)
        except BrokenProcessPool:
            # Any of these may be the cause.
            left.extendleft(running.values())
            for _ in range(len(running)):
                yield left[0], _probe_alone(probe, left.popleft())
        finally:
            pool.shutdown(cancel_futures=True)


def _work(
    pool: ProcessPoolExecutor,
    probe: Probe[Item],
    left: deque[Item],
    running: dict[Future, Item],
    queued: int,
) -> Iterator[tuple[Item, VideoFacts]]:
    while left or running:
        while left and len(running) < queued:
            future = pool.submit(probe, left[0])
            running[future] = left.popleft()
        done, _ = wait_for(running, return_when=FIRST_COMPLETED)
        for future in done:
            facts = future.result()
            yield running.pop(future), facts


def _probe_alone(probe: Probe[Item], file: Item) -> VideoFacts:
    with ProcessPoolExecutor(1, initializer=_begin) as pool:
        try:
            return pool.submit(probe, file).result()
        except BrokenProcessPool:
            return VideoFacts(problem='the decoder crashed')


def _begin() -> None:
    """Leave interruptions to the main process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
