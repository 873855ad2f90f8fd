"""Every system in the size of the toy world: one step of training."""

import re
from pathlib import Path

import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper

from tools.metafiles.facts import with_sentences
from vlprompt.registry import MODELS
from vlprompt.utils import register_all_modules

FOLDER = Path(__file__).parents[1] / 'configs'
TOYS = sorted(FOLDER.glob('[!_]*/*_toy.py'))
CLASSES = [f'class {i}' for i in range(24)]


@pytest.fixture(autouse=True)
def registered():
    register_all_modules()


def build(path, **changes):
    cfg = with_sentences(Config.fromfile(path), CLASSES)
    cfg.merge_from_dict(changes)
    model = cfg.model.to_dict()
    model['clip']['pretrained'] = None
    torch.manual_seed(0)
    model = MODELS.build(model)
    if not has_captions(cfg):
        model.set_classes(CLASSES)
    if hasattr(model.cls_head, 'set_cache'):  # as its loop does first
        model.cls_head.set_cache(torch.randn(24, 128), torch.arange(24))
    return cfg, model


def has_captions(cfg):
    return (cfg.model.texts or {}).get('type') == 'CaptionTexts'


@pytest.mark.parametrize(
    'path',
    [p for p in TOYS if p.stem not in ('clip_toy', 'tda_toy')],
    ids=lambda p: p.stem,
)
def test_a_step_changes_what_is_learned_and_nothing_else(path):
    check_step(*build(path))


def check_step(cfg, model):
    wrapper = build_optim_wrapper(model, cfg.optim_wrapper)
    before = {n: p.clone() for n, p in model.named_parameters()}
    inputs = torch.randint(0, 255, (3, 8, 48, 48)).byte()
    samples = [
        ActionDataSample(metainfo=dict(text=f'text {i}')).set_gt_label(i)
        for i in (1, 5, 1)
    ]
    data = dict(
        inputs=[(inputs.roll(i, -1))[None] for i in range(3)],
        data_samples=samples,
    )
    for _ in range(2):  # some weights start at zero and wait for others
        log = model.train().train_step(data, wrapper)
    assert log['loss'].isfinite()
    same = [
        name
        for name, p in model.named_parameters()
        if torch.equal(p, before[name]) == p.requires_grad
    ]
    assert not same
    (result,) = model.eval().test_step(
        dict(inputs=data['inputs'][:1], data_samples=samples[:1])
    )
    if has_captions(cfg):
        assert result.text_feature.shape == (1, 128)
    else:
        assert result.pred_score.shape == (24,)
    return log


@pytest.mark.parametrize(
    ('name', 'towers'),
    [
        ('vilt/vilt_toy', ['visual', 'text']),
        ('aim/aim_text_toy', ['visual']),  # its texts are the teacher's
        ('vifi/vifi_toy', ['visual', 'text']),
        ('xclip/xclip_toy', ['visual', 'text']),
        ('actionclip/actionclip_toy', ['visual', 'text']),
        ('vita/vita_toy', ['visual', 'text']),
    ],
)
def test_any_method_learns_beside_the_frozen_clip(name, towers):
    loss = dict(type='FeatureDistillationLoss', towers=towers)
    consistency = dict(type='VideoConsistencyLoss')
    path = FOLDER / f'{name}.py'
    trainable = Config.fromfile(path).model.trainable
    changes = {
        'model.cls_head.regularizers.distillation': loss,
        'model.cls_head.regularizers.consistency': consistency,
        'model.trainable': [*trainable, 'cls_head.regularizers.*'],
        'model.teacher': dict(texts=dict(type='ClassTexts')),
    }
    log = check_step(*build(path, **changes))
    assert log['loss_distillation'] > 0
    assert log['loss_consistency'] > 0


@pytest.mark.parametrize(
    'path', sorted(FOLDER.glob('mixtures/*.py')), ids=lambda p: p.stem
)
def test_a_mixture_is_ten_lines(path):
    body = re.sub(r'""".*?"""', '', path.read_text(), count=1, flags=re.S)
    lines = [line for line in body.splitlines() if line.strip()]
    assert len(lines) <= 11  # ten, and the base
