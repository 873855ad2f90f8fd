"""Models with vision towers of timm: training, files, analyses."""

import pytest
import torch
from helpers import build, clips, total
from tiny_timm import timm_arch

from vlprompt.analysis.attention_weights import find_tower
from vlprompt.analysis.embeddings import embed_class_tokens
from vlprompt.errors import UserError
from vlprompt.models import load_clip
from vlprompt.models.towers.stored_frames_tower import StoredFramesTower
from vlprompt.registry import MODELS


def model(family='PE-Core', **parts):
    return build(
        clip=dict(arch=timm_arch(family)),
        texts=dict(
            type='ClassTexts',
            template='[3] {}.',
            anchor_template='a video of a person doing {}.',
        ),
        **parts,
    )


def test_a_conditioner_that_reads_a_class_token():
    specific = dict(
        conditioner=dict(type='VideoSpecificPrompts', heads=1),
        backbone=dict(type='CLIPVisionTower', patch_tokens=True),
    )
    assert total(model(**specific).train(), clips(), 0, 1).isfinite()
    with pytest.raises(UserError, match='VideoSpecificPrompts needs the cl'):
        model('PE-Core-bigG', **specific)


def test_analyses_of_class_tokens():
    with pytest.raises(UserError, match='frames of all tokens'):
        find_tower(model())
    assert find_tower(model('EVA01')).trunk.grid_size == (4, 4)
    inputs = clips()
    assert embed_class_tokens(model(), inputs, None).shape == (2, 32)
    with pytest.raises(UserError, match="does not have: take 'video'"):
        embed_class_tokens(model('PE-Core-bigG'), inputs, None)


def test_frames_that_were_encoded_before():
    torch.manual_seed(0)
    visual = load_clip(timm_arch('SigLIP')).visual
    stored = StoredFramesTower(visual)(torch.randn(2, 3, 32, 1, 1))
    assert stored.frames.shape == (2, 3, 32)
    assert stored.tokens.shape == (2, 3, 0, 32)


def test_a_pooler_of_clips_last_norm():
    pooler = dict(
        pooler=dict(type='MeanThenNormPooler'),
        backbone=dict(type='CLIPVisionTower', project=False),
        texts=None,
        prompts=None,
        cls_head=dict(type='LinearHead', num_classes=2),
        trainable=['cls_head.*'],
    )
    arch = timm_arch('PE-Core')
    with pytest.raises(UserError, match='that open_clip builds, not of one'):
        build(clip=dict(arch=arch), classes=None, **pooler)


def test_vilt_clip_learns_on_pe_core(tmp_path):
    trained = model().train()
    loss = total(trained, clips(), 0, 1)
    loss.backward()
    learned = {n: p for n, p in trained.named_parameters() if p.requires_grad}
    assert all(p.grad.abs().sum() > 0 for p in learned.values())
    state = trained.state_dict()
    assert {*state} == {*learned, 'clip_fingerprint'}
    model(seed=0).load_state_dict(state)
    with pytest.raises(UserError, match='another CLIP'):
        model(seed=1).load_state_dict(state)


@pytest.mark.parametrize('layout', ['open_clip', 'module.'])
def test_weights_in_open_clips_names(layout, tmp_path):
    arch = timm_arch('PE-Core')
    torch.manual_seed(5)
    front = layout if layout == 'module.' else ''
    source = MODELS.build(
        dict(
            type='VideoTextRecognizer',
            clip=dict(arch=arch),
            backbone=dict(type='CLIPVisionTower'),
            texts=dict(type='ClassTexts'),
            cls_head=dict(type='SimilarityHead'),
        )
    )
    visual, text = source.backbone.visual, source.text_encoder.text
    state = {f'{front}visual.{n}': p for n, p in visual.state_dict().items()}
    state |= {f'{front}text.{n}': p for n, p in text.state_dict().items()}
    state[f'{front}logit_scale'] = torch.tensor(3.0)
    torch.save(state, tmp_path / 'pe.pt')
    loaded = load_clip(arch, str(tmp_path / 'pe.pt'))
    assert loaded.logit_scale == 3.0
    for name, p in loaded.visual.state_dict().items():
        assert torch.equal(p, visual.state_dict()[name])
    with pytest.raises(UserError, match='missing'):
        load_clip(timm_arch('SigLIP'), str(tmp_path / 'pe.pt'))
    with pytest.raises(UserError, match='resize_positions'):
        load_clip(arch, str(tmp_path / 'pe.pt'), resize_positions='bicubic')
