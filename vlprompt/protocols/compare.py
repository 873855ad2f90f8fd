"""Test several models on the same videos.

The models are ours or MMAction2's; each has its own test pipeline, and all
stand in one table.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from vlprompt.errors import UserError
from vlprompt.tables import Table, percent

from . import protocol
from .protocol import Metrics, Protocol
from .settings import Settings, read_settings

if TYPE_CHECKING:
    from mmengine.config import Config

    from vlprompt.datasets.catalog import ProtocolData, Split
    from vlprompt.jobs import Job

EXAMPLE = """vlprompt eval compare configs/vilt/vilt_b16_k400.py vilt.pth \\
        configs/clip/clip_b16_k400.py none"""
HEAD = (
    'Model',
    'Top-1',
    'Top-5',
    'Frames',
    'Views',
    'GFLOPs',
    'Params (M)',
    'Videos/s',
)
NOTE = (
    'Top-1 and Top-5 in percent, GFLOPs: multiply-accumulates of one view, '
    'videos per second:\nall views of a video, with its reading, in each '
    'process.'
)


@dataclass(frozen=True, kw_only=True)
class CompareSettings(Settings):
    """Settings of a comparison.

    Attributes:
        models: Pairs of a config and a checkpoint.
        data: The data set.
        split: The list that is tested.
    """

    models: list[tuple[str, str]]
    data: ProtocolData
    split: Split


class Compare(Protocol):
    """Test several models on the same videos."""

    name: ClassVar[str] = 'compare'

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the models and the data set."""
        parser.add_argument(
            'models',
            nargs='+',
            metavar='CONFIG CHECKPOINT',
            help='pairs; `none` for a model as it is made; also configs of '
            'MMAction2, such as mmaction::recognition/tsn/....py',
        )
        parser.add_argument(
            '--dataset',
            default='kinetics400',
            help='a name, or a .py file that describes your own',
        )
        parser.add_argument(
            '--part',
            choices=('full', 'base', 'novel'),
            default='full',
            help='of the classes',
        )

    def settings(self, args: Namespace) -> CompareSettings:
        """Read the command line."""
        from vlprompt.datasets.catalog import find_data_set

        if len(args.models) % 2:
            raise UserError(
                f'{len(args.models)} arguments, expected a checkpoint (or '
                '`none`) after each config'
            )
        data = find_data_set(args.dataset)
        split = getattr(data, args.part)
        if split is None:
            raise UserError(f'{args.dataset} has no {args.part} classes')
        return read_settings(
            CompareSettings,
            args,
            self.name,
            'models',
            models=[*zip(args.models[::2], args.models[1::2], strict=True)],
            data=data,
            split=split,
        )

    def jobs(self, settings: CompareSettings) -> list[Job]:
        """One test for each model."""
        from .train_and_test import make_test

        return [
            make_test(settings, name, config, checkpoint)
            for name, (config, checkpoint) in _configs(settings).items()
        ]

    def tables(
        self, settings: CompareSettings, metrics: Metrics
    ) -> list[Table]:
        """One row for each model."""
        rows = [
            _row(settings.out / name, config, metrics[name])
            for name, (config, _) in _configs(settings).items()
        ]
        return [Table(HEAD, rows, note=NOTE)]

    def notes(
        self, settings: CompareSettings, jobs: Sequence[Job], metrics: Metrics
    ) -> list[str]:
        """Nothing: models differ in what their numbers depend on."""
        return []


def _configs(settings: CompareSettings) -> dict[str, tuple[Config, str]]:
    """Configs and checkpoints by the names of the models."""
    from vlprompt.apis import load_config, set_checkpoint
    from vlprompt.datasets.use_lists import use_split

    where = (settings.data_root, settings.label_order)
    configs: dict[str, tuple[Config, str]] = {}
    for path, checkpoint in settings.models:
        config = load_config(path, settings.cfg_options)
        set_checkpoint(config, checkpoint)
        _adopt(config)
        use_split(
            config.test_dataloader, settings.data, settings.split, *where
        )
        name = Path(path).stem
        taken = sum(known.startswith(name) for known in configs)
        name += f'_{taken + 1}' if taken else ''
        configs[name] = (config, checkpoint)
    return configs


def _adopt(config: Config) -> None:
    """Let a config, maybe of MMAction2, read our lists and be scored alike."""
    config.default_scope = 'vlprompt'
    config.custom_imports = dict(
        imports=['vlprompt'], allow_failed_imports=False
    )
    loader = config.test_dataloader
    loader.dataset = dict(
        type='vlprompt.VideoClassDataset',  # whatever the loop's scope is
        pipeline=loader.dataset.pipeline,
        test_mode=True,
    )
    config.test_evaluator = dict(type='vlprompt.CountedAccMetric')


def _row(
    folder: Path, config: Config, metrics: Mapping[str, float]
) -> list[str]:
    from vlprompt.analysis.complexity import (
        build_without_weights,
        count_macs,
        count_parameters,
    )
    from vlprompt.datasets import class_names_of
    from vlprompt.datasets.pipelines import count_views, view_shape

    model = build_without_weights(config)
    dataset = config.test_dataloader.dataset
    if hasattr(model, 'set_classes'):
        model.set_classes(class_names_of(dataset))
    shape = view_shape(config)
    temporal, crops = count_views(dataset.pipeline)
    return [
        folder.name,
        percent(100 * metrics['acc/top1']),
        percent(100 * metrics['acc/top5']),
        str(shape[3] if len(shape) == 6 else shape[1]),
        f'{temporal}x{crops}',
        percent(count_macs(model, shape).published / 1e9),
        percent(count_parameters(model).total / 1e6),
        f'{_videos_per_second(folder, config):.2f}',
    ]


def _videos_per_second(folder: Path, config: Config) -> float:
    """Of the last test in a work folder."""
    log = sorted(folder.glob('*/*.json'))[-1]
    seconds = json.loads(log.read_text())['time']
    return config.test_dataloader.batch_size / seconds


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    protocol.add_arguments(parser, Compare())


def main(argv: Sequence[str] | None = None) -> None:
    """Run the protocol."""
    protocol.main(Compare(), argv)
