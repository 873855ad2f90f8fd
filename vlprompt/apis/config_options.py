"""The options that change a config, ``--cfg-options``."""

from typing import Any

from mmengine.config import Config, ConfigDict

from vlprompt.errors import UserError, last_line
from vlprompt.written_values import Written, read_value

DELETE = '_delete_'
NOTHING = object()


def apply_options(config: Config, options: dict[str, Any]) -> None:
    """Change a config, one option after the other.

    A dict is merged into the one whose place it takes, as in config files.
    ``_delete_`` comes first, wherever it was given.

    Args:
        config: Changed in place.
        options: Values by dotted key; those that were :class:`Written` are
            read as the kind of value whose place they take.

    Raises:
        UserError: If a key leads nowhere or a value does not fit.
    """
    before = config.to_dict()
    order = sorted(options, key=lambda k: k.rpartition('.')[2] != DELETE)
    for option in order:
        try:
            _apply(config, option, options[option], before)
        except (UserError, TypeError) as error:
            value = options[option]
            given = f'={value}' if isinstance(value, Written) else ''
            raise UserError(
                f'--cfg-options {option}{given}: {last_line(error)}'
            ) from error


def _apply(config: Config, option: str, value: Any, before: dict) -> None:
    keys = option.split('.')
    if not all(keys):
        raise UserError('expected names between dots')
    top = keys[0]
    if isinstance(value, Written):
        own = _find(config, keys)
        # What a deleted dict had says what is meant, too.
        own = _find(before, keys) if own is NOTHING else own
        value = read_value(value, None if own is NOTHING else own)
    tree = ConfigDict({top: config.get(top)} if top in config else {})
    config[top] = _put(tree, keys, value, '')[top]


def _find(node: Any, keys: list[str]) -> Any:
    """The value at a place, or ``NOTHING``."""
    for key in keys:
        if isinstance(node, (dict, Config)) and key in node:
            node = node[key]
        elif isinstance(node, (list, tuple)) and _is_index(key, len(node)):
            node = node[int(key)]
        else:
            return NOTHING
    return node


def _put(node: Any, keys: list[str], value: Any, path: str) -> Any:
    """A copy of a dict or list with another value at a place.

    Args:
        node: The dict or list.
        keys: The way to the place from here.
        value: The value.
        path: Where the dict or list is, for messages.
    """
    key, *others = keys
    place = f'{path}.{key}' if path else key
    if isinstance(node, (list, tuple)):
        key = _index(key, len(node), path)
    elif not isinstance(node, dict):
        raise UserError(f'{path} is {node!r}, which has no keys')
    if key == DELETE and not others:
        return ConfigDict() if value else node
    changed = list(node) if isinstance(node, tuple) else node.copy()
    present = changed[key] if isinstance(key, int) else changed.get(key)
    if others:
        if isinstance(key, str) and key not in changed:
            present = ConfigDict()
        changed[key] = _put(present, others, value, place)
    else:
        changed[key] = _merged(present, value)
    return type(node)(changed) if isinstance(node, tuple) else changed


def _merged(present: Any, value: Any) -> Any:
    value = ConfigDict(value=value)['value']  # and the dicts in lists
    if not (isinstance(present, dict) and isinstance(value, dict)):
        return value
    merged = ConfigDict(present)
    merged.merge(value)
    return merged


def _is_index(key: str, length: int) -> bool:
    digits = key.removeprefix('-')
    return digits.isdecimal() and -length <= int(key) < length


def _index(key: str, length: int, path: str) -> int:
    if _is_index(key, length):
        return int(key)
    if key.removeprefix('-').isdecimal():
        raise UserError(
            f'Index {key} exceeds the length of the list {path}, {length}'
        )
    raise UserError(
        f'{path} is a list of {length}: expected the number of an element, '
        f'from 0, instead of {key!r}'
    )
