"""In what a config differs from that of a checkpoint."""

import ast
from collections.abc import Iterator
from typing import Any

# What a training depends on, but for its schedule and optimizer, of which
# more is said.
TOLD = ('model', 'train_dataloader', 'custom_hooks')
SHOWN = 5


def changed_keys(before: str, now: str) -> str:
    """The keys that have changed, as words for a message; may be empty.

    Args:
        before: Text of a config, of a checkpoint: none of it is run.
        now: Another one.
    """
    try:
        values = [dict(_flat(_read(text))) for text in (before, now)]
    except (SyntaxError, ValueError):  # of another version of MMEngine
        return ''
    old, new = values
    missing = object()
    keys = [
        key
        for key in dict.fromkeys([*new, *old])
        if old.get(key, missing) != new.get(key, missing)
    ]
    more = f' and {len(keys) - SHOWN} more' if len(keys) > SHOWN else ''
    return ', '.join(keys[:SHOWN]) + more


def _read(text: str) -> dict[str, Any]:
    """The assignments of a config as MMEngine writes it."""
    return {
        line.targets[0].id: _value(line.value)
        for line in ast.parse(text).body
        if isinstance(line, ast.Assign)
        and getattr(line.targets[0], 'id', '') in TOLD
    }


def _value(node: ast.AST) -> Any:
    """What is written, as plain containers and, of anything else, its text."""
    match node:
        case ast.Call(func=ast.Name(id='dict'), args=[ast.Dict() as keys]):
            return _value(keys)  # that are no names
        case ast.Call(func=ast.Name(id='dict')):
            return {word.arg: _value(word.value) for word in node.keywords}
        case ast.Dict():
            pairs = zip(node.keys, node.values, strict=True)
            return {ast.unparse(key): _value(value) for key, value in pairs}
        case ast.List() | ast.Tuple():
            return [_value(part) for part in node.elts]
        case _:
            return ast.unparse(node)


def _flat(value: Any, key: str = '') -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from _flat(part, f'{key}.{name}' if key else str(name))
    else:
        yield key, value
