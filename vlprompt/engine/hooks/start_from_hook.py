"""Training that starts from a checkpoint of other classes."""

import fnmatch
from collections.abc import Sequence

from mmengine.hooks import Hook
from mmengine.runner import Runner

from vlprompt.errors import UserError
from vlprompt.registry import HOOKS
from vlprompt.weights import load_weights_file

from ..unwrap import unwrap


@HOOKS.register_module()
class StartFromHook(Hook):
    """Starts a training from a checkpoint, all but some weights.

    For what means nothing to another data set, such as a linear head.  A
    run that is resumed or only tested does not read the checkpoint.

    Args:
        checkpoint: The file; ``FILE::PLACE`` for a place in it.
        leave: Patterns of names whose weights stay as they begin; ``*``
            matches anything.  All others have to be in the file.

    Raises:
        UserError: If a pattern matches nothing of the model, or the file
            does not fit it otherwise.
    """

    # before the checkpoint of a run that is resumed is needed by others
    priority = 'VERY_HIGH'

    def __init__(self, checkpoint: str, leave: Sequence[str] = ()) -> None:
        self.checkpoint = checkpoint
        self.leave = tuple(leave)

    def before_train(self, runner: Runner) -> None:
        """Load what is to be loaded, unless the training goes on."""
        if runner.iter:
            return
        model = unwrap(runner.model)
        own = model.state_dict()
        weights = dict(load_weights_file(self.checkpoint).tensors)
        for pattern in self.leave:
            kept = fnmatch.filter(own, pattern)
            if not kept:
                raise UserError(
                    f'leave={pattern!r} matches no weight of the model'
                )
            for name in fnmatch.filter(list(weights), pattern):
                del weights[name]
            weights |= {name: own[name] for name in kept}
        model.load_state_dict(weights)
        runner.logger.info(
            f'Start from {self.checkpoint}, without {", ".join(self.leave)}'
        )
