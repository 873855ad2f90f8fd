"""One training of the toy zoo, and the tests of what it leaves."""

import json
import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.runner import Runner
from torch import Tensor, nn
from torch.utils.data import DataLoader

from vlprompt.apis import build_runner, load_config, set_work_dir
from vlprompt.apis.inference import load_learned, scope_of
from vlprompt.averaging import AVERAGED, mix
from vlprompt.averaging.clip_end import clip_end
from vlprompt.cli.train_options import set_randomness
from vlprompt.engine.unwrap import unwrap
from vlprompt.errors import UserError
from vlprompt.registry import MODELS
from vlprompt.shipped import find_config
from vlprompt.user_messages import error_line
from vlprompt.whole_files import write_text

from .configs import data_options, place_descriptions
from .files import CLIP
from .zoo_run import RESULTS, run_name
from .zoo_score import measure
from .zoo_variants import PLAIN, VARIANTS, apply, weights_of

State = Mapping[str, Tensor]
FIRST = 2  # epoch that counts in the mean
CLIP_SHARE = 0.5
NO_TRAINING = 'clip/clip_toy'


def run_cell(args: Namespace, config: str, seed: int, variant: str) -> None:
    """Train and test one variant of a method; writes a file of results.

    Of a variant that does not fit the method the file has the reason.
    """
    folder = args.out / run_name(config, seed, variant)
    folder.mkdir(parents=True, exist_ok=True)
    reason = misfit(args, config, variant)
    if reason is None:
        results = _results(args, config, seed, variant)
    else:
        results = dict(reason=reason)
    write_text(folder / RESULTS, json.dumps(results, indent=2))


def prepare(args: Namespace, config: str, variant: str) -> Config:
    """The config of a variant in a toy world.

    Raises:
        UserError: If the method has the variant already.
    """
    cfg = load_config(find_config(f'{config}.py'), _options(args, config))
    place_descriptions(cfg, args.data)
    apply(variant, cfg, args.data)
    return cfg


def misfit(args: Namespace, config: str, variant: str) -> str | None:
    """Why a variant does not fit a method; None if it does.

    The model is made, and takes a step of training and one of a test on
    frames of noise.
    """
    try:
        _try_out(prepare(args, config, variant), args.data)
    except Exception as error:
        line = error_line(error)
        if line is None or not VARIANTS[variant].change:
            raise
        return line
    return None


def _try_out(cfg: Config, data: Path) -> None:
    with scope_of(cfg):
        model = MODELS.build(cfg.model)
        lines = (data / 'base_labels.csv').read_text().splitlines()[1:]
        model.set_classes([line.partition(',')[2] for line in lines])
        batch = dict(
            inputs=[torch.zeros(1, 3, 8, 48, 48).byte()] * 2,
            data_samples=[_sample(0), _sample(1)],
        )
        model.train()
        batch = model.data_preprocessor(batch, training=True)
        model(**batch, mode='loss')
        model.eval()
        with torch.no_grad():
            model(**batch, mode='predict')


def _sample(label: int) -> ActionDataSample:
    sample = ActionDataSample()
    sample.set_gt_label(label)
    return sample


def _options(args: Namespace, config: str) -> dict[str, Any]:
    options = {
        'model.clip.pretrained': str(args.data / CLIP),
        **data_options(args.data, 'test', 'novel', 'val'),
    }
    if learns(config):
        options |= {
            **data_options(args.data, 'train', 'base', 'train'),
            'train_dataloader.batch_size': args.batch_size,
            'train_cfg.max_epochs': args.epochs,
            'default_hooks.checkpoint.interval': args.epochs,
            'default_hooks.checkpoint.save_optimizer': False,
        }
    return options


def learns(config: str) -> bool:
    """Whether a method learns anything."""
    return config != NO_TRAINING


def _results(
    args: Namespace, config: str, seed: int, variant: str
) -> dict[str, Any]:
    """The numbers of all variants that one training gives."""
    cfg = prepare(args, config, variant)
    folder = args.out / run_name(config, seed, variant)
    set_work_dir(cfg, str(folder))
    if learns(config) and variant == PLAIN:
        hook = dict(type='EpochAverageHook', first=min(FIRST, args.epochs))
        cfg.custom_hooks = [*(cfg.get('custom_hooks') or ()), hook]
    model, clip, seconds = _train(cfg, seed)
    # read once, tested with all weights
    clips = {name: _read(loader) for name, loader in _loaders(args.data, cfg)}
    learned = sum(p.numel() for p in model.parameters() if p.requires_grad)
    results = dict(learnt=learned, seconds=seconds)
    for name, weights in weights_of(variant):
        try:
            take_weights(model, weights, folder / AVERAGED, clip)
        except UserError as error:
            results[name] = dict(reason=str(error))
            continue
        results[name] = {
            part: measure(model, names, batches)
            for part, (names, batches) in clips.items()
        }
    return results


def _train(cfg: Config, seed: int) -> tuple[nn.Module, State, float]:
    """The trained model, the CLIP it started from, seconds of training."""
    if cfg.train_dataloader is None:  # nothing is learnt
        return build_runner(cfg).model, {}, 0.0
    start = time.process_time()
    set_randomness(cfg, seed, diff_rank_seed=False, deterministic=False)
    cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    runner = build_runner(cfg)
    clip = clip_end(unwrap(runner.model))
    model = unwrap(runner.train())
    return model, clip, time.process_time() - start


def take_weights(
    model: nn.Module, weights: str, averaged: Path, clip: State
) -> None:
    """Give a trained model the weights that are to be tested.

    Args:
        model: It has the last ones, or what this gave it before.
        weights: See :class:`Variant`.
        averaged: The mean over epochs, which the training has left.
        clip: What is learned of CLIP, as it was before.

    Raises:
        UserError: If there are no such weights.
    """
    if weights == 'last':
        return
    if not averaged.is_file():
        raise UserError('the method learns nothing')
    load_learned(model, str(averaged))
    if weights == 'half_clip':
        if not clip:
            raise UserError(
                'the method learns no weight of CLIP: there is nothing to mix'
            )
        shares = CLIP_SHARE, 1 - CLIP_SHARE
        states = clip, model.state_dict()
        model.load_state_dict(mix(zip(shares, states, strict=True)))


def _loaders(data: Path, cfg: Config) -> Iterator[tuple[str, DataLoader]]:
    """Base and novel clips, the latter unless classes are fixed."""
    loader = cfg.test_dataloader
    novel = 'LinearHead' not in str(cfg.model.cls_head.type)
    for classes in ('base', 'novel') if novel else ('base',):
        loader.dataset.ann_file = f'{data}/{classes}_val.txt'
        loader.dataset.classes = f'{data}/{classes}_labels.csv'
        yield classes, Runner.build_dataloader(loader)


def _read(loader: DataLoader) -> tuple[tuple[str, ...], list[dict]]:
    """The names of the classes, and all batches."""
    return loader.dataset.metainfo['classes'], list(loader)
