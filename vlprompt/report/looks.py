"""What only the model itself tells: where it looks, and what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vlprompt.errors import UserError, last_line

from .clips import FRAMES, Look
from .run_folder import TestRecord

if TYPE_CHECKING:
    from mmengine.config import Config


class Loaded(NamedTuple):
    """What was found out by loading the model of a test.

    Attributes:
        look: Makes frames and attention rows; None if that is impossible.
        why_not: Why there are no attention rows.
        gmacs: Multiply-accumulates of a view in 1e9, as published numbers
            are counted; None if they could not be counted.
    """

    look: Look | None = None
    why_not: str = ''
    gmacs: float | None = None


def load(test: TestRecord) -> Loaded:
    """Load the model of a test, if what it needs is there."""
    try:
        config, checkpoint = _find(test)
    except UserError as error:
        return Loaded(why_not=str(error))
    try:
        return _load(config, checkpoint)
    except Exception as error:  # any fault of any model; the page goes on
        return Loaded(why_not=f'{type(error).__name__}: {last_line(error)}')


def _find(test: TestRecord) -> tuple[Config, str]:
    """The config that a test was run with, and its checkpoint."""
    from vlprompt.apis import load_config

    recorded = (test.facts.get('checkpoint') or {}).get('path')
    if not recorded:
        raise UserError('the checkpoint was not recorded')
    files = sorted(test.folder.glob('*/vis_data/config.py'))
    files = files[-1:] or sorted(test.folder.glob('*.py'))[:1]
    if not files:
        raise UserError('the config is not in the folder')
    checkpoint = recorded
    if recorded != 'none' and not Path(recorded).is_file():
        # The folder may have been moved since.
        beside = [*test.folder.glob(Path(recorded).name)]
        if not beside:
            raise UserError(f'the checkpoint {recorded} is not there any more')
        checkpoint = str(beside[0])
    return load_config(str(files[0])), checkpoint


def _load(config: Config, checkpoint: str) -> Loaded:
    from vlprompt.analysis.complexity import count_published_macs
    from vlprompt.apis import init_recognizer
    from vlprompt.datasets import class_names_of
    from vlprompt.datasets.pipelines import view_shape

    model = init_recognizer(config, checkpoint)
    classes = class_names_of(config.test_dataloader.dataset)
    if classes and hasattr(model, 'set_classes'):
        model.set_classes(classes)
    gmacs = count_published_macs(model, view_shape(config)) / 1e9
    if not hasattr(model, 'set_classes'):
        kind = type(model).__name__
        return Loaded(None, f'{kind} is no model of video and text', gmacs)
    return Loaded(_make_look(model, config, classes), '', gmacs)


def _make_look(model: object, config: Config, classes: tuple) -> Look:
    from mmengine.dataset import Compose

    from vlprompt.analysis.attention import relevance
    from vlprompt.analysis.targets import choose_target
    from vlprompt.apis.inference import read_video, scope_of
    from vlprompt.datasets.pipelines import single_view_pipeline
    from vlprompt.pages import evenly_spaced
    from vlprompt.visualization.frame_grid import enlarge, overlay, scale_maps

    with scope_of(config):
        pipeline = Compose(single_view_pipeline(config))

    def look(file: str, text: str) -> tuple[np.ndarray, np.ndarray] | None:
        batch = read_video(pipeline, file)
        # (1, 3, T, H, W) -> (T, H, W, 3)
        frames = batch['inputs'][0][0].permute(1, 2, 3, 0).numpy()
        batch = model.data_preprocessor(batch)
        inputs, samples = batch['inputs'], batch['data_samples']
        try:
            target = choose_target(model, inputs, samples, text, classes)
            maps = relevance(model, inputs, target.index, 'last', samples)
        except UserError:  # a tower without attention, or frames of its own
            return None
        places = evenly_spaced(len(frames), min(FRAMES, len(frames)))
        large = enlarge(frames[places])
        return large, overlay(large, scale_maps(maps.cpu().numpy()[places]))

    return look
