"""Hooks that tests put into the runs of the commands."""

import json
import os
import signal
from pathlib import Path

import torch
from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.runner import Runner

from vlprompt.registry import HOOKS


@HOOKS.register_module()
class LossSpy(Hook):
    """Writes the losses of this process to ``losses_<rank>.json``."""

    def __init__(self) -> None:
        self.losses: list[float] = []

    def after_train_iter(self, runner: Runner, *_, outputs=None, **__) -> None:
        """Note the loss of one iteration."""
        self.losses.append(outputs['loss'].item())

    def after_train(self, runner: Runner) -> None:
        """Write them all."""
        path = Path(runner.work_dir, f'losses_{get_rank()}.json')
        path.write_text(json.dumps(self.losses))


@HOOKS.register_module()
class Killer(Hook):
    """Kills the process in the middle of an epoch.

    Args:
        epoch: Which epoch, counted from 0.
        iteration: After which of its iterations.
        rank: Which process of a job.
    """

    def __init__(self, epoch: int, iteration: int, rank: int = 0) -> None:
        self.when = (epoch, iteration, rank)

    def after_train_iter(
        self, runner: Runner, batch_idx: int, *_, **__
    ) -> None:
        """Kill it when the time has come."""
        if (runner.epoch, batch_idx, get_rank()) == self.when:
            Path(runner.work_dir, 'killed').touch()
            os.kill(os.getpid(), signal.SIGKILL)


@HOOKS.register_module()
class Poison(Hook):
    """Makes what is learned, or its gradients, NaN.

    Args:
        iteration: In which iteration, counted from 0; all of a test.
        rank: In which process.
        grads: Only in the update of that iteration, after its loss.
    """

    priority = 'HIGH'

    def __init__(
        self, iteration: int = 0, rank: int = 0, grads: bool = False
    ) -> None:
        self.iteration = iteration
        self.rank = rank
        self.grads = grads

    def before_train_iter(self, runner: Runner, *_, **__) -> None:
        """Do it when the time has come."""
        if (runner.iter, get_rank()) != (self.iteration, self.rank):
            return
        learned = [p for p in runner.model.parameters() if p.requires_grad]
        if self.grads:
            learned[-1].register_hook(lambda grad: grad * float('nan'))
        else:
            self.before_test_epoch(runner)

    def before_test_epoch(self, runner: Runner) -> None:
        """Do it."""
        with torch.no_grad():
            for parameter in runner.model.parameters():
                if parameter.requires_grad:
                    parameter.fill_(float('nan'))


@HOOKS.register_module()
class StateSpy(Hook):
    """Writes what this process holds of a sharded optimizer's state."""

    def after_train(self, runner: Runner) -> None:
        """Write the number of elements to ``state_<rank>.json``."""
        state = runner.optim_wrapper.optimizer.optim.state
        held = sum(
            value.numel()
            for parts in state.values()
            for value in parts.values()
            if value.dim()
        )
        path = Path(runner.work_dir, f'state_{get_rank()}.json')
        path.write_text(json.dumps(held))


@HOOKS.register_module()
class Breaker(Hook):
    """Removes the database of MLflow after the first epoch."""

    def after_train_epoch(self, runner: Runner) -> None:
        """Leave nothing."""
        for path in Path(runner.work_dir).glob('*/vis_data/mlflow.db'):
            path.unlink()
