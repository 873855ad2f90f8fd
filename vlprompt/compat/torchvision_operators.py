"""PyPI's torchvision beside a CPU-only torch cannot load its binary.

Its Python code then fails for want of two operators.  Nothing here calls
them, so declaring them is enough.
"""

import contextlib
import importlib.util
from pathlib import Path

from .remedy import Remedy


def is_needed() -> bool:
    """Whether torchvision's operators are not to be had.

    The binary is loaded without torchvision's Python code, which alone takes
    as long to import as torch.
    """
    import torch

    spec = importlib.util.find_spec('torchvision')
    with contextlib.suppress(OSError):
        for binary in Path(spec.origin).parent.glob('_C*'):
            torch.ops.load_library(binary)
    return not hasattr(torch.ops.torchvision, 'nms')


def apply() -> None:
    """Declare the operators; twice would abort the process."""
    import torch

    library = torch.library.Library('torchvision', 'DEF')
    library.define('nms(Tensor dets, Tensor scores, float iou) -> Tensor')
    library.define('qnms(Tensor dets, Tensor scores, float iou) -> Tensor')
    apply.library = library  # must live as long as torch


REMEDY = Remedy(
    package='torchvision',
    reason='the build for CUDA cannot be imported beside a CPU-only torch',
    is_needed=is_needed,
    apply=apply,
    advice='install torch and torchvision from the same index',
    before='torchvision',
)
