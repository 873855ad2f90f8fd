"""What became of videos that cannot be read."""

from collections import Counter

from mmengine.dist import all_gather_object
from mmengine.hooks import Hook
from mmengine.runner import Runner

from vlprompt.datasets.video_class_dataset import BROKEN
from vlprompt.registry import HOOKS


@HOOKS.register_module()
class BrokenVideosHook(Hook):
    """Counts the videos that training replaced, and logs them per epoch.

    Args:
        shown: How many of them are named.
    """

    def __init__(self, shown: int = 10) -> None:
        self.shown = shown
        self.broken: Counter[str] = Counter()

    def before_train_epoch(self, runner: Runner) -> None:
        """Begin to count."""
        self.broken.clear()

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: dict | None = None,
        outputs: dict | None = None,
    ) -> None:
        """Note what the data set says about this batch."""
        for sample in (data_batch or {}).get('data_samples', ()):
            self.broken.update(sample.metainfo.get(BROKEN, ()))

    def after_train_epoch(self, runner: Runner) -> None:
        """Log the broken videos of all processes."""
        broken: Counter[str] = sum(
            all_gather_object(self.broken), start=Counter()
        )
        if broken:
            named = '\n'.join(
                f'  {name}' for name in list(broken)[: self.shown]
            )
            runner.logger.warning(
                f'{broken.total()} clips of {len(broken)} unreadable videos '
                f'were replaced by others in this epoch:\n{named}'
            )
