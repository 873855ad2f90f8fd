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
CLIP_B16 = 149_620_737
# Trainable parameters, and all of them, of the configs of which the name
# matches: spec and papers, or sums of parts that these give.
COUNTS = {
    r'clip_b16_\w+': (0, CLIP_B16),
    r'clip_b32_k400': (0, 151_277_313),
    r'clip_l14_k400': (0, 427_616_513),
    r'vilt_b16_few_shot': (864_512, CLIP_B16),
    r'vilt_b16_b2n': (886_016, CLIP_B16),
    r'vilt_b16_k400(_zs|_pt_pv_mpl)?': (849_152, CLIP_B16),
    r'vilt_b16_k400_pt': (10 * 10 * 512, CLIP_B16),
    r'vilt_b16_k400_pt_pv': (10 * 10 * (512 + 768), CLIP_B16),
    r'vilt_b16_(retrieval|didemo)': (833_792, CLIP_B16),
    r'vifi_b16_\w+': (124_323_841, 25_296_896),
    r'vifi_image_b16_\w+': (86_192_640, 63_428_097),
    r'vifi_text_b16_\w+': (38_131_200, CLIP_B16 - 38_131_200),
    r'vlp_b16_few_shot': (153_600, CLIP_B16),
    r'vlp_b16_b2n': (184_320, CLIP_B16),
    r'maple_b16_\w+': (9 * (2 * 512 + 513 * 768), CLIP_B16),
    r'vita_b16_k400': (37_245_953, CLIP_B16 - 1),
    r'vita_b16_k400_released': (30_158_849, CLIP_B16 - 1 + 7_087_104),
    r'vita_b16_k400_zs': (35_611_649, CLIP_B16 - 1),
    r'vita_b16_zs_class_only': (37_245_953 - 1_638_400, CLIP_B16 - 1),
    r'actionclip_b16_k400(_16f|_32f)?': (168_574_465, 0),
    r'actionclip_b16_k400_(meanp|shift)': (CLIP_B16, 0),
    r'actionclip_b16_k400_lstm': (CLIP_B16 + 2_140_672 - 39_424, 0),
    r'actionclip_b16_k400_conv1d': (CLIP_B16 + 40_960 - 39_424, 0),
    r'actionclip_b16_k400_cls': (CLIP_B16 + 18_920_448, 0),
    r'xclip_b16_k400': (131_501_056, 63_428_097),
    r'xclip_b16_k400_16f': (131_505_152, 63_428_097),
    r'xclip_b16_(k400_zs|few_shot)': (131_513_344, 63_428_097),
    r'a5_b16_k400': (6_352_384, CLIP_B16),
    r'a6_b16_k400': (9_504_768, CLIP_B16),
    r'a5_b16_few_shot': (6_352_384 + 16 * 512, CLIP_B16),
    r'aim_b16_k400': (10_966_672, 86_191_104),
    r'aim_b16_k400_16f': (10_972_816, 86_191_104),
    r'aim_b16_k400_32f': (10_985_104, 86_191_104),
    r'aim_b16_ssv2': (14_343_342, 86_191_104),
    r'aim_text_b16_k400': (10_659_072, CLIP_B16 - 1_536),
    r'clip4clip_b(16|32)_(retrieval|didemo)': (123_540_993, None),
    r'clip4clip_b32_retrieval_lstm': (123_540_993 + 2_101_248, None),
    r'clip4clip_b32_retrieval_transf': (123_540_993 + 12_648_960, None),
    r'clip4clip_b32_retrieval_tight': (
        123_540_992 + 39_424 + 12_609_536 + 1_024 + 262_656 + 513,
        None,
    ),
}
FRAMES = {'aim': 8, 'vita': 8}  # where the definition wants a number


@pytest.fixture(autouse=True)
def registered():
    register_all_modules()


@pytest.fixture
def unsigned(monkeypatch):
    """Models without the digest of their random weights, which takes time."""
    name = 'vlprompt.models.trainable_state.fingerprint'
    monkeypatch.setattr(name, lambda weights: torch.zeros(16).byte())


def build(cfg):
    """The model of a config, with random CLIP weights."""
    model = cfg.model.to_dict()
    model['clip'].update(pretrained=None, finetuned=None)
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


def is_toy(path):
    return '_toy' in path.stem


def unique_models():
    """The first config of each full-size model."""
    seen, found = set(), []
    for path in CONFIGS:
        model = str(Config.fromfile(path).model)
        if not is_toy(path) and model not in seen:
            seen.add(model)
            found.append(path)
    return found


@pytest.mark.parametrize('path', CONFIGS, ids=lambda p: p.stem)
def test_counts_in_headers_are_those_of_the_table(path):
    claimed = re.findall(
        r'([\d,]{4,})\s+(?:trainable\s+)?parameters', path.read_text()
    )
    if is_toy(path) or path.parent.stem == 'clip':
        assert not claimed
        return
    rows = [row for name, row in COUNTS.items() if matches(path, name)]
    assert len(rows) == 1, path.stem
    assert claimed in ([], [f'{rows[0][0]:,}'])


def matches(path, name):
    return re.fullmatch(name, path.stem)


@pytest.mark.usefixtures('unsigned')
@pytest.mark.parametrize('path', unique_models(), ids=lambda p: p.stem)
def test_every_system_has_its_parameters_and_predicts(path):
    """Full size, random CLIP weights, random frames, three classes."""
    cfg = Config.fromfile(path)
    model = build(cfg)
    (row,) = (row for name, row in COUNTS.items() if matches(path, name))
    assert learnt(model) == row[0]
    if row[1] is not None:
        total = sum(p.numel() for p in model.parameters())
        assert total - learnt(model) == row[1]
    options = cfg.optim_wrapper.get('paramwise_cfg', {})
    for key in options.get('custom_keys', {}):
        part = key.split('.')[0]  # some poolers have no weights
        known = hasattr(model, part) or hasattr(model.backbone, part)
        assert known or any(key in n for n, _ in model.named_parameters()), key
    frames = FRAMES.get(path.parent.stem, 2)
    vectors = cfg.model.backbone.get('embeddings')
    if vectors:
        frames = vectors[0].num_frames
    inputs = torch.randint(0, 255, (1, 3, frames, 224, 224)).byte()
    sample = ActionDataSample(metainfo=dict(text='a cat plays'))
    classes = ['yoga', 'arm wrestling', 'cleaning pool']
    if cfg.model.get('texts') and 'Caption' in cfg.model.texts.type:
        classes = None
    elif 'num_classes' in cfg.model.cls_head:
        classes = [str(i) for i in range(cfg.model.cls_head.num_classes)]
    elif 'ClassPrompts' in str(cfg.model.get('prompts')):
        classes = [str(i) for i in range(400)]
    if classes:
        model.set_classes(classes)
    data = dict(inputs=[inputs], data_samples=[sample])
    with torch.no_grad():
        (result,) = model.eval().test_step(data)
    if classes is None:
        assert result.text_feature.isfinite().all()
    else:
        assert result.pred_score.sum().item() == pytest.approx(1, abs=1e-4)


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
