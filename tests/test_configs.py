"""Every config: loads, keeps to its header, builds, survives a dump."""

import re
from pathlib import Path

import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config

from vlprompt.registry import MODELS, PARAM_SCHEDULERS, TRANSFORMS
from vlprompt.utils import register_all_modules

FOLDER = Path(__file__).parents[1] / 'configs'
CONFIGS = sorted(FOLDER.glob('[!_]*/*.py'))
PUBLISHED_COUNTS = {
    'vilt_b16_hmdb51_16shot': 864_512,
    'vilt_b16_hmdb51_b2n': 886_016,
    'vilt_b16_k400': 849_152,
    'vilt_b16_k400_pt': 10 * 10 * 512,
    'vilt_b16_k400_pt_pv': 10 * 10 * (512 + 768),
    'vilt_b16_k400_pt_pv_mpl': 849_152,
}


@pytest.fixture(autouse=True)
def registered():
    register_all_modules()


def build(cfg):
    """The model of a config, with random CLIP weights."""
    model = cfg.model.to_dict()
    model['clip']['pretrained'] = None
    return MODELS.build(model)


def learnt(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


@pytest.mark.parametrize('path', CONFIGS, ids=lambda p: p.stem)
def test_config_loads_dumps_and_names_parts_that_exist(path, tmp_path):
    cfg = Config.fromfile(path)
    cfg.dump(tmp_path / path.name)
    again = Config.fromfile(tmp_path / path.name)
    assert again.to_dict() == cfg.to_dict()
    for name in ('train_pipeline', 'val_pipeline', 'test_pipeline'):
        for step in cfg.get(name, ()):
            TRANSFORMS.build(step)
    for schedule in cfg.get('param_scheduler', ()):
        assert PARAM_SCHEDULERS.get(schedule['type']), schedule
        assert schedule.get('total') in (None, cfg.train_cfg.max_epochs)


@pytest.mark.parametrize('path', CONFIGS, ids=lambda p: p.stem)
def test_config_has_a_header(path):
    header = re.match(r'"""(.*?)"""', path.read_text(), re.DOTALL)
    assert header, path
    for word in ('What:', 'Run:'):
        assert word in header[1], f'{path.name}: no {word!r}'


@pytest.mark.parametrize('name', PUBLISHED_COUNTS)
def test_published_counts(name):
    path = FOLDER / f'vilt/{name}.py'
    model = build(Config.fromfile(path))
    assert learnt(model) == PUBLISHED_COUNTS[name]
    claimed = re.findall(
        r'([\d,]+)\s+(?:trainable )?parameters', path.read_text()
    )
    assert claimed == [f'{PUBLISHED_COUNTS[name]:,}']
    total = sum(p.numel() for p in model.parameters())
    assert total - learnt(model) == 149_620_737


@pytest.mark.parametrize('path', CONFIGS, ids=lambda p: p.stem)
def test_prompts_are_those_of_a_counted_config(path):
    """Configs that only change the data have the counts of their base."""
    models = {
        stem: Config.fromfile(FOLDER / f'vilt/{stem}.py').model.to_dict()
        for stem in PUBLISHED_COUNTS
    }
    if path.stem.endswith(('_toy', '_toy_novel')):
        pytest.skip('the toy world has its own sizes')
    assert Config.fromfile(path).model.to_dict() in models.values()


def test_vilt_b16_predicts_and_learns():
    """One forward in every mode at full size, on random frames."""
    model = build(Config.fromfile(FOLDER / 'vilt/vilt_b16_k400.py'))
    model.set_classes(['yoga', 'arm wrestling', 'cleaning pool'])
    sample = ActionDataSample().set_gt_label(1)
    inputs = torch.randint(0, 255, (2, 3, 2, 224, 224), dtype=torch.uint8)
    data = dict(inputs=[inputs], data_samples=[sample])
    (result,) = model.eval().test_step(data)
    assert result.pred_score.sum().item() == pytest.approx(1, abs=1e-5)
    data = dict(inputs=[inputs[:1]], data_samples=[sample])
    batch = model.data_preprocessor(data)
    losses = model.train()(**batch, mode='loss')
    losses['loss_cls'].backward()
    assert model.prompts.free['text'].vectors.grad.abs().sum() > 0


def levels(path):
    """How many files a config goes through to its farthest base."""
    text = re.search(r'^_base_ = (\[.*?\])', path.read_text(), re.M | re.S)
    bases = re.findall(r"'(.+?)'", text[1]) if text else []
    return 1 + max((levels(path.parent / b) for b in bases), default=0)


@pytest.mark.parametrize('path', CONFIGS, ids=lambda p: p.stem)
def test_three_levels_at_most(path):
    assert levels(path) <= 3
