"""The config of a training on a folder, and that of vanilla CLIP."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Sequence
from math import ceil
from pathlib import Path
from typing import Any

from mmengine.config import Config, ConfigDict

from vlprompt.apis.config import has_our_recognizer, load_config
from vlprompt.apis.mixed_precision import use_mixed_precision
from vlprompt.clip_flag import check_clip_flag
from vlprompt.datasets.pipelines import (
    count_frames,
    set_frames,
    single_view_pipeline,
)
from vlprompt.errors import UserError, suggest
from vlprompt.shipped import find_config
from vlprompt.shipped_configs import shipped_configs
from vlprompt.toy.files import CLIP, SHIPPED

from .machine import Plan

TOY = 'toy'
VALIDATIONS = 3  # while it trains
FORMS = (  # the first that there is
    '{}_b16_few_shot',
    '{}_b16_k400',
    '{}_b16_k400_zs',
)
LEARNT_PLACES = ('num_positions', 'num_frames')
# What a head has for each class that is trained.
LEARNT_CLASSES = ('num_classes', 'num_supervised')
DIRECTIONS = ('left', 'right', 'clockwise', 'counterclockwise')


def find_base(method: str, base: str | None, clip: str | None) -> Config:
    """The config that a training starts from.

    Args:
        method: ``'vilt'``, ...; a config of it for few videos is taken.
        base: A config to take in its place.
        clip: ``'toy'`` for the config of the toy world's CLIP.

    Raises:
        UserError: If there is none, or it does not train on classes.
    """
    config = load_config(base) if base else load_config(_find(method, clip))
    dataset = (config.get('train_dataloader') or {}).get('dataset') or {}
    if not has_our_recognizer(config) or 'classes' not in dataset:
        raise UserError(
            f'{base or method}: expected a config that trains a '
            'VideoTextRecognizer on classes'
        )
    if not config.model.get('trainable'):
        raise UserError(f'{base or method} learns nothing')
    return config


def _find(method: str, clip: str | None) -> str:
    files = {file.stem: file for file in _trainable()}
    forms = ('{}_toy',) if clip == TOY else FORMS
    for name in (method.lower().removesuffix('-clip'), method):
        for form in (*forms, '{}'):
            if form.format(name) in files:
                return str(files[form.format(name)])
    ends = [form.removeprefix('{}') for form in forms]
    known = {
        stem.removesuffix(end)
        for stem in files
        for end in ends
        if stem.endswith(end)
    }
    raise UserError(
        f'no method {method!r}{suggest(method, known)}; expected one of '
        f'{", ".join(sorted(known))}, or a name of `vlprompt models`'
    )


def _trainable() -> Iterator[Path]:
    for config in shipped_configs():
        captions = 'retrieval' in config.name or 'didemo' in config.name
        if config.trainable and not captions:
            yield config.file


def place_clip(config: Config, clip: str | None, out: Path) -> None:
    """Let a config use other weights of CLIP; it is changed.

    Args:
        config: The config.
        clip: A file, ``file::place``, ``'toy'`` for that of the toy world,
            or None.
        out: Where the toy world's is put.

    Raises:
        UserError: If there is no such file.
    """
    if clip == TOY:
        path = out / CLIP
        if not path.is_file():
            from vlprompt.toy.clip_file import expand

            expand(SHIPPED / CLIP, path)
        clip = str(path)
    check_clip_flag(clip)
    if clip is not None:
        path = os.path.abspath(os.path.expanduser(clip))
        config.model.clip.pretrained = path


def is_small(config: Config) -> bool:
    """Whether the towers are smaller than ViT-B/16."""
    arch = config.model.clip.arch
    return not isinstance(arch, str) and arch.vision_cfg.width < 512


def frames_of(config: Config) -> int:
    """Frames of a clip, in training."""
    return count_frames(config.train_dataloader.dataset.pipeline)


def use_plan(config: Config, plan: Plan) -> None:
    """Let a config train as planned; it is changed."""
    old = frames_of(config)
    pipelines = [
        config.train_dataloader.dataset.pipeline,
        single_view_pipeline(config),
    ]
    if plan.frames != old:
        for pipeline in pipelines:
            set_frames(pipeline, plan.frames)
        _set_places(config.model, old, plan.frames)
    config.val_dataloader.dataset.pipeline = pipelines[1]
    config.test_dataloader = copy.deepcopy(config.val_dataloader)
    config.val_evaluator = config.test_evaluator = dict(
        type='CountedAccMetric'
    )
    config.train_dataloader.batch_size = plan.batch
    for name in ('train', 'val', 'test'):
        loader = config[f'{name}_dataloader']
        loader.num_workers = plan.workers
        loader.persistent_workers = False
    _set_epochs(config, plan.epochs)
    if config.get('auto_scale_lr'):
        config.auto_scale_lr.enable = True
    if plan.amp:
        use_mixed_precision(config)


def _set_places(part: Any, old: int, new: int) -> None:
    """Let what is learned for each frame be of as many; changed in place."""
    if isinstance(part, dict):
        for key in LEARNT_PLACES:
            if part.get(key) == old:
                part[key] = new
        part = part.values()
    elif not isinstance(part, list | tuple):
        return
    for inner in part:
        _set_places(inner, old, new)


def _set_epochs(config: Config, epochs: int) -> None:
    """Stretch the schedule of a config; only the last epoch is kept.

    The best one on the validation videos would be better on these than on
    any others.
    """
    ratio = epochs / config.train_cfg.max_epochs
    config.train_cfg.max_epochs = epochs
    config.train_cfg.val_interval = ceil(epochs / VALIDATIONS)
    for scheduler in config.get('param_scheduler') or ():
        for key in ('warmup', 'begin', 'end', 'T_max'):
            if isinstance(scheduler.get(key), int | float):
                scheduler[key] *= ratio
    hook = config.default_hooks.checkpoint
    hook.update(interval=1, max_keep_ckpts=1, save_best=None)


def use_videos(
    config: Config, root: Path, out: Path, classes: Sequence[str]
) -> list[str]:
    """Let a config read the lists of a folder; it is changed.

    Returns:
        What else was changed, a line each.
    """
    for name in ('train', 'val', 'test'):
        loader = config.get(f'{name}_dataloader')
        if loader is None:
            continue
        part = 'train' if name == 'train' else 'val'
        old = loader.dataset
        loader.dataset = ConfigDict(
            type='VideoClassDataset',
            ann_file=os.path.abspath(out / f'{part}.txt'),
            classes=list(classes),
            data_prefix=dict(video=os.path.abspath(root)),
            pipeline=old.pipeline,
            test_mode=name != 'train',
        )
    for key in LEARNT_CLASSES:
        if config.model.cls_head.get(key):
            config.model.cls_head[key] = len(classes)
    words = {w for name in classes for w in name.lower().split()}
    turned = sorted(words & set(DIRECTIONS))
    pipeline = (config.get('train_dataloader') or {}).get('dataset', {})
    steps = pipeline.get('pipeline') or []
    kept = [step for step in steps if step['type'] != 'Flip']
    if not turned or len(kept) == len(steps):
        return []
    pipeline.pipeline = kept
    return [f'no mirrored clips: classes are called {", ".join(turned)}']


def vanilla(config: Config) -> Config:
    """Vanilla CLIP on the videos that a config validates with."""
    clip = copy.deepcopy(config.model.clip)
    clip.pop('finetuned', None)
    file = 'clip/clip_toy.py' if is_small(config) else 'clip/clip_b16.py'
    plain = load_config(find_config(file))
    plain.model.clip = clip
    pipeline = plain.test_dataloader.dataset.pipeline
    loader = copy.deepcopy(config.test_dataloader)
    set_frames(pipeline, count_frames(loader.dataset.pipeline))
    loader.dataset.pipeline = pipeline
    plain.test_dataloader = loader
    return plain
