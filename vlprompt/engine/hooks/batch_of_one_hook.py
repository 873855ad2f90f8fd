"""Losses that compare the samples of a batch need two of them."""

from typing import Any

from mmaction.models.losses import CrossEntropyLoss
from mmengine.dist import get_world_size
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.nn import Module

from vlprompt.errors import UserError
from vlprompt.models.heads import ContrastiveHead
from vlprompt.registry import HOOKS

from ..unwrap import unwrap


@HOOKS.register_module()
class BatchOfOneHook(Hook):
    """Refuses trainings in which there is nothing to compare.

    A contrastive loss of one video with one text is 0 and has no gradient,
    as is the cross-entropy over one class; one sample is mixed with itself.
    Where every batch is like that, training does not begin; a last batch of
    one is named in the log.

    Raises:
        UserError: If there is one class, or batches have one sample.
    """

    def before_train(self, runner: Runner) -> None:
        """Refuse what is certain."""
        model = unwrap(runner.model)
        head = getattr(model, 'cls_head', None)
        names = getattr(model, 'class_names', None)
        loss = getattr(head, 'loss_cls', None)
        if isinstance(loss, CrossEntropyLoss) and len(names or 'ab') == 1:
            raise UserError(
                f'training on one class, {names[0]!r}: there is no other one '
                'to tell it from, and the loss is 0'
            )
        size = _batch_size(runner.train_dataloader)
        for what, number in self._need_two(model, size):
            if number == 1:
                raise UserError(
                    f'{what} needs a batch of 2 samples or more, and each '
                    'batch has one: set train_dataloader.batch_size'
                )

    def before_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: Any = None
    ) -> None:
        """Name a batch of one."""
        batch = data_batch if isinstance(data_batch, dict) else {}
        inputs = batch.get('inputs', ())  # other models may have none
        for what, number in self._need_two(unwrap(runner.model), len(inputs)):
            if number == 1:
                runner.logger.warning(
                    f'a batch of one sample in iteration {runner.iter + 1}: '
                    f'{what} has no effect there '
                    '(train_dataloader.drop_last=True leaves it out)'
                )

    @staticmethod
    def _need_two(model: Module, size: int) -> list[tuple[str, int]]:
        """What compares samples, and how many it is given."""
        found = []
        if isinstance(getattr(model, 'cls_head', None), ContrastiveHead):
            found.append(('a contrastive loss', size * get_world_size()))
        preprocessor = getattr(model, 'data_preprocessor', None)
        blending = getattr(preprocessor, 'blending', None)
        if blending is not None:
            found.append((type(blending).__name__, size))
        return found


def _batch_size(loader: Any) -> int:
    """The largest batch of a loader; 0 if it does not say."""
    size = getattr(loader, 'batch_size', None) or 0
    samples = len(loader.sampler) if hasattr(loader, 'sampler') else size
    return min(size, samples)
