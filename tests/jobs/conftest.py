"""Jobs whose commands are stand-ins."""

from pathlib import Path

import pytest
from mmengine.config import Config

from vlprompt.jobs import TestJob, TrainJob


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent)


@pytest.fixture
def config(tmp_path):
    (tmp_path / 'list.txt').write_text('a.mp4 0')
    dataset = dict(
        ann_file=str(tmp_path / 'list.txt'),
        data_prefix=dict(video=str(tmp_path)),
    )
    loader = dict(dataset=dataset)
    return Config(
        dict(
            train_dataloader=loader,
            val_dataloader=loader,
            test_dataloader=loader,
        )
    )


@pytest.fixture
def todo(config):
    """A training and its test."""
    train = TrainJob('train', config, ('--seed=0',))
    return [train, TestJob('test', config, train)]
