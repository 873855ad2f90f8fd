"""The mean of the weights at the ends of epochs."""

from collections.abc import Sequence
from pathlib import Path
from statistics import NormalDist
from typing import Any

from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import BaseLoop, EpochBasedTrainLoop, Runner
from torch import Tensor

from vlprompt.averaging import (
    AVERAGED,
    Recipe,
    Source,
    WeightedMean,
    mix,
    recipe_line,
    save_averaged,
)
from vlprompt.averaging.clip_end import clip_end, clip_facts
from vlprompt.errors import UserError
from vlprompt.registry import HOOKS

from ..unwrap import unwrap

KEY = 'epoch_average'  # in a checkpoint of the training
STATE = {'optimizer', 'param_schedulers'}  # in a checkpoint to go on from


@HOOKS.register_module()
class EpochAverageHook(Hook):
    """Averages the weights of epochs (SWA; PromptSRC's Gaussian averaging).

    Epoch e is the state after e epochs of training.  At the end of the last
    one that counts, the mean is written to ``averaged.pth`` in the work
    folder, an ordinary checkpoint with its recipe; the training itself goes
    on with its own weights.  Only the main process holds the mean, a copy in
    fp32 of what is learned, in CPU memory; the checkpoints of the training
    hold it too, so that a resumed run ends with the same mean.

    Args:
        first: The first epoch that counts, from 1.
        last: The last one; that of the training if not given.
        kind: ``'mean'``, or ``('gaussian', mean, std)`` to weigh epoch e by
            the density of a normal distribution (PromptSRC: 15, 1).
        with_clip: Weight of pretrained CLIP, from 0 to 1, in a mix with the
            mean (Open-VCLIP: 0.5, and 0.6 for L/14).

    Raises:
        UserError: If the epochs or weights make no sense, or the training
            has no epochs, or fewer.
    """

    def __init__(
        self,
        first: int = 2,
        last: int | None = None,
        kind: str | Sequence = 'mean',
        with_clip: float = 0.0,
    ) -> None:
        if first < 1 or (last is not None and last < first):
            raise UserError(
                f'first={first}, last={last}: epochs count from 1, and last '
                'is not before first'
            )
        if not 0 <= with_clip < 1:
            raise UserError(
                f'with_clip={with_clip}: the weight of pretrained CLIP is 0 '
                'or more, and less than 1'
            )
        self.first = first
        self.last = last
        self.with_clip = with_clip
        self._scheme, self._density = _kind(kind)
        self._mean = WeightedMean()
        self._weights: dict[int, float] = {}
        self._clip: dict[str, Tensor] = {}

    def before_run(self, runner: Runner) -> None:
        """Keep pretrained CLIP, which is there until a checkpoint is."""
        trains = isinstance(runner._train_loop, BaseLoop)
        if trains and self.with_clip and is_main_process():
            self._clip = clip_end(unwrap(runner.model))

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Take the mean of a run that goes on."""
        kept = checkpoint.get(KEY)
        if not runner._resume or kept is None:
            return
        self._mean.tensors = {n: t.clone() for n, t in kept['mean'].items()}
        self._mean.total = kept['total']
        self._weights = dict(kept['weights'])

    def before_train(self, runner: Runner) -> None:
        """Refuse what cannot be averaged, and name what is missing.

        Raises:
            UserError: See the class.
        """
        _check_loop(runner)
        self._last = runner.max_epochs if self.last is None else self.last
        if not self.first <= self._last <= runner.max_epochs:
            raise UserError(
                f'EpochAverageHook averages epochs {self.first} to '
                f'{self._last}, the training has {runner.max_epochs}'
            )
        if self.with_clip and is_main_process() and not self._clip:
            raise UserError(
                f'with_clip={self.with_clip}: this model learns no weight of '
                'CLIP, so there is nothing to mix'
            )
        done = range(self.first, min(runner.epoch, self._last) + 1)
        missing = [e for e in done if e not in self._weights]
        if missing and is_main_process():
            runner.logger.warning(
                'the checkpoint has no mean of the epochs '
                f'{", ".join(map(str, missing))}: they are left out'
            )

    def after_train_epoch(self, runner: Runner) -> None:
        """Add the weights of an epoch, before its checkpoint is written."""
        epoch = runner.epoch + 1
        if not is_main_process() or not self.first <= epoch <= self._last:
            return
        weight = self._density(epoch)
        self._mean.add(unwrap(runner.model).state_dict(), weight)
        self._weights[epoch] = weight
        if epoch == self._last:
            self._write(runner)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Keep the mean for a run that goes on, as best_*.pth cannot."""
        if self._weights and not STATE.isdisjoint(checkpoint):
            checkpoint[KEY] = dict(
                mean=self._mean.tensors,
                total=self._mean.total,
                weights=dict(self._weights),
            )

    def after_train(self, runner: Runner) -> None:
        """Write the mean of a training that was stopped early."""
        if self._weights and max(self._weights) < self._last:
            self._write(runner)

    def _write(self, runner: Runner) -> None:
        total = self._mean.total
        sources = [
            Source(f'epoch {e}', w / total) for e, w in self._weights.items()
        ]
        recipe, state = Recipe(self._scheme, sources), self._mean.result()
        if self.with_clip:
            facts = clip_facts(runner.cfg.model.clip, self._clip)
            recipe = Recipe(self._scheme, sources, self.with_clip, facts)
            shares = self.with_clip, 1 - self.with_clip
            state = mix(zip(shares, (self._clip, state), strict=True))
        path = Path(runner.work_dir, AVERAGED)
        save_averaged(path, state, recipe, _meta(runner))
        runner.logger.info(f'{path}: {recipe_line(recipe.to_meta())}')


def _meta(runner: Runner) -> dict[str, Any]:
    """What MMEngine puts into a checkpoint, but for the place in training."""
    data = runner.train_dataloader.dataset
    return dict(
        dataset_meta=getattr(data, 'metainfo', None),
        seed=runner.seed,
        cfg=runner.cfg.pretty_text,
        experiment_name=runner.experiment_name,
    )


def _kind(kind: str | Sequence) -> tuple[str, Any]:
    """The name of a scheme, and the weight of each epoch."""
    if kind == 'mean':
        return kind, lambda epoch: 1.0
    name, *numbers = [kind] if isinstance(kind, str) else kind
    if name == 'gaussian' and len(numbers) == 2 and numbers[1] > 0:
        mean, std = numbers
        return f'gaussian({mean}, {std})', NormalDist(mean, std).pdf
    raise UserError(
        f"kind={kind!r}, expected 'mean' or ('gaussian', mean, std)"
    )


def _check_loop(runner: Runner) -> None:
    if not isinstance(runner.train_loop, EpochBasedTrainLoop):
        raise UserError(
            'EpochAverageHook needs a training of epochs, not '
            f'{type(runner.train_loop).__name__}'
        )
    if 'FullySharded' in type(runner.model).__name__:
        raise UserError(
            'EpochAverageHook does not gather the weights of FSDP: average '
            'checkpoints with `vlprompt interpolate`'
        )
