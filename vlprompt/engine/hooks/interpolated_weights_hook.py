"""Open-VCLIP: training at a random point between CLIP and the weights."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from typing import Any

import numpy as np
from mmengine.hooks import Hook
from mmengine.optim import OptimWrapper
from mmengine.runner import BaseLoop, Runner
from torch import Tensor, nn

from vlprompt.averaging.clip_end import clip_end
from vlprompt.datasets.random_streams import repeatable, seed_from
from vlprompt.errors import UserError
from vlprompt.registry import HOOKS

from ..unwrap import unwrap

STREAM = 20230701  # tells its random numbers from others of the same seed


@HOOKS.register_module()
class InterpolatedWeightsHook(Hook):
    """Regularizes fine-tuning by a loss between CLIP and the weights.

    Interpolated weight optimization (Open-VCLIP, ICML 2023).  Before each
    step, with W = a CLIP + (1 - a) weights for a random a, the gradient of
    ``ratio`` times the loss at W is added to that of the loss at the
    weights themselves; as published, it is not scaled by 1 - a.  Clipping,
    loss scaling, gradient accumulation and several processes then see the
    sum.

    Both losses are of the same batch, with the same random numbers of the
    model and its preprocessor.  Where the original draws a in each process,
    all processes here have the same one, and so has a resumed run; batches
    whose gradients add up share it.

    It costs a second forward and backward pass, and two copies of the
    weights of CLIP that are learned.

    Args:
        alpha: The smallest and the largest weight of pretrained CLIP.
        ratio: The factor of the loss at W.

    Raises:
        UserError: If the weights make no sense, or the model learns no
            weight of CLIP.
    """

    priority = 'LOW'  # after hooks that prepare the batch

    def __init__(
        self, alpha: Sequence[float] = (0.0, 0.6), ratio: float = 0.5
    ) -> None:
        low, high = alpha
        if not 0 <= low <= high <= 1:
            raise UserError(
                f'alpha={tuple(alpha)}: expected two weights of pretrained '
                'CLIP between 0 and 1, the smaller first'
            )
        self.low, self.high = low, high
        self.ratio = ratio
        self._clip: dict[str, Tensor] = {}

    def before_run(self, runner: Runner) -> None:
        """Keep pretrained CLIP, which is there until a checkpoint is."""
        if isinstance(runner._train_loop, BaseLoop):
            self._clip = clip_end(unwrap(runner.model))

    def before_train(self, runner: Runner) -> None:
        """Have its weights where they are needed.

        Raises:
            UserError: See the class.
        """
        if not self._clip:
            raise UserError(
                'InterpolatedWeightsHook: this model learns no weight of '
                'CLIP, so there is nothing to interpolate'
            )
        if not isinstance(runner.optim_wrapper, OptimWrapper):
            raise UserError(
                'InterpolatedWeightsHook works with one optimizer, not with '
                f'{type(runner.optim_wrapper).__name__}'
            )
        named = dict(unwrap(runner.model).named_parameters())
        self._clip = {
            name: tensor.to(named[name]) for name, tensor in self._clip.items()
        }

    def before_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: Any = None
    ) -> None:
        """Put the gradient at the interpolated weights where others add up."""
        model = unwrap(runner.model)
        bank = getattr(model, 'text_bank', None)
        texts = nullcontext() if bank is None else bank.interrupted()
        batch = dict(data_batch)
        # MMAction2's mixup changes the labels that it is given.
        batch['data_samples'] = deepcopy(batch.get('data_samples'))
        with (
            interpolated(model, self._clip, self._draw(runner)),
            repeatable(),
            texts,
        ):
            loss = _add_gradients(runner, batch, self.ratio)
        runner.message_hub.update_scalar('train/loss_interpolated', loss)

    def _draw(self, runner: Runner) -> float:
        """The same in all processes, and in all batches of an update."""
        batches = getattr(runner.optim_wrapper, '_accumulative_counts', 1)
        seed = seed_from(runner.seed, STREAM, runner.iter // batches)
        return np.random.default_rng(seed).uniform(self.low, self.high)


@contextmanager
def interpolated(
    model: nn.Module, clip: dict[str, Tensor], alpha: float
) -> Iterator[None]:
    """Have some weights of a model mixed with others, and restore them.

    Args:
        model: The model.
        clip: The others, by the name of the parameter.
        alpha: Their weight.
    """
    named = dict(model.named_parameters())
    # ``data``: the graph of an update that was begun may hold the weights,
    # and has them again when it is used.
    before = {name: named[name].data.clone() for name in clip}
    try:
        for name, tensor in clip.items():
            named[name].data.lerp_(tensor, alpha)
        yield
    finally:
        for name, tensor in before.items():
            named[name].data.copy_(tensor)


def _add_gradients(runner: Runner, batch: dict, ratio: float) -> Tensor:
    """What a step does up to the gradients; returns the loss."""
    model, wrapper = unwrap(runner.model), runner.optim_wrapper
    wrapped = runner.model is not model
    # The pass that follows averages the sum over processes.
    with runner.model.no_sync() if wrapped else nullcontext():
        with wrapper.optim_context(model):
            data = model.data_preprocessor(batch, True)
            losses = runner.model._run_forward(data, mode='loss')
        loss, _ = model.parse_losses(losses)
        wrapper.backward(ratio * wrapper.scale_loss(loss))
    wrapper._inner_count -= 1  # it counts batches, and this is none
    return loss.detach()
