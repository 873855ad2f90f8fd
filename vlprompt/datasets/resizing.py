"""How a pipeline resizes frames."""

from collections.abc import Iterable
from typing import NamedTuple

from .pipelines import SHORT_SIDES


class Resizing(NamedTuple):
    """How a pipeline makes frames larger or smaller.

    Attributes:
        kind: The type of the transform.
        interpolation: Such as ``'bilinear'``.
        mode: ``'shortest'`` side, or ``'squash'`` of both sides.
        size: What the short side gets, or the first of both.
    """

    kind: str
    interpolation: str
    mode: str
    size: int


def resizing(pipeline: Iterable[dict]) -> list[Resizing]:
    """The last step that resizes frames, if there is one."""
    steps = [step for step in pipeline if _kind(step) in SHORT_SIDES]
    found = []
    for step in steps[-1:]:
        bicubic = _kind(step) == 'PILResize'
        scale = step.get('scale', 224)
        sides = [scale] if isinstance(scale, int | float) else list(scale)
        found.append(
            Resizing(
                _kind(step),
                'bicubic'
                if bicubic
                else step.get('interpolation', 'bilinear'),
                'shortest' if step.get('keep_ratio', True) else 'squash',
                int(max(sides)),
            )
        )
    return found


def _kind(step: dict) -> str:
    return str(step['type']).rpartition('.')[2]
