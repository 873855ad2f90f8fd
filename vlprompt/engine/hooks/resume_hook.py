"""Runs that go on, with the config as it is now."""

from typing import Any

from mmengine.dist import get_world_size, is_main_process
from mmengine.hooks import Hook
from mmengine.optim import OptimWrapperDict
from mmengine.runner import BaseLoop, EpochBasedTrainLoop, Runner

from vlprompt.registry import HOOKS

from ..resume.config_changes import changed_keys
from ..resume.last_validation import (
    forget_validations,
    is_owed,
    note_validation,
)
from ..resume.optimizer_state import (
    changed_settings,
    check_optimizer,
    drop_useless_scaler,
    take_settings,
)
from ..resume.schedules import (
    Position,
    changes,
    replay,
    saved_state,
    states_of,
)

META = ('epoch_length', 'world_size')


@HOOKS.register_module()
class ResumeHook(Hook):
    """Has a resumed run follow the config as it is now.

    MMEngine brings back the lengths of schedules, the settings of the
    optimizer and the number of iterations from the checkpoint.  Where the
    config gives others, the run goes on as one would that had them from the
    beginning, and one line says so.  A validation that a killed run still
    owed is done first.

    :func:`vlprompt.apis.build_runner` adds this hook to every run.
    """

    priority = 'LOWEST'

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Keep what a run that goes on compares itself with."""
        meta = checkpoint.setdefault('meta', {})
        length = len(runner.train_dataloader)
        meta.update(zip(META, (length, get_world_size()), strict=True))
        states = checkpoint.get('param_schedulers')
        if isinstance(states, list):
            checkpoint['param_schedulers'] = list(map(saved_state, states))

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Put what the config says into the checkpoint."""
        meta = checkpoint.get('meta') or {}
        meta.pop('config', None)  # which MMEngine would run
        if not runner._resume or 'iter' not in meta:
            return
        told = _adjust_position(runner, meta)
        told = _adjust_optimizer(runner, checkpoint, told)
        told += _lost_gradients(runner, meta)
        world_size = meta.get('world_size', get_world_size())
        if world_size != get_world_size():
            told.append(f'{get_world_size()} processes, were {world_size}')
        if keys := changed_keys(meta.get('cfg', ''), runner.cfg.pretty_text):
            told.append(f'changed in the config: {keys}')
        if told:
            runner.logger.warning(
                f'resumed as the config is now: {"; ".join(told)}'
            )

    def before_train(self, runner: Runner) -> None:
        """Validate what was not validated when the run was killed."""
        loop, owed = runner.train_loop, False
        by_epoch = isinstance(loop, EpochBasedTrainLoop)
        step = runner.epoch if by_epoch else runner.iter
        if runner._resume and runner._load_from and runner.val_loop:
            steps = loop.max_epochs if by_epoch else loop.max_iters
            facts = dict(
                max=steps,
                val_begin=loop.val_begin,
                val_interval=loop.val_interval,
            )
            owed = is_owed(facts, step, runner._load_from)
        if is_main_process():
            forget_validations(runner.work_dir)
            if step and not owed:
                note_validation(runner.work_dir, step)
        if owed:
            runner.logger.info(f'validating what was reached before: {step}')
            runner.val_loop.run()

    def after_val_epoch(
        self, runner: Runner, metrics: dict[str, float] | None = None
    ) -> None:
        """Note that a validation is done."""
        if is_main_process() and isinstance(runner._train_loop, BaseLoop):
            by_epoch = isinstance(runner.train_loop, EpochBasedTrainLoop)
            step = runner.epoch if by_epoch else runner.iter
            note_validation(runner.work_dir, step)


def _adjust_position(runner: Runner, meta: dict[str, Any]) -> list[str]:
    """Count iterations by the length that an epoch has now."""
    if not isinstance(runner.train_loop, EpochBasedTrainLoop):
        return []
    epoch, length = meta['epoch'], len(runner.train_dataloader)
    before = meta['iter']
    if before == epoch * length:
        return []
    meta['iter'] = epoch * length
    whole = epoch and before % epoch == 0
    old = meta.get('epoch_length', before // epoch if whole else length)
    if old != length:
        return [f'an epoch has {length} iterations, had {old}']
    return [f'epoch {epoch + 1}, which was not finished, begins anew']


def _adjust_optimizer(
    runner: Runner, checkpoint: dict, told: list[str]
) -> list[str]:
    """Take the config's schedules and settings where anything has changed.

    Args:
        runner: With the optimizer and schedules of the config.
        checkpoint: Its states are replaced.
        told: What has changed already.

    Returns:
        That, and what has changed here.
    """
    wrapper, state = runner.optim_wrapper, checkpoint.get('optimizer')
    if isinstance(wrapper, OptimWrapperDict):
        return told
    schedules = runner.param_schedulers or []
    states = checkpoint.get('param_schedulers') or []
    if state is None:
        told = [*told, 'no state of the optimizer, which begins anew']
        before = None
    else:
        check_optimizer(wrapper, state)
        drop_useless_scaler(state)
        told = [*told, *changes(schedules, states)]
        told += map(str, changed_settings(wrapper, state))
        before = state['param_groups'][0]['lr']
    if not told:
        return told
    replay(schedules, _position(runner, checkpoint['meta']))
    checkpoint['param_schedulers'] = states_of(schedules, states)
    now = wrapper.optimizer.param_groups[0]['lr']
    if state is not None:
        take_settings(wrapper, state)
    was = '' if before is None else f', was {before:.3g}'
    return [*told, f'the rate goes on at {now:.3g}{was}']


def _position(runner: Runner, meta: dict[str, Any]) -> Position:
    if isinstance(runner.train_loop, EpochBasedTrainLoop):
        return Position(meta['epoch'], len(runner.train_dataloader))
    return Position(1, meta['iter'], by_epoch=False)


def _lost_gradients(runner: Runner, meta: dict[str, Any]) -> list[str]:
    """Of an update that was not complete when the checkpoint was written."""
    counts = getattr(runner.optim_wrapper, '_accumulative_counts', 1)
    waiting = meta['iter'] % counts
    if not waiting:
        return []
    return [
        f'the gradients of {waiting} of the {counts} iterations of an update '
        'are not in the checkpoint'
    ]
