"""The trackers there are, and a config that uses some of them."""

from __future__ import annotations

import importlib
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlprompt.errors import UserError
from vlprompt.file_digest import sha256_of
from vlprompt.missing_packages import missing_package_line

if TYPE_CHECKING:
    from mmengine.config import Config

# Names of --track: MMEngine's backend, and what it imports.
TRACKERS = {
    'tensorboard': ('TensorboardVisBackend', 'tensorboard'),
    'wandb': ('WandbVisBackend', 'wandb'),
    'mlflow': ('MLflowVisBackend', 'mlflow'),
}
PROJECT = 'vlprompt'
KIND = 'vlprompt.Tracker'


def add_track_argument(parser: ArgumentParser) -> None:
    """Add ``--track``, which may be given several times."""
    parser.add_argument(
        '--track',
        action='append',
        choices=sorted(TRACKERS),
        help='send config and metrics of trainings to a tracker as well '
        '(extra `track`); may be given several times',
    )


def check_trackers(names: Sequence[str]) -> None:
    """Refuse trackers whose packages are not installed.

    Raises:
        UserError: It names the extra that has the package.
    """
    for name in names:
        try:
            importlib.import_module(TRACKERS[name][1])
        except ImportError as error:
            line = missing_package_line(error)
            raise UserError(f'--track {name}: {line}') from error


def use_trackers(config: Config, names: Sequence[str]) -> None:
    """Let a run be followed by these trackers, besides its own log.

    Those of an earlier run, whose config this may be, are left out.

    Args:
        config: Changed in place; its ``work_dir`` names the run.
        names: Of ``TRACKERS``.

    Raises:
        UserError: As :func:`check_trackers`.
    """
    names = [*dict.fromkeys(names)]
    check_trackers(names)
    visualizer = dict(config.get('visualizer') or dict(type='Visualizer'))
    given = visualizer.get('vis_backends') or [dict(type='LocalVisBackend')]
    own = [
        backend
        for backend in given
        if not isinstance(backend, dict) or backend.get('type') != KIND
    ]
    if not names and len(own) == len(given):
        return
    visualizer['vis_backends'] = [
        *own,
        *(_tracker(name, config) for name in names),
    ]
    config.visualizer = visualizer


def _tracker(name: str, config: Config) -> dict[str, Any]:
    run = Path(config.work_dir).name
    options = dict(
        tensorboard={},
        wandb=dict(init_kwargs=dict(project=PROJECT, name=run)),
        # The config is kept as a file: it has more keys, and longer ones,
        # than MLflow takes as parameters.
        mlflow=dict(
            exp_name=PROJECT,
            run_name=run,
            tracked_config_keys=[],
            artifact_suffix=('.json', '.log'),
        ),
    )
    backend = dict(type=TRACKERS[name][0], **options[name])
    return dict(
        type=KIND,
        tracker=name,
        backend=backend,
        facts=list_hashes(config),
    )


def list_hashes(config: Config) -> dict[str, str]:
    """The SHA-256 of the lists of a training, by the loader's name."""
    from vlprompt.apis.inputs import LIST, inputs_of

    return {
        f'{loader}_list': f'{Path(path).name} {sha256_of(path)}'
        for loader in ('train', 'val')
        for kind, path in inputs_of(config, loader)
        if kind == LIST and Path(path).is_file()
    }
