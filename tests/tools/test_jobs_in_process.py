"""Trainings and tests in the process of the tests, and what they leave."""

import os
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from commands import ROOT, learned
from mmengine.config import Config
from mmengine.logging import MessageHub, MMLogger
from mmengine.registry import DefaultScope
from mmengine.visualization import Visualizer

from vlprompt.errors import UserError
from vlprompt.jobs import Jobs, TestJob, TrainJob
from vlprompt.jobs.executors import InProcessExecutor, SubprocessExecutor
from vlprompt.jobs.executors.isolation import isolated

pytestmark = pytest.mark.e2e


def todo_of(config):
    train = TrainJob('train', Config.fromfile(config), ('--seed=3',))
    test = Config.fromfile(config)
    test.test_evaluator = dict(type='CountedAccMetric')
    test.randomness = dict(seed=3)  # it makes the same random CLIP
    return [train, TestJob('test', test, train)]


def test_they_give_what_processes_give(config, tmp_path, monkeypatch):
    folders = (ROOT, Path(__file__).parent)  # spy_hooks is in the second
    monkeypatch.setenv('PYTHONPATH', os.pathsep.join(map(str, folders)))
    here = Jobs(tmp_path / 'here', InProcessExecutor()).run(todo_of(config))
    there = Jobs(tmp_path / 'there', SubprocessExecutor()).run(todo_of(config))
    assert here == there
    assert here['test']['acc/scored'] == 7
    weights = learned(tmp_path / 'there/train')
    for name, value in learned(tmp_path / 'here/train').items():
        assert torch.equal(value, weights[name])
    log = (tmp_path / 'here/train/log.txt').read_text()
    assert 'Epoch(val) [2][4/4]' in log


def state():
    """What a run might change for the whole process."""
    managers = (DefaultScope, MessageHub, MMLogger, Visualizer)
    return (
        [dict(manager._instance_dict) for manager in managers],
        dict(os.environ),
        random.getstate(),
        str(np.random.get_state()),
        torch.get_rng_state().tolist(),
        torch.get_num_threads(),
        torch.backends.cudnn.deterministic,
        torch.are_deterministic_algorithms_enabled(),
    )


def test_they_leave_no_state(config, tmp_path):
    DefaultScope.get_instance('mine', scope_name='mmaction')
    MMLogger.get_instance('mine')
    before = state()
    train = TrainJob(
        'train', Config.fromfile(config), ('--seed=3', '--deterministic')
    )
    Jobs(tmp_path, InProcessExecutor()).run([train])
    assert state() == before


def test_state_that_is_restored_was_changed():
    before = state()
    with isolated():
        DefaultScope.get_instance('theirs', scope_name='mmaction')
        os.environ['THEIRS'] = '1'
        random.random()
        np.random.rand()
        torch.rand(1)
        torch.use_deterministic_algorithms(True)
        torch.set_num_threads(torch.get_num_threads() + 1)
        torch.backends.cudnn.deterministic = True
        for now, then in zip(state(), before, strict=True):
            assert now != then
    assert state() == before


@pytest.mark.parametrize(
    ('flag', 'reason'),
    [
        ('--cfg-options=model.type=Nonesuch', 'Nonesuch'),
        ('--no-such-flag', 'unrecognized arguments: --no-such-flag'),
    ],
)
def test_they_fail_as_processes_do(config, tmp_path, flag, reason, capsys):
    train = TrainJob('train', Config.fromfile(config), (flag,))
    with pytest.raises(UserError) as error:
        Jobs(tmp_path, InProcessExecutor()).run([train])
    assert reason in str(error.value)
    assert 'Traceback' not in capsys.readouterr().out
