"""mmcv-lite warns about operators that nothing here needs."""

import importlib.util
import warnings

from .remedy import Remedy

MESSAGE = 'Fail to import ``MultiScaleDeformableAttention``'


def is_needed() -> bool:
    """Whether mmcv has no compiled operators."""
    return importlib.util.find_spec('mmcv._ext') is None


def apply() -> None:
    """Ignore this warning, and no other."""
    warnings.filterwarnings('ignore', MESSAGE)


REMEDY = Remedy(
    package='mmcv-lite',
    reason='warns that it lacks operators, which nothing here needs',
    is_needed=is_needed,
    apply=apply,
    advice='ignore the warning',
    before='mmcv.cnn.bricks.transformer',
)
