"""The config that a protocol is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlprompt.errors import UserError

from .settings import GridSettings

if TYPE_CHECKING:
    from mmengine.config import Config


def find_config(path: str, ending: str) -> str:
    """A config, or of a folder the one whose name ends as it should.

    Args:
        path: A file or a folder.
        ending: Of the name, ``'few_shot'``.

    Raises:
        UserError: If the folder has none or several of them, or the path has
            places for the names of data sets.
    """
    refuse_places(path)
    if not Path(path).is_dir():
        return path
    found = sorted(str(file) for file in Path(path).glob(f'*_{ending}.py'))
    if len(found) == 1:
        return found[0]
    if not found:
        raise UserError(f'{path} has no config that ends in _{ending}.py')
    raise UserError(f'{path} has several configs: give {" or ".join(found)}')


def refuse_places(path: str) -> None:
    """Say what stands for a config with ``{dataset}`` in its name now.

    Raises:
        UserError: If the path has such a place.
    """
    if '{' in path:
        raise UserError(
            f'{path}: one config serves all data sets now, such as '
            'configs/vilt/vilt_b16_few_shot.py; --datasets names them'
        )


def format_pattern(pattern: str | None, **places: Any) -> str | None:
    """Put names into the places of a pattern, ``'{dataset}_{seed}.pth'``.

    Raises:
        UserError: If the pattern has a place that there is no name for.
    """
    if pattern is None:
        return None
    try:
        return pattern.format(**places)
    except (KeyError, IndexError) as error:
        known = ', '.join(f'{{{place}}}' for place in places)
        raise UserError(
            f'{pattern}: nothing stands for {error}, there are {known}'
        ) from error


def load(settings: GridSettings) -> Config:
    """The config with the options of the command line in it."""
    from vlprompt.apis import load_config

    return load_config(settings.config, settings.cfg_options)
