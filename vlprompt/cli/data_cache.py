"""Store the decoded frames of videos.

For each video of a list it writes a zip file with a JPEG image of each frame,
made smaller, at the video's path below the store.  The same list then reads
the store: give data_prefix.video its folder.  A run that was interrupted goes
on, and several lists may share a store.  The exit code is 1 if a video cannot
be stored.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from vlprompt.errors import UserError
from vlprompt.threads import usable_cores
from vlprompt.whole_files import remove_leftovers, write_text

from .listed_videos import read_lines_of
from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.datasets.readers.frame_store import FrameStoreWriter
    from vlprompt.datasets.readers.probe import VideoFacts

EXAMPLE = 'vlprompt data cache train.txt --root videos --out frames'
SETTINGS = 'frame_store.json'
SHOWN = 10
SHOWN_FACTS = 5  # up to the problem


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument('ann_file', metavar='LIST', help='path label a line')
    parser.add_argument(
        '--root', required=True, help='the folder that the paths are below'
    )
    parser.add_argument(
        '--out', required=True, type=Path, help='the folder of the store'
    )
    parser.add_argument(
        '--classes', help='the class list, needed if the labels are names'
    )
    parser.add_argument(
        '--short-side',
        type=int,
        default=256,
        help='of the frames, at most; no smaller than what the pipeline '
        'resizes to',
    )
    parser.add_argument(
        '--quality', type=int, default=95, help='of the JPEG images, to 100'
    )
    parser.add_argument(
        '--frames',
        default='all',
        help='how many to keep of each video, evenly spaced; all by default',
    )
    parser.add_argument(
        '--jobs',
        type=int,
        default=usable_cores(),
        help='processes, one for each core by default',
    )


def run(args: Namespace) -> None:
    """Store the frames of the videos of one list."""
    writer = make_writer(args)
    lines = read_lines_of(args)
    paths = list(dict.fromkeys(line.video.path for line in lines))
    check_paths(paths, args)
    keep_settings(writer, args.out)
    rows = cache(paths, writer, args)
    write_report(rows, args)
    show(rows, args)
    if any(facts.problem for facts in rows.values()):
        sys.exit(1)


def make_writer(args: Namespace) -> FrameStoreWriter:
    """What writes a store with these flags."""
    from vlprompt.datasets.lists.text_files import read_number
    from vlprompt.datasets.readers.frame_store import FrameStoreWriter

    if args.jobs < 1:
        raise UserError(f'--jobs {args.jobs}, expected at least 1')
    if args.short_side < 1:
        raise UserError(f'--short-side {args.short_side}, expected pixels')
    if not 1 <= args.quality <= 100:
        raise UserError(f'--quality {args.quality}, expected 1 to 100')
    frames = None
    if args.frames != 'all':
        frames = read_number(args.frames)
        if not frames:
            raise UserError(
                f'--frames {args.frames}, expected "all" or a number'
            )
    return FrameStoreWriter(args.short_side, args.quality, frames)


def check_paths(paths: Sequence[str], args: Namespace) -> None:
    """Whether everything stays below the store, away from the videos."""
    if not Path(args.root).is_dir():
        raise UserError(f'no folder of videos at {args.root}')
    if args.out.resolve() == Path(args.root).resolve():
        raise UserError(f'--out {args.out} is the folder of the videos')
    for path in paths:
        if os.path.isabs(path) or '..' in Path(path).parts:
            raise UserError(
                f'{path} of {args.ann_file} leaves the folder of videos, '
                'expected a path below it'
            )


def keep_settings(writer: FrameStoreWriter, out: Path) -> None:
    """Refuse to mix frames of several kinds in one store."""
    file = out / SETTINGS
    settings = dict(
        short_side=writer.short_side,
        quality=writer.quality,
        frames=writer.frames or 'all',
        decoder='PyAV',
    )
    out.mkdir(parents=True, exist_ok=True)
    remove_leftovers(out)
    if not file.exists():
        write_text(file, json.dumps(settings, indent=2) + '\n')
    known = json.loads(file.read_text('utf-8'))
    if known != settings:
        raise UserError(
            f'{out} was begun with {known}, not with {settings}; expected '
            'the same, or another --out'
        )


def cache(
    paths: Sequence[str], writer: FrameStoreWriter, args: Namespace
) -> dict[str, VideoFacts]:
    """Write what is not there, and tell what is known of each path."""
    from vlprompt.datasets import PathResolver
    from vlprompt.datasets.readers.frame_store import StoreJob
    from vlprompt.datasets.readers.probe import VideoFacts, probe_files

    resolved = PathResolver(args.root).resolve(paths)
    rows = {path: VideoFacts(problem='no such file') for path in paths}
    for path, files in resolved.ambiguous.items():
        problem = f'several files of this name: {", ".join(files)}'
        rows[path] = VideoFacts(problem=problem)
    wrong = {*resolved.missing, *resolved.ambiguous}
    jobs = {
        StoreJob(file, store_file(path, args)): path
        for path, file in zip(paths, resolved.files, strict=True)
        if path not in wrong
    }
    known = sum(os.path.exists(job.target) for job in jobs)
    if known:
        print(f'{known} of {len(paths)} videos as before ({args.out})')
    with closing(probe_files(list(jobs), writer, args.jobs)) as results:
        for job, facts in track(results, 'Keeping frames', len(jobs)):
            rows[jobs[job]] = facts
    return rows


def store_file(path: str, args: Namespace) -> str:
    """Where the frames of a listed video are."""
    from vlprompt.datasets.lists.path_resolver import STORE_SUFFIX

    return os.path.join(args.out, path + STORE_SUFFIX)


def write_report(rows: dict[str, VideoFacts], args: Namespace) -> None:
    """One line for each video."""
    from vlprompt.datasets.readers.probe import VideoFacts

    text = io.StringIO()
    table = csv.writer(text, lineterminator='\n')
    table.writerow(['path', *VideoFacts._fields[:SHOWN_FACTS]])
    table.writerows(
        [path, *facts[:SHOWN_FACTS]] for path, facts in rows.items()
    )
    write_text(report_file(args), text.getvalue())


def report_file(args: Namespace) -> Path:
    """Where the report of a list is."""
    return args.out / f'{Path(args.ann_file).stem}_report.csv'


def show(rows: dict[str, VideoFacts], args: Namespace) -> None:
    """Print the summary, and where the files are."""
    good = [path for path, facts in rows.items() if not facts.problem]
    bad = {path: rows[path].problem for path in rows if rows[path].problem}
    frames = sum(rows[path].frames for path in good)
    size = sum(os.path.getsize(store_file(path, args)) for path in good)
    table = Table('videos', 'frames', 'MB', 'kB a frame', 'cannot be kept')
    table.add_row(
        str(len(good)),
        str(frames),
        f'{size / 1e6:.1f}',
        f'{size / 1e3 / max(frames, 1):.1f}',
        str(len(bad)),
    )
    Console().print(table)
    for path, problem in list(bad.items())[:SHOWN]:
        Console().print(escape(f'{path}: {problem}'))
    print(f'The store is {args.out}, the report {report_file(args)}')


def main(args: Sequence[str] | None = None) -> None:
    """Store the frames of the videos of one list."""
    run(parse(__name__, args))
