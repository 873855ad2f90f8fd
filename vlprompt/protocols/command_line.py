"""The flags that the commands of all protocols have, and how they end."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config

from vlprompt.apis import load_config, read_checkpoint
from vlprompt.cli.common import Options
from vlprompt.datasets import class_names_of
from vlprompt.errors import UserError

from .jobs import Job, Jobs

COUNTING = ('CountedAccMetric', 'VideoTextRetrievalMetric')
ORDERS = ('official', 'vifi')


def add_protocol_arguments(parser: ArgumentParser) -> None:
    """Add the flags of every protocol."""
    parser.add_argument(
        '--data-root', default='data', help='the folder of all data sets'
    )
    parser.add_argument('--out', type=Path, help='folder of the results')
    parser.add_argument('--name', help='the method in the table')
    parser.add_argument(
        '--gpus',
        type=int,
        default=0,
        metavar='N',
        help='processes for each job, on CPUs if there are no GPUs',
    )
    parser.add_argument(
        '--dry-run', action='store_true', help='print the commands alone'
    )
    parser.add_argument(
        '--force', action='store_true', help='forget earlier results'
    )
    parser.add_argument(
        '--skip-broken',
        action='store_true',
        help='score the other videos if some cannot be read; exit code 1',
    )
    parser.add_argument(
        '--label-order',
        choices=ORDERS,
        default=ORDERS[0],
        help='of the classes of HMDB-51: vifi has the two swapped pairs of '
        'the published label files',
    )
    parser.add_argument(
        '--with-published',
        action='store_true',
        help='add the rows that the papers print',
    )
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=Options,
        metavar='KEY=VALUE',
        help='change the configs',
    )


def add_training_arguments(parser: ArgumentParser, places: str) -> None:
    """Add the flags of protocols that train."""
    parser.add_argument(
        '--ckpts',
        metavar='PATTERN',
        help=f'checkpoints to test instead of training, with {places} in '
        'their names',
    )
    parser.add_argument('--seed', type=int, default=0, help='of training')


def make_jobs(args: Namespace, protocol: str) -> Jobs:
    """What runs the jobs of a command, with its folder of results."""
    stem = re.sub(r'_?{\w+}', '', Path(args.config).stem)
    args.name = args.name or stem
    args.out = args.out or Path('work_dirs', protocol, stem)
    return Jobs(args.out, tools_folder(), args.gpus, args.force)


def tools_folder() -> Path:
    """The folder of ``train.py``: in the checkout or in the package."""
    package = Path(__file__).parents[1]
    for folder in (package.parent / 'tools', package / '.mim/tools'):
        if (folder / 'train.py').is_file():
            return folder
    raise UserError(
        f'no tools beside {package}: install vlprompt from its repository'
    )


def find_config(pattern: str, options: dict | None, **place: Any) -> Config:
    """Read the config that a pattern names, and change it.

    Args:
        pattern: A file, with ``{dataset}`` and the like where names differ.
        options: Of ``--cfg-options``.
        place: What stands for the places.
    """
    return load_config(fill(pattern, place), options)


def fill(pattern: str, place: dict[str, Any]) -> str:
    """Put names into their places.

    Raises:
        UserError: If the pattern has a place that there is no name for.
    """
    try:
        return pattern.format(**place)
    except (KeyError, IndexError) as error:
        known = ', '.join(f'{{{key}}}' for key in place)
        raise UserError(
            f'{pattern}: nothing stands for {error}, there are {known}'
        ) from error


def learns(config: Config) -> bool:
    """Whether there is something to train."""
    return bool(config.model.get('trainable', True))


def check_classes(checkpoint: str, config: Config) -> None:
    """Refuse weights of other classes than those that are tested.

    Args:
        checkpoint: A file or URL; ``'none'`` is not checked.
        config: Whose test data set has the classes.

    Raises:
        UserError: If the checkpoint was trained on others, both named.
    """
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
        'other classes is what tools/eval/zero_shot.py does'
    )


def evaluation_job(
    args: Namespace, name: str, config: Config, checkpoint: str
) -> Job:
    """A test, of a checkpoint or of what a job trains.

    It is scored by a metric that says of how many videos it is.
    """
    evaluator = config.test_evaluator
    if (
        not isinstance(evaluator, dict)
        or evaluator.type.rpartition('.')[2] not in COUNTING
    ):
        config.test_evaluator = dict(type='CountedAccMetric')
    flags = ('--skip-broken',) if args.skip_broken else ()
    return Job(name, 'test', config, checkpoint, flags)


def train_and_test(
    args: Namespace, name: str, tests: dict[str, Config], **place: Any
) -> list[Job]:
    """A training, unless there is a checkpoint or nothing to learn, and tests.

    Args:
        args: The command line.
        name: What the names of the jobs begin with.
        tests: Configs by name; the first also trains, and has the classes
            that are learnt.
        place: What stands for the places in the names of checkpoints.

    Raises:
        UserError: If a checkpoint is missing or of other classes.
    """
    first = next(iter(tests.values()))
    jobs = []
    checkpoint = 'none'
    if args.ckpts:
        checkpoint = fill(args.ckpts, place)
        check_classes(checkpoint, first)
    elif learns(first):
        checkpoint = f'{name}/train'
        flags = (f'--seed={args.seed}',)
        jobs.append(Job(checkpoint, 'train', first, flags=flags))
    for part, config in tests.items():
        jobs.append(evaluation_job(args, f'{name}/{part}', config, checkpoint))
    return jobs


def dry_run(args: Namespace, jobs: Jobs, todo: Sequence[Job]) -> bool:
    """Print the jobs if only that was asked for."""
    if args.dry_run:
        jobs.show(todo)
    return args.dry_run
