"""From the rows of a table to the jobs of its protocols."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlprompt.protocols import PROTOCOLS
from vlprompt.protocols.protocol import Protocol, add_arguments
from vlprompt.shipped import find_config

from .request import Request
from .tables import PaperTable, Run

if TYPE_CHECKING:
    from mmengine.config import Config

    from vlprompt.jobs import Job, TrainJob

FIRST = 'first'  # folder of the trainings that runs begin with


@dataclass(frozen=True)
class Planned:
    """A row that is about to be run.

    Attributes:
        run: The row.
        protocol: What runs it.
        args: The command line of the protocol.
        settings: What the protocol makes of it.
        jobs: Its jobs.
        first_jobs: What it begins with: a training, and maybe a mix.
        weights: What they leave, which the jobs read.
    """

    run: Run
    protocol: Protocol
    args: Namespace
    settings: Any
    jobs: Sequence[Job]
    first_jobs: Sequence[Job] = ()
    weights: Path | None = None

    @property
    def first(self) -> TrainJob | None:
        """The training that it begins with, if there is one."""
        return self.first_jobs[0] if self.first_jobs else None


def plan(table: PaperTable, run: Run, request: Request) -> Planned:
    """Make the jobs of a row; nothing is run.

    Raises:
        UserError: If a config or its options do not fit.
    """
    first_jobs, weights = _begin(run, request)
    module, kind = PROTOCOLS[run.eval]
    protocol = getattr(import_module(module), kind)()
    parser = ArgumentParser()
    add_arguments(parser, protocol)
    args = parser.parse_args(_words(table, run, request, weights))
    args.cfg_options = _options(run, request, weights)
    settings = protocol.settings(args)
    jobs = protocol.jobs(settings)
    return Planned(run, protocol, args, settings, jobs, first_jobs, weights)


def _words(
    table: PaperTable, run: Run, request: Request, weights: Path | None
) -> list[str]:
    """The command line after ``vlprompt eval``."""
    words = [find_config(f'{run.config}.py')]
    if run.eval in ('zero-shot', 'fully-supervised') and (
        '--train' not in run.flags
    ):
        words.append(str(weights) if run.trained_by else 'none')
    names = [_data_set(run.eval, name) for name in table.datasets(run)]
    if run.eval != 'fully-supervised':
        words += ['--datasets', *names]
    if shots := table.shots(run):
        words += ['--shots', *map(str, shots), '--no-baselines']
    return [
        *words,
        *run.flags,
        f'--data-root={request.data_root}',
        f'--out={request.out / run.name}',
        f'--name={run.method}',
        f'--label-order={request.label_order}',
        '--with-published',
    ]


def _data_set(word: str, published: str) -> str:
    """The name that a protocol knows a data set by."""
    from vlprompt.datasets.catalog import CAPTION_SETS, DATA_SETS

    known = CAPTION_SETS if word == 'retrieval' else DATA_SETS
    return next(
        name
        for name, data in known.items()
        if (data.published or data.root) == published
    )


def _options(
    run: Run, request: Request, weights: Path | None
) -> dict[str, Any]:
    from vlprompt.written_values import Written

    config = _read(run.config)
    own = {key: Written(value) for key, value in run.options.items()}
    if run.second_stage_of:
        own['model.clip.finetuned'] = str(weights)
    return {**own, **request.options_for(config)}


def _begin(run: Run, request: Request) -> tuple[list[Job], Path | None]:
    """The jobs that come first, and what they leave."""
    from .mix_job import MIXED, MixJob

    name = run.trained_by or run.second_stage_of
    if not name:
        return [], None
    folder = request.out / FIRST
    first = _first_training(name, request)
    if not run.with_clip:
        return [first], folder / first.name / _weights(first)
    mix = MixJob(f'{first.name}_mixed', first, run.with_clip)
    return [first, mix], folder / mix.name / MIXED


def _first_training(name: str, request: Request) -> TrainJob:
    """A training by a config of its own, on Kinetics-400."""
    from vlprompt.apis import load_config
    from vlprompt.datasets.use_lists import relocate
    from vlprompt.jobs import TrainJob

    options = request.options_for(_read(name))
    config = load_config(find_config(f'{name}.py'), options)
    relocate(config, request.data_root)
    return TrainJob(name.partition('/')[2], config)


def _weights(job: TrainJob) -> str:
    """The name of what a training leaves."""
    from vlprompt.averaging import AVERAGED, ends_averaged

    last = f'epoch_{job.config.train_cfg.max_epochs}.pth'
    return AVERAGED if ends_averaged(job.config) else last


def _read(name: str) -> Config:
    from vlprompt.apis import load_config

    return load_config(find_config(f'{name}.py'))
