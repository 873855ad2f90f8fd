"""The parts against numbers computed by the published ViFi-CLIP code."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from vlprompt.registry import MODELS

GOLDEN = Path(__file__).parents[3] / 'shared/goldens/vificlip_vl.pt'
pytestmark = pytest.mark.skipif(
    not GOLDEN.is_file(), reason='no published numbers at hand'
)
PROMPTS = {
    'image_encoder.VPT': ('visual', 0),
    'image_encoder.transformer.resblocks.1.VPT_shallow': ('visual', 1),
    'prompt_learner.ctx': ('text', 0),
    'text_encoder.transformer.resblocks.1.VPT_shallow': ('text', 1),
}


@pytest.fixture(scope='module')
def golden():
    return torch.load(GOLDEN, weights_only=True)


@pytest.fixture(scope='module')
def model(golden, tmp_path_factory):
    """Independent prompts in both towers, two layers deep."""
    meta, state = golden['meta'], golden['state_dict']
    table = torch.zeros(49408, meta['text_width'])
    words = golden['sparse_embedding']
    table[words['ids']] = words['rows'].float()
    clip = {'token_embedding.weight': table}
    for name, value in state.items():
        if name not in PROMPTS and not name.startswith('prompt_learner'):
            name = name.replace('image_encoder.', 'visual.')
            clip[name.removeprefix('text_encoder.')] = value.float()
    file = tmp_path_factory.mktemp('clip') / 'clip.safetensors'
    save_file({k: v.contiguous() for k, v in clip.items()}, file)
    prompts = dict(type='DeepPrompts', layers=[0, 1])
    model = MODELS.build(
        dict(
            type='VideoTextRecognizer',
            clip=dict(arch=_arch(meta), pretrained=str(file)),
            backbone=dict(type='CLIPVisionTower'),
            texts=dict(type='ClassTexts', template='[6] {}.'),
            prompts=dict(
                type='PromptLearner',
                text=prompts,
                visual=dict(prompts, num=meta['n_ctx_v']),
            ),
            cls_head=dict(type='SimilarityHead'),
            trainable=['prompts.*'],
        )
    )
    for name, (tower, i) in PROMPTS.items():
        model.prompts.free[tower].vectors.data[i] = state[name].float()
    model.set_classes([n.replace('_', ' ') for n in golden['class_names']])
    return model.train()


def _arch(meta):
    return dict(
        embed_dim=meta['embed'],
        quick_gelu=True,
        vision_cfg=dict(
            image_size=meta['res'],
            patch_size=meta['patch'],
            width=meta['vision_width'],
            layers=meta['vision_layers'],
        ),
        text_cfg=dict(
            width=meta['text_width'],
            heads=meta['text_width'] // 64,
            layers=meta['text_layers'],
        ),
    )


def test_counts(golden, model):
    learned = sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert learned == golden['n_trainable']


def test_features_logits_loss_and_gradients(golden, model):
    inputs = golden['clip'].transpose(1, 2)[:, None]
    features, _ = model.extract_feat(inputs)
    logits = model.cls_head(features)
    unit = features.unit()
    for ours, theirs in (
        (unit.video, golden['video_features']),
        (unit.text, golden['text_features']),
    ):
        torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=0)
    torch.testing.assert_close(logits, golden['logits'], atol=1e-5, rtol=0)

    loss = F.cross_entropy(logits, golden['soft_labels'])
    assert loss.item() == pytest.approx(golden['loss'], abs=1e-5)
    model.zero_grad()
    loss.backward()
    for name, (tower, i) in PROMPTS.items():
        grad = model.prompts.free[tower].vectors.grad[i]
        expected = golden['grads'][name]
        torch.testing.assert_close(grad, expected, atol=1e-6, rtol=1e-4)
        norm = golden['grad_norms'][name]
        assert grad.norm().item() == pytest.approx(norm, rel=1e-4)
