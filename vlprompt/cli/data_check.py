"""Check a list and its videos.

It finds each video as the data sets do, opens it, and with --decode decodes
all of it.  It writes report.csv, report.json and the list without the lines
that are bad.  A run that was interrupted goes on where it stopped.  The exit
code is 1 if anything is wrong.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from vlprompt.errors import UserError
from vlprompt.threads import usable_cores
from vlprompt.whole_files import write_text

from .listed_videos import read_lines_of, warn_of_ids
from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.datasets.lists.annotations import ListLine
    from vlprompt.datasets.readers.probe import VideoFacts

EXAMPLE = 'vlprompt data check train.txt --root videos --decode'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument('ann_file', metavar='LIST', help='path label a line')
    parser.add_argument(
        '--root', required=True, help='the folder that the paths are below'
    )
    parser.add_argument(
        '--decode', action='store_true', help='decode all frames of each'
    )
    parser.add_argument(
        '--jobs',
        type=int,
        default=usable_cores(),
        help='processes, one for each core by default',
    )
    parser.add_argument(
        '--out',
        type=Path,
        help='folder of the report, work_dirs/check_videos/<list> by default',
    )
    parser.add_argument(
        '--classes',
        help='a class list to check the labels against; needed if they are '
        'names',
    )


def run(args: Namespace) -> None:
    """Check one list."""
    if args.jobs < 1:
        raise UserError(f'--jobs {args.jobs}, expected at least 1')
    if not Path(args.root).is_dir():
        raise UserError(f'no folder of videos at {args.root}')
    lines = read_lines_of(args)
    warn_of_ids(lines, args)
    out = args.out or Path('work_dirs/check_videos', Path(args.ann_file).stem)
    out.mkdir(parents=True, exist_ok=True)
    rows = check(lines, args, out)
    write(lines, rows, args, out)
    show(rows, args, out)
    if any(facts.problem for facts in rows.values()):
        sys.exit(1)


def check(
    lines: Sequence[ListLine], args: Namespace, out: Path
) -> dict[str, VideoFacts]:
    """What is known of each path of a list."""
    from vlprompt.datasets import PathResolver
    from vlprompt.datasets.lists.annotations import find_repeats
    from vlprompt.datasets.readers.probe import VideoFacts

    paths = list(dict.fromkeys(line.video.path for line in lines))
    resolved = PathResolver(args.root).resolve(paths)
    rows = {path: VideoFacts(problem='no such file') for path in paths}
    for path, files in resolved.ambiguous.items():
        problem = f'several files of this name: {", ".join(files)}'
        rows[path] = VideoFacts(problem=problem)
    wrong = {*resolved.missing, *resolved.ambiguous}
    files = dict(zip(paths, resolved.files, strict=True))
    there = {path: file for path, file in files.items() if path not in wrong}
    facts = probe(list(there.values()), args, out / 'report.partial.jsonl')
    rows |= {path: facts[file] for path, file in there.items()}
    for first, again in find_repeats(lines, args.root):
        if first.video.label != again.video.label:
            problem = f'two labels (lines {first.number} and {again.number})'
            for line in (first, again):
                rows[line.video.path] = VideoFacts(problem=problem)
    return rows


def probe(
    files: Sequence[str], args: Namespace, partial: Path
) -> dict[str, VideoFacts]:
    """Look into files, but for those that an interrupted run found good."""
    from vlprompt.datasets.readers.probe import (
        decode_video,
        open_video,
        probe_files,
    )

    known = read_partial(partial, args.decode)
    known = {file: known[file] for file in files if file in known}
    if known:
        print(f'{len(known)} of {len(files)} videos as before ({partial})')
    left = [file for file in files if file not in known]
    look = decode_video if args.decode else open_video
    with (
        _create(partial) as log,
        closing(probe_files(left, look, args.jobs)) as results,
    ):
        print(json.dumps(args.decode), file=log)
        for item in known.items():
            print(json.dumps(item), file=log)
        for item in track(results, 'Checking videos', len(left)):
            print(json.dumps(item), file=log, flush=True)
            known[item[0]] = item[1]
    return known


def read_partial(partial: Path, decode: bool) -> dict[str, VideoFacts]:
    """The good files of a run that was interrupted, if it was like this one.

    Those with problems are looked at again: they may have been fixed.
    """
    from vlprompt.datasets.readers.probe import VideoFacts

    lines = partial.read_text('utf-8').splitlines() if partial.exists() else []
    if lines[:1] != [json.dumps(decode)]:
        return {}
    known = {}
    for line in lines[1:]:
        try:
            file, facts = json.loads(line)
        except ValueError:  # cut off in the middle
            continue
        known[file] = VideoFacts(*facts)
    return {file: facts for file, facts in known.items() if not facts.problem}


def write(
    lines: Sequence[ListLine],
    rows: dict[str, VideoFacts],
    args: Namespace,
    out: Path,
) -> None:
    """Write both reports and the good lines; drop what was for resuming."""
    from vlprompt.datasets.lists.annotations import header_of
    from vlprompt.datasets.readers.probe import VideoFacts

    text = io.StringIO()
    table = csv.writer(text, lineterminator='\n')
    table.writerow(['path', *VideoFacts._fields])
    table.writerows([path, *facts] for path, facts in rows.items())
    write_text(out / 'report.csv', text.getvalue())
    good = [line for line in lines if not rows[line.video.path].problem]
    texts = [*header_of(args.ann_file), *(line.text for line in good)]
    write_text(
        good_list(args.ann_file, out), ''.join(f'{text}\n' for text in texts)
    )
    summary = dict(
        list=str(args.ann_file),
        root=str(args.root),
        decoded=args.decode,
        lines=len(lines),
        good_lines=len(good),
        videos=len(rows),
        bad_videos=sum(bool(facts.problem) for facts in rows.values()),
        problems={name: len(paths) for name, paths in problems(rows).items()},
        access=dict(Counter(f.access for f in rows.values() if f.access)),
        decord={name: len(paths) for name, paths in faults(rows).items()},
    )
    write_text(out / 'report.json', json.dumps(summary, indent=2) + '\n')
    (out / 'report.partial.jsonl').unlink()


def _create(path: Path) -> TextIO:
    return path.open('w', encoding='utf-8', newline='\n')


def good_list(ann_file: str, out: Path) -> Path:
    """Where the list without the bad lines is written."""
    path = Path(ann_file)
    return out / f'{path.stem}_good{path.suffix}'


def problems(rows: dict[str, VideoFacts]) -> dict[str, list[str]]:
    """The paths with each problem, the most frequent one first."""
    return _group({path: facts.problem for path, facts in rows.items()})


def faults(rows: dict[str, VideoFacts]) -> dict[str, list[str]]:
    """The paths that ``DecordInit`` would err with, by why it would."""
    return _group({path: facts.decord for path, facts in rows.items()})


def _group(words: dict[str, str]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for path, word in words.items():
        if word:
            found[word].append(path)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def show(rows: dict[str, VideoFacts], args: Namespace, out: Path) -> None:
    """Print the summary, and where the files are."""
    found = problems(rows)
    table = Table('videos', 'what', 'such as')
    good = len(rows) - sum(map(len, found.values()))
    table.add_row(str(good), 'good' if args.decode else 'can be opened', '')
    for problem, paths in found.items():
        table.add_row(str(len(paths)), escape(problem), escape(paths[0]))
    slow = [path for path in rows if rows[path].access.startswith('in order')]
    if slow:
        what = 'decoded in order, slower'
        table.add_row(str(len(slow)), what, escape(slow[0]))
    for fault, paths in faults(rows).items():
        what = escape(f'not for DecordInit: {fault}')
        table.add_row(str(len(paths)), what, escape(paths[0]))
    Console().print(table)
    print(f'Wrote {out}/report.csv, report.json and')
    print(good_list(args.ann_file, out))


def main(args: Sequence[str] | None = None) -> None:
    """Check one list."""
    run(parse(__name__, args))
