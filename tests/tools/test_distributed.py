"""Several processes, without GPUs: the same result as one."""

import json
import os
import pickle
import sys

import pytest
import torch
from commands import (
    NUM_VIDEOS,
    ROOT,
    learned,
    line_of,
    start,
    test_tool,
    train,
    train_tool,
)
from mmengine.config import Config
from two_processes import run_two

from vlprompt.cli.processes import set_up_processes

# Of 7 videos 2 processes would repeat one, where 1 process repeats none.
EVEN = 'train_dataloader.dataset.indices=6'


def losses(work_dir, rank):
    return json.loads((work_dir / f'losses_{rank}.json').read_text())


@pytest.fixture(scope='module')
def two(world, tmp_path_factory):
    """The work folder of a training in two processes."""
    work_dir = tmp_path_factory.mktemp('two')
    result = start(
        'bash',
        ROOT / 'tools/dist_train.sh',
        world / 'tiny.py',
        '2',
        '--work-dir',
        work_dir,
        '--seed',
        '1',
        '--cfg-options',
        'train_dataloader.batch_size=1',
        EVEN,
    )
    assert result.returncode == 0, result.stderr
    return work_dir


@pytest.mark.e2e
def test_two_processes_train_like_one(config, two, tmp_path):
    """The same global batches, losses and weights; shards of the texts."""
    one = tmp_path / 'one'
    weights = train(config, one, '--seed', '1', '--cfg-options', EVEN)
    of_both = torch.tensor([losses(two, 0), losses(two, 1)])
    of_one = torch.tensor(losses(one, 0))
    assert not torch.allclose(of_both[0], of_both[1])
    torch.testing.assert_close(of_both.mean(0), of_one, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(learned(two), weights, rtol=1e-4, atol=1e-5)


@pytest.mark.e2e
def test_accumulation_in_two_processes_is_that_of_one(config, two, tmp_path):
    """Texts once an update in two, once a batch in one process.

    Of the 6 batches of 2 epochs the groups of 4 are 4 and 2; a validation
    with the same classes comes in the midst of the second group.
    """
    flags = ['--cfg-options', EVEN, 'optim_wrapper.accumulative_counts=4',
             'train_cfg.val_interval=1']  # fmt: skip
    weights = train(config, tmp_path / 'one', '--seed', '1', *flags)
    out = tmp_path / 'two'
    run_two(
        train_tool.main, out, config, '--work-dir', out, '--seed', '1',
        *flags, 'train_dataloader.batch_size=1',
        'custom_hooks.2.type=SharedTextHook',
    )  # fmt: skip
    torch.testing.assert_close(learned(out), weights, rtol=1e-4, atol=1e-5)
    pairs = zip(learned(two).values(), weights.values(), strict=True)
    assert any(not torch.allclose(*pair) for pair in pairs)


@pytest.mark.e2e
def test_two_processes_score_every_video_once(config, two, tmp_path):
    """7 videos in 2 processes; one of the two gets a video twice."""
    checkpoint = str(two / 'epoch_2.pth')
    flags = ['--cfg-options', 'randomness.seed=1']
    expected = test_tool.main([config, checkpoint, *flags])
    result = start(
        'bash',
        ROOT / 'tools/dist_test.sh',
        config,
        checkpoint,
        '2',
        '--dump',
        tmp_path / 'scores.pkl',
        *flags,
        '--work-dir',
        tmp_path,
    )
    assert result.returncode == 0, result.stderr
    (report,) = tmp_path.glob('*/*.json')
    metrics = json.loads(report.read_text())
    assert {k: metrics[k] for k in expected} == pytest.approx(expected)
    with open(tmp_path / 'scores.pkl', 'rb') as file:
        assert len(pickle.load(file)) == NUM_VIDEOS


@pytest.mark.e2e
def test_a_model_that_learns_nothing_runs_in_two_processes(config, tmp_path):
    flags = ['--cfg-options', 'randomness.seed=1', 'model.trainable=[]']
    expected = test_tool.main([config, *flags])
    run_two(
        test_tool.main, tmp_path / 'logs', config, 'none', *flags,
        '--work-dir', tmp_path,
    )  # fmt: skip
    metrics = json.loads((tmp_path / 'metrics.json').read_text())
    assert metrics.pop('decoder').startswith('VideoInit, PyAV')
    assert metrics == pytest.approx(expected)


@pytest.mark.e2e
def test_an_error_of_all_processes_is_reported_once(config, tmp_path):
    result = start(
        'bash',
        ROOT / 'tools/dist_train.sh',
        config,
        '2',
        '--work-dir',
        tmp_path,
        '--cfg-options',
        'model.prompts.depth=9',
    )
    assert result.returncode == 2
    assert result.stderr.count('error: ') == 1
    assert 'Traceback' not in result.stderr


SRUN = """#!/usr/bin/env bash
echo "$@" > srun_arguments
while [[ $1 == -* ]]; do shift; done
SLURM_PROCID=0 SLURM_NTASKS=1 SLURM_LOCALID=0 SLURM_NODELIST=n[1-1] "$@"
"""
SCONTROL = """#!/usr/bin/env bash
[[ $* == "show hostnames n[1-1]" ]] && echo 127.0.0.1
"""


@pytest.mark.e2e
def test_slurm(config, two, tmp_path, monkeypatch):
    """One task on a machine without GPUs; srun and scontrol are stand-ins."""
    for name, text in (('srun', SRUN), ('scontrol', SCONTROL)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv('PATH', str(tmp_path), prepend=os.pathsep)
    result = start(
        'bash',
        ROOT / 'tools/slurm_train.sh',
        'cpus',
        'a job',
        config,
        tmp_path / 'out',
        '--seed',
        '1',
        GPUS='1',
        CPUS_PER_TASK='2',
        SRUN_ARGS='--gres=none --mem=1G',
    )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / 'out/epoch_2.pth').exists()
    arguments = (tmp_path / 'srun_arguments').read_text()
    expected = '--ntasks=1 --ntasks-per-node=1 --cpus-per-task=2'
    assert expected in arguments
    assert f'--gres=none --mem=1G {sys.executable} -u' in arguments


@pytest.mark.parametrize(
    ('launcher', 'variables', 'expected'),
    [
        ('none', dict(WORLD_SIZE='2'), 'add --launcher pytorch'),
        ('pytorch', {}, 'needs RANK, WORLD_SIZE, LOCAL_RANK'),
        ('slurm', dict(SLURM_PROCID='0'), 'SLURM_NTASKS, SLURM_LOCALID'),
        ('mpi', {}, 'OMPI_COMM_WORLD_RANK'),
    ],
)
def test_wrong_launcher(monkeypatch, launcher, variables, expected):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert expected in line_of(set_up_processes, Config(), launcher)


def test_more_processes_than_gpus(monkeypatch):
    place = dict(RANK='1', WORLD_SIZE='2', LOCAL_RANK='1')
    for name, value in place.items():
        monkeypatch.setenv(name, value)
    where = 'vlprompt.cli.processes'
    monkeypatch.setattr(f'{where}.get_device', lambda: 'cuda')
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 1)
    line = line_of(set_up_processes, Config(), 'pytorch')
    assert 'process 2 on a machine with 1 visible GPU' in line
