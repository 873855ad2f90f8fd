"""The components that docs/adding_a_component.md shows."""

import re

import pytest
import torch
from mmengine.model import BaseModule
from mmengine.registry import Registry
from tiny import CLASSES, TINY

from vlprompt.registry import MODELS


@pytest.fixture
def documented(repository, monkeypatch):
    """The classes of the page by name; they are not registered."""
    monkeypatch.setattr(
        Registry, 'register_module', lambda self: lambda cls: cls
    )
    page = (repository / 'docs/adding_a_component.md').read_text()
    names = dict(
        __name__='page', BaseModule=BaseModule, torch=torch, nn=torch.nn
    )
    for block in re.findall(r'```python\n(.*?)```', page, re.DOTALL):
        if 'class ' in block:
            exec(block, names)
    return names


def test_they_can_be_used(documented):
    model = MODELS.build(
        dict(
            type='VideoTextRecognizer',
            clip=dict(arch=TINY),
            backbone=dict(
                type='CLIPVisionTower',
                adapters=[dict(type=documented['Scale'])],
            ),
            texts=dict(type='ClassTexts', classes=CLASSES),
            pooler=dict(type=documented['MaxPooler']),
            cls_head=dict(type='SimilarityHead'),
            trainable=['backbone.adapters.*'],
        )
    )
    video = torch.randn(2, 1, 3, 4, 32, 32)
    features, _ = model.extract_feat(video, stage='backbone')
    pooled, _ = model.extract_feat(video, stage='neck')
    torch.testing.assert_close(pooled, features.frames.max(dim=1).values)
    pooled.sum().backward()
    gains = [layer[0].gain for layer in model.backbone.adapters]
    assert all(gain.grad.abs().sum() > 0 for gain in gains)
