"""Rank videos by text and texts by video.

The test set is the config's own, or each of the data sets that are named.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from vlprompt.errors import UserError, suggest
from vlprompt.retrieval_directions import directions
from vlprompt.tables import Table

from . import protocol
from .config_files import find_config, format_pattern
from .protocol import Metrics, Protocol
from .published import published_rows, read_published
from .settings import Settings, read_settings
from .training_flags import CONFIG, add_training_arguments

if TYPE_CHECKING:
    from mmengine.config import Config

    from vlprompt.datasets.catalog import CaptionData
    from vlprompt.jobs import Job

EXAMPLE = """vlprompt eval retrieval configs/vilt/vilt_b16_retrieval.py \\
        vilt.pth --datasets msrvtt9k"""
NUMBERS = ('R1', 'R5', 'MnR', 'R10', 'MdR')  # the papers print the first
HEAD = ('R@1', 'R@5', 'MnR', 'R@10', 'MdR')


@dataclass(frozen=True, kw_only=True)
class RetrievalSettings(Settings):
    """Settings of retrieval.

    Attributes:
        config: The file of the config.
        data_sets: By the names that were given; the stem of the config
            stands for its own test set, which is None.
        ckpts: Checkpoints to test, a pattern.
        train: Whether to train first.
        seed: Of training.
        v2t: What a video ranks.
        tie: What an equal score costs.
        dsl: Temperature of the dual softmax, if it is wanted as well.
    """

    config: str
    data_sets: Mapping[str, CaptionData | None]
    ckpts: str | None
    train: bool
    seed: int
    v2t: str
    tie: str
    dsl: float | None


class Retrieval(Protocol):
    """Rank videos by captions, and captions by videos."""

    name: ClassVar[str] = 'retrieval'

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the config, the checkpoint, the data sets and the metric."""
        parser.add_argument('config', help=CONFIG)
        parser.add_argument(
            'checkpoint', nargs='?', help='the same as --ckpts'
        )
        parser.add_argument(
            '--datasets',
            nargs='+',
            default=[],
            help="instead of the config's own: msrvtt9k msrvtt7k msvd lsmdc "
            'didemo',
        )
        parser.add_argument(
            '--train', action='store_true', help='train first, by the config'
        )
        parser.add_argument(
            '--v2t',
            default='group',
            metavar='{group,caption}',
            help='what a video ranks: the captions of a video as a group, or '
            'single captions',
        )
        parser.add_argument(
            '--tie',
            default='expected',
            metavar='{expected,mean,strict}',
            help='what an equal score costs: its mean over all orders, half '
            'a rank, or nothing',
        )
        parser.add_argument(
            '--dsl',
            type=float,
            metavar='TEMPERATURE',
            help='add rows of scores that are re-weighted by a softmax over '
            'all queries; 1 for scaled cosines',
        )
        add_training_arguments(parser, '{dataset}')

    def settings(self, args: Namespace) -> RetrievalSettings:
        """Read the command line."""
        from vlprompt.datasets.catalog import find_caption_data
        from vlprompt.evaluation.ranks import TIES
        from vlprompt.evaluation.retrieval import VIDEO_TO_TEXT

        _check_choice('--v2t', args.v2t, [*VIDEO_TO_TEXT])
        _check_choice('--tie', args.tie, [*TIES])
        if args.dsl is not None and not args.dsl > 0:
            raise UserError(
                f'--dsl {args.dsl}: expected a temperature above 0'
            )
        config = find_config(args.config, 'retrieval')
        stem = Path(config).stem
        sets = {name: find_caption_data(name) for name in args.datasets}
        return read_settings(
            RetrievalSettings,
            args,
            self.name,
            stem,
            config=config,
            data_sets=sets or {stem: None},
            ckpts=args.checkpoint or args.ckpts,
        )

    def jobs(self, settings: RetrievalSettings) -> list[Job]:
        """A training, if that is wanted, and a test for each data set."""
        from vlprompt.apis import load_config, set_checkpoint

        from .train_and_test import is_trainable, train_and_test

        jobs = []
        for name, data in settings.data_sets.items():
            config = load_config(settings.config, settings.cfg_options)
            _use_captions(config, settings, data)
            checkpoint = format_pattern(settings.ckpts, dataset=name)
            if not checkpoint and not settings.train and is_trainable(config):
                set_checkpoint(config, None)
            jobs += train_and_test(
                settings, name, dict(test=config), checkpoint, settings.seed
            )
        return jobs

    def tables(
        self, settings: RetrievalSettings, metrics: Metrics
    ) -> list[Table]:
        """One table for each data set, with a row for each direction."""
        tables = []
        for name, data in settings.data_sets.items():
            values = metrics[f'{name}/test']
            rows = [
                [
                    f'{settings.name}, {title}',
                    *(f'{values[f"{key}/{n}"]:.1f}' for n in NUMBERS),
                ]
                for key, title in directions(values).items()
            ]
            if settings.with_published:
                published = data.published if data else _published_name(name)
                wanted = [(published, '', f't2v_{key}') for key in NUMBERS]
                rows += published_rows(read_published(self.name), wanted)
            tables.append(Table(['Method', *HEAD], rows, title=name))
        return tables

    def notes(
        self,
        settings: RetrievalSettings,
        jobs: Sequence[Job],
        metrics: Metrics,
    ) -> list[str]:
        """What the numbers are of."""
        lines = [
            'Published rows are text to video. R@k in percent, MdR and MnR '
            'are median and mean rank.',
            '',
            f'* video to text ranks {settings.v2t}s; ties: {settings.tie}',
        ]
        if settings.dsl is not None:
            lines.append(
                f'* dual softmax (temperature {settings.dsl:g}) knows the '
                'queries of the whole test set: it is no result of a search'
            )
        for name, values in metrics.items():
            if values and 'own_caption/t2v/R1' in values:
                lines.append(
                    f'* {name}: rows of videos pooled by their own captions '
                    'tell the gallery what is asked for, as the published '
                    'test of T-MASS does'
                )
            if values:
                lines.append(
                    f'* {name}: {values["captions"]:.0f} captions, of which '
                    f'{values["truncated"]:.0f} were truncated'
                )
        return lines


def _check_choice(flag: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise UserError(
            f'{flag} {value}{suggest(value, known)}: expected '
            f'{" or ".join(known)}'
        )


def _use_captions(
    config: Config, settings: RetrievalSettings, data: CaptionData | None
) -> None:
    """Read the captions of a data set, and rank as the settings say."""
    from vlprompt.datasets.use_lists import relocate, use_captions

    if data is None:
        relocate(config, settings.data_root)
    else:
        use_captions(config, data, settings.data_root)
    kind = config.test_dataloader.dataset.type
    if 'Caption' not in kind:
        raise UserError(f'{config.filename} tests no captions but {kind}')
    config.test_evaluator = dict(
        type='VideoTextRetrievalMetric',
        v2t=settings.v2t,
        tie=settings.tie,
        dsl=settings.dsl,
    )


def _published_name(stem: str) -> str:
    """The data set in the name of a config, as the papers' tables call it."""
    from vlprompt.datasets.catalog import CAPTION_SETS

    names = {data.published for data in CAPTION_SETS.values()}
    return next((name for name in sorted(names) if name in stem), stem)


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    protocol.add_arguments(parser, Retrieval())


def main(argv: Sequence[str] | None = None) -> None:
    """Run the protocol."""
    protocol.main(Retrieval(), argv)
