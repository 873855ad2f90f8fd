"""Run one of MMAction2's own tools.

What is broken in MMAction2's wheel is repaired before the tool imports it,
which many of them do before they read a config.
"""

import runpy
import sys
from argparse import REMAINDER, ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from vlprompt.errors import UserError, suggest

from .parsing import parse

EXAMPLE = 'vlprompt analyze mmaction2 confusion_matrix CONFIG scores.pkl'
FOLDERS = ('analysis_tools', 'deployment', 'misc', 'visualizations')


def add_arguments(parser: ArgumentParser) -> None:
    """Add the tool's name and its arguments."""
    parser.add_argument(
        'name', nargs='?', help='of the tool; without it they are listed'
    )
    parser.add_argument(
        'arguments', nargs=REMAINDER, help='of the tool, such as --help'
    )


def find_tools() -> dict[str, Path]:
    """The tools that come with MMAction2, by name."""
    import mmaction

    package = Path(mmaction.__file__).parent
    # A wheel has them in .mim, a checkout beside the package.
    for root in (package / '.mim/tools', package.parent / 'tools'):
        if (root / FOLDERS[0]).is_dir():
            break
    return {
        path.stem: path
        for folder in FOLDERS
        for path in sorted((root / folder).glob('*.py'))
    }


def run(args: Namespace) -> None:
    """Run the tool, or list all."""
    tools = find_tools()
    if args.name is None:
        print('\n'.join(tools))
        return
    if args.name not in tools:
        raise UserError(
            f'MMAction2 has no tool {args.name!r}{suggest(args.name, tools)}: '
            f'expected one of {", ".join(tools)}'
        )
    path = str(tools[args.name])
    before, sys.argv = sys.argv, [path, *args.arguments]
    try:
        runpy.run_path(path, run_name='__main__')
    except ImportError as error:
        raise UserError(f'{args.name} does not run here: {error}') from error
    finally:
        sys.argv = before


def main(args: Sequence[str] | None = None) -> None:
    """Run a tool."""
    run(parse(__name__, args))
