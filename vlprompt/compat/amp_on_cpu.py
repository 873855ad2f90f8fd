"""MMEngine's mixed precision asserts a GPU; many CPUs have bf16 too."""

from .remedy import Remedy


def is_needed() -> bool:
    """Whether mixed precision is refused here."""
    from mmengine.optim.optimizer.amp_optimizer_wrapper import AmpOptimWrapper

    try:
        AmpOptimWrapper(optimizer=None)
    except AssertionError as error:
        return 'only available' in str(error)
    except Exception:  # another complaint, about the optimizer
        return False
    return False


def apply() -> None:
    """Compute in bf16 where the hardware has it, without scaling losses."""
    import logging

    import torch
    from mmengine.logging import print_log
    from mmengine.optim.optimizer.amp_optimizer_wrapper import AmpOptimWrapper
    from mmengine.optim.optimizer.optimizer_wrapper import OptimWrapper

    from vlprompt.hardware import WITHOUT_BF16, has_bf16

    autocast = AmpOptimWrapper.optim_context

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

    AmpOptimWrapper.__init__ = init
    AmpOptimWrapper.optim_context = optim_context


REMEDY = Remedy(
    package='mmengine',
    reason='--amp refuses machines without a GPU',
    is_needed=is_needed,
    apply=apply,
    advice='train without --amp',
    after='mmengine.optim.optimizer.amp_optimizer_wrapper',
)
