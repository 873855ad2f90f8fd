"""What is wrong in a config, as lines that can be acted upon."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

from vlprompt.errors import UserError, last_line, suggest
from vlprompt.missing_packages import missing_package_line
from vlprompt.system_messages import OF_DRIVES, requoted, system_line
from vlprompt.torch_messages import torch_line

if TYPE_CHECKING:
    from mmengine.registry import Registry

UNKNOWN_KEY = re.compile(
    r'(\S+)\(\) got (?:an unexpected|multiple values for) keyword argument '
    r"'(\w+)'(?:\. Did you mean .*)?$"  # Python 3.13
)
MISSING_KEYS = re.compile(r'(\S+)\(\) missing \d+ required .*arguments?: (.+)')
NOT_REGISTERED = re.compile(r'(\S+) is not in the \S+ registry')
NOT_FOUND = re.compile(r'Failed to get (\S+)')


def unknown_key(name: str, key: str, part: Callable | None) -> str:
    """The line for a key of a config that a part does not take.

    Args:
        name: What the part is called.
        key: The key.
        part: The part, if it is known; the line then has similar keys.
    """
    names = {*argument_names(part)[0]} - {key} if part else ()
    return f'{name} does not take the key {key!r}{suggest(key, names)}'


def unknown_type(name: str, registry: Registry) -> str:
    """The line for a ``type`` of a config that is not registered."""
    return (
        f'type={name!r} is not a registered {registry.name}'
        f'{suggest(name, _registered(registry))}'
    )


def argument_names(part: Callable) -> tuple[list[str], bool]:
    """What a function or a constructor takes.

    A constructor with ``**kwargs`` is taken to pass them on to its base.

    Returns:
        The names, and whether these are all.
    """
    functions = [part]
    if inspect.isclass(part):
        bases = [vars(base) for base in part.__mro__]
        functions = [base['__init__'] for base in bases if '__init__' in base]
    names = []
    for function in filter(inspect.isfunction, functions):
        arguments = inspect.signature(function).parameters.values()
        names += [a.name for a in arguments if a.name != 'self']
        if all(a.kind is not a.VAR_KEYWORD for a in arguments):
            return names, True
    return names, False


def error_line(error: BaseException) -> str | None:
    """The line for an error that the user can fix, otherwise None.

    It may be the cause of the error that is given, or one of another process
    that the error quotes.
    """
    for cause in _causes(error):
        line = _line(cause)
        if line is not None:
            return line
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it was raised from.

    What it was raised in the handling of is one as well if it is a drive
    that is full, whatever this has made of it.
    """
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        context = error.__context__
        is_drive = getattr(context, 'errno', None) in OF_DRIVES
        is_package = isinstance(context, ImportError)
        error = error.__cause__ or (
            context if is_drive or is_package else None
        )


def _line(error: BaseException) -> str | None:
    text = last_line(error)
    if isinstance(error, UserError):
        return text
    if isinstance(error, ImportError):
        return missing_package_line(error)
    line = system_line(error) or torch_line(error)
    return line or _quoted(error, text) or _line_of_config(error, text)


def _quoted(error: BaseException, text: str) -> str | None:
    """The line for an error of another process, of which this has the text."""
    if 'Traceback (most recent call last)' not in str(error):
        return None
    kind, _, message = str(error).strip().splitlines()[-1].partition(': ')
    if kind.endswith('.UserError'):
        return message
    quoted = requoted(text)
    return quoted and system_line(quoted)


def _line_of_config(error: BaseException, text: str) -> str | None:
    frames = list(_frames(error))
    if not frames:
        return None
    if match := UNKNOWN_KEY.search(text):
        return _unknown_key(*match.groups(), frames)
    if match := MISSING_KEYS.search(text):
        return _missing_keys(*match.groups(), frames)
    if match := NOT_REGISTERED.search(text) or NOT_FOUND.search(text):
        return _unknown_type(match[1].strip('\'"'), frames)
    return None


def _frames(error: BaseException) -> Iterator[FrameType]:
    """The frames of an error's trace, the innermost first."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    yield from reversed(frames)


def _unknown_key(
    function: str, key: str, frames: list[FrameType]
) -> str | None:
    for frame in frames:
        part = frame.f_locals.get('obj_cls')
        if _is_build(frame) and part and key in frame.f_locals['args']:
            return unknown_key(part.__name__, key, part)
    if _in_mmengine(frames[0]):  # which passes some keys on by itself
        name = function.removesuffix('.__init__')
        return unknown_key(name, key, frames[0].f_globals.get(name))
    return None


def _missing_keys(
    function: str, keys: str, frames: list[FrameType]
) -> str | None:
    if not _in_mmengine(frames[0]):
        return None
    return f'{function.removesuffix(".__init__")} needs the key {keys}'


def _unknown_type(name: str, frames: list[FrameType]) -> str | None:
    for frame in frames:
        if _is_build(frame):
            return unknown_type(name, frame.f_locals['registry'])
    return None


def _is_build(frame: FrameType) -> bool:
    if frame.f_code.co_name != 'build_from_cfg':
        return False
    return frame.f_globals['__name__'].startswith('mmengine.registry.')


def _in_mmengine(frame: FrameType) -> bool:
    return frame.f_globals['__name__'].startswith('mmengine.')


def _registered(registry: Registry | None) -> Iterator[str]:
    while registry is not None:
        yield from registry.module_dict
        registry = registry.parent
