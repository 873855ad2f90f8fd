"""Lists that share videos, in whole runs."""

import logging

import pytest
from commands import train
from mmengine.logging import MMLogger

pytestmark = pytest.mark.e2e

HOOK = ['--cfg-options', 'custom_hooks.2.type=TrainValOverlapHook']


def warnings_of(config, work_dir, monkeypatch, *flags):
    lines = []
    monkeypatch.setattr(
        MMLogger,
        'callHandlers',
        lambda self, r: lines.append((r.levelno, r.getMessage())),
    )
    train(config, work_dir, *HOOK, 'train_cfg.max_epochs=1', *flags)
    warnings = [text for level, text in lines if level == logging.WARNING]
    return [text for text in warnings if 'validation' in text]


def test_training_on_the_validation_list(config, tmp_path, monkeypatch):
    """The tiny config has one list for both."""
    (line,) = warnings_of(config, tmp_path, monkeypatch)
    assert line == (
        '7 of the 7 videos of validation are among the 7 of training: '
        '0.mp4, 1.mp4, 2.mp4, ...'
    )


def test_no_validation_no_warning(config, tmp_path, monkeypatch):
    assert not warnings_of(config, tmp_path, monkeypatch, '--no-validate')
