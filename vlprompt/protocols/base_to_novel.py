"""Train on half of the classes, test on both halves.

There are several draws of the training videos.  Each model is tested on base
classes among base classes and on novel ones among novel ones.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, ClassVar

from vlprompt.errors import UserError
from vlprompt.tables import Table, harmonic_mean, mean_and_deviation, percent

from . import protocol
from .conditions import conditions_of_grid
from .config_files import find_config, format_pattern, load
from .protocol import Metrics, Protocol
from .published import with_published
from .settings import GridSettings, read_settings
from .training_flags import add_training_arguments

if TYPE_CHECKING:
    from mmengine.config import Config

    from vlprompt.datasets.catalog import ProtocolData
    from vlprompt.jobs import Job

EXAMPLE = """vlprompt eval base-to-novel configs/vilt/vilt_b16_b2n.py \\
        --datasets k400 hmdb51 ucf101 ssv2"""
PARTS = ('base', 'novel', 'hm')


@dataclass(frozen=True, kw_only=True)
class BaseToNovelSettings(GridSettings):
    """Settings of base-to-novel trainings.

    Attributes:
        seeds: The draws of clips.
    """

    seeds: list[int]


class BaseToNovel(Protocol):
    """Train on half of the classes, and test on both halves."""

    name: ClassVar[str] = 'base_to_novel'

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the config, the data sets and the draws."""
        from vlprompt.datasets.catalog import SEEDS

        parser.add_argument(
            'config',
            help='one config for all data sets, or the folder it is in',
        )
        parser.add_argument(
            '--datasets',
            nargs='+',
            default=['kinetics400', 'hmdb51', 'ucf101', 'ssv2'],
            help='names, or .py files that describe your own',
        )
        parser.add_argument(
            '--seeds',
            type=int,
            nargs='+',
            default=[*SEEDS],
            help='the draws: lists fs_base_s<seed>_train.txt',
        )
        add_training_arguments(parser, '{dataset} and {seed}')

    def settings(self, args: Namespace) -> BaseToNovelSettings:
        """Read the command line."""
        from vlprompt.datasets.catalog import find_data_set

        config = find_config(args.config, 'b2n')
        sets = {name: find_data_set(name) for name in args.datasets}
        for name, data in sets.items():
            if None in (data.base, data.novel) or not data.base_train:
                raise UserError(f'{name} has no base and novel classes')
        return read_settings(
            BaseToNovelSettings,
            args,
            self.name,
            Path(config).stem,
            config=config,
            data_sets=sets,
        )

    def jobs(self, settings: BaseToNovelSettings) -> list[Job]:
        """For each set and draw a training, if there is one, and two tests."""
        from .train_and_test import train_and_test

        jobs = []
        for name, data in settings.data_sets.items():
            for seed in settings.seeds:
                place = dict(dataset=Path(name).stem, seed=seed)
                tests = {
                    part: _config(settings, data, seed, part)
                    for part in ('base', 'novel')
                }
                jobs += train_and_test(
                    settings,
                    _job_name(name, seed),
                    tests,
                    format_pattern(settings.ckpts, **place),
                    settings.seed,
                )
        return jobs

    def tables(
        self, settings: BaseToNovelSettings, metrics: Metrics
    ) -> list[Table]:
        """Means over the draws, then every draw."""
        head, row, wanted, draws = ['Method'], [settings.name], [], []
        for name, data in settings.data_sets.items():
            jobs = [_job_name(name, seed) for seed in settings.seeds]
            runs = [_accuracies(metrics, job) for job in jobs]
            base, novel, _ = zip(*runs, strict=True)
            head += [f'{data.title} Base', 'Novel', 'HM']
            row += [percent(fmean(base)), percent(fmean(novel))]
            row.append(percent(harmonic_mean(fmean(base), fmean(novel))))
            wanted += [(data.published, '', part) for part in PARTS]
            draws += [
                [job, *map(percent, run)]
                for job, run in zip(jobs, runs, strict=True)
            ]
            spread = [mean_and_deviation(c) for c in zip(*runs, strict=True)]
            draws.append([f'{data.title}, mean ± deviation', *spread])
        note = (
            'Top-1 in percent; Base and Novel are means over '
            f'{len(settings.seeds)} draws, HM is the harmonic mean of the two '
            'means.'
        )
        table = Table(head, [row], note=note)
        if settings.with_published:
            conditions = [conditions_of_grid(settings)]
            table = with_published(table, conditions, self.name, wanted)
        return [
            table,
            Table(['Draw', 'Base', 'Novel', 'HM'], draws),
        ]


def _job_name(data_set: str, seed: int) -> str:
    return f'{Path(data_set).stem}/s{seed}'


def _config(
    settings: BaseToNovelSettings, data: ProtocolData, seed: int, part: str
) -> Config:
    """Train and validate on base classes, test on those of a part."""
    from vlprompt.datasets.catalog import Split
    from vlprompt.datasets.use_lists import use_split

    config = load(settings)
    where = (settings.data_root, settings.label_order)
    use_split(config.test_dataloader, data, getattr(data, part), *where)
    if config.get('train_dataloader') is not None:
        train = Split(
            data.base_train.replace('{seed}', str(seed)), data.base.classes
        )
        use_split(config.train_dataloader, data, train, *where)
        use_split(config.val_dataloader, data, data.base, *where)
    return config


def _accuracies(metrics: Metrics, job: str) -> tuple[float, float, float]:
    """Base, novel and their harmonic mean, in percent."""
    base, novel = (
        100 * metrics[f'{job}/{part}']['acc/top1']
        for part in ('base', 'novel')
    )
    return base, novel, harmonic_mean(base, novel)


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    protocol.add_arguments(parser, BaseToNovel())


def main(argv: Sequence[str] | None = None) -> None:
    """Run the protocol."""
    protocol.main(BaseToNovel(), argv)
