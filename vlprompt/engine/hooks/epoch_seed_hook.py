"""Random streams that a resumed run repeats."""

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.runner import IterBasedTrainLoop, Runner

from vlprompt.datasets.random_streams import seed_from
from vlprompt.errors import UserError
from vlprompt.registry import HOOKS


@HOOKS.register_module()
class EpochSeedHook(Hook):
    """Makes an epoch's random numbers a function of its number.

    Tells the training data sets the run's seed and the epoch, from which
    they draw for each sample, and seeds the generators of the process, from
    which mixup and the model draw.  So a run that was interrupted and
    resumed from its last epoch ends with the same weights.

    A loop that counts iterations has one endless epoch, in which every pass
    over the data would repeat the first: there the data sets go without an
    epoch, and only runs of epochs are repeated exactly.
    """

    priority = 'VERY_HIGH'

    def before_train_epoch(self, runner: Runner) -> None:
        """Seed everything for the coming epoch."""
        loader = runner.train_dataloader
        endless = isinstance(runner.train_loop, IterBasedTrainLoop)
        if getattr(loader, 'persistent_workers', False) and not endless:
            raise UserError(
                'train_dataloader has persistent_workers=True: they would '
                'not learn of a new epoch and repeat their random numbers'
            )
        for dataset in () if endless else data_sets(loader.dataset):
            dataset.seed, dataset.epoch = runner.seed, runner.epoch
        seed = seed_from(runner.seed, runner.epoch, get_rank())
        random.seed(seed)
        np.random.seed(seed)
        torch.manual_seed(seed)


def data_sets(dataset: Any) -> Iterator[Any]:
    """The data sets inside wrappers that draw from a seed and an epoch."""
    if hasattr(dataset, 'epoch'):
        yield dataset
    inner = [getattr(dataset, 'dataset', None)]
    for part in [*inner, *getattr(dataset, 'datasets', [])]:
        if part is not None:
            yield from data_sets(part)
