"""MMAction2 1.2.0 refuses mmcv 2.2."""

from .remedy import Remedy
from .versions import installed, parse

ADVICE = 'pip uninstall mmcv mmcv-lite; pip install mmcv-lite==2.1.0'


def is_needed() -> bool:
    """Whether an mmcv of another version is installed."""
    versions = [installed(name) for name in ('mmcv', 'mmcv-lite')]
    return any(v and not (2,) <= parse(v) < (2, 2) for v in versions)


REMEDY = Remedy(
    package='mmcv',
    reason='MMAction2 refuses versions from 2.2 on',
    is_needed=is_needed,
    advice=ADVICE,
    before='mmaction',
)
