"""Make the splits of the protocols from full lists, or verify them.

python tools/data/make_splits.py
    {few-shot,base-to-novel,zero-shot-k600,subset,verify} --help

No videos are needed.  docs/splits.md says what the rules are.
"""

from argparse import Namespace
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from vlprompt.cli.common import run_command
from vlprompt.splits import commands
from vlprompt.splits.arguments import parse_args
from vlprompt.splits.checks import FAILED, Check
from vlprompt.splits.folder import (
    SIDECAR,
    SplitFile,
    check_not_replaced,
    write_files,
)
from vlprompt.splits.inputs import (
    Inputs,
    describe_inputs,
    options_of,
    read_inputs,
)
from vlprompt.splits.verify import verify

MAKERS = {
    'few-shot': commands.few_shot,
    'base-to-novel': commands.base_to_novel,
    'zero-shot-k600': commands.zero_shot_k600,
    'subset': commands.subset,
}
CHECK_FAILED = 1  # exit code


def make(args: Namespace, inputs: Inputs) -> None:
    """Make and write the files of a sub-command."""
    files = MAKERS[args.command](args, inputs)
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


def main(args: Sequence[str] | None = None) -> None:
    """Run a sub-command."""
    args = parse_args(args, __doc__.splitlines()[0])
    inputs = read_inputs(args)
    if args.command == 'verify':
        report(verify(args, inputs))
    else:
        make(args, inputs)


if __name__ == '__main__':
    run_command(main)
