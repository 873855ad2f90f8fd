"""Every config: loads, keeps to its header, builds, survives a dump."""

import re

import pytest
import torch
from config_files import (
    CONFIGS,
    FOLDER,
    build,
    build_empty,
    full_size_models,
    is_toy,
    offenders,
    read,
)
from mmaction.structures import ActionDataSample
from mmengine.config import Config

from tools.metafiles.facts import with_sentences
from vlprompt.registry import MODELS, PARAM_SCHEDULERS, TRANSFORMS
from vlprompt.utils import register_all_modules

CLIP_B16 = 149_620_737
PE_CORE_B16 = 447_660_545
# Trainable parameters, and all of them, of the configs of which the name
# matches: spec and papers, or sums of parts that these give.
COUNTS = {
    r'clip_b16(_\w+)?': (0, CLIP_B16),
    r'tda_b16_k400': (0, CLIP_B16),
    r'tip_b16_few_shot': (0, CLIP_B16),  # the keys come with the videos
    r'tip_f_b16_few_shot': (16 * 51 * 512, CLIP_B16),
    r'clip_pe_core_b16_k400': (0, PE_CORE_B16),
    r'clip_siglip2_b16_k400': (0, 375_187_969),
    r'clip_metaclip2_h14_k400': (0, 1_858_783_745),
    r'vilt_pe_core_b16_k400': (1_666_816, PE_CORE_B16),
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
    r'tc_clip_b16_\w+': (124_323_841 + 3_155_720, 25_296_896),
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
    r'ost_b16_\w+': (CLIP_B16, 0),
    r'bdc_b16_k400(_zs)?': (132_007_826, 25_296_896),
    r'bdc_b16_few_shot': (124_596_226 + 51 * 18_529, 25_296_896),
    r'bdc_b16_b2n': (124_596_226 + 26 * 18_529, 25_296_896),
    r'froster_b16_\w+': (CLIP_B16 + 2 * 2 * 512**2, 0),
    r'promptsrc_b16_\w+': (9 * 4 * (512 + 768), CLIP_B16),
    r'a5_b16_k400': (6_352_384, CLIP_B16),
    r'a6_b16_k400': (9_504_768, CLIP_B16),
    r'a5_b16_few_shot': (6_352_384 + 16 * 512, CLIP_B16),
    r'aim_b16_k400': (10_966_672, 86_191_104),
    r'aim_b16_k400_16f': (10_972_816, 86_191_104),
    r'aim_b16_k400_32f': (10_985_104, 86_191_104),
    r'aim_b16_ssv2': (14_343_342, 86_191_104),
    r'aim_text_b16_k400': (10_659_072, CLIP_B16 - 1_536),
    r't2l_b16_(k400_zs|b2n)': (5_204_736, CLIP_B16),
    r't2l_b16_few_shot': (5_204_736 - 73_728, CLIP_B16),
    r'clip_lora_b16_\w+': (184_320, CLIP_B16),
    r'mote_b16_k400': (86_192_641 + 37_845_504, 63_428_096),
    r'st_adapter_b16_k400': (7_417_744, 86_192_640),
    r'st_adapter_b16_ssv2': (24 * 592_512 + 769 * 174, 86_192_640),
    r'st_adapter_text_b16_k400': (12 * 592_512, CLIP_B16),
    r'zeroi2v_b16_k400': (14_517_136, 86_191_104),
    r'zeroi2v_b16_k400_16f': (14_523_280, 86_191_104),
    r'zeroi2v_b16_ssv2': (14_349_486, 86_191_104),
    r'openvclip_b16_\w+': (86_192_641, 63_428_096),
    r'openvclip_l14_\w+': (303_966_209, None),
    r'clip4clip_b(16|32)_(retrieval|didemo)': (123_540_993, None),
    r'clip4clip_b32_retrieval_lstm': (123_540_993 + 2_101_248, None),
    r'clip4clip_b32_retrieval_transf': (123_540_993 + 12_648_960, None),
    r'clip4clip_b32_retrieval_tight': (
        123_540_992 + 39_424 + 12_609_536 + 1_024 + 262_656 + 513,
        None,
    ),
    r'xpool_b32_retrieval': (151_277_313 + 1_316_352, 0),
    r'tmass_b32_retrieval': (151_277_313 + 1_316_352 + 6_656, 0),
    r'wti_b32_retrieval': (
        151_277_313 + 526_338 + 39_424 + 12_609_536,
        0,
    ),
}
FRAMES = {'aim': 8, 't2l': 8, 'vita': 8}  # where the definition wants a number


@pytest.fixture(autouse=True)
def registered():
    register_all_modules()


@pytest.fixture
def unsigned(monkeypatch):
    """Models without the digest of their frozen weights."""
    name = 'vlprompt.models.trainable_state.fingerprint'
    monkeypatch.setattr(name, lambda weights: torch.zeros(16).byte())


def learned(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def test_configs_survive_a_dump(tmp_path, monkeypatch):
    """All but the layout of the text, which is yapf's and takes a minute."""
    plain = 'mmengine.config.config.FormatCode'
    monkeypatch.setattr(plain, lambda text, **_: (text, True))

    def check(path):
        cfg = read(path)
        cfg.dump(tmp_path / path.name)
        again = Config.fromfile(tmp_path / path.name)
        assert again.to_dict() == cfg.to_dict()

    assert offenders(check) == {}


def test_configs_name_parts_that_exist():
    def check(path):
        cfg = read(path)
        for name in ('train_pipeline', 'val_pipeline', 'test_pipeline'):
            for step in cfg.get(name, ()):
                build_step(str(step), step)
        for schedule in cfg.get('param_scheduler', ()):
            assert PARAM_SCHEDULERS.get(schedule['type']), schedule
            assert schedule.get('total') in (None, cfg.train_cfg.max_epochs)
        if 'data_preprocessor' in cfg.model:
            MODELS.build(cfg.model.data_preprocessor)

    built = set()

    def build_step(text, step):
        if text not in built:
            TRANSFORMS.build(step)
            built.add(text)

    assert offenders(check) == {}


def test_configs_have_a_header():
    def check(path):
        header = re.match(r'"""(.*?)"""', path.read_text(), re.DOTALL)
        assert header
        for word in ('What:', 'Run:'):
            assert word in header[1]

    assert offenders(check) == {}


def row_of(path):
    """The numbers of the table that are a config's."""
    rows = [r for name, r in COUNTS.items() if re.fullmatch(name, path.stem)]
    assert len(rows) == 1, f'{len(rows)} rows of the table'
    return rows[0]


def test_counts_in_headers_are_those_of_the_table():
    def check(path):
        claimed = re.findall(
            r'([\d,]{4,})\s+(?:trainable\s+)?parameters', path.read_text()
        )
        if is_toy(path) or path.parent.stem == 'clip':
            assert not claimed
        else:
            assert claimed in ([], [f'{row_of(path)[0]:,}'])

    assert offenders(check) == {}


def test_every_row_of_the_table_is_of_a_config():
    stems = [path.stem for path in CONFIGS]
    for name in COUNTS:
        assert any(re.fullmatch(name, stem) for stem in stems), name


@pytest.mark.usefixtures('unsigned')
def test_every_model_has_its_parameters():
    """Full size, without values; learning rates are those of its parts."""

    def check(path):
        cfg = read(path)
        model = build_empty(cfg)
        trainable, frozen = row_of(path)
        assert learned(model) == trainable
        if frozen is not None:
            total = sum(p.numel() for p in model.parameters())
            assert total - trainable == frozen
        options = cfg.get('optim_wrapper', {}).get('paramwise_cfg', {})
        for key in options.get('custom_keys', {}):
            part = key.split('.')[0]  # some poolers have no weights
            known = hasattr(model, part) or hasattr(model.backbone, part)
            names = (name for name, _ in model.named_parameters())
            assert known or any(key in name for name in names), key

    assert offenders(check, full_size_models()) == {}


def classes_for(cfg):
    """Three classes, as many as the model wants, or None for captions."""
    if cfg.model.get('texts') and 'Caption' in cfg.model.texts.type:
        return None
    if 'num_classes' in cfg.model.cls_head:
        return [str(i) for i in range(cfg.model.cls_head.num_classes)]
    if 'ClassPrompts' in str(cfg.model.get('prompts')):
        return [str(i) for i in range(400)]
    return ['yoga', 'arm wrestling', 'cleaning pool']


def frames_for(path):
    vectors = read(path).model.backbone.get('embeddings')
    if vectors:
        return vectors[0].num_frames
    return FRAMES.get(path.parent.stem, 2)


SAMPLE = ActionDataSample(metainfo=dict(text='a cat plays'))


@pytest.mark.slow
@pytest.mark.usefixtures('unsigned')
def test_every_model_gives_scores_or_features():
    """Full size, one clip; shapes alone are computed."""

    def check(path):
        classes = classes_for(read(path))
        described = with_sentences(read(path), classes or ())
        model = build_empty(described).eval()
        if classes:
            model.set_classes(classes)
        inputs = torch.empty(
            1, 1, 3, frames_for(path), 224, 224, device='meta'
        )
        with torch.no_grad():
            features, _ = model.extract_feat(inputs, data_samples=[SAMPLE])
            if classes is None:
                assert len(features.text) == 1
            else:
                assert model.cls_head(features).shape == (1, len(classes))

    assert offenders(check, full_size_models()) == {}


def one_of_each_family():
    """The config for Kinetics-400, or else the first, of each folder."""
    families = {}
    order = sorted(full_size_models(), key=lambda p: 'k400' not in p.stem)
    for path in order:
        families.setdefault(path.parent.stem, path)
    return families


@pytest.mark.slow
@pytest.mark.usefixtures('unsigned')
def test_a_model_of_each_family_predicts():
    """Full size, random CLIP weights, random frames."""
    torch.manual_seed(0)

    def check(path):
        classes = classes_for(read(path))
        described = with_sentences(read(path), classes or ())
        model = build(described).eval()
        if classes:
            model.set_classes(classes)
        shape = (1, 3, frames_for(path), 224, 224)
        inputs = torch.randint(0, 255, shape, dtype=torch.uint8)
        with torch.no_grad():
            (result,) = model.test_step(
                dict(inputs=[inputs], data_samples=[SAMPLE])
            )
        if classes is None:
            assert result.text_feature.isfinite().all()
        else:
            total = result.pred_score.sum().item()
            assert total == pytest.approx(1, abs=1e-4)

    families = one_of_each_family()
    assert {*families} == {p.parent.stem for p in CONFIGS if not is_toy(p)}
    assert offenders(check, families.values()) == {}


@pytest.mark.slow
def test_vilt_b16_predicts_and_learns():
    """One forward in every mode at full size, on random frames."""
    model = build(read(FOLDER / 'vilt/vilt_b16_k400.py'))
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


def test_three_levels_at_most():
    assert [path.stem for path in CONFIGS if levels(path) > 3] == []
