"""What a config is: its size, its cost, and what it is trained on."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mmengine.config import Config

from vlprompt.analysis.complexity import (
    build_without_weights,
    count_parameters,
    count_published_macs,
)
from vlprompt.datasets import load_class_names
from vlprompt.datasets.catalog import DATA_SETS
from vlprompt.datasets.lists.descriptions import KEYS
from vlprompt.datasets.pipelines import view_shape
from vlprompt.errors import UserError

from .published import TITLES

TOY_CLASSES = 24  # the base classes of the toy world


class Size(NamedTuple):
    """Parameters, and multiply-accumulates of one view.

    Attributes:
        parameters: All.
        learned: Those that are trained.
        macs: As published numbers are counted; without the texts.
    """

    parameters: int
    learned: int
    macs: int


class Sizes:
    """Sizes of configs; the same model is built and counted once."""

    def __init__(self) -> None:
        self.known: dict[tuple, Size] = {}

    def __call__(self, config: Config) -> Size:
        """Build the model of a config without values and count."""
        classes = class_names(config)
        key = (str(config.model), view_shape(config), len(classes or ()))
        if key not in self.known:
            self.known[key] = _measure(config, classes)
        return self.known[key]


def _measure(config: Config, classes: list[str] | None) -> Size:
    config = with_sentences(config, classes or ())
    model = build_without_weights(config, 'meta')
    if classes:
        model.set_classes(classes)
    parameters = count_parameters(model)
    macs = count_published_macs(model, view_shape(config))
    return Size(parameters.total, parameters.trainable, macs)


def with_sentences(config: Config, classes: Sequence[str]) -> Config:
    """A config whose texts, if they describe classes, say little of each.

    Descriptions are files of the user; sizes do not depend on what they say.
    """
    texts = config.get('model', {}).get('texts') or {}
    described = [key for key in KEYS if key in texts]
    if not described:
        return config
    config = copy.deepcopy(config)
    for key in described:
        config.model.texts[key] = {name: ['one', 'two'] for name in classes}
    return config


def class_names(config: Config) -> list[str] | None:
    """Names to count with: those of the validation; None for captions."""
    loader = config.get('val_dataloader') or config.test_dataloader
    classes = loader.dataset.get('classes')
    if classes is None:
        return None
    try:
        return list(load_class_names(classes))
    except UserError:  # the toy world's, which is not made yet
        return [f'class {label}' for label in range(TOY_CLASSES)]


def training(config: Config) -> dict[str, Any]:
    """Data set, epochs and batch of a config; empty if nothing is learned."""
    if not config.model.trainable:
        return {}
    return {
        'Training Data': _title(config.train_dataloader.dataset.ann_file),
        'Epochs': config.train_cfg.max_epochs,
        'Batch Size': config.auto_scale_lr.base_batch_size,
    }


def architecture(config: Config) -> str:
    """open_clip's name, or the size of a CLIP of our own."""
    arch = config.model.clip.arch
    if isinstance(arch, str):
        return arch
    vision = arch['vision_cfg']
    return f'ViT of {vision["layers"]} layers, width {vision["width"]}'


def _title(ann_file: str) -> str:
    """The data set whose folder a list is in."""
    root = Path(ann_file).parts[1]
    roots = {data.root: data.title for data in DATA_SETS.values()}
    return {**TITLES, **roots}[root]
