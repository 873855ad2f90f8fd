"""Videos that are trained on must not be validated on."""

from mmengine.dist import master_only
from mmengine.hooks import Hook
from mmengine.runner import Runner

from vlprompt.datasets.lists.overlap import count_overlap
from vlprompt.registry import HOOKS


@HOOKS.register_module(name=['TrainValOverlapHook', 'ListCheckHook'])
class TrainValOverlapHook(Hook):
    """Warns if the lists of training and validation share videos.

    Once, before training: how many, of how many, and the first three.  Runs
    without validation are left alone.
    """

    @master_only
    def before_train(self, runner: Runner) -> None:
        """Compare the lists."""
        if runner.val_loop is None:
            return
        train = runner.train_dataloader.dataset
        overlap = count_overlap(train, runner.val_dataloader.dataset)
        if overlap.shared:
            runner.logger.warning(
                f'{overlap.shared} of the {overlap.val} videos of validation '
                f'are among the {overlap.train} of training: '
                f'{", ".join(overlap.first)}'
                f'{", ..." * (overlap.shared > len(overlap.first))}'
            )
