"""The commands, as functions and as processes of their own."""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch

from vlprompt.user_messages import error_line

ROOT = Path(__file__).parents[2]
NUM_VIDEOS = 7


def tool(name: str) -> ModuleType:
    """The module of a command, ``'train'``."""
    return importlib.import_module(f'vlprompt.cli.{name}')


train_tool = tool('train')
test_tool = tool('test')


def train(config: str, work_dir: Path, *flags: str) -> dict:
    """Train, and return the learned weights."""
    train_tool.main([config, '--work-dir', str(work_dir), *flags])
    return learned(work_dir)


def learned(work_dir: Path) -> dict[str, torch.Tensor]:
    """The weights in the last checkpoint of a work folder."""
    path = (work_dir / 'last_checkpoint').read_text()
    return torch.load(path, weights_only=True)['state_dict']


def line_of(command: Callable, *args) -> str | None:
    """The line that a command would print for the error it raises."""
    with pytest.raises(Exception) as caught:
        command(*args)
    return error_line(caught.value)


def start(*command: str, **variables: str) -> subprocess.CompletedProcess:
    """Run a command in a process of its own, from the checkout."""
    inherited = os.environ.get('PYTHONPATH', '')
    paths = [str(ROOT), str(Path(__file__).parent), inherited]
    path = os.pathsep.join(filter(None, paths))
    env = {**os.environ, 'PYTHONPATH': path, 'OMP_NUM_THREADS': '1'}
    python = str(Path(sys.executable).parent)
    env['PATH'] = os.pathsep.join([python, env['PATH']])
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=600,
        env={**env, **variables},
    )
