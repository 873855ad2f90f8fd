"""A tiny model on tiny videos."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch
from averaged_runs import AVERAGE, BETWEEN, make_clip, options
from commands import NUM_VIDEOS, train
from mmengine.logging import MessageHub, MMLogger
from mmengine.registry import DefaultScope
from mmengine.visualization import Visualizer

from tools.benchmark.reliability.small_world import MODEL_AND_TRANSFORMS

CLASSES = ('running', 'jumping', 'riding a bike')

HEAD = """
default_scope = 'vlprompt'
custom_imports = dict(
    imports=['vlprompt', 'spy_hooks'], allow_failed_imports=False)
"""
REST = """\
dataset = dict(
    type='VideoClassDataset', ann_file='{root}/list.txt',
    classes={classes}, data_prefix=dict(video='{root}/videos'))
train_dataloader = dict(
    batch_size=2, num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        **dataset, pipeline=decode + [dict(type='Flip')] + pack))
val_dataloader = dict(
    batch_size=2, num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**dataset, test_mode=True, pipeline=decode + pack))
test_dataloader = val_dataloader
val_evaluator = dict(type='AccMetric')
test_evaluator = val_evaluator
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=2, val_interval=2)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='AdamW', lr=0.1))
auto_scale_lr = dict(base_batch_size=4)
custom_hooks = [dict(type='ClassNamesHook'), dict(type='EpochSeedHook'),
                dict(type='LossSpy')]
"""
CONFIG = HEAD + MODEL_AND_TRANSFORMS + REST


def _write_video(path: Path, rng: np.random.Generator) -> None:
    """12 frames of a square that moves over a plain background."""
    codec = cv2.VideoWriter_fourcc(*'mp4v')
    writer = cv2.VideoWriter(str(path), codec, 10, (64, 48))
    color = rng.integers(0, 256, 3)
    for t in range(12):
        frame = np.full((48, 64, 3), color, np.uint8)
        frame[10:30, 4 * t : 4 * t + 16] = 255 - color
        writer.write(frame)
    writer.release()


@pytest.fixture(scope='session')
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with videos, their list, and ``tiny.py``, a config."""
    root = tmp_path_factory.mktemp('world')
    (root / 'videos').mkdir()
    rng = np.random.default_rng(0)
    for i in range(NUM_VIDEOS):
        _write_video(root / f'videos/{i}.mp4', rng)
    lines = [f'{i}.mp4 {i % 3}' for i in range(NUM_VIDEOS)]
    (root / 'list.txt').write_text('\n'.join(lines))
    config = CONFIG.format(root=root, classes=CLASSES)
    (root / 'tiny.py').write_text(config)
    return root


@pytest.fixture
def config(world: Path) -> str:
    """The path of the config."""
    return str(world / 'tiny.py')


@pytest.fixture(scope='session')
def averaged_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The weights of a tiny CLIP."""
    path = tmp_path_factory.mktemp('clip') / 'clip.safetensors'
    make_clip(path)
    return path


@pytest.fixture(scope='session')
def averaged(world: Path, averaged_clip: Path, tmp_path_factory):
    """A training of three epochs, averaged, between CLIP and the weights."""
    folder = tmp_path_factory.mktemp('averaged')
    flags = options(averaged_clip, *AVERAGE, *BETWEEN)
    config = str(world / 'tiny.py')
    train(config, folder, '--seed', '1', *flags)
    return SimpleNamespace(
        folder=folder,
        config=config,
        list=str(world / 'list.txt'),
        flags=options(averaged_clip),
    )


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Sums in one order, as in the processes that the tests start."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run in an empty folder, and leave no state of a run behind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(Path(__file__).parent)
    monkeypatch.delenv('VLPROMPT_TRACE', raising=False)
    for manager in (DefaultScope, MessageHub, MMLogger, Visualizer):
        manager._instance_dict.clear()
