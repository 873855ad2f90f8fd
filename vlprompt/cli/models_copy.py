"""Copy a config to edit.

The copy builds on the same files as the original, under their names in the
installed package.
"""

import ast
import posixpath
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from vlprompt.errors import UserError, suggest
from vlprompt.shipped_configs import ShippedConfig, shipped_configs
from vlprompt.whole_files import write_text

from .parsing import parse

EXAMPLE = 'vlprompt models copy vilt_b16_k400 .'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        'name', metavar='NAME', help='as `vlprompt models` lists it'
    )
    parser.add_argument(
        'folder', nargs='?', type=Path, default=Path(), help='for the copy'
    )
    parser.add_argument(
        '--force', action='store_true', help='replace a file of this name'
    )


def run(args: Namespace) -> Path:
    """Write the copy, and return its path."""
    config = find(args.name)
    target = args.folder / config.file.name
    if target.exists() and not args.force:
        raise UserError(f'{target} exists: --force replaces it')
    args.folder.mkdir(parents=True, exist_ok=True)
    write_text(target, portable_text(config))
    print(f'Wrote {target}: edit it, then `vlprompt train {target}`')
    return target


def find(name: str) -> ShippedConfig:
    """The config of a name, with or without its folder.

    Raises:
        UserError: If there is none; it names similar ones.
    """
    configs = {config.name: config for config in shipped_configs()}
    name = name.removeprefix('vlprompt::').removesuffix('.py')
    name = name.removeprefix('configs/')
    stems = {full.rpartition('/')[2]: full for full in configs}
    full = stems.get(name, name)
    if full not in configs:
        near = suggest(name, [*configs, *stems])
        raise UserError(
            f'no config {name!r}{near} (`vlprompt models` lists all)'
        )
    return configs[full]


def portable_text(config: ShippedConfig) -> str:
    """The text of a config, its bases named as those of the package."""
    text = config.file.read_text('utf-8')
    for statement in ast.parse(text).body:
        names = getattr(statement, 'targets', ())
        if any(getattr(name, 'id', '') == '_base_' for name in names):
            bases = ast.literal_eval(statement.value)
            written = ast.get_source_segment(text, statement)
            return text.replace(written, _portable(bases, config), 1)
    return text


def _portable(bases: str | Sequence[str], config: ShippedConfig) -> str:
    folder = posixpath.dirname(config.name)
    lines = [
        f"    'vlprompt::{posixpath.normpath(f'{folder}/{base}')}',\n"
        for base in ([bases] if isinstance(bases, str) else bases)
    ]
    return f'_base_ = [\n{"".join(lines)}]'


def main(args: Sequence[str] | None = None) -> Path:
    """Copy a config."""
    return run(parse(__name__, args))
