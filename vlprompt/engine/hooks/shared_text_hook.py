"""Class texts once an update."""

from mmengine.hooks import Hook
from mmengine.optim import OptimWrapper
from mmengine.runner import Runner

from vlprompt.registry import HOOKS

from ..unwrap import unwrap


@HOOKS.register_module(name=['SharedTextHook', 'AccumulationHook'])
class SharedTextHook(Hook):
    """Tells a recognizer whether its next batch is the last of an update.

    With ``accumulative_counts`` of the optimizer wrapper, class texts are
    then encoded once an update instead of once a batch, with the same
    gradients.  Other models are left alone.
    """

    def before_train_iter(self, runner: Runner, *args, **kwargs) -> None:
        """Ask the optimizer wrapper."""
        bank = getattr(unwrap(runner.model), 'text_bank', None)
        wrapper = runner.optim_wrapper
        if bank is not None and isinstance(wrapper, OptimWrapper):
            bank.is_last_micro_batch = wrapper.should_sync()
