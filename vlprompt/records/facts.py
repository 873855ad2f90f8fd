"""What a run depends on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.dist import get_world_size
from torch.utils.data import DataLoader

from vlprompt.datasets.pipelines import count_views, view_shape
from vlprompt.datasets.readers.decoder_name import decoder_name
from vlprompt.engine.unwrap import unwrap
from vlprompt.errors import UserError
from vlprompt.file_digest import sha256_of
from vlprompt.version import __version__

if TYPE_CHECKING:
    from mmengine.runner import Runner

PACKAGES = (
    'torch',
    'mmengine',
    'mmaction2',
    'mmcv-lite',
    'mmcv',
    'open_clip_torch',
    'av',
    'numpy',
)


def facts_of_test(runner: Runner) -> dict[str, Any]:
    """What a test is of, for a file of records."""
    config = runner.cfg
    facts = _common(runner, runner.test_dataloader)
    facts |= _views(config)
    if checkpoint := config.get('load_from'):
        facts['checkpoint'] = _file(checkpoint)
    else:
        facts['checkpoint'] = dict(path='none')
    return facts


def facts_of_training(runner: Runner) -> dict[str, Any]:
    """What a training is of, for a file of records."""
    facts = _common(runner, runner.train_dataloader)
    return facts | dict(
        epochs=runner.max_epochs,
        iterations=runner.max_iters,
        resumed=bool(runner._resume),
    )


def _common(runner: Runner, loader: DataLoader) -> dict[str, Any]:
    config = runner.cfg
    dataset: Any = loader.dataset
    while hasattr(dataset, 'dataset'):  # RepeatDataset and the like
        dataset = dataset.dataset
    model = unwrap(runner.model)
    parameters = [*model.parameters()]
    texts = config.model.get('texts') or {}
    pipeline = getattr(getattr(dataset, 'pipeline', None), 'transforms', ())
    return dict(
        config=str(config.filename),
        list=_file(getattr(dataset, 'ann_file', '')),
        videos=len(dataset),
        classes=len(getattr(dataset, 'metainfo', {}).get('classes', ())),
        template=texts.get('template'),
        decoder=decoder_name(pipeline),
        seed=runner.seed,
        batch_size=loader.batch_size,
        processes=get_world_size(),
        device=_device(),
        parameters=sum(p.numel() for p in parameters),
        learned=sum(p.numel() for p in parameters if p.requires_grad),
        versions=_versions(),
    )


def _views(config: Config) -> dict[str, Any]:
    """Views, frames and size of a test; nothing where they are unknown."""
    try:
        shape = view_shape(config)
        views = count_views(config.test_dataloader.dataset.pipeline)
    except (KeyError, UserError):  # a pipeline of another kind
        return {}
    frames = shape[3] if len(shape) == 6 else shape[1]
    return dict(
        views='x'.join(map(str, views)),
        frames=frames,
        size='x'.join(map(str, shape[-2:])),
    )


def _file(path: str) -> dict[str, str]:
    """A path, and the SHA-256 of what is there."""
    if not path or not Path(path).is_file():
        return dict(path=str(path))
    return dict(path=str(path), sha256=sha256_of(path))


def _device() -> str:
    if get_device() == 'cuda':
        return torch.cuda.get_device_name()
    return get_device()


def _versions() -> dict[str, str]:
    found = dict(vlprompt=__version__, python=platform.python_version())
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
