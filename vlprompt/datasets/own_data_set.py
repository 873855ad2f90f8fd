"""A data set that a user describes in a Python file."""

import dataclasses
from pathlib import Path

from mmengine.config import Config

from vlprompt.errors import UserError, suggest
from vlprompt.name_rules import check_names

from .data_facts import ProtocolData, Split


def read_data_set(path: str) -> ProtocolData:
    """Read a description: the fields of :class:`ProtocolData`, as variables.

    Raises:
        UserError: If there is no such file, or it has other names or values
            in it.
    """
    if not Path(path).is_file():
        raise UserError(f'no description of a data set at {path}')
    values = Config.fromfile(path).to_dict()
    known = {field.name for field in dataclasses.fields(ProtocolData)}
    for key in values:
        if key not in known:
            raise UserError(
                f'{path}: unknown key {key!r}{suggest(key, known)}; expected '
                f'{", ".join(sorted(known))}'
            )
    missing = [key for key in ('title', 'root') if key not in values]
    if missing:
        raise UserError(f'{path} does not say {" and ".join(missing)}')
    for key in ('full', 'train', 'base', 'novel'):
        if key in values:
            values[key] = _pair(path, key, values[key])
    values['zero_shot'] = {
        split: _pair(path, f'zero_shot {split}', pair)
        for split, pair in values.get('zero_shot', {}).items()
    }
    return ProtocolData(**values)


def _pair(path: str, key: str, value: object) -> Split:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise UserError(
            f'{path}: {key} is {value!r}, expected (list of videos, classes)'
        )
    ann_file, classes = value
    if not isinstance(ann_file, str):
        raise UserError(
            f'{path}: the list of videos of {key} is {ann_file!r}, expected a '
            'file below its root'
        )
    if not isinstance(classes, str):
        check_names(classes)
    return Split(ann_file, classes)
