"""MMEngine's mixed precision asserts a GPU; CPUs have bf16 too."""

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
    """Compute in bf16, without a scaler of losses."""
    import torch
    from mmengine.optim.optimizer.amp_optimizer_wrapper import AmpOptimWrapper
    from mmengine.optim.optimizer.optimizer_wrapper import OptimWrapper

    def init(
        self, loss_scale='dynamic', dtype=None, use_fsdp=False, **kwargs
    ) -> None:
        OptimWrapper.__init__(self, **kwargs)
        self._scale_update_param = None
        self.loss_scaler = torch.amp.GradScaler('cpu', enabled=False)
        dtype = dtype or torch.bfloat16
        self.cast_dtype = getattr(torch, str(dtype).removeprefix('torch.'))

    AmpOptimWrapper.__init__ = init


REMEDY = Remedy(
    package='mmengine',
    reason='--amp refuses machines without a GPU',
    is_needed=is_needed,
    apply=apply,
    advice='train without --amp',
    after='mmengine.optim.optimizer.amp_optimizer_wrapper',
)
