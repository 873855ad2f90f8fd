"""Trainings that start from the checkpoint of other classes."""

import logging
from types import SimpleNamespace

import pytest
import torch
from mmengine.model import BaseModel
from torch import nn

from vlprompt.engine.hooks import StartFromHook
from vlprompt.errors import UserError


class Model(BaseModel):
    """A tower and a head of some classes; loads nothing in part."""

    def __init__(self, classes):
        super().__init__()
        self.tower = nn.Linear(3, 4)
        self.head = nn.Linear(4, classes)

    def forward(self, inputs):
        return self.head(self.tower(inputs))


def start(path, model, iteration=0, **kwargs):
    runner = SimpleNamespace(
        model=model, iter=iteration, logger=logging.getLogger('test')
    )
    StartFromHook(str(path), **kwargs).before_train(runner)


@pytest.fixture
def saved(tmp_path):
    torch.manual_seed(0)
    model = Model(5)
    path = tmp_path / 'epoch_10.pth'
    torch.save(dict(state_dict=model.state_dict()), path)
    return path, model


def test_all_but_the_head_is_loaded(saved):
    path, old = saved
    model = Model(2)
    before = {n: p.clone() for n, p in model.named_parameters()}
    start(path, model, leave=['head.*'])
    assert torch.equal(model.tower.weight, old.tower.weight)
    assert torch.equal(model.tower.bias, old.tower.bias)
    assert torch.equal(model.head.weight, before['head.weight'])
    assert torch.equal(model.head.bias, before['head.bias'])


def test_a_run_that_goes_on_keeps_its_weights(saved):
    path, old = saved
    model = Model(2)
    start(path, model, iteration=3, leave=['head.*'])
    assert not torch.equal(model.tower.weight, old.tower.weight)


def test_a_pattern_of_nothing_is_refused(saved):
    with pytest.raises(UserError, match='linear'):
        start(saved[0], Model(2), leave=['linear.*'])


def test_what_does_not_fit_otherwise_is_refused(saved):
    with pytest.raises(RuntimeError, match='head.weight'):
        start(saved[0], Model(2))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UserError, match='gone.pth'):
        start(tmp_path / 'gone.pth', Model(2), leave=['head.*'])
