"""mmcv and mmcv-lite write the same files, and one is enough."""

from .mmcv_version import ADVICE
from .remedy import Remedy
from .versions import installed


def is_needed() -> bool:
    """Whether both are installed."""
    return bool(installed('mmcv') and installed('mmcv-lite'))


REMEDY = Remedy(
    package='mmcv-lite',
    reason='it and mmcv overwrite each other',
    is_needed=is_needed,
    advice=ADVICE,
)
