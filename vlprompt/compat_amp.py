"""MMEngine's mixed precision on processors."""

import logging

import torch
from mmengine.logging import print_log
from mmengine.optim import AmpOptimWrapper, OptimWrapper

from .hardware import WITHOUT_BF16, has_bf16


def allow_amp_on_cpu() -> None:
    """MMEngine's mixed precision asserts a GPU; many CPUs have bf16 too."""
    original = AmpOptimWrapper.__init__
    autocast = AmpOptimWrapper.optim_context
    if torch.cuda.is_available() or hasattr(original, 'on_cpu'):
        return

    def init(
        self, loss_scale='dynamic', dtype=None, use_fsdp=False, **kwargs
    ) -> None:
        OptimWrapper.__init__(self, **kwargs)
        self._scale_update_param = None
        self.loss_scaler = torch.amp.GradScaler('cpu', enabled=False)
        if dtype is None and not has_bf16('cpu'):
            print_log(WITHOUT_BF16, logger='current', level=logging.WARNING)
            dtype = torch.float32
        dtype = dtype or torch.bfloat16
        self.cast_dtype = getattr(torch, str(dtype).removeprefix('torch.'))

    def optim_context(self, model):
        context = autocast
        if self.cast_dtype == torch.float32:  # which autocast refuses
            context = OptimWrapper.optim_context
        return context(self, model)

    init.on_cpu = True
    AmpOptimWrapper.__init__ = init
    AmpOptimWrapper.optim_context = optim_context
