"""Part 1: video files, whole and damaged."""

import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from vlprompt.datasets.readers.decode_errors import unreadable
from vlprompt.datasets.readers.video_reader import VideoReader

from .clip_kinds import matrix
from .clips import Clip, write
from .damage import DAMAGES
from .decoded_in_order import Truth, decode_in_order, find_made_up
from .outcomes import Case, Finding, Outcome, Part, refused, trace

LIMIT = 20.0  # seconds that the reader is given
READS, FRAMES = 3, 4
WHOLE = 'whole'
MADE_UP = 'made up by FFmpeg'


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
        'file in order from its beginning, or the frame of its time, or that '
        'of its number in the file before the damage; and the number of '
        'frames is that of one of the two files. FFmpeg conceals some damage '
        'within pictures, so a right frame may show it. Some of what it '
        'conceals with is memory that nothing has written: the same bytes '
        'give other pictures each time, and such frames are not compared. '
        '**Clear error**: some frames, or all, are refused in one line, and '
        'those that are given are right.'
    )
    kinds = {
        WHOLE: dict(tiny=2, reduced=40, full=len(matrix())),
        **{kind: dict(tiny=4, reduced=80, full=700) for kind in DAMAGES},
    }
    seconds = 3 * LIMIT
    remarks = {
        MADE_UP: (
            'of the files had frames that FFmpeg shows otherwise each time; '
            'these frames were not compared.'
        )
    }
    explanations = {
        'is another, ': (
            'FFmpeg conceals damage within this picture without saying so, '
            'by pictures that it has decoded before; by an index those are '
            'others than in order, as frames that no other refers to are '
            'left out.'
        )
    }

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
    problems: set[str] = set()
    try:
        reader = VideoReader(str(file), LIMIT)
        length = len(reader)
        asked = [
            sorted(rng.choices(range(length), k=FRAMES)) for _ in range(READS)
        ]
        doubts = set()
        for numbers in [*asked, range(length)]:
            try:
                images = reader.read(numbers)
            except unreadable() as error:
                problems.add(str(error))
                continue
            for number, image in zip(numbers, images, strict=True):
                time = reader.frame_times[number]
                if not any(x.has(number, time, image) for x in (now, before)):
                    doubts.add(number)
    except unreadable() as error:
        return refused(str(error))
    except Exception as error:
        return trace(error)
    made_up = find_made_up(file) if doubts else set()
    if doubts - made_up:
        return Finding(
            Outcome.WRONG,
            f'frame {min(doubts - made_up)} of {length} is another, '
            f'{reader.access}, of {len(now.frames)} in order',
        )
    if problems:
        return refused('; '.join(sorted(problems)))
    if length not in (len(now.frames), len(before.frames)):
        return Finding(
            Outcome.WRONG,
            f'{length} frames, in order {len(now.frames)}, {reader.access}',
        )
    return Finding(Outcome.RIGHT, MADE_UP if made_up else '')


def _bytes_of(clip: Clip, shared: Path) -> bytes:
    """Of a clip that is encoded once."""
    kept = shared / f'{clip}.clip'
    if not kept.is_file():
        with TemporaryDirectory(dir=shared) as folder:
            made = write(Path(folder, 'clip'), clip)
            os.replace(made, kept)
    return kept.read_bytes()
