"""Building parts that take what they need from the model around them."""

import inspect
from typing import Any

from vlprompt.errors import UserError
from vlprompt.registry import MODELS
from vlprompt.user_messages import argument_names, unknown_key, unknown_type


def inject_context(cfg: dict, **context: Any) -> dict:
    """Give a constructor the context arguments that it declares.

    A part says by the names of its arguments what it wants to know of the
    model it becomes part of (``width``, ``visual``, ``tokenizer``, ...); what
    the config gives has precedence.  Arguments that had another name in
    earlier versions are listed by the part as ``renamed_arguments``.

    Args:
        cfg: Config with a ``type``.
        context: Everything that the model around the part can give.

    Returns:
        The config with its ``type`` resolved, ready for ``MODELS.build``.

    Raises:
        UserError: If there is no such part, or it does not take a key; the
            line names similar ones.
    """
    part = cfg['type']
    if isinstance(part, str):
        part = MODELS.get(part)
    if part is None:
        raise UserError(unknown_type(cfg['type'], MODELS))
    renamed = getattr(part, 'renamed_arguments', {})
    cfg = {renamed.get(key, key): value for key, value in cfg.items()}
    names, complete = argument_names(part)
    unknown = cfg.keys() - {*names, 'type', '_scope_'} if complete else ()
    for key in sorted(unknown):
        raise UserError(unknown_key(part.__name__, key, part))
    taken = {name: value for name, value in context.items() if name in names}
    return {**taken, **cfg, 'type': part}


def build_part(
    cfg: dict | None, role: type | None = None, **context: Any
) -> Any:
    """Build a registered part of a model.

    Args:
        cfg: Config with a ``type``; None for a part that is left out.
        role: The protocol of :mod:`vlprompt.models.roles` that it follows.
        context: See :func:`inject_context`.

    Raises:
        UserError: If the part lacks a member of its role.
    """
    if cfg is None:
        return None
    part = MODELS.build(inject_context(cfg, **context))
    if role is not None:
        check_role(part, role)
    return part


def check_role(part: Any, role: type) -> None:
    """Raise a UserError if a part lacks a member of its role.

    Args:
        part: An instance of any class.
        role: One of the protocols of :mod:`vlprompt.models.roles`.
    """
    members = [*inspect.get_annotations(role), *vars(role)]
    lacking = [
        name
        for name in members
        if not name.startswith('_') and not hasattr(part, name)
    ]
    if lacking:
        raise UserError(
            f'{type(part).__name__} has no {" and no ".join(lacking)}: a '
            f'{role.__name__} of vlprompt.models.roles is expected here'
        )
