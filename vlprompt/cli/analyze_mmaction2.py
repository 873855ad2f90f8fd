"""Run one of MMAction2's own tools, from where it is installed.

python tools/analysis/mmaction2.py NAME [the tool's arguments]

What is broken in MMAction2's wheel is mended before the tool imports it,
which many of them do before they read a config.
"""

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

import vlprompt  # noqa: F401  mends what the tools import

# isort: split
import mmaction

from vlprompt.cli.common import run_command
from vlprompt.errors import UserError, suggest

FOLDERS = ('analysis_tools', 'deployment', 'misc', 'visualizations')


def find_tools() -> dict[str, Path]:
    """The tools that come with MMAction2, by name."""
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


def main(args: Sequence[str] | None = None) -> None:
    """Run the tool that the first argument names."""
    args = list(sys.argv[1:] if args is None else args)
    tools = find_tools()
    if not args or args[0] in ('-h', '--help'):
        print(f'usage: mmaction2.py NAME ...\n\n{", ".join(tools)}')
        return
    if args[0] not in tools:
        raise UserError(
            f'MMAction2 has no tool {args[0]!r}{suggest(args[0], tools)}: '
            f'expected one of {", ".join(tools)}'
        )
    path = str(tools[args[0]])
    before, sys.argv = sys.argv, [path, *args[1:]]
    try:
        runpy.run_path(path, run_name='__main__')
    except ImportError as error:
        raise UserError(f'{args[0]} does not run here: {error}') from error
    finally:
        sys.argv = before


if __name__ == '__main__':
    run_command(main)
