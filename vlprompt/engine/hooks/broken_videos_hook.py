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
        self.clips: Counter[str] = Counter()
        self.reasons: dict[str, str] = {}

    def before_train_epoch(self, runner: Runner) -> None:
        """Begin to count."""
        self.clips.clear()

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: dict | None = None,
        outputs: dict | None = None,
    ) -> None:
        """Note what the data set says about this batch."""
        if not isinstance(data_batch, dict):
            return  # a stand-in, as in MMAction2's vis_scheduler.py
        for sample in data_batch.get('data_samples', ()):
            for video in sample.metainfo.get(BROKEN, ()):
                self.clips[video.filename] += 1
                self.reasons[video.filename] = video.reason

    def after_train_epoch(self, runner: Runner) -> None:
        """Log the broken videos of all processes."""
        clips: Counter[str] = Counter()
        for counted, reasons in all_gather_object((self.clips, self.reasons)):
            clips.update(counted)
            self.reasons.update(reasons)
        if clips:
            named = ''.join(
                f'\n  {name} ({self.reasons[name]})'
                for name, _ in clips.most_common(self.shown)
            )
            runner.logger.warning(
                f'{clips.total()} clips of {len(clips)} unreadable videos '
                f'were replaced by others in this epoch:{named}'
            )
