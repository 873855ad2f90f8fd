"""Training on embeddings of frames that are computed once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import torch
from mmengine.config import Config, ConfigDict
from mmengine.dataset import Compose
from torch import nn

from vlprompt.apis.inference import init_recognizer, scope_of
from vlprompt.clips.encoding import encode
from vlprompt.clips.find_sources import find_sources
from vlprompt.clips.in_order import (
    Broken,
    OnError,
    handle,
    read_in_order,
)
from vlprompt.clips.readings import read_whole
from vlprompt.clips.steps import TestSteps
from vlprompt.datasets.feature_store import FeatureStore
from vlprompt.datasets.pipelines import single_view_pipeline
from vlprompt.errors import UserError
from vlprompt.models import CLIPVisionTower
from vlprompt.models.trainable_state import fingerprint
from vlprompt.toy.progress import Display

from .divide import Placed
from .split_files import SPLIT

FOLDER = 'features'
AT_ONCE = 8  # videos
IN_A_FILE = 64  # videos


def store_features(
    config: Config,
    root: Path,
    out: Path,
    videos: Sequence[Placed],
    workers: int,
    display: Display,
) -> None:
    """Encode videos, and let a config train on that; the config is changed.

    What is encoded is the view that the model is validated with, so nothing
    is augmented.  The test of the config still reads the videos.

    Args:
        config: That of the training.
        root: The folder of the videos.
        out: The folder of results.
        videos: Those of training and validation.
        workers: Videos that are read at the same time.
        display: What lines are printed to.

    Raises:
        UserError: If the model learns something in or before the vision
            tower, or looks at more than the embeddings of frames.
    """
    files = {v.digest: os.path.join(root, v.path) for v in videos}
    fill_store(config, out / FOLDER, files, workers, display)
    for line in _use(config, root, out):
        display.say(f'  {line}')


def fill_store(
    config: Config,
    folder: Path,
    files: Mapping[str, str],
    workers: int,
    display: Display,
    on_error: OnError = 'stop',
) -> None:
    """Encode the videos that a store lacks.

    Args:
        config: Has the vision tower, and the view that is encoded.
        folder: Of the store.
        files: The videos by their digests.
        workers: Videos that are read at the same time.
        display: What lines are printed to.
        on_error: What is done with one that cannot be read, see
            :func:`vlprompt.clips.in_order.handle`.

    Raises:
        UserError: As :func:`store_features`.
    """
    model = init_recognizer(config, 'none')
    check_frozen(model)
    store = FeatureStore(folder, _maker(config, model))
    missing = {d: file for d, file in files.items() if d not in store}
    rows = _encode(config, model, missing, workers, on_error)
    with display.live(), display.stage('encode', 'videos') as stage:
        stage.expect(len(missing))
        while some := dict(islice(rows, IN_A_FILE)):
            store.add(some)
            stage.advance(len(some))


def check_frozen(model: nn.Module) -> None:
    """Whether nothing that is learnt changes the embeddings of frames.

    Raises:
        UserError: If something does, or if more than they are read.
    """
    tower = model.backbone
    learnt = [n for n, p in tower.named_parameters() if p.requires_grad]
    reason = None
    if learnt:
        reason = (
            f'this method learns in the vision tower (backbone.{learnt[0]}'
        )
        reason += f' and {len(learnt) - 1} more)' if learnt[1:] else ')'
    elif model.prompts is not None and model.prompts.prompted('visual'):
        reason = 'this method learns prompts of the vision tower'
    elif not isinstance(tower, CLIPVisionTower):
        reason = f'{type(tower).__name__} is no CLIPVisionTower'
    elif model.conditioner is not None:
        reason = f'{type(model.conditioner).__name__} reads the patches'
    if reason:
        raise UserError(
            f'--cache-features needs a vision tower that stays as it is, but '
            f'{reason}; --method a5 and vifi_text learn behind it'
        )


def _maker(config: Config, model: nn.Module) -> dict:
    """What embeddings depend on beside the video, as JSON has it."""
    return dict(
        tower=bytes(fingerprint(model.backbone.state_dict()).tolist()).hex(),
        backbone=repr(config.model.backbone),
        pipeline=repr(single_view_pipeline(config)),
        preprocessor=repr(config.model.get('data_preprocessor')),
        precision=str(config.model.get('frozen_dtype')),
    )


@torch.inference_mode()
def _encode(
    config: Config,
    model: nn.Module,
    files: Mapping[str, str],
    workers: int,
    on_error: OnError,
) -> Iterator[tuple[str, torch.Tensor]]:
    """The digests and (V, T, E) embeddings of the videos that can be read."""
    if not files:
        return
    with scope_of(config):
        steps = TestSteps(Compose(single_view_pipeline(config)))
    read = partial(read_whole, steps=steps)
    items = read_in_order(find_sources([*files.values()]), read, workers)
    digests = iter(files)
    for batch in encode(model, items, AT_ONCE):
        if isinstance(batch, Broken):
            handle(batch, on_error)
            next(digests)
            continue
        # (B * V, T, E) -> (B, V, T, E)
        rows = batch.visual.frames.unflatten(0, (len(batch.clips), -1))
        some = [*islice(digests, len(rows))]
        yield from zip(some, rows.float().cpu(), strict=True)


def _use(config: Config, root: Path, out: Path) -> list[str]:
    """Let a config train and validate on what was encoded.

    Returns:
        What was changed beside, a line each.
    """
    said = ['features of one view of each video: clips are not augmented']
    config.model.backbone.type = 'StoredFramesTower'
    preprocessor = config.model.setdefault('data_preprocessor', ConfigDict())
    preprocessor.type = 'FramesPreprocessor'
    if preprocessor.pop('blending', None):
        said.append('videos are not mixed with each other')
    load = dict(
        type='LoadFrameFeatures',
        folder=os.path.abspath(out / FOLDER),
        root=os.path.abspath(root),
        split=os.path.abspath(out / SPLIT),
    )
    for name in ('train', 'val'):
        loader = config[f'{name}_dataloader']
        loader.dataset.pipeline = [load, loader.dataset.pipeline[-1]]
        loader.num_workers = 0
    return said
