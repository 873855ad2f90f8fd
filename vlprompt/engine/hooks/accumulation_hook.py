"""Class texts once an update."""

from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.optim import OptimWrapper
from mmengine.runner import Runner

from vlprompt.registry import HOOKS


@HOOKS.register_module()
class AccumulationHook(Hook):
    """Tells a recognizer whether its next batch is the last of an update.

    With ``accumulative_counts`` of the optimizer wrapper, class texts are
    then encoded once an update instead of once a batch, with the same
    gradients.  Other models are left alone.
    """

    def before_train_iter(self, runner: Runner, *args, **kwargs) -> None:
        """Ask the optimizer wrapper."""
        model = runner.model
        model = model.module if is_model_wrapper(model) else model
        features = getattr(model, 'accumulated', None)
        if features is not None and isinstance(
            runner.optim_wrapper, OptimWrapper
        ):
            features.more_follow = not runner.optim_wrapper.should_sync()
