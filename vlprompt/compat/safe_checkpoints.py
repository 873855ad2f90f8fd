"""MMEngine 0.10.7 cannot read its own checkpoints with torch >= 2.6.

They are still read with ``weights_only=True``: the classes of its message
hub are allowed, and of ``getattr`` only the use it makes of it.
"""

from collections.abc import Callable
from typing import Any

from .remedy import Remedy


def is_needed() -> bool:
    """Whether torch refuses what MMEngine puts into a checkpoint."""
    import torch
    from mmengine.logging import HistoryBuffer

    return HistoryBuffer not in torch.serialization.get_safe_globals()


def apply() -> None:
    """Allow these classes, and read files with messages that help."""
    import numpy as np
    import torch
    from mmengine.logging import HistoryBuffer
    from mmengine.runner.checkpoint import CheckpointLoader

    multiarray = np._core.multiarray if hasattr(np, '_core') else np.core
    dtypes = {type(np.dtype(t)) for t in ('f2', 'f4', 'f8', 'i4', 'i8', '?')}
    torch.serialization.add_safe_globals(
        [
            HistoryBuffer,
            (get_statistic, 'builtins.getattr'),
            (multiarray.scalar, 'numpy._core.multiarray.scalar'),
            (multiarray.scalar, 'numpy.core.multiarray.scalar'),
            (multiarray._reconstruct, 'numpy._core.multiarray._reconstruct'),
            (multiarray._reconstruct, 'numpy.core.multiarray._reconstruct'),
            np.ndarray,
            np.dtype,
            *dtypes,
        ]
    )
    CheckpointLoader.register_scheme('', loader=load_from_local, force=True)
    for scheme in ('http://', 'https://'):
        CheckpointLoader.register_scheme(
            scheme, loader=load_from_url, force=True
        )


def get_statistic(owner: type, name: str) -> Callable:
    """``getattr``, for the statistics of a history buffer alone."""
    import pickle

    from mmengine.logging import HistoryBuffer

    if owner is not HistoryBuffer or name.startswith('_'):
        raise pickle.UnpicklingError(f'getattr of {name!r} in a checkpoint')
    return getattr(owner, name)


def load_from_local(filename: str, map_location: Any = None) -> dict:
    """Read a checkpoint without running what it contains.

    Args:
        filename: The file, or ``FILE::PLACE`` for weights below a key.
        map_location: Not used, weights are read onto the CPU.

    Returns:
        The weights as ``state_dict``, and what else the file holds.

    Raises:
        UserError: If there is none, it is damaged, or has no weights that
            can be used.
    """
    from vlprompt.weights import load_weights_file
    from vlprompt.weights.names import FINGERPRINT

    loaded = load_weights_file(filename, anchors=[FINGERPRINT])
    others = loaded.file.content if loaded.place else {}
    content = {**others, 'state_dict': loaded.tensors}
    if isinstance(meta := content.get('meta'), dict):
        # A program, which MMEngine runs where a training goes on.
        meta.pop('config', None)
    return content


def load_from_url(filename: str, map_location: Any = None) -> dict:
    """Download a checkpoint, once, and read it as one that lies here.

    Raises:
        UserError: If it cannot be downloaded; see :func:`load_from_local`.
    """
    import sys
    from pathlib import Path

    import torch
    from mmengine.dist import is_main_process

    from vlprompt.errors import UserError

    url, _, place = filename.partition('::')
    folder = Path(torch.hub.get_dir(), 'checkpoints')
    path = folder / (url.partition('?')[0].rpartition('/')[2] or 'checkpoint')
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.is_file():  # it appears there when it is whole
            shown = sys.stderr.isatty() and is_main_process()
            torch.hub.download_url_to_file(url, str(path), progress=shown)
    except OSError as error:
        raise UserError(f'cannot download {url} ({error})') from error
    return load_from_local(f'{path}::{place}' if place else str(path))


REMEDY = Remedy(
    package='mmengine',
    reason='with torch >= 2.6 it cannot read its own checkpoints',
    is_needed=is_needed,
    apply=apply,
    advice='load state dicts alone',
    after='mmengine.runner.checkpoint',
)
