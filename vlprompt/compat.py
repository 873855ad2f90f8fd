"""Remedies for what is broken in the packages this library stands on.

Each is small, says its reason, and does nothing where it is not needed.
``VLPROMPT_NO_COMPAT=1`` turns them off.  What cannot be mended from here is
in ``python -m vlprompt.check_env``.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import pickle
import sys
import warnings
from pathlib import Path
from types import ModuleType

DISABLED = os.environ.get('VLPROMPT_NO_COMPAT') == '1'


def apply() -> None:
    """Make the packages usable; run before any of them is imported.

    Raises:
        ImportError: One line, if one is missing or of a wrong version.
    """
    if 'vlprompt.check_env' in sys.orig_argv:
        return  # it looks for itself
    try:
        if not DISABLED:
            provide_importlib_metadata()
            provide_drn()
            provide_torchvision_schemas()
            accept_mmcv_lite()
        import mmaction  # noqa: F401

        from .compat_amp import allow_amp_on_cpu

        if not DISABLED:
            gate_multimodal()
            allow_mmengine_checkpoints()
            allow_amp_on_cpu()
            gather_optimizer_shards()
            log_tests_once()
        register_configs()
    except (ImportError, AssertionError, RuntimeError) as error:
        line = str(error).splitlines()[0] if str(error) else repr(error)
        raise ImportError(
            f'vlprompt cannot use this environment ({line}); '
            '"python -m vlprompt.check_env" says what mends it'
        ) from None


def provide_importlib_metadata() -> None:
    """MMAction2 imports this backport, but does not declare it."""
    if importlib.util.find_spec('importlib_metadata') is None:
        sys.modules['importlib_metadata'] = importlib.metadata


def provide_drn() -> None:
    """MMAction2's wheel imports a localizer that it does not contain."""
    spec = importlib.util.find_spec('mmaction')
    if spec is None:
        raise ImportError('mmaction2 is not installed')
    root = Path(spec.submodule_search_locations[0])
    if (root / 'models/localizers/drn/drn.py').is_file():
        return

    class DRN:
        """Says what is missing when it is built."""

        def __init__(self, *args, **kwargs) -> None:
            raise ImportError(
                "MMAction2's wheel lacks DRN: install mmaction2 from source"
            )

    package = ModuleType('mmaction.models.localizers.drn')
    package.__path__ = []
    package.drn = ModuleType('mmaction.models.localizers.drn.drn')
    package.drn.DRN = DRN
    for module in (package, package.drn):
        sys.modules.setdefault(module.__name__, module)


def provide_torchvision_schemas() -> None:
    """PyPI's torchvision beside a CPU-only torch cannot load its binary.

    Its Python code then fails for want of two operator schemas.  Where the
    binary does load, defining them again would abort the process.  It is
    loaded without torchvision, which alone takes as long as torch.
    """
    import torch

    spec = importlib.util.find_spec('torchvision')
    if spec is None:
        raise ImportError('torchvision is not installed')
    with contextlib.suppress(OSError):
        for binary in Path(spec.origin).parent.glob('_C*'):
            torch.ops.load_library(binary)
    if hasattr(torch.ops.torchvision, 'nms'):
        return
    library = torch.library.Library('torchvision', 'DEF')
    library.define('nms(Tensor dets, Tensor scores, float iou) -> Tensor')
    library.define('qnms(Tensor dets, Tensor scores, float iou) -> Tensor')
    provide_torchvision_schemas.library = library  # alive while torch is


def accept_mmcv_lite() -> None:
    """mmcv-lite is meant; nothing here needs the ops that it warns about."""
    warnings.filterwarnings(
        'ignore', 'Fail to import ``MultiScaleDeformableAttention``'
    )


def gate_multimodal() -> None:
    """MMAction2's VindLU needs names that transformers 4.56 removed."""
    from mmaction.utils import dependency

    try:
        from transformers.modeling_utils import (  # noqa: F401
            apply_chunking_to_forward,
        )
    except ImportError:
        dependency.WITH_MULTIMODAL = False


def allow_mmengine_checkpoints() -> None:
    """MMEngine 0.10.7 cannot read its own checkpoints with torch >= 2.6.

    They are still read with ``weights_only=True``: the classes of its
    message hub are allowed, and of ``getattr`` only the use it makes of it.
    """
    import numpy as np
    import torch
    from mmengine.logging import HistoryBuffer
    from mmengine.runner.checkpoint import CheckpointLoader

    multiarray = np._core.multiarray if hasattr(np, '_core') else np.core
    dtypes = {type(np.dtype(t)) for t in ('f2', 'f4', 'f8', 'i4', 'i8', '?')}
    torch.serialization.add_safe_globals(
        [
            HistoryBuffer,
            (_history_method, 'builtins.getattr'),
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


def _history_method(owner: type, name: str):
    """``getattr``, for the statistics of a history buffer alone."""
    from mmengine.logging import HistoryBuffer

    if owner is not HistoryBuffer or name.startswith('_'):
        raise pickle.UnpicklingError(f'getattr of {name!r} in a checkpoint')
    return getattr(owner, name)


def load_from_local(filename: str, map_location=None):
    """Read a checkpoint without running what it contains."""
    import torch

    from .errors import UserError

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


def gather_optimizer_shards() -> None:
    """MMEngine saves in one process what all have to send it: ZeRO's state."""
    from mmengine.optim import ZeroRedundancyOptimizer
    from mmengine.runner import Runner

    if 'state_dict' not in vars(ZeroRedundancyOptimizer):
        return
    del ZeroRedundancyOptimizer.state_dict  # PyTorch's sends nothing
    save = Runner.save_checkpoint

    def save_checkpoint(self, *args, save_optimizer=True, **kwargs) -> None:
        optimizer = getattr(self.optim_wrapper, 'optimizer', None)
        if save_optimizer and isinstance(optimizer, ZeroRedundancyOptimizer):
            optimizer.consolidate_state_dict()
        save(self, *args, save_optimizer=save_optimizer, **kwargs)

    Runner.save_checkpoint = save_checkpoint


def log_tests_once() -> None:
    """All processes of MMEngine write the same file about a test at once."""
    from mmengine.dist import master_only
    from mmengine.hooks import logger_hook

    logger_hook.dump = master_only(logger_hook.dump)


def register_configs() -> None:
    """Make ``vlprompt::<config>`` resolve.

    MMEngine has a closed list of packages with configs, and looks for one
    installed with ``pip install -e`` where it is not.
    """
    from mmengine import utils
    from mmengine.config import config
    from mmengine.config.utils import MODULE2PACKAGE
    from mmengine.hub import hub
    from mmengine.utils import package_utils

    MODULE2PACKAGE.setdefault('vlprompt', 'vlprompt')
    original = package_utils.get_installed_path

    def get_installed_path(package: str) -> str:
        if package == 'vlprompt':
            return str(Path(__file__).parent)
        return original(package)

    for module in (config, hub, package_utils, utils):
        module.get_installed_path = get_installed_path


def mend_color_jitter() -> None:
    """MMAction2's ColorJitter overflows uint8 for half of all hues."""
    import cv2
    import numpy as np
    from mmaction.datasets.transforms import ColorJitter

    def adjust_hue(image, factor: float):
        image = np.clip(image, 0, 255).astype(np.uint8)
        hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
        hue = hsv[..., 0].astype(np.int16) + int(factor * 255)
        hsv[..., 0] = (hue % 180).astype(np.uint8)
        return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB).astype(np.float32)

    if not DISABLED:
        ColorJitter.adjust_hue = staticmethod(adjust_hue)


def mend_visualization_hook() -> None:
    """MMAction2's hook can draw neither its own inputs nor ours.

    It hands its visualizer an argument that this does not take, and expects
    inputs without views.
    """
    from mmaction.engine.hooks import VisualizationHook

    original = VisualizationHook.__init__
    draw = VisualizationHook._draw_samples
    if DISABLED or hasattr(original, 'mended'):
        return

    def init(self, *args, **kwargs) -> None:
        original(self, *args, **kwargs)
        self.draw_args.pop('show', None)

    def draw_first(self, batch_idx, data_batch, data_samples, step=0) -> None:
        inputs = [v[0] if v.dim() == 5 else v for v in data_batch['inputs']]
        data_batch = {**data_batch, 'inputs': inputs}
        draw(self, batch_idx, data_batch, data_samples, step)

    init.mended = True
    VisualizationHook.__init__ = init
    VisualizationHook._draw_samples = draw_first
