"""Run a table of a paper: measured beside published.

It trains and tests what the rows of the table are of, with the settings of
the paper, and ends with what came out beside what is printed.  An interrupted
run goes on with the same command.  The bundle.json in the folder of results
holds numbers, configs, hashes of lists, versions, decoder and card: it can be
sent, and --compare says where two of them differ.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.errors import UserError

from .common import add_options_argument
from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.reproduce.tables import PaperTable, Run

EXAMPLE = 'vlprompt reproduce vilt table4 --data-root data --gpus 8'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    from vlprompt.protocols.protocol import add_execution_arguments

    parser.add_argument(
        'paper', nargs='?', help='vilt, vifi, vita, or a method: see --list'
    )
    parser.add_argument('table', nargs='?', help='such as table4')
    parser.add_argument(
        '--list', action='store_true', help='list all tables and their rows'
    )
    parser.add_argument(
        '--compare',
        nargs=2,
        metavar=('A', 'B'),
        help='two bundles of a table, or the folders that they are in',
    )
    parser.add_argument(
        '--data-root', default='data', help='the folder of all data sets'
    )
    parser.add_argument(
        '--out',
        type=Path,
        help='folder of the results, work_dirs/reproduce/PAPER_TABLE by '
        'default',
    )
    parser.add_argument(
        '--only', nargs='+', metavar='METHOD', help='rows of the table'
    )
    parser.add_argument(
        '--epochs',
        type=int,
        metavar='N',
        help='of every training, to try the whole; the results say so',
    )
    parser.add_argument(
        '--label-order',
        choices=('official', 'vifi'),
        default='official',
        help='of the classes of HMDB-51: vifi has the two swapped pairs of '
        'the published label files',
    )
    add_options_argument(parser, 'change all configs')
    add_execution_arguments(parser)


def run(args: Namespace) -> int:
    """List, compare, or run a table.

    Returns:
        The exit code: 1 if some videos were not scored.
    """
    if args.list:
        return _list()
    if args.compare:
        return _compare(*args.compare)
    if args.paper is None:
        raise UserError(
            'no table was given: expected such as `vlprompt reproduce vilt '
            'table4`, or --list, or --compare A B'
        )
    from vlprompt.reproduce.catalog import choose_runs, find_table

    table = find_table(args.paper, args.table)
    runs = choose_runs(table, args.only)
    if args.epochs is not None and args.epochs < 1:
        raise UserError(f'--epochs {args.epochs}, expected at least 1')
    return _reproduce(args, table, runs)


def _reproduce(args: Namespace, table: PaperTable, runs: Sequence[Run]) -> int:
    from vlprompt.protocols.protocol import make_executor
    from vlprompt.reproduce.request import Request
    from vlprompt.reproduce.run import forget, reproduce, show

    out = args.out or Path(
        'work_dirs/reproduce', f'{table.paper}_{table.name}'
    )
    request = Request(
        data_root=args.data_root,
        out=out,
        executor=partial(make_executor, args),
        label_order=args.label_order,
        epochs=args.epochs,
        options=args.cfg_options or {},
    )
    if args.dry_run:
        show(table, runs, request)
        return 0
    if args.force:
        forget(runs, request)
    return 0 if reproduce(table, runs, request).complete else 1


def _list() -> int:
    from vlprompt.reproduce.catalog import listing
    from vlprompt.tables import Table

    rows = [
        [f'{table.paper} {table.name}', table.title, table.source, methods]
        for table, methods in listing()
    ]
    head = ['vlprompt reproduce', 'what', 'published', 'rows']
    print(Table(head, rows).markdown(), end='')
    return 0


def _compare(first: str, second: str) -> int:
    from vlprompt.reproduce.comparison import compare

    print('\n'.join(table.markdown() for table in compare(first, second)))
    return 0


def main(args: Sequence[str] | None = None) -> None:
    """Run a table.

    Raises:
        SystemExit: With the exit code, if some videos were not scored.
    """
    if code := run(parse(__name__, args)):
        sys.exit(code)
