"""What the flags of training do to a config."""

from pathlib import Path

from mmengine.config import Config
from mmengine.logging import print_log

from vlprompt.apis.checkpoints import (
    Checkpoint,
    find_resumable,
    read_checkpoint,
)
from vlprompt.engine.resume.last_validation import is_owed
from vlprompt.errors import UserError
from vlprompt.whole_files import write_text


def set_randomness(
    config: Config,
    seed: int | None,
    diff_rank_seed: bool,
    deterministic: bool,
) -> None:
    """Take the flags that are given, the rest from the config."""
    randomness = dict(seed=None)
    randomness.update(config.get('randomness') or {})
    if seed is not None:
        randomness['seed'] = seed
    if diff_rank_seed:
        randomness['diff_rank_seed'] = True
    if deterministic:
        randomness['deterministic'] = True
    config.randomness = randomness


def scale_learning_rate(config: Config) -> None:
    """Scale the learning rate by real over base batch size."""
    scaling = config.get('auto_scale_lr') or {}
    if 'base_batch_size' not in scaling:
        raise UserError(
            '--auto-scale-lr needs auto_scale_lr=dict(base_batch_size=...) '
            'in the config: the batch size that its learning rate is for'
        )
    scaling['enable'] = True


def resume(config: Config, checkpoint: str) -> Checkpoint | None:
    """Go on from a checkpoint, with the seed of the run that wrote it.

    Args:
        config: The config; changed in place.
        checkpoint: A file, or ``'auto'`` for the last complete one in the
            work folder; with none there, the run starts as without the flag.

    Returns:
        What was found.

    Raises:
        UserError: If it cannot be read or has weights alone.
    """
    if checkpoint == 'auto':
        found = find_resumable(config.work_dir)
    else:
        found = read_checkpoint(checkpoint)
    if found is None:
        print_log(
            f'nothing to resume in {config.work_dir}: starting anew',
            logger='current',
        )
        config.resume, config.load_from = False, config.get('load_from')
        return None
    if found.epoch is None or found.iter is None:
        raise UserError(
            f'--resume {found.path}: it has weights alone, no state of a '
            'training; load_from=... begins a training with them'
        )
    config.resume = True
    config.load_from = found.path
    # The samplers are made before MMEngine reads the seed from the file.
    if config.randomness.seed is None:
        config.randomness.seed = found.seed
    return found


def finished(config: Config, found: Checkpoint) -> str | None:
    """What is said of a run that has nothing left to do, otherwise None."""
    loop = config.get('train_cfg') or {}
    by_epoch = loop.get('by_epoch', 'max_epochs' in loop)
    done, unit = (
        (found.epoch, 'epochs') if by_epoch else (found.iter, 'iterations')
    )
    total = loop.get('max_epochs' if by_epoch else 'max_iters')
    if total is None or done < total:
        return None
    facts = dict(
        max=total,
        val_begin=loop.get('val_begin', 1),
        val_interval=loop.get('val_interval', 1 if by_epoch else 1000),
    )
    if config.get('val_cfg') and is_owed(facts, done, found.path):
        return None
    folder = Path(config.work_dir)
    if Path(found.path).parent == folder:  # protocols look there
        write_text(folder / 'last_checkpoint', found.path)
    return (
        f'nothing to do: {found.path} has {done} {unit}, of the {total} that '
        'the config asks for'
    )
