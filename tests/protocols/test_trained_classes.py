"""Checkpoints are tested on the classes they were trained on."""

import pytest
import torch
from mmengine.config import Config

from vlprompt.datasets import load_class_names
from vlprompt.errors import UserError
from vlprompt.protocols.train_and_test import check_classes


@pytest.fixture
def checkpoint(tmp_path):
    """Of a training whose class names were cleaned."""
    classes = load_class_names('ucf101', 'camel')
    assert classes[0] == 'apply eye makeup'
    path = tmp_path / 'epoch_1.pth'
    meta = dict(dataset_meta=dict(classes=classes))
    weights = dict(scale=torch.ones(1))
    torch.save(dict(state_dict=weights, meta=meta), path)
    return str(path)


def config_of(**dataset):
    return Config(dict(test_dataloader=dict(dataset=dataset)))


def test_cleaned_names_are_compared_with_cleaned_names(checkpoint):
    check_classes(checkpoint, config_of(classes='ucf101', text_clean='camel'))
    with pytest.raises(UserError, match='101 classes, this test has 101'):
        check_classes(checkpoint, config_of(classes='ucf101'))


def test_other_classes_are_refused(checkpoint):
    with pytest.raises(UserError, match='101 classes, this test has 51'):
        check_classes(checkpoint, config_of(classes='hmdb51'))
    check_classes('none', config_of(classes='hmdb51'))
