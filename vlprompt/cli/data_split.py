"""Make or verify the splits of the protocols.

Few-shot, base-to-novel and zero-shot splits are drawn from full lists by the
rules of the papers; no videos are needed.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from vlprompt.splits import arguments

from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.splits.checks import Check
    from vlprompt.splits.folder import SplitFile
    from vlprompt.splits.inputs import Inputs

EXAMPLE = """vlprompt data split few-shot --labels hmdb51 --train train.txt \\
        --out data/hmdb51/few_shot"""
CHECK_FAILED = 1  # exit code


def add_arguments(parser: ArgumentParser) -> None:
    """Add the sub-commands, each with its flags."""
    arguments.add_arguments(parser)


def make(args: Namespace, inputs: Inputs) -> None:
    """Make and write the files of a sub-command."""
    from vlprompt.splits import commands
    from vlprompt.splits.folder import (
        SIDECAR,
        check_not_replaced,
        write_files,
    )
    from vlprompt.splits.inputs import describe_inputs, options_of

    makers = {
        'few-shot': commands.few_shot,
        'base-to-novel': commands.base_to_novel,
        'zero-shot-k600': commands.zero_shot_k600,
        'subset': commands.subset,
    }
    files = makers[args.command](args, inputs)
    if not args.force:
        check_not_replaced(args.out, files)
    about = dict(
        command=args.command,
        options=options_of(args),
        inputs=describe_inputs(args, inputs),
    )
    write_files(args.out, files, about)
    _show(
        [_describe(file) for file in files],
        'file',
        'videos',
        'classes',
        'per class',
    )
    print(f'Wrote these and {SIDECAR} to {args.out}')


def _describe(file: SplitFile) -> tuple[str, ...]:
    counts = file.counts
    if 'videos' not in counts:
        return file.name, '', str(counts['classes']), ''
    numbers = dict.fromkeys((counts['fewest'], counts['most']))
    return (
        file.name,
        str(counts['videos']),
        str(counts['classes']),
        ' to '.join(str(number) for number in numbers),
    )


def report(checks: Sequence[Check]) -> None:
    """Print the checks; exit with status 1 if one of them failed."""
    from vlprompt.splits.checks import FAILED

    _show(checks, 'file', 'check', 'result', 'first difference or reason')
    failed = sum(check.result == FAILED for check in checks)
    print(f'{len(checks)} checks, {failed} failed')
    if failed:
        raise SystemExit(CHECK_FAILED)


def _show(rows: Sequence[Sequence[str]], *columns: str) -> None:
    table = Table()
    for column in columns:
        table.add_column(column, overflow='fold')
    for row in rows:
        table.add_row(*row)
    # File names may look like the console's marks.
    Console(markup=False, emoji=False, highlight=False).print(table)


def run(args: Namespace) -> None:
    """Run a sub-command."""
    from vlprompt.splits.inputs import read_inputs
    from vlprompt.splits.verify import verify

    inputs = read_inputs(args)
    if args.command == 'verify':
        report(verify(args, inputs))
    else:
        make(args, inputs)


def main(args: Sequence[str] | None = None) -> None:
    """Make or verify splits."""
    run(parse(__name__, args))
