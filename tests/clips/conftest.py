"""The toy CLIP, and clips of the toy world one after the other."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from toy_scenes import THINGS, write_toy

from vlprompt.apis import VideoClassifier, load_config


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

    classes = f'classes={list(THINGS)!r}'
    more = f'test_dataloader = dict(dataset=dict({classes}))\n'
    folder = make_once('toy_clips', partial(write_toy, more=more))
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
