"""Train on a few videos of each class.

Each model is tested on the list of the other videos.  Checkpoints that are
given are tested instead of training.  Vanilla CLIP, Tip-Adapter,
Tip-Adapter-F and TDA stand below it in the table: their videos are encoded
once, the rest takes seconds.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from vlprompt.errors import UserError
from vlprompt.tables import Table, percent

from . import protocol
from .config_files import find_config, format_pattern, load
from .few_shot_baselines import ROWS, Baselines
from .protocol import Metrics, Protocol
from .published import published_rows, read_published
from .settings import GridSettings, read_settings
from .training_flags import add_training_arguments

if TYPE_CHECKING:
    from mmengine.config import Config

    from vlprompt.datasets.catalog import ProtocolData
    from vlprompt.jobs import Job

EXAMPLE = """vlprompt eval few-shot configs/vilt/vilt_b16_few_shot.py \\
        --datasets hmdb51 ucf101 --shots 2 4 8 16"""


@dataclass(frozen=True, kw_only=True)
class FewShotSettings(GridSettings):
    """Settings of few-shot trainings.

    Attributes:
        shots: Clips of each class; None for all that a data set has lists of.
        no_baselines: Whether the table has the rows of the method alone.
        baseline_template: Of the class texts of the baselines.
        baseline_val: Lists that Tip-Adapter is adjusted on, a pattern.
    """

    shots: list[int] | None
    no_baselines: bool = False
    baseline_template: str = '{}'
    baseline_val: str | None = None


class FewShot(Protocol):
    """Train on a few videos of each class, and test on the others."""

    name: ClassVar[str] = 'few_shot'

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the config, the data sets and the shots."""
        parser.add_argument(
            'config',
            help='one config for all data sets, or the folder it is in',
        )
        parser.add_argument(
            '--datasets',
            nargs='+',
            default=['hmdb51', 'ucf101', 'ssv2'],
            help='names, or .py files that describe your own',
        )
        parser.add_argument(
            '--shots', type=int, nargs='+', help='2 4 8 16 if not given'
        )
        add_training_arguments(parser, '{dataset} and {shots}')
        _add_baseline_arguments(parser)

    def settings(self, args: Namespace) -> FewShotSettings:
        """Read the command line."""
        from vlprompt.datasets.catalog import find_data_set

        config = find_config(args.config, 'few_shot')
        sets = {name: find_data_set(name) for name in args.datasets}
        for name, data in sets.items():
            if not data.few_shot or data.full is None:
                raise UserError(f'{name} has no few-shot lists')
        return read_settings(
            FewShotSettings,
            args,
            self.name,
            Path(config).stem,
            config=config,
            data_sets=sets,
        )

    def jobs(self, settings: FewShotSettings) -> list[Job]:
        """A training, if there is one, and a test for each set and shots."""
        from .train_and_test import train_and_test

        jobs = []
        for name, data, shots in _grid(settings):
            config = load(settings)
            _use_lists(config, settings, data, shots)
            place = dict(dataset=Path(name).stem, shots=shots)
            jobs += train_and_test(
                settings,
                _job_name(name, shots),
                dict(test=config),
                format_pattern(settings.ckpts, **place),
                settings.seed,
            )
        for baselines in _baselines(settings).values():
            jobs += baselines.jobs()
        return jobs

    def tables(
        self, settings: FewShotSettings, metrics: Metrics
    ) -> list[Table]:
        """One row of the last epochs, and one of the best."""
        from vlprompt.jobs import best_validation

        head, last, best, wanted = ['Method'], [settings.name], [], []
        for name, data, shots in _grid(settings):
            job = _job_name(name, shots)
            head.append(f'{data.title} K={shots}')
            last.append(percent(100 * metrics[f'{job}/test']['acc/top1']))
            value = best_validation(settings.out / job / 'train', 'acc/top1')
            best.append(percent(None if value is None else 100 * value))
            wanted.append((data.published, f'K={shots} ', 'top1'))
        rows = [last]
        if set(best) != {'-'}:
            rows.append(['best epoch, chosen on the test list', *best])
        rows += _baseline_rows(settings, metrics)
        if settings.with_published:
            rows += published_rows(read_published(self.name), wanted)
        note = 'Top-1 in percent after the last epoch.'
        return [Table(head, rows, note=note)]


def _grid(
    settings: FewShotSettings,
) -> Iterator[tuple[str, ProtocolData, int]]:
    for name, data in settings.data_sets.items():
        for shots in settings.shots or data.shots:
            yield name, data, shots


def _job_name(data_set: str, shots: int) -> str:
    return f'{Path(data_set).stem}/{shots}shot'


def _add_baseline_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        '--no-baselines',
        action='store_true',
        help='leave vanilla CLIP, Tip-Adapter, Tip-Adapter-F and TDA out',
    )
    parser.add_argument(
        '--baseline-template',
        default='{}',
        metavar='TEXT',
        help='of their class texts, the bare name if not given',
    )
    parser.add_argument(
        '--baseline-val',
        metavar='PATTERN',
        help="lists of videos that are not tested, on which Tip-Adapter's "
        'alpha and beta are searched, with {dataset} and {shots} in their '
        'names; without any they are 3 and 1, where the published search '
        'starts',
    )


def _baselines(settings: FewShotSettings) -> dict[str, Baselines]:
    """Those of each data set, by the name that was given."""
    found: dict[str, Baselines] = {}
    if settings.no_baselines:
        return found
    flags = ('--skip-broken',) if settings.skip_broken else ()
    for name, data in settings.data_sets.items():
        config = load(settings)
        shots = settings.shots or data.shots
        _use_lists(config, settings, data, shots[0])
        root = Path(settings.data_root, data.root)
        found[name] = Baselines(
            Path(name).stem,
            settings.out,
            config,
            {k: str(root / _few_shot_list(data, k)) for k in shots},
            settings.baseline_template,
            {
                k: format_pattern(
                    settings.baseline_val, dataset=Path(name).stem, shots=k
                )
                for k in shots
            },
            settings.seed,
            flags,
        )
    return found


def _baseline_rows(
    settings: FewShotSettings, metrics: Metrics
) -> list[list[str]]:
    """A row of each baseline, with a cell of each data set and shots."""
    if settings.no_baselines:
        return []
    by_name = _baselines(settings)
    return [
        [
            title,
            *(
                percent(100 * metrics[job]['acc/top1'])
                for name, _, shots in _grid(settings)
                for job in [by_name[name].job_of(kind, shots)]
            ),
        ]
        for kind, title in ROWS.items()
    ]


def _use_lists(
    config: Config, settings: FewShotSettings, data: ProtocolData, shots: int
) -> None:
    """Train on a few clips, validate and test on the list of the others."""
    from vlprompt.datasets.catalog import Split
    from vlprompt.datasets.use_lists import use_split

    where = (settings.data_root, settings.label_order)
    if config.get('train_dataloader') is not None:
        train = Split(_few_shot_list(data, shots), data.full.classes)
        use_split(config.train_dataloader, data, train, *where)
        use_split(config.val_dataloader, data, data.full, *where)
    use_split(config.test_dataloader, data, data.full, *where)


def _few_shot_list(data: ProtocolData, shots: int) -> str:
    return data.few_shot.replace('{shots}', str(shots))


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    protocol.add_arguments(parser, FewShot())


def main(argv: Sequence[str] | None = None) -> None:
    """Run the protocol."""
    protocol.main(FewShot(), argv)
