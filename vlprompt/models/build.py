"""Building parts that take what they need from the model around them."""

import inspect
from typing import Any

from vlprompt.registry import MODELS


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
    names = inspect.signature(part).parameters
    taken = {name: value for name, value in offers.items() if name in names}
    return {**taken, **cfg, 'type': part}


def build_part(cfg: dict, **offers: Any) -> Any:
    """Build a registered part, with offers as in :func:`offer`."""
    return MODELS.build(offer(cfg, **offers))
