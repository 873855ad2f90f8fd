"""One of two processes dies: the other ends, and one line says so."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.e2e]
ROOT = Path(__file__).parents[2]
LIMIT = 30  # seconds
TRAIN = [sys.executable, '-m', 'vlprompt', 'train']
KILL = (
    'custom_hooks.2.type=Killer',
    'custom_hooks.2.epoch=0',
    'custom_hooks.2.iteration=1',
    'custom_hooks.2.rank=1',
    'train_dataloader.batch_size=1',
)


def environment(**variables):
    paths = [str(ROOT), str(Path(__file__).parent)]
    return {
        **os.environ,
        'PYTHONPATH': os.pathsep.join(paths),
        'OMP_NUM_THREADS': '1',
        **variables,
    }


def ended_at(work_dir):
    """When the process that was killed said so."""
    return (work_dir / 'killed').stat().st_mtime


def check(errors, took):
    lines = [line for line in errors.splitlines() if 'error: ' in line]
    assert len(lines) == 1 and 'Traceback' not in errors, errors
    assert took < LIMIT
    return lines[0]


def test_with_the_launcher(config, tmp_path):
    command = [*TRAIN, config, '--gpus', '2', '--work-dir', str(tmp_path)]
    done = subprocess.run(
        [*command, '--cfg-options', *KILL],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment(),
    )
    line = check(done.stderr, time.time() - ended_at(tmp_path))
    assert line == 'error: process 1 ended by SIGKILL'
    assert done.returncode == 128 + signal.SIGKILL


def test_without_it(config, tmp_path):
    """As under another launcher, which ends nobody."""
    with socket.create_server(('127.0.0.1', 0)) as server:
        port = str(server.getsockname()[1])
    place = dict(MASTER_ADDR='127.0.0.1', MASTER_PORT=port, WORLD_SIZE='2')
    command = [*TRAIN, config, '--launcher', 'pytorch']
    command += ['--work-dir', str(tmp_path), '--cfg-options', *KILL]
    processes = [
        subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(RANK=str(r), LOCAL_RANK=str(r), **place),
        )
        for r in range(2)
    ]
    _, errors = processes[0].communicate(timeout=300)
    took = time.time() - ended_at(tmp_path)
    processes[1].communicate(timeout=60)
    assert 'connection to another process is lost' in check(errors, took)
    assert processes[0].returncode == 2
    assert processes[1].returncode == -signal.SIGKILL
