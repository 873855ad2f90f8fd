"""Train on a few videos of each class.

Each model is tested on the list of the other videos.  Checkpoints that are
given are tested instead of training.  Vanilla CLIP, Tip-Adapter,
Tip-Adapter-F and TDA stand below it in the table: their videos are encoded
once, the rest takes seconds.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from vlprompt.errors import UserError
from vlprompt.tables import Table, percent

from . import protocol
from .baseline_rows import (
    add_baseline_arguments,
    baseline_notes,
    baseline_rows,
    baselines_of,
)
from .config_files import find_config, format_pattern, load
from .few_shot_settings import FewShotSettings, grid, job_name, use_lists
from .protocol import Metrics, Protocol
from .published import published_rows, read_published
from .settings import read_settings
from .training_flags import add_training_arguments

if TYPE_CHECKING:
    from vlprompt.jobs import Job

EXAMPLE = """vlprompt eval few-shot configs/vilt/vilt_b16_few_shot.py \\
        --datasets hmdb51 ucf101 --shots 2 4 8 16"""


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
        add_baseline_arguments(parser)

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
        for name, data, shots in grid(settings):
            config = load(settings)
            use_lists(config, settings, data, shots)
            place = dict(dataset=Path(name).stem, shots=shots)
            jobs += train_and_test(
                settings,
                job_name(name, shots),
                dict(test=config),
                format_pattern(settings.ckpts, **place),
                settings.seed,
            )
        for baselines in baselines_of(settings).values():
            jobs += baselines.jobs()
        return jobs

    def tables(
        self, settings: FewShotSettings, metrics: Metrics
    ) -> list[Table]:
        """One row of the last epochs, and one of the best."""
        from vlprompt.jobs import best_validation

        head, last, best, wanted = ['Method'], [settings.name], [], []
        for name, data, shots in grid(settings):
            job = job_name(name, shots)
            head.append(f'{data.title} K={shots}')
            last.append(percent(100 * metrics[f'{job}/test']['acc/top1']))
            value = best_validation(settings.out / job / 'train', 'acc/top1')
            best.append(percent(None if value is None else 100 * value))
            wanted.append((data.published, f'K={shots} ', 'top1'))
        rows = [last]
        if set(best) != {'-'}:
            rows.append(['best epoch, chosen on the test list', *best])
        rows += baseline_rows(settings, metrics)
        if settings.with_published:
            rows += published_rows(read_published(self.name), wanted)
        note = 'Top-1 in percent after the last epoch.'
        return [Table(head, rows, note=note)]

    def notes(
        self,
        settings: FewShotSettings,
        jobs: Sequence[Job],
        metrics: Metrics,
    ) -> list[str]:
        """Those of the method, then those of the baselines."""
        own = {
            f'{job_name(name, shots)}/test'
            for name, _, shots in grid(settings)
        }
        tests = [job for job in jobs if job.name in own]
        lines = super().notes(settings, tests, metrics)
        return [*lines, *baseline_notes(settings)]


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    protocol.add_arguments(parser, FewShot())


def main(argv: Sequence[str] | None = None) -> None:
    """Run the protocol."""
    protocol.main(FewShot(), argv)
