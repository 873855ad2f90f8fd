"""Trained models of the toy world, made without training."""

from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner.checkpoint import get_state_dict

from vlprompt.apis import init_recognizer, load_config
from vlprompt.toy.clip_file import expand
from vlprompt.toy.files import CLIP, SHIPPED, write_video

CLASSES = ['red star', 'blue heart', 'green arrow']
VIDEO = 'noise.mp4'


def toy_config(name: str, folder: Path) -> Config:
    """A toy config with the shipped CLIP, put into a folder, and 3 classes."""
    clip = folder / CLIP
    if not clip.is_file():
        expand(SHIPPED / CLIP, clip)
    config = load_config(
        f'vlprompt::{name}.py', {'model.clip.pretrained': str(clip)}
    )
    for loader in ('train', 'val', 'test'):
        if config.get(f'{loader}_dataloader'):
            config[f'{loader}_dataloader'].dataset.classes = CLASSES
    if config.model.cls_head.type == 'LinearHead':
        config.model.cls_head.num_classes = len(CLASSES)
    return config


def train(config: Config, folder: Path) -> str:
    """A checkpoint of random weights, as a training writes it."""
    torch.manual_seed(1)
    model = init_recognizer(config, 'none', 'cpu')
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(0.05 * torch.randn_like(parameter))
    path = folder / 'epoch_1.pth'
    meta = dict(seed=0, dataset_meta=dict(classes=CLASSES))
    torch.save(dict(meta=meta, state_dict=get_state_dict(model)), path)
    return str(path)


def make_video(folder: Path) -> str:
    """A file of random frames."""
    frames = np.random.default_rng(0).integers(0, 256, (20, 64, 80, 3))
    path = folder / VIDEO
    write_video(path, frames.astype(np.uint8), 10)
    return str(path)
