"""Describe a model.

Of a config that comes with the library it shows what the config says of
itself; of a folder as `vlprompt models push` writes it, and of transformers
or open_clip, what is known of the weights; of a checkpoint what it has learned
and, of averaged ones, what they are made of.
"""

import ast
import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vlprompt.hub.address import is_address

from .models_copy import find
from .parsing import parse

EXAMPLE = 'vlprompt models show hf://microsoft/xclip-base-patch32'
SHOWN = 72  # characters of a value


def add_arguments(parser: ArgumentParser) -> None:
    """Add the name."""
    parser.add_argument(
        'name',
        metavar='NAME',
        help='as `vlprompt models` lists it, a folder, hf://user/name, or a '
        'checkpoint',
    )
    parser.add_argument('--json', action='store_true', help='for programs')


def run(args: Namespace) -> dict[str, Any]:
    """Print what is known, and return it."""
    if is_address(args.name) or Path(args.name).is_dir():
        from vlprompt.hub import pull, read_folder

        found = read_folder(pull(args.name)).facts
        text = '\n'.join(_lines(found))
    elif _is_checkpoint(args.name):
        from .checkpoint_facts import facts_of_checkpoint

        found = facts_of_checkpoint(args.name)
        text = '\n'.join(_lines(found))
    else:
        config = find(args.name)
        found = {**config._asdict(), 'file': str(config.file)}
        about = ast.get_docstring(ast.parse(config.file.read_text('utf-8')))
        text = f'{about}\n\nStatus: {config.status}.\nFile: {config.file}'
    print(json.dumps(found, indent=2) if args.json else text)
    return found


def _is_checkpoint(name: str) -> bool:
    return Path(name.partition('::')[0]).is_file() and name[-3:] != '.py'


def _lines(facts: dict[str, Any], indent: str = '') -> list[str]:
    lines = []
    for key, value in facts.items():
        if isinstance(value, dict):
            lines += [f'{indent}{key}:', *_lines(value, f'{indent}  ')]
        elif value is not None:
            lines.append(f'{indent}{key}: {_short(value)}')
    return lines


def _short(value: Any) -> str:
    many = isinstance(value, list)
    text = ', '.join(map(str, value)) if many else str(value)
    # What others have written may not steer the terminal.
    text = ''.join(c if c.isprintable() else ' ' for c in text)
    if len(text) <= SHOWN:
        return text
    count = f' ({len(value)})' if many else ''
    return f'{text[:SHOWN]} ...{count}'


def main(args: Sequence[str] | None = None) -> dict[str, Any]:
    """Describe a model."""
    return run(parse(__name__, args))
