"""MMAction2's VindLU needs names that transformers 4.56 removed."""

import importlib.util
from pathlib import Path

from .remedy import Remedy
from .versions import installed


def is_needed() -> bool:
    """Whether a transformers without these names is installed.

    MMAction2 asks for its metadata, which may be there without the package.
    """
    spec = importlib.util.find_spec('transformers')
    if spec is None or spec.origin is None:
        return installed('transformers') is not None
    # Read, not imported: that would take seconds.
    file = Path(spec.origin).with_name('modeling_utils.py')
    return 'apply_chunking_to_forward' not in file.read_text(encoding='utf-8')


def apply() -> None:
    """Keep MMAction2's multimodal models from being imported."""
    from mmaction.utils import dependency

    dependency.WITH_MULTIMODAL = False


REMEDY = Remedy(
    package='transformers',
    reason='from 4.56 on, mmaction.models cannot be imported beside it',
    is_needed=is_needed,
    apply=apply,
    advice='pip install "transformers<4.56" to use VindLU',
    after='mmaction.utils.dependency',
)
