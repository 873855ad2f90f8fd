"""Train and test on all classes.

Each video is tested with several views, and the table says what a view costs.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from vlprompt.errors import UserError
from vlprompt.tables import Table, percent

from . import protocol
from .conditions import conditions_of
from .protocol import Metrics, Protocol
from .published_views import with_published_views
from .reports import provenance_notes
from .settings import Settings, read_settings
from .training_flags import add_model_arguments

if TYPE_CHECKING:
    from mmengine.config import Config

    from vlprompt.analysis.complexity import Macs
    from vlprompt.datasets.catalog import ProtocolData
    from vlprompt.jobs import Job

EXAMPLE = """vlprompt eval fully-supervised configs/vilt/vilt_b16_k400.py \\
        vilt.pth --views 4x3"""
HEAD = ('Method', 'Frames', 'Views', 'Top-1', 'Top-5', 'GFLOPs', 'TP')


@dataclass(frozen=True, kw_only=True)
class FullySupervisedSettings(Settings):
    """Settings of tests on all classes.

    Attributes:
        config: The file of the config.
        checkpoint: What is tested, if it is not the config's.
        dataset: The name of the data set.
        data_set: The data set.
        train: Whether to train first.
        views: Temporal views and crops, if they are not the config's.
        sampling: ``'uniform'`` or ``'random'`` temporal views.
        seed: Of the random ones, and of training.
        throughput: Whether views per second are measured.
    """

    config: str
    checkpoint: str | None
    dataset: str
    data_set: ProtocolData
    train: bool
    views: tuple[int, int] | None
    sampling: str
    seed: int
    throughput: bool


class FullySupervised(Protocol):
    """Test on all classes, which were trained on, with several views."""

    name: ClassVar[str] = 'fully_supervised'

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the config, the checkpoint, the data set and the views."""
        add_model_arguments(parser)
        parser.add_argument(
            '--dataset',
            default='kinetics400',
            help='a name, or a .py file that describes your own',
        )
        parser.add_argument(
            '--train', action='store_true', help='train first, by the config'
        )
        parser.add_argument(
            '--views',
            metavar='4x3',
            help="temporal views x crops, if not the config's",
        )
        parser.add_argument(
            '--sampling',
            choices=('uniform', 'random'),
            default='uniform',
            help='of the temporal views: random are draws of training mode, '
            'as in the published test',
        )
        parser.add_argument(
            '--seed', type=int, default=0, help='of these draws'
        )
        parser.add_argument(
            '--throughput', action='store_true', help='time views per second'
        )

    def settings(self, args: Namespace) -> FullySupervisedSettings:
        """Read the command line."""
        from vlprompt.datasets.catalog import find_data_set
        from vlprompt.datasets.pipelines import parse_views

        data = find_data_set(args.dataset)
        if data.full is None:
            raise UserError(f'{args.dataset} has no list of all classes')
        return read_settings(
            FullySupervisedSettings,
            args,
            self.name,
            Path(args.config).stem,
            data_set=data,
            views=parse_views(args.views) if args.views else None,
        )

    def jobs(self, settings: FullySupervisedSettings) -> list[Job]:
        """A test, and a training before it if that is wanted."""
        from .train_and_test import train_and_test

        config = _config(settings)
        checkpoint = None if settings.train else config.load_from or 'none'
        name = Path(settings.dataset).stem
        tests = dict(test=config)
        return train_and_test(settings, name, tests, checkpoint, settings.seed)

    def tables(
        self, settings: FullySupervisedSettings, metrics: Metrics
    ) -> list[Table]:
        """One row, and what it depends on."""
        from mmengine.device import get_device

        from vlprompt.datasets.pipelines import count_views, view_shape

        config = _config(settings)
        (values,) = (row for row in metrics.values() if row)
        macs, speed = _measure(config, settings)
        temporal, crops = count_views(config.test_dataloader.dataset.pipeline)
        row = [
            settings.name,
            str(view_shape(config)[3]),
            f'{temporal}x{crops}',
            percent(100 * values['acc/top1']),
            percent(100 * values['acc/top5']),
            percent(macs.published / 1e9),
            percent(speed),
        ]
        timed = settings.throughput
        place = f'on {get_device()}' if timed else '(--throughput)'
        note = (
            'Top-1 and Top-5 in percent. GFLOPs: multiply-accumulates of one '
            'view, as published\nnumbers are counted; '
            f'{macs.computed / 1e9:.1f} are computed here. TP: views per '
            f'second {place}.'
        )
        table = Table(HEAD, [row], note=note)
        if settings.with_published:
            checkpoint = None if settings.train else config.load_from or 'none'
            conditions = conditions_of(config, checkpoint)
            published = settings.data_set.published
            table = with_published_views(table, conditions, published)
        return [table]

    def notes(
        self,
        settings: FullySupervisedSettings,
        jobs: Sequence[Job],
        metrics: Metrics,
    ) -> list[str]:
        """What the numbers depend on, and how views were drawn."""
        return [
            *provenance_notes(settings, jobs),
            f'* temporal views: {settings.sampling}, seed {settings.seed}',
        ]


def _config(settings: FullySupervisedSettings) -> Config:
    """The config, with the data set and views of the command line."""
    from vlprompt.apis import load_config, set_checkpoint
    from vlprompt.datasets.pipelines import count_views, set_views
    from vlprompt.datasets.use_lists import use_split

    config = load_config(settings.config, settings.cfg_options)
    data = settings.data_set
    where = (settings.data_root, settings.label_order)
    use_split(config.test_dataloader, data, data.full, *where)
    if settings.train:
        use_split(config.val_dataloader, data, data.full, *where)
        if data.train is not None:
            use_split(config.train_dataloader, data, data.train, *where)
    else:
        set_checkpoint(config, settings.checkpoint)
    if settings.views or settings.sampling != 'uniform':
        views = count_views(config.test_dataloader.dataset.pipeline)
        set_views(config, *(settings.views or views), settings.sampling)
    config.test_dataloader.dataset.seed = settings.seed
    return config


def _measure(
    config: Config, settings: FullySupervisedSettings
) -> tuple[Macs, float | None]:
    """Multiply-accumulates of a view, and views per second if wanted."""
    from mmengine.device import get_device

    from vlprompt.analysis.complexity import build_without_weights, count_macs
    from vlprompt.analysis.throughput import measure_throughput
    from vlprompt.datasets import class_names_of
    from vlprompt.datasets.pipelines import view_shape

    model = build_without_weights(config)
    if hasattr(model, 'set_classes'):
        model.set_classes(class_names_of(config.test_dataloader.dataset))
    shape = view_shape(config)
    macs = count_macs(model, shape)
    if not settings.throughput:
        return macs, None
    timed = measure_throughput(model.to(get_device()), shape)
    return macs, timed.views_per_second


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    protocol.add_arguments(parser, FullySupervised())


def main(argv: Sequence[str] | None = None) -> None:
    """Run the protocol."""
    protocol.main(FullySupervised(), argv)
