"""Building parts that take what they need from the model around them."""

import inspect
from collections.abc import Iterator
from typing import Any

from vlprompt.registry import MODELS

from .roles import check_role


def offer(cfg: dict, **offers: Any) -> dict:
    """Complete a config with the offers that its constructor asks for.

    A part says by the names of its arguments what it wants to know of the
    model it becomes part of (``width``, ``visual``, ``tokenizer``, ...); what
    the config gives has precedence.

    Args:
        cfg: Config with a ``type``.
        offers: Everything the caller can give.

    Returns:
        The config with its ``type`` resolved, ready for ``MODELS.build``.
    """
    part = cfg['type']
    if isinstance(part, str):
        part = MODELS.get(part)
    if part is None:
        return dict(cfg)  # the registry knows best how to complain
    names = set(_argument_names(part))
    taken = {name: value for name, value in offers.items() if name in names}
    return {**taken, **cfg, 'type': part}


def _argument_names(part: Any) -> Iterator[str]:
    """What a constructor takes, and those it passes ``**kwargs`` on to."""
    if not inspect.isclass(part):
        yield from inspect.signature(part).parameters
        return
    for base in part.__mro__:
        if '__init__' not in vars(base):
            continue
        arguments = inspect.signature(base.__init__).parameters
        yield from arguments
        if all(p.kind is not p.VAR_KEYWORD for p in arguments.values()):
            return


def build_part(
    cfg: dict | None, role: type | None = None, **offers: Any
) -> Any:
    """Build a registered part of a model.

    Args:
        cfg: Config with a ``type``; None for a part that is left out.
        role: The protocol of :mod:`vlprompt.models.roles` that it follows.
        offers: See :func:`offer`.

    Raises:
        UserError: If the part lacks a member of its role.
    """
    if cfg is None:
        return None
    part = MODELS.build(offer(cfg, **offers))
    if role is not None:
        check_role(part, role)
    return part
