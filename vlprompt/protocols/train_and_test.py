"""The jobs that protocols are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from vlprompt.errors import UserError
from vlprompt.jobs import Job, TestJob, TrainJob

from .settings import Settings

if TYPE_CHECKING:
    from mmengine.config import Config

# Metrics that say of how many videos they are.
COUNTING = ('CountedAccMetric', 'VideoTextRetrievalMetric')


def train_and_test(
    settings: Settings,
    name: str,
    tests: Mapping[str, Config],
    checkpoint: str | None,
    seed: int,
) -> list[Job]:
    """A training, unless there is a checkpoint or nothing to learn, and tests.

    Args:
        settings: Of the protocol.
        name: What the names of the jobs begin with.
        tests: Configs by name; the first also trains, and has the classes
            that are learned.
        checkpoint: What is tested instead of what a training gives.
        seed: Of the training.

    Raises:
        UserError: If the checkpoint is missing or of other classes.
    """
    first = next(iter(tests.values()))
    jobs: list[Job] = []
    tested: str | TrainJob = checkpoint or 'none'
    if checkpoint is not None:
        check_classes(checkpoint, first)
    elif is_trainable(first):
        tested = TrainJob(
            f'{name}/train',
            first,
            (f'--seed={seed}',),
            tuple(settings.track or ()),
        )
        jobs.append(tested)
    for part, config in tests.items():
        jobs.append(make_test(settings, f'{name}/{part}', config, tested))
    return jobs


def make_test(
    settings: Settings, name: str, config: Config, checkpoint: str | TrainJob
) -> TestJob:
    """A test of a checkpoint, or of what a job trains.

    It is scored by a metric that says of how many videos it is.
    """
    evaluator = config.test_evaluator
    if (
        not isinstance(evaluator, dict)
        or evaluator.type.rpartition('.')[2] not in COUNTING
    ):
        config.test_evaluator = dict(type='CountedAccMetric')
    flags = ('--skip-broken',) if settings.skip_broken else ()
    return TestJob(name, config, checkpoint, flags)


def is_trainable(config: Config) -> bool:
    """Whether there is something to train."""
    return bool(config.model.get('trainable', True))


def check_classes(checkpoint: str, config: Config) -> None:
    """Refuse weights of other classes than those that are tested.

    Args:
        checkpoint: A file or URL; ``'none'`` is not checked.
        config: Its test data set has the classes.

    Raises:
        UserError: If the checkpoint was trained on others, both named.
    """
    from vlprompt.apis import read_checkpoint
    from vlprompt.datasets import class_names_of

    if checkpoint == 'none':
        return
    trained = read_checkpoint(checkpoint).classes
    if trained is None:  # of captions, or unknown
        return
    tested = class_names_of(config.test_dataloader.dataset)
    if set(trained) == set(tested):
        return
    extra = sorted(set(tested) - set(trained)) or sorted(
        set(trained) - set(tested)
    )
    raise UserError(
        f'{checkpoint} was trained on {len(trained)} classes, this test has '
        f'{len(tested)}, which differ in {extra[0]!r} for one; testing on '
        'other classes is what `vlprompt eval zero-shot` does'
    )
