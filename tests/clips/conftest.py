"""The toy CLIP, and clips of the toy world one after the other."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from toy_scenes import SCENES, THINGS, WORLD, frames_of

from vlprompt.apis import VideoClassifier, load_config
from vlprompt.shipped import find_config
from vlprompt.toy.clip_file import expand
from vlprompt.toy.files import CLIP, SHIPPED, write_video


class Toy(NamedTuple):
    """A folder with the toy CLIP, a config of it, and videos.

    Attributes:
        folder: Where they are.
        config: ``clip_toy.py`` for this folder.
        three: A video of three scenes of 6 s each.
        clips: A video of 2 s for each thing.
    """

    folder: Path
    config: str
    three: Path
    clips: list[Path]


@pytest.fixture(scope='session')
def toy(make_once) -> Toy:
    """The toy CLIP and its videos."""

    def make(folder: Path) -> None:
        expand(SHIPPED / CLIP, folder / CLIP)
        base, clip = find_config('clip/clip_toy.py'), str(folder / CLIP)
        (folder / 'toy.py').write_text(
            f'_base_ = [{base!r}]\n'
            f'model = dict(clip=dict(pretrained={clip!r}))\n'
            'test_dataloader = dict(dataset=dict('
            f'classes={list(THINGS)!r}))\n'
        )
        scenes = [frames_of(name, 6) for name in SCENES]
        write_video(folder / 'three.mp4', np.concatenate(scenes), WORLD.fps)
        (folder / 'clips').mkdir()
        for thing, name in zip(THINGS, SCENES, strict=True):
            path = folder / 'clips' / f'{thing.replace(" ", "_")}.mp4'
            write_video(path, frames_of(name), WORLD.fps)

    folder = make_once('toy_clips', make)
    clips = [folder / f'clips/{t.replace(" ", "_")}.mp4' for t in THINGS]
    return Toy(folder, str(folder / 'toy.py'), folder / 'three.mp4', clips)


@pytest.fixture(scope='session')
def classifier(toy) -> VideoClassifier:
    """Vanilla CLIP of the toy world and three things; nobody changes it."""
    return VideoClassifier(toy.config, device='cpu', classes=THINGS)


@pytest.fixture
def mixing(toy) -> VideoClassifier:
    """A model whose tower needs the frames of a clip together."""
    torch.manual_seed(0)
    adapters = {'model.backbone.adapters': [dict(type='MessageToken')]}
    config = load_config(toy.config, adapters)
    return VideoClassifier(config, device='cpu', classes=THINGS)


@pytest.fixture
def count_frames(monkeypatch) -> Callable[[VideoClassifier], list[int]]:
    """Has a classifier note how many frames its tower gets at a time."""

    def count(classifier: VideoClassifier) -> list[int]:
        counts: list[int] = []
        forward = classifier.model.backbone.forward

        def counted(frames, prompts=None):
            counts.append(frames.shape[0] * frames.shape[1])
            return forward(frames, prompts)

        monkeypatch.setattr(classifier.model.backbone, 'forward', counted)
        return counts

    return count
