"""LoRA and linear adapters in the towers of other families, and merged."""

import pytest
import torch
from tiny import CLASSES
from tiny_timm import timm_arch

from vlprompt.errors import UserError
from vlprompt.exporting.merged_clip import merge_clip
from vlprompt.exporting.merged_file import (
    compare_towers,
    open_with_open_clip,
    write_clip,
)
from vlprompt.exporting.parity import Clips
from vlprompt.registry import MODELS

ALL = ['q', 'k', 'v', 'out', 'fc', 'proj']
LORA = dict(type='LoRA', rank=2, scale=1.0, matrices=ALL)
LINEAR = dict(type='LinearAdapter')
LARGE = dict(
    embed_dim=24,
    quick_gelu=False,
    vision_cfg=dict(
        image_size=32,
        patch_size=8,
        width=32,
        layers=3,
        head_width=16,
        mlp_ratio=4.9231,
    ),
    text_cfg=dict(
        context_length=32,
        vocab_size=49408,
        width=16,
        heads=2,
        layers=4,
        mlp_ratio=3.0,
    ),
)


def build(arch, *parts):
    """Both towers adapted, nothing at zero."""
    torch.manual_seed(0)
    model = MODELS.build(
        dict(
            type='VideoTextRecognizer',
            clip=dict(arch=arch),
            backbone=dict(type='CLIPVisionTower', adapters=parts),
            text_encoder=dict(type='CLIPTextTower', adapters=parts),
            texts=dict(type='ClassTexts', classes=CLASSES),
            cls_head=dict(type='SimilarityHead'),
            trainable=['*.adapters.*'],
        )
    )
    for p in model.parameters():
        if p.requires_grad:
            p.data += 0.1 * torch.randn_like(p)
    return model.eval()


ARCHS = {
    'wide MLPs': LARGE,
    **{f: timm_arch(f) for f in ('PE-Core', 'SigLIP', 'MobileCLIP2-L')},
}


@pytest.mark.parametrize('family', ARCHS)
@pytest.mark.parametrize('parts', [(LORA,), (LINEAR, LORA)])
def test_open_clip_computes_what_the_model_does(family, parts, tmp_path):
    arch = ARCHS[family]
    model = build(arch, *parts)
    file = tmp_path / 'clip.safetensors'
    write_clip(merge_clip(model).tensors, file, arch)
    frames = Clips(torch.randn(2, 3, 3, 32, 32), ('a', 'b'), 'noise', 0)
    compare_towers(model, open_with_open_clip(file, arch), frames)


def test_attention_without_a_bias_for_keys():
    """BEiT's, which open_clip has in EVA01: LoRA has no bias, it may merge."""
    arch = timm_arch('EVA01')
    assert merge_clip(build(arch, LORA)).folded
    with pytest.raises(UserError, match='whose keys have no bias'):
        merge_clip(build(arch, LINEAR))
