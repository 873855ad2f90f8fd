"""Make one HTML page of runs and their mistakes.

RUN is a folder that `vlprompt train`, `test`, `eval` or `demo` has written.
The page holds all it shows: it can be sent by mail.  Two runs are compared
clip by clip, more in one table.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from .parsing import parse

EXAMPLE = 'vlprompt report work_dirs/vilt_b16_k400'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        'runs', nargs='+', metavar='RUN', help='a folder of results'
    )
    parser.add_argument(
        '--out',
        type=Path,
        metavar='FILE.html',
        help='the page; report.html in the folder of the run, or here for '
        'several, if not given',
    )


def run(args: Namespace) -> Path:
    """Make the page, and say where it is."""
    from vlprompt.report import report

    page = report(args.runs, args.out)
    print(f'Wrote {page} ({page.stat().st_size / 1e6:.1f} MB)')
    return page


def main(args: Sequence[str] | None = None) -> Path:
    """Make the page, and return where it is."""
    return run(parse(__name__, args))
