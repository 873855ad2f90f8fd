"""The variants of the toy zoo: what is added to a method, one at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vlprompt.errors import UserError

if TYPE_CHECKING:
    from mmengine.config import Config

DESCRIPTIONS = 'descriptions.json'  # of the toy world
DISTILLATION = 'FeatureDistillationLoss'
SHARING = ('NeighborKV', 'HeadShift')
# What compares with sentences where this compares with names.
DESCRIBED = {
    'ClassTexts': 'DescriptionTexts',
    'SampledClassTexts': 'DescriptionTexts',
    'BatchLabelTexts': 'BatchDescriptionTexts',
    'RandomTemplateTexts': 'TemplatedDescriptionTexts',
}
NUMBER = re.compile(r'\[\d+\]')  # learnable tokens that start from no words
PLAIN = 'plain'


class Variant(NamedTuple):
    """Something that can be added to any method.

    Attributes:
        title: What it is, above its table.
        note: The same in a sentence.
        change: Changes a config; raises a UserError if the method has it
            already or cannot have it.  None where nothing is changed.
        weights: Which of the weights that a training leaves are tested:
            the last ones, their mean over epochs, or half of it and half
            of CLIP.
        order: Whether it shows a method the order of frames.
    """

    title: str
    note: str
    change: Callable[[Config, Path], None] | None = None
    weights: str = 'last'
    order: bool = False


def distil(config: Config, data: Path) -> None:
    """Hold features near those of the frozen CLIP, as FROSTER does."""
    model = config.model
    if not model.trainable:
        raise UserError('the method learns nothing')
    losses = model.cls_head.get('regularizers') or {}
    if DISTILLATION in (loss['type'] for loss in losses.values()):
        raise UserError(f'the method itself has {DISTILLATION}')
    losses['distillation'] = dict(type=DISTILLATION)
    model.cls_head.regularizers = losses
    model.trainable = [*model.trainable, 'cls_head.regularizers.*']
    template = (model.get('texts') or {}).get('template')
    if 'teacher' not in model and NUMBER.search(str(template)):
        texts = dict(type='ClassTexts', template='a video of a {}.')
        model.teacher = dict(texts=texts)


def describe(config: Config, data: Path) -> None:
    """Compare with sentences about the classes; prompts stay around them."""
    texts = config.model.get('texts') or dict(type='ClassTexts')
    kind = texts['type']
    if kind not in DESCRIBED:
        raise UserError(f'{kind} reads descriptions already')
    described = dict(
        _delete_=True,
        type=DESCRIBED[kind],
        descriptions=str(data / DESCRIPTIONS),
    )
    template = texts.get('template')
    if isinstance(template, str) and '[' in template:
        described['template'] = template.replace('{}', '{name}: {text}')
    if 'anchor_template' in texts:
        described['anchor_template'] = texts['anchor_template']
    config.merge_from_dict({'model.texts': described})


def share_neighbors(config: Config, data: Path) -> None:
    """Let frames attend to those beside them, as Open-VCLIP does."""
    _share(config, 'NeighborKV')


def shift_heads(config: Config, data: Path) -> None:
    """Let some heads attend to the frame before or after, as ZeroI2V does."""
    _share(config, 'HeadShift')


def _share(config: Config, kind: str) -> None:
    backbone = config.model.backbone
    adapters = list(backbone.get('adapters') or ())
    for adapter in adapters:
        if adapter['type'] in SHARING:
            raise UserError(f'the method itself has {adapter["type"]}')
    backbone.adapters = [*adapters, dict(type=kind)]


VARIANTS = {
    PLAIN: Variant('as published', 'the config as it is.'),
    'averaging': Variant(
        'mean over epochs',
        'the mean of the weights at the ends of epochs 2 to the last '
        '(`EpochAverageHook`); the same training as *plain*.',
        weights='averaged',
    ),
    'half-clip': Variant(
        'mean over epochs, and half of CLIP',
        'half of that mean and half of CLIP, where weights of CLIP are '
        'learnt; the same training as *plain*.',
        weights='half_clip',
    ),
    'distillation': Variant(
        'held near the frozen CLIP',
        "FROSTER's loss on frames and texts (`FeatureDistillationLoss`).",
        distil,
    ),
    'descriptions': Variant(
        'sentences about the classes',
        "the world's `descriptions.json` in place of the names, `{name}: "
        '{text}`, in the same prompts if there are some; other templates of '
        'a method are left out.',
        describe,
    ),
    'sharing': Variant(
        'frames attend to their neighbors',
        "Open-VCLIP's `NeighborKV` in the vision tower; the neighbors are a "
        'set, in which the order is not seen.',
        share_neighbors,
    ),
    'shift': Variant(
        'heads attend to the frame before or after',
        "ZeroI2V's `HeadShift` in the vision tower, which does see the order.",
        shift_heads,
        order=True,
    ),
}


def training_of(variant: str) -> str:
    """The variant whose training has the weights that a variant tests."""
    return PLAIN if VARIANTS[variant].change is None else variant


def trainings_of(variants: list[str]) -> list[str]:
    """What must be trained to have some variants, in their order."""
    return list(dict.fromkeys(map(training_of, variants)))


def apply(variant: str, config: Config, data: Path) -> None:
    """Add a variant to the config of a method.

    Raises:
        UserError: If the method has it already or cannot have it.
    """
    change = VARIANTS[variant].change
    if change is not None:
        change(config, data)


def weights_of(training: str) -> Iterator[tuple[str, str]]:
    """The variants that one training gives, with the weights they test."""
    for name, variant in VARIANTS.items():
        if training_of(name) == training:
            yield name, variant.weights
