"""Whether frames are prepared as the images a CLIP was trained on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from mmengine.config import Config
from mmengine.logging import print_log

from vlprompt.datasets.resizing import resizing

from .config import has_our_recognizer

if TYPE_CHECKING:
    from vlprompt.models.clip.preprocessing import Preprocessing

LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')
TOLERANCE = 0.5  # of 255: what is rounded in configs
SQUASH = "dict(type='PILResize', scale=({0}, {0}), keep_ratio=False)"
SHORTEST = "dict(type='PILResize', scale=(-1, {0})) and a CenterCrop"


def warn_of_other_preprocessing(config: Config) -> None:
    """Say in one line where a config disagrees with the tag of its CLIP.

    Published methods do so on purpose; a mistake looks the same.  Nothing is
    said of files whose preprocessing is not known.
    """
    from vlprompt.models.clip.preprocessing import preprocessing_of

    clip = (config.get('model') or {}).get('clip')
    if not clip or not has_our_recognizer(config):
        return
    own = preprocessing_of(clip.get('arch'), clip.get('pretrained'))
    found = [] if own is None else [*_differences(config, own)]
    if found:
        _warn(f'not as CLIP {clip.pretrained} was trained: {"; ".join(found)}')


@cache
def _warn(line: str) -> None:
    print_log(line, logger='current', level=logging.WARNING)


def _differences(config: Config, own: Preprocessing) -> Iterator[str]:
    given = config.model.get('data_preprocessor') or {}
    if not given.get('from_clip'):
        wrong = [
            f'{name} is {_short(given.get(name))}, its own {_short(values)}'
            for name, values in (('mean', own.mean), ('std', own.std))
            if not _close(given.get(name), values)
        ]
        if wrong:
            yield (
                f'{", ".join(wrong)} '
                '(data_preprocessor=dict(from_clip=True) takes these)'
            )
    for name in LOADERS:
        dataset = (config.get(name) or {}).get('dataset') or {}
        for step in resizing(dataset.get('pipeline') or ()):
            if step.interpolation != own.interpolation:
                yield (
                    f'{step.kind} in {name} is {step.interpolation}, its own '
                    f'{own.interpolation} (PILResize is bicubic and smooths '
                    'as its own does)'
                )
            if name != LOADERS[0] and step.mode != own.resize_mode:
                how = dict(squash=SQUASH, shortest=SHORTEST)
                text = how.get(own.resize_mode, '').format(step.size)
                yield (
                    f'{step.kind} in {name} has mode {step.mode}, its own '
                    f'{own.resize_mode}' + (f' ({text})' if text else '')
                )


def _close(given: list | None, own: tuple[float, ...]) -> bool:
    if given is None or len(given) != len(own):
        return False
    pairs = zip(given, own, strict=True)
    return all(abs(a - b) <= TOLERANCE for a, b in pairs)


def _short(values: list | tuple | None) -> str:
    if values is None:
        return 'not given'
    return f'({", ".join(f"{value:.1f}" for value in values)})'
