"""MMEngine 0.10.7 cannot read its own checkpoints with torch >= 2.6.

They are still read with ``weights_only=True``: the classes of its message
hub are allowed, and of ``getattr`` only the use it makes of it.
"""

from collections.abc import Callable
from pathlib import Path
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


def get_statistic(owner: type, name: str) -> Callable:
    """``getattr``, for the statistics of a history buffer alone."""
    import pickle

    from mmengine.logging import HistoryBuffer

    if owner is not HistoryBuffer or name.startswith('_'):
        raise pickle.UnpicklingError(f'getattr of {name!r} in a checkpoint')
    return getattr(owner, name)


def load_from_local(filename: str, map_location: Any = None) -> Any:
    """Read a checkpoint without running what it contains.

    Raises:
        UserError: If there is none, or it is damaged or holds other objects.
    """
    import pickle

    import torch

    from vlprompt.errors import UserError

    path = Path(filename).expanduser()
    if not path.is_file():
        raise UserError(f'no checkpoint at {filename}')
    try:
        return torch.load(path, map_location=map_location, weights_only=True)
    except pickle.UnpicklingError as error:
        raise UserError(
            f'{filename} holds more than weights and training state, and is '
            'not read: convert it, or save its state dict alone'
        ) from error
    except (RuntimeError, EOFError, OSError) as error:
        raise UserError(
            f'{filename} is damaged or not a checkpoint'
        ) from error


REMEDY = Remedy(
    package='mmengine',
    reason='with torch >= 2.6 it cannot read its own checkpoints',
    is_needed=is_needed,
    apply=apply,
    advice='load state dicts alone',
    after='mmengine.runner.checkpoint',
)
