from mmengine.dist import get_world_size

from vlprompt.errors import UserError
from vlprompt.registry import LOOPS

from .cache_loop import CacheLoop


@LOOPS.register_module()
class CacheTrainLoop(CacheLoop):
    """Tip-Adapter-F: learns the keys of a :class:`CacheHead` from a cache.

    The cache is made when training starts; a run that is resumed has its
    keys in the checkpoint.  Alpha and beta are searched, if they are, before
    the last checkpoint is written.

    Args:
        args: Of :class:`CacheLoop`.
        kwargs: Of the same; ``max_epochs`` counts here.
    """

    def run(self):
        """Make the cache and train."""
        if self._epoch == 0:
            self.make_cache()
        return super().run()

    def run_epoch(self) -> None:
        """Learn from all videos once."""
        runner = self.runner
        runner.call_hook('before_train_epoch')
        runner.model.train()
        for i, batch in enumerate(self.dataloader):
            self.run_iter(i, batch)
        if self._epoch + 1 == self._max_epochs:
            self.search()
        runner.call_hook('after_train_epoch')
        self._epoch += 1

    def _epochs(self, given: int) -> int:
        return given

    def _check_number(self, videos: int) -> None:
        if get_world_size() > 1 and len(self.head.keys) != videos:
            raise UserError(
                f'{get_world_size()} processes learn the keys of {videos} '
                'videos, and have to know how many before: set '
                f'model.cls_head.num_keys={videos}'
            )
