"""MMEngine saves in one process what all have to send it: ZeRO's state."""

from .remedy import Remedy


def is_needed() -> bool:
    """Whether MMEngine consolidates while it saves, in one process."""
    from mmengine.optim import ZeroRedundancyOptimizer

    return 'state_dict' in vars(ZeroRedundancyOptimizer)


def apply() -> None:
    """Consolidate in all processes, before one saves."""
    from mmengine.optim import ZeroRedundancyOptimizer
    from mmengine.runner.runner import Runner

    del ZeroRedundancyOptimizer.state_dict  # PyTorch's sends nothing
    save = Runner.save_checkpoint

    def save_checkpoint(self, *args, save_optimizer=True, **kwargs) -> None:
        optimizer = getattr(self.optim_wrapper, 'optimizer', None)
        if save_optimizer and isinstance(optimizer, ZeroRedundancyOptimizer):
            optimizer.consolidate_state_dict()
        save(self, *args, save_optimizer=save_optimizer, **kwargs)

    Runner.save_checkpoint = save_checkpoint


REMEDY = Remedy(
    package='mmengine',
    reason='saving a ZeRO optimizer hangs with several processes',
    is_needed=is_needed,
    apply=apply,
    advice='save checkpoints without the optimizer',
    after='mmengine.runner.runner',
)
