"""Where the weights lie in what a file holds."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from vlprompt.errors import UserError, suggest

MODELS = (
    'state_dict',
    'model_state_dict',
    'model_state',
    'model',
    'module',
    'net',
    'network',
    'params',
    'weights',
)
AVERAGES = (
    'ema_state_dict',
    'state_dict_ema',
    'model_ema',
    'ema_model',
    'model_ema_state_dict',
    'ema',
    'params_ema',
    'shadow_params',
)
PAIRS = ('student', 'teacher')
DEPTH = 4  # of dicts in dicts
SHOWN = 8  # keys in an error


class Weights(NamedTuple):
    """The weights in a file.

    Attributes:
        tensors: By name.
        place: The keys they lie below, joined by dots; nothing for the top.
        note: What was chosen, if there was a choice.
    """

    tensors: dict[str, Any]
    place: str = ''
    note: str = ''


def split_place(path: str | Path) -> tuple[str, str]:
    """``'a.pth::ema'`` to the file and the place in it.

    Example:
        >>> split_place('a.pth::ema'), split_place('a.pth')
        (('a.pth', 'ema'), ('a.pth', ''))
    """
    path = str(path)
    if Path(path).exists():
        return path, ''
    file, _, place = path.partition('::')
    return file, place


def find_weights(content: Any, path: str, place: str = '') -> Weights:
    """Find the weights in what a file holds.

    Known places are looked at, dicts in dicts too.  Where a file has the
    model's own weights and averaged ones (EMA), the model's are taken.

    Args:
        content: Of the file.
        path: The file, for errors.
        place: A key, or keys joined by dots; ``'ema'`` and ``'model'``
            stand for whatever place the averages and the others have.

    Raises:
        UserError: If there are none, or they may be meant in two ways.
    """
    if not isinstance(content, Mapping):
        raise UserError(f'{path} holds {_kind(content)}, no dict of weights')
    if place:
        return _at(content, path, place)
    choices = _choices(content)
    if not choices and (_has_tensors(content) and not _is_state(content)):
        return Weights(dict(content))
    if not choices:
        raise UserError(_nothing(content, path))
    pair = [name for name in choices if name.split('.')[-1] in PAIRS]
    if len(pair) == len(choices) > 1:
        raise UserError(
            f'{path} has weights below {" and ".join(pair)}: say which, as '
            f'{_address(path, pair[0])}'
        )
    first, *others = choices
    note = _note(content, path, first, others)
    return Weights(dict(choices[first]), first, note)


def _note(content: Mapping, path: str, first: str, others: list[str]) -> str:
    if first == 'state_dict' and _is_swapped(content):
        return (
            f'{path}: took averaged weights (EMA), which MMEngine stores as '
            f'state_dict; {path}::model takes those that were averaged'
        )
    if others:
        other = _address(path, others[0])
        return (
            f'{path}: took the weights below {first}; {other} takes those '
            f'below {others[0]}'
        )
    if is_averaged(first):
        return f'{path}: took averaged weights (EMA), it has no others'
    return ''


def is_averaged(place: str) -> bool:
    """Whether a place has averaged weights."""
    return any(part in AVERAGES for part in place.split('.'))


def _choices(content: Mapping, depth: int = DEPTH) -> dict[str, Mapping]:
    """Known places that have weights, the likeliest first."""
    found = {}
    for name in (*MODELS, *PAIRS, *AVERAGES):
        inner = content.get(name)
        if not isinstance(inner, Mapping) or not depth:
            continue
        deeper = _choices(inner, depth - 1)
        if deeper:
            found |= {f'{name}.{key}': value for key, value in deeper.items()}
        elif _has_tensors(inner) and not _is_state(inner):
            found[name] = inner
    return dict(sorted(found.items(), key=lambda item: is_averaged(item[0])))


def _at(content: Mapping, path: str, place: str) -> Weights:
    choices = _choices(content)
    if place not in content and place in ('ema', 'model'):
        swapped = _is_swapped(content)
        averaged = place == 'ema'
        if swapped:
            place = 'state_dict' if averaged else 'ema_state_dict'
        else:
            fits = [p for p in choices if is_averaged(p) == averaged]
            place = fits[0] if fits else place
    inner: Any = content
    for key in place.split('.'):
        inner = inner.get(key) if isinstance(inner, Mapping) else None
    if isinstance(inner, Mapping):
        found = find_weights(inner, f'{path}::{place}')
        tensors = {k: v for k, v in found.tensors.items() if k != 'steps'}
        return Weights(tensors, place)
    front = f'{place}.'
    flat = {
        name.removeprefix(front): value
        for name, value in _top(content).items()
        if str(name).startswith(front)
    }
    if flat:
        return Weights(flat, place)
    raise UserError(
        f'{path} has nothing below {place!r}, it has {_keys(content)}'
        f'{suggest(place, map(str, content))}'
    )


def _address(path: str, place: str) -> str:
    return f'{path}{"." if "::" in path else "::"}{place}'


def _top(content: Mapping) -> Mapping:
    choices = _choices(content)
    return next(iter(choices.values()), content)


def _is_swapped(content: Mapping) -> bool:
    """Whether MMEngine's EMAHook has written it.

    It puts the averages below ``state_dict``, and what was averaged, with
    the number of steps, below ``ema_state_dict``.
    """
    other = content.get('ema_state_dict')
    return isinstance(other, Mapping) and 'steps' in other


def _has_tensors(content: Mapping) -> bool:
    return any(
        isinstance(value, (torch.Tensor, np.ndarray))
        for value in content.values()
    ) and any(isinstance(key, str) for key in content)


def _is_state(content: Mapping) -> bool:
    """Whether it is the state of an optimizer."""
    return 'param_groups' in content


def _nothing(content: Mapping, path: str) -> str:
    others = [
        key
        for key, value in _dicts(content)
        if _has_tensors(value) and not re.search('optim', key)
    ]
    if others:
        return (
            f'{path} has no weights in a place that is known, it has '
            f'{_keys(content)}: give the place, as {_address(path, others[0])}'
        )
    if _is_state(content) or any('optim' in str(key) for key in content):
        return (
            f'{path} holds the state of an optimizer and no weights, it has '
            f'{_keys(content)}'
        )
    return f'{path} holds no weights, it has {_keys(content)}'


def _dicts(content: Mapping, depth: int = 2) -> Iterator[tuple[str, Mapping]]:
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield str(key), value
            if depth > 1:
                for inner, found in _dicts(value, depth - 1):
                    yield f'{key}.{inner}', found


def _keys(content: Mapping) -> str:
    names = list(map(str, content))
    more = f' and {len(names) - SHOWN} more' if len(names) > SHOWN else ''
    return f'the keys {", ".join(names[:SHOWN])}{more}' if names else 'no keys'


def _kind(content: Any) -> str:
    if torch.is_tensor(content):
        return f'one tensor of shape {tuple(content.shape)}'
    if isinstance(content, (list, tuple)):
        return f'a list of {len(content)}'
    if content is None:
        return 'an object that is no tensor'
    return f'one {type(content).__name__}'
