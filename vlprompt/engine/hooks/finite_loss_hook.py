"""A training whose loss is no number ends."""

import math
from typing import Any, NamedTuple

import torch
from mmengine.dist import all_gather_object
from mmengine.hooks import Hook
from mmengine.optim import OptimWrapper
from mmengine.runner import Runner
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.finite import first_non_finite
from vlprompt.registry import HOOKS

from ..unwrap import unwrap


class Failure(NamedTuple):
    """A loss that is not finite.

    Attributes:
        iteration: Of the run, from 0.
        terms: Which terms of the loss, and what they are.
        last: The last finite loss before; NaN if there was none.
    """

    iteration: int
    terms: str
    last: float


@HOOKS.register_module()
class FiniteLossHook(Hook):
    """Stops a training whose loss is NaN or infinite, on all processes.

    Losses are kept where they are and read together, every ``interval``
    iterations (when the log does, so that no GPU waits for it), at the end
    of an epoch, and before a validation.  Weights are checked before they
    are saved, so that the last checkpoint is good.

    Mixed precision in fp16 skips updates whose gradients are not finite;
    that is an error when nothing else has happened for ``patience`` updates.

    Args:
        interval: Iterations between two looks.
        patience: Updates that may be skipped one after the other.

    Raises:
        UserError: It names the iteration and the terms of the loss.
    """

    def __init__(self, interval: int = 20, patience: int = 20) -> None:
        self.interval = interval
        self.patience = patience
        self._losses: list[tuple[int, dict[str, Tensor]]] = []
        self._last = math.nan
        self._done = 0
        self._skipped = 0
        self._stepped = True

    def before_train(self, runner: Runner) -> None:
        """Count the updates that are not skipped."""
        if isinstance(runner.optim_wrapper, OptimWrapper):
            runner.optim_wrapper.optimizer.register_step_post_hook(self._step)

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: Any = None,
        outputs: dict[str, Tensor] | None = None,
    ) -> None:
        """Keep the losses, and read them from time to time."""
        losses = {
            name: value.detach()
            for name, value in (outputs or {}).items()
            if 'loss' in name and isinstance(value, Tensor)
        }
        self._losses.append((runner.iter, losses))
        self._done = runner.iter + 1
        if self.every_n_train_iters(runner, self.interval):
            self._check(runner)
        self._count_skipped(runner)

    def after_train_epoch(self, runner: Runner) -> None:
        """Read what is left, before a checkpoint is written."""
        self._check(runner)

    def before_val(self, runner: Runner) -> None:
        """Read what is left."""
        self._check(runner)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Refuse to save weights that are not finite."""
        names = {name for name, _ in unwrap(runner.model).named_parameters()}
        state = checkpoint['state_dict']
        name = first_non_finite({k: v for k, v in state.items() if k in names})
        if name is None:
            return
        _refuse(runner, self._read())
        raise UserError(
            f'training stopped: {name} is not finite after iteration '
            f'{self._done} (epoch {runner.epoch + 1}), though its loss is '
            f'{self._last:g}; nothing was saved'
        )

    def _step(self, *args: Any, **kwargs: Any) -> None:
        self._stepped = True

    def _count_skipped(self, runner: Runner) -> None:
        wrapper = runner.optim_wrapper
        scaler = getattr(wrapper, 'loss_scaler', None)
        if scaler is None or not wrapper.should_update():
            return
        self._skipped = 0 if self._stepped else self._skipped + 1
        self._stepped = False
        if self._skipped < self.patience:
            return
        self._check(runner)
        raise UserError(
            f'training stopped in iteration {runner.iter + 1} (epoch '
            f'{runner.epoch + 1}): its last {self._skipped} updates were '
            'skipped, since their gradients are not finite; the loss is '
            f'{self._last:g} and its scale {scaler.get_scale():g}. Lower the '
            'learning rate, or train in bf16 or fp32'
        )

    def _check(self, runner: Runner) -> None:
        """Compare what all processes have found."""
        failures = filter(None, all_gather_object(self._read()))
        _refuse(runner, min(failures, default=None))

    def _read(self) -> Failure | None:
        """The first failure since this was called last."""
        kept, self._losses = self._losses, []
        for iteration, losses in kept:
            if not losses:
                continue
            values = torch.stack([x.float() for x in losses.values()]).tolist()
            terms = dict(zip(losses, values, strict=True))
            bad = {k: v for k, v in terms.items() if not math.isfinite(v)}
            if bad:
                parts = {k: v for k, v in bad.items() if k != 'loss'} or bad
                named = ', '.join(f'{k} is {v}' for k, v in parts.items())
                return Failure(iteration, named, self._last)
            self._last = terms.get('loss', values[0])
        return None


def _refuse(runner: Runner, failure: Failure | None) -> None:
    if failure is None:
        return
    length = len(runner.train_dataloader)
    epoch = failure.iteration // length + 1
    last = 'there was no finite loss before'
    if math.isfinite(failure.last):
        last = f'the last finite loss was {failure.last:g}'
    raise UserError(
        f'training stopped: {failure.terms} in iteration '
        f'{failure.iteration + 1} (epoch {epoch}); {last}'
    )
