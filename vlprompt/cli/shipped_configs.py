"""The configs that come with the library, and what their headers say."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from vlprompt.shipped import config_folder

FRAMES = re.compile(r'\b(\d+) frames')
PARAMETERS = re.compile(r'([\d,]+)\s+trainable')


class ShippedConfig(NamedTuple):
    """What the header of a config says.

    Attributes:
        name: ``'vilt/vilt_b16_k400'``.
        file: Where it is.
        title: Method and data.
        frames: Frames of a view, ``'-'`` if the header does not say.
        parameters: Trainable ones, ``'-'`` if the header does not say.
    """

    name: str
    file: Path
    title: str
    frames: str
    parameters: str


def shipped_configs() -> Iterator[ShippedConfig]:
    """All configs but those that others are made of, by folder and name."""
    folder = config_folder()
    for file in sorted(folder.glob('[!_]*/*.py')):
        header = ast.get_docstring(ast.parse(file.read_text('utf-8'))) or ''
        frames = FRAMES.search(header)
        parameters = PARAMETERS.search(header)
        yield ShippedConfig(
            file.relative_to(folder).with_suffix('').as_posix(),
            file,
            header.partition('\n')[0].rstrip('.'),
            frames[1] if frames else '-',
            parameters[1] if parameters else '-',
        )
