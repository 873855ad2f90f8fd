"""MMAction2 1.2.0: the wheel lacks ``mmaction.models.localizers.drn``."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from .remedy import Remedy

NAME = 'mmaction.models.localizers.drn'
ADVICE = 'install mmaction2 from source to use DRN'


class DRN:
    """Stands for the localizer, and says what is missing when it is built."""

    def __init__(self, *args, **kwargs) -> None:
        raise ImportError(f"MMAction2's wheel lacks DRN: {ADVICE}")


def is_needed() -> bool:
    """Whether the file of the module is missing."""
    spec = importlib.util.find_spec('mmaction')
    folder = Path(spec.submodule_search_locations[0])
    return not (folder / 'models/localizers/drn/drn.py').is_file()


def apply() -> None:
    """Provide modules of the names that are imported."""
    package = ModuleType(NAME)
    package.__path__ = []
    package.drn = ModuleType(f'{NAME}.drn')
    package.drn.DRN = DRN
    for module in (package, package.drn):
        sys.modules.setdefault(module.__name__, module)


REMEDY = Remedy(
    package='mmaction2',
    reason='its wheel lacks a localizer (DRN) that mmaction.models imports',
    is_needed=is_needed,
    apply=apply,
    advice=ADVICE,
    before='mmaction.models.localizers',
)
