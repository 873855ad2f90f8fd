"""Test on classes that were not trained on.

Every split of each data set is tested; the table has means and deviations.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from vlprompt.errors import UserError
from vlprompt.tables import Table, mean_and_deviation, percent

from . import protocol
from .conditions import Conditions, conditions_of
from .protocol import Metrics, Protocol
from .published import with_published
from .settings import Settings, read_settings
from .training_flags import add_model_arguments

if TYPE_CHECKING:
    from vlprompt.datasets.catalog import ProtocolData
    from vlprompt.jobs import Job

EXAMPLE = """vlprompt eval zero-shot configs/vilt/vilt_b16_k400_zs.py \\
        vilt.pth --datasets hmdb51 ucf101"""


@dataclass(frozen=True, kw_only=True)
class ZeroShotSettings(Settings):
    """Settings of zero-shot tests.

    Attributes:
        config: The file of the config.
        checkpoint: What is tested, if it is not the config's.
        data_sets: The data sets by the names that were given.
        ddof: The deviation divides by the number of splits less this.
    """

    config: str
    checkpoint: str | None
    data_sets: Mapping[str, ProtocolData]
    ddof: int


class ZeroShot(Protocol):
    """Test on classes that were not trained on."""

    name: ClassVar[str] = 'zero_shot'

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the config, the checkpoint and the data sets."""
        add_model_arguments(parser)
        parser.add_argument(
            '--datasets',
            nargs='+',
            default=['hmdb51', 'ucf101', 'kinetics600'],
            help='names, or .py files that describe your own',
        )
        parser.add_argument(
            '--ddof',
            type=int,
            choices=(0, 1),
            default=0,
            help='the deviation divides by the number of splits less this',
        )

    def settings(self, args: Namespace) -> ZeroShotSettings:
        """Read the command line."""
        from vlprompt.datasets.catalog import find_data_set

        sets = {name: find_data_set(name) for name in args.datasets}
        for name, data in sets.items():
            if not data.zero_shot:
                raise UserError(f'{name} has no zero-shot splits')
        return read_settings(
            ZeroShotSettings,
            args,
            self.name,
            Path(args.config).stem,
            data_sets=sets,
        )

    def jobs(self, settings: ZeroShotSettings) -> list[Job]:
        """One test for each split."""
        from vlprompt.apis import load_config, set_checkpoint
        from vlprompt.datasets.use_lists import use_split

        from .train_and_test import make_test

        where = (settings.data_root, settings.label_order)
        jobs = []
        for name, data in settings.data_sets.items():
            for split, content in data.zero_shot.items():
                config = load_config(settings.config, settings.cfg_options)
                set_checkpoint(config, settings.checkpoint)
                use_split(config.test_dataloader, data, content, *where)
                checkpoint = config.load_from or 'none'
                job = _job_name(name, split)
                jobs.append(make_test(settings, job, config, checkpoint))
        return jobs

    def tables(
        self, settings: ZeroShotSettings, metrics: Metrics
    ) -> list[Table]:
        """Means over the splits, then every split."""
        columns = [
            (name, data, key)
            for name, data in settings.data_sets.items()
            for key in ('top1', 'top5')[: 2 if data.published == 'k600' else 1]
        ]
        head, row = ['Method'], [settings.name]
        for name, data, key in columns:
            head.append(data.title + (f' {key}' if len(columns) > 1 else ''))
            values = [
                100 * metrics[_job_name(name, split)][f'acc/{key}']
                for split in data.zero_shot
            ]
            row.append(mean_and_deviation(values, settings.ddof))
        divisor = 'number of splits' + (' - 1' if settings.ddof else '')
        note = (
            'Top-1 in percent, mean ± standard deviation over the splits '
            f'(sum of squares over the {divisor}).'
        )
        table = Table(head, [row], note=note)
        if settings.with_published:
            wanted = [(data.published, '', key) for _, data, key in columns]
            table = with_published(
                table, [_conditions(settings)], self.name, wanted
            )
        return [table, _every_split(metrics)]


def _conditions(settings: ZeroShotSettings) -> Conditions:
    from vlprompt.apis import load_config, set_checkpoint

    config = load_config(settings.config, settings.cfg_options)
    set_checkpoint(config, settings.checkpoint)
    return conditions_of(config, config.load_from or 'none')


def _job_name(data_set: str, split: str) -> str:
    return f'{Path(data_set).stem}/{split}'


def _every_split(metrics: Metrics) -> Table:
    rows = [
        [job, *(percent(100 * values[f'acc/{k}']) for k in ('top1', 'top5'))]
        for job, values in metrics.items()
    ]
    return Table(['Split', 'Top-1', 'Top-5'], rows)


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    protocol.add_arguments(parser, ZeroShot())


def main(argv: Sequence[str] | None = None) -> None:
    """Run the protocol."""
    protocol.main(ZeroShot(), argv)
