"""Decoded frames of a video in a zip file of JPEG images."""

import errno
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile, ZipInfo

import cv2
import numpy as np
from mmcv.image import imresize, rescale_size

from vlprompt.whole_files import whole_file

from .decode_errors import UNREADABLE, reason
from .frame_batch import FrameBatch
from .video_facts import VideoFacts
from .video_reader import VideoReader

INDEX = 'index.json'
# What never comes of reading a video.
OF_WRITING = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.ENOTDIR,
    errno.EMFILE,
    errno.ENFILE,
)


class FrameStore:
    """The frames of one video, with the part of decord's interface in use.

    The zip file has ``index.json`` with ``fps``, ``width``, ``height`` and
    ``times``, and a JPEG image for each frame, in their order, named by its
    number in the video.  Images are not compressed again: each is read by
    itself.

    Attributes:
        access: How frames are found, as :class:`VideoFacts` has it.
        decord_fault: Nothing: ``DecordInit`` opens stores as well.
        frame_times: When each frame is shown, in seconds from the first one.

    Args:
        file: The zip file.

    Raises:
        OSError: If it cannot be read, or is something else.
    """

    access = 'by index'
    decord_fault = ''

    def __init__(self, file: str | Path) -> None:
        try:
            self._zip = ZipFile(file)
            index = json.loads(self._zip.read(INDEX))
            fps, width, height = (index[k] for k in ('fps', 'width', 'height'))
        except (BadZipFile, KeyError, TypeError, ValueError) as error:
            raise OSError('not a frame store, or cut off') from error
        names = self._zip.namelist()
        self._names = [name for name in names if name != INDEX]
        self.facts = VideoFacts(len(self._names), width, height, fps)
        times = index.get('times', np.arange(len(self._names)) / (fps or 1))
        self.frame_times = np.asarray(times)

    def __len__(self) -> int:
        """The number of frames."""
        return self.facts.frames

    def get_avg_fps(self) -> float:
        """Frames for each second, of those that are kept."""
        return self.facts.fps

    def get_batch(self, indices: Sequence[int]) -> FrameBatch:
        """Frames by their place.

        Raises:
            OSError: If one is damaged.
            IndexError: If there is none.
        """
        return FrameBatch(np.stack(self.read(indices)))

    def verify(self) -> None:
        """Read all frames.

        Raises:
            OSError: If one is damaged.
        """
        for name in self._names:
            self._read(name)

    def read(self, indices: Sequence[int]) -> list[np.ndarray]:
        """As :meth:`get_batch`, but (H, W, 3) arrays one by one.

        Frames that are asked for twice are the same array.
        """
        numbers = [int(i) for i in indices]
        frames = {i: self._read(self._names[i]) for i in set(numbers)}
        return [frames[i] for i in numbers]

    def iterate(self, indices: Sequence[int]) -> Iterator[np.ndarray]:
        """As :meth:`read`, one after the other."""
        for index in indices:
            yield self._read(self._names[int(index)])

    def _read(self, name: str) -> np.ndarray:
        try:
            data = self._zip.read(name)
        except BadZipFile as error:
            raise OSError(f'frame {name} is damaged') from error
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        if image is None:
            raise OSError(f'frame {name} is damaged')
        return cv2.cvtColor(image, cv2.COLOR_BGR2RGB, dst=image)


class StoreJob(NamedTuple):
    """A video, and the zip file that its frames go to."""

    source: str
    target: str


@dataclass(frozen=True)
class FrameStoreWriter:
    """Writes the frames of videos, smaller ones as they are.

    A store that is there already is kept.  One is whole or not there.

    Args:
        short_side: Of the frames, at most, in pixels; they are resized as by
            MMAction2's ``Resize``.
        quality: Of the JPEG images, 1 to 100.
        frames: How many frames to keep of each video, the centres of so many
            equal parts; None keeps all.
    """

    short_side: int = 256
    quality: int = 95
    frames: int | None = None

    def __call__(self, job: StoreJob) -> VideoFacts:
        """Write one; what is wrong is the ``problem`` of the facts.

        Raises:
            OSError: If it is the drive that is at fault, as when it is full.
        """
        try:
            if not os.path.exists(job.target):
                os.makedirs(os.path.dirname(job.target), exist_ok=True)
                reader = VideoReader(job.source)
                with whole_file(job.target) as part:
                    self._write(reader, part)
            return FrameStore(job.target).facts
        except UNREADABLE as error:
            if getattr(error, 'errno', None) in OF_WRITING:
                raise
            return VideoFacts(problem=reason(error))

    def _write(self, reader: VideoReader, part: Path) -> None:
        kept = self._choose(len(reader))
        fps = reader.get_avg_fps() * len(kept) / len(reader)
        times = reader.frame_times[kept].round(6).tolist()
        with ZipFile(part, 'w') as store:
            for number, frame in zip(kept, reader.iterate(kept), strict=True):
                image = self._shrink(frame)
                # Not by name: the time would be in the file.
                store.writestr(
                    ZipInfo(f'{number:06d}.jpg'), self._encode(image)
                )
            height, width, _ = image.shape
            index = dict(fps=fps, width=width, height=height, times=times)
            store.writestr(ZipInfo(INDEX), json.dumps(index))

    def _choose(self, total: int) -> np.ndarray:
        if self.frames is None or self.frames >= total:
            return np.arange(total)
        return ((np.arange(self.frames) + 0.5) * total / self.frames).astype(
            int
        )

    def _shrink(self, frame: np.ndarray) -> np.ndarray:
        height, width, _ = frame.shape
        if min(height, width) <= self.short_side:
            return frame
        scale = (np.inf, self.short_side)
        return imresize(frame, rescale_size((width, height), scale))

    def _encode(self, frame: np.ndarray) -> bytes:
        image = cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
        options = [cv2.IMWRITE_JPEG_QUALITY, self.quality]
        return cv2.imencode('.jpg', image, options)[1].tobytes()
