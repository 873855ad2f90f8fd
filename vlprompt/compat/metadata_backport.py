"""MMAction2 1.2.0 imports a backport that it does not declare."""

import importlib.util
import sys

from .remedy import Remedy


def is_needed() -> bool:
    """Whether the backport is not installed."""
    return importlib.util.find_spec('importlib_metadata') is None


def apply() -> None:
    """Give the standard library's module the backport's name."""
    import importlib.metadata

    sys.modules['importlib_metadata'] = importlib.metadata


REMEDY = Remedy(
    package='mmaction2',
    reason='imports importlib_metadata, which it does not require',
    is_needed=is_needed,
    apply=apply,
    advice='pip install importlib_metadata',
    before='mmaction.utils.dependency',
)
