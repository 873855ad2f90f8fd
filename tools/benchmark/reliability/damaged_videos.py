"""Part 1: video files, whole and damaged."""

import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import av
import numpy as np

from vlprompt.datasets.readers.decode_errors import unreadable
from vlprompt.datasets.readers.orientation import display_matrix, orient
from vlprompt.datasets.readers.video_reader import VideoReader

from .clip_kinds import matrix
from .clips import Clip, write
from .damage import DAMAGES
from .outcomes import Case, Finding, Outcome, Part, refused, trace

LIMIT = 20.0  # seconds that the reader is given
READS, FRAMES = 3, 4
WHOLE = 'whole'


class Truth(NamedTuple):
    """What decoding in order shows.

    Attributes:
        frames: (H, W, 3) each, as far as they can be decoded.
        is_damaged: Whether FFmpeg has said that something is.
    """

    frames: list[np.ndarray]
    is_damaged: bool


class DamagedVideos(Part):
    """The reader of videos."""

    name = 'videos'
    title = 'Video files'
    about = (
        'Every codec in every container that PyAV can write, with and without '
        'B frames, open GOPs, edit lists, variable rates and 10 bits, whole '
        'and damaged. Frames are read at random, as in training, and then all '
        'in order. **Right**: every frame that is given equals, to the bit, '
        'the frame of its number that FFmpeg gives when it decodes the same '
        'file in order from its beginning (with the concealment of FFmpeg '
        'where a picture itself is damaged, which nothing in the file tells), '
        'or the frame of its number in the file before the damage; and the '
        'number of frames is that of one of the two. **Clear error**: some '
        'frames, or all, are refused in one line, and those that are given '
        'are right.'
    )
    kinds = {
        WHOLE: dict(tiny=2, reduced=40, full=len(matrix())),
        **{kind: dict(tiny=4, reduced=80, full=700) for kind in DAMAGES},
    }
    seconds = 3 * LIMIT

    def attempt(
        self, case: Case, rng: random.Random, shared: Path, folder: Path
    ) -> Finding:
        """Damage a clip and read it."""
        clips = matrix()
        if case.kind == WHOLE:
            # A stride, so that a few are of all codecs
            clip = clips[case.number * 37 % len(clips)]
            data = before = _bytes_of(clip, shared)
        else:
            clip = rng.choice(clips)
            before = _bytes_of(clip, shared)
            data = DAMAGES[case.kind](before, rng)
        file = folder / f'damaged{clip.suffix}'
        file.write_bytes(before)
        whole = decode_in_order(file)
        file.write_bytes(data)
        finding = judge(file, decode_in_order(file), whole, rng)
        if case.kind == WHOLE and finding.outcome is Outcome.CLEAR_ERROR:
            finding = finding._replace(outcome=Outcome.WRONG)
        return finding._replace(detail=f'{clip}: {finding.detail}')


def judge(
    file: Path, now: Truth, before: Truth, rng: random.Random
) -> Finding:
    """Read a file and compare.

    Args:
        file: The file.
        now: What decoding it in order shows.
        before: The same of the file that it was before it was damaged.
        rng: Chooses the frames that are read.
    """
    problems = set()
    try:
        reader = VideoReader(str(file), LIMIT)
        length = len(reader)
        asked = [
            sorted(rng.choices(range(length), k=FRAMES)) for _ in range(READS)
        ]
        for numbers in [*asked, range(length)]:
            try:
                images = reader.read(numbers)
            except unreadable() as error:
                problems.add(str(error))
                continue
            for number, image in zip(numbers, images, strict=True):
                if problem := _compare(number, image, now, before):
                    return Finding(
                        Outcome.WRONG, f'{problem}, {reader.access}'
                    )
    except unreadable() as error:
        return refused(str(error))
    except Exception as error:
        return trace(error)
    if problems:
        return refused('; '.join(sorted(problems)))
    if length not in (len(now.frames), len(before.frames)):
        return Finding(
            Outcome.WRONG,
            f'{length} frames, in order {len(now.frames)}, {reader.access}',
        )
    return Finding(Outcome.RIGHT, reader.access)


def decode_in_order(file: Path) -> Truth:
    """What PyAV alone shows, passing over what cannot be decoded."""
    frames, size, is_damaged = [], None, False
    try:
        with av.open(str(file)) as container:
            stream = container.streams.best('video')
            stream.codec_context.thread_count = 1
            for packet in container.demux(stream):
                try:
                    decoded = stream.codec_context.decode(
                        packet if packet.size else None
                    )
                except av.FFmpegError:
                    is_damaged = True
                    continue
                for frame in decoded:
                    size = size or (frame.width, frame.height)
                    image = frame.reformat(*size, format='rgb24').to_ndarray()
                    frames.append(orient(image, display_matrix(frame)))
                    is_damaged |= frame.is_corrupt
    except (av.FFmpegError, OSError, ValueError, AttributeError):
        is_damaged = True
    return Truth(frames, is_damaged)


def _compare(number: int, image: np.ndarray, now: Truth, before: Truth) -> str:
    for truth in (now, before):
        if number < len(truth.frames) and np.array_equal(
            image, truth.frames[number]
        ):
            return ''
    if number >= len(now.frames):
        return f'frame {number} of {len(now.frames)} in order'
    wanted = now.frames[number]
    if wanted.shape != image.shape:
        return f'frame {number} is {image.shape}, in order {wanted.shape}'
    most = np.abs(wanted.astype(int) - image).max()
    return f'frame {number} differs by up to {most}'


def _bytes_of(clip: Clip, shared: Path) -> bytes:
    """Of a clip that is encoded once."""
    kept = shared / f'{clip}.clip'
    if not kept.is_file():
        with TemporaryDirectory(dir=shared) as folder:
            made = write(Path(folder, 'clip'), clip)
            os.replace(made, kept)
    return kept.read_bytes()
