"""Find videos, and times in them, by a text or a video.

`vlprompt index` makes the index.  The model is the one that it names.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.errors import UserError

from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.search import Hit, VideoIndex

EXAMPLE = 'vlprompt search "a dog jumping into water" -k 5'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        'text', nargs='?', metavar='TEXT', help='what is to be seen'
    )
    parser.add_argument(
        '--video', metavar='FILE', help='find what is like this video instead'
    )
    parser.add_argument(
        '--index',
        default='index',
        metavar='DIR',
        help='folder of the index, ./index by default',
    )
    parser.add_argument(
        '-k', type=int, default=5, metavar='K', help='how many, 5 by default'
    )
    parser.add_argument(
        '--separate',
        action='store_true',
        help='each window by itself, not neighbours as one',
    )
    parser.add_argument(
        '--json', metavar='FILE', help='write JSON; - for standard output'
    )
    parser.add_argument(
        '--csv', metavar='FILE', help='write a table; - for standard output'
    )
    group = parser.add_argument_group('model')
    group.add_argument(
        '--model', help='where the model of the index is now, if it was moved'
    )
    group.add_argument(
        '--template', help='around the text, in place of the model\'s: "{}"'
    )
    group.add_argument('--device', help='such as cuda:1 or cpu')


def check(args: Namespace) -> None:
    """Refuse flags that do not fit each other.

    Raises:
        UserError: With the first that does not.
    """
    if (args.text is None) == (args.video is None):
        raise UserError('give a text to search for, or --video FILE')
    if args.k < 1:
        raise UserError(f'-k {args.k}, expected at least 1')
    if args.json == '-' and args.csv == '-':
        raise UserError('--json - and --csv -: only one fits standard output')
    for flag, path in (('json', args.json), ('csv', args.csv)):
        if path and not Path(path).parent.is_dir():
            raise UserError(
                f'--{flag} {path}: there is no folder {Path(path).parent}'
            )


def run(args: Namespace) -> list[Hit]:
    """Search.

    Raises:
        UserError: If flags do not fit, or as :func:`open_index` and
            :meth:`VideoIndex.search`.
    """
    check(args)
    from vlprompt.search import open_index

    index = open_index(
        args.index, args.model, device=args.device, template=args.template
    )
    hits = index.search(
        args.text,
        video=args.video,
        k=args.k,
        neighbours='separate' if args.separate else 'merge',
    )
    _write(args, index, hits)
    return hits


def _write(args: Namespace, index: VideoIndex, hits: list[Hit]) -> None:
    from .reports.search_report import as_csv, as_json, show

    is_here = index.root.is_relative_to(Path.cwd())
    facts = dict(
        query=args.text if args.video is None else str(args.video),
        model=index.manifest['model'],
        root=os.path.relpath(index.root) if is_here else str(index.root),
        windows=len(index),
        videos=len(index.paths),
        engine=index.engine.name,
    )
    taken = '-' in (args.json, args.csv)
    if not taken:
        show(facts, hits)
    for path, text in (
        (args.json, lambda: as_json(facts, hits)),
        (args.csv, lambda: as_csv(hits)),
    ):
        if path == '-':
            print(text(), end='')
        elif path:
            from vlprompt.whole_files import write_text

            write_text(path, text())


def main(args: Sequence[str] | None = None) -> list[Hit]:
    """Search."""
    return run(parse(__name__, args))
