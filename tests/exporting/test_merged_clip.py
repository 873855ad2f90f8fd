"""Every method as one plain CLIP, or why it is none."""

from pathlib import Path

import open_clip
import pytest
import torch
from mmengine.config import Config

from vlprompt.errors import UserError
from vlprompt.exporting.merged_clip import merge_clip
from vlprompt.exporting.merged_file import (
    compare_towers,
    open_with_open_clip,
    write_clip,
)
from vlprompt.exporting.parity import Clips
from vlprompt.models import load_clip
from vlprompt.registry import MODELS
from vlprompt.utils import register_all_modules

FOLDER = Path(__file__).parents[2] / 'configs'
TOYS = {path.stem: path for path in FOLDER.glob('[!_]*/*_toy.py')}
CLASSES = [f'class {i}' for i in range(24)]
TINY = dict(
    embed_dim=32,
    quick_gelu=True,
    vision_cfg=dict(
        image_size=16, patch_size=8, width=64, layers=4, head_width=32
    ),
    text_cfg=dict(
        context_length=77, vocab_size=49408, width=32, heads=2, layers=4
    ),
)
# What is merged in those that have a CLIP of their own.
MERGED = {
    'clip_toy': [],
    'clip4clip_toy': [],
    'linear_adapter_toy': ['LinearAdapter'] * 2,
    'lora_froster_toy': ['LoRA'] * 2,
    'lora_toy': ['LoRA'] * 2,
    'vifi_toy': [],
    'vifi_decision_toy': [],
    'vifi_image_fusion_toy': [],
    'vifi_image_toy': [],
    'vifi_text_toy': [],
    'actionclip_meanp_toy': [],
}
# What others are refused for, where it is not their prompts.
REFUSED = {
    'a5_toy': 'PromptLearner',
    'actionclip_toy': 'TransformerPooler',
    'actionclip_cls_toy': 'ClassTokenPooler',
    'actionclip_conv1d_toy': 'Conv1dPooler',
    'actionclip_lstm_toy': 'LSTMPooler',
    'actionclip_shift_toy': 'TemporalShift',
    'aim_text_toy': 'TimeEmbedding',
    'aim_toy': 'LinearHead',
    'clip4clip_lstm_toy': 'LSTMPooler',
    'clip4clip_tight_toy': 'TightTransformerHead',
    'clip4clip_transf_toy': 'TransformerPooler',
    'froster_toy': 'NeighborKV',
    'maple_toy': 'ViLTPrompts',
    'mote_toy': 'MoTEHead',
    'openvclip_toy': 'NeighborKV',
    'st_adapter_text_toy': 'PreAttentionSTAdapter',
    'st_adapter_toy': 'LinearHead',
    't2l_toy': 'TemporalToken',
    'vilt_toy': 'ViLTPrompts',
    'lora_vilt_toy': 'ViLTPrompts',
    'vita_toy': 'PromptLearner',
    'xclip_toy': 'MessageToken',
    'zeroi2v_toy': 'LinearHead',
}


def build(name, classes=True):
    """The model of a toy config on a tiny CLIP, nothing at zero."""
    register_all_modules()
    model = Config.fromfile(TOYS[name]).model.to_dict()
    model['clip'] = dict(arch=TINY)
    torch.manual_seed(0)
    model = MODELS.build(model)
    for p in model.parameters():
        if p.requires_grad:
            p.data += 0.05 * torch.randn_like(p)
    if classes and not name.startswith('clip4clip'):
        model.set_classes(CLASSES[: model.cls_head.num_classes or 5])
    return model.eval()


def frames(seed=0):
    generator = torch.Generator().manual_seed(seed)
    pixels = torch.randn(2, 3, 3, 16, 16, generator=generator)
    return Clips(pixels, ('a', 'b'), '2 clips', 0)


@pytest.mark.parametrize('name', MERGED)
@pytest.mark.parametrize('suffix', ['.pt', '.safetensors'])
def test_open_clip_computes_what_the_model_does(name, suffix, tmp_path):
    model = build(name)
    before = {n: p.clone() for n, p in model.named_parameters()}
    merged = merge_clip(model)
    assert [line.split()[0] for line in merged.folded] == MERGED[name]
    file = tmp_path / f'clip{suffix}'
    write_clip(merged.tensors, file, TINY)
    clip = open_with_open_clip(file, TINY)
    parity = compare_towers(model, clip, frames())
    assert parity.compared_frames == 6
    assert max(parity.frames, parity.texts) < 1e-6
    for n, p in model.named_parameters():
        assert torch.equal(p, before[n]), n
    # and so does this library, from the same file
    again = load_clip(TINY, str(file))
    assert torch.equal(again.visual.proj, clip.visual.proj)
    assert again.logit_scale == pytest.approx(
        model.cls_head.logit_scale.item()
    )


@pytest.mark.parametrize('name', REFUSED)
def test_what_cannot_be_merged_is_named(name):
    with pytest.raises(UserError, match='no merged CLIP') as caught:
        merge_clip(build(name))
    line = str(caught.value)
    assert f'model: {REFUSED[name]}' in line
    assert '\n' not in line


@pytest.mark.parametrize('name', sorted({*TOYS} - {*MERGED, *REFUSED}))
def test_all_others_are_merged_or_refused(name, tmp_path):
    """With nothing between: a merged one computes what the model does."""
    model = build(name, classes=False)
    try:
        merged = merge_clip(model)
    except UserError as error:
        assert 'no merged CLIP' in str(error)
        return
    file = tmp_path / 'clip.pt'
    write_clip(merged.tensors, file, TINY)
    compare_towers(model, open_with_open_clip(file, TINY), frames())


def test_weights_of_clip_that_were_learnt_are_counted():
    merged = merge_clip(build('vifi_text_toy'))
    assert merged.tuned == 4 * 12 + 4
    assert not merged.folded
    assert merge_clip(build('lora_toy')).tuned == 0


def test_what_the_file_does_not_say_is_told():
    left = merge_clip(build('lora_froster_toy')).left_out
    assert left == (
        'MeanPooler (frames to a video)',
        "the loss 'distillation' of training",
    )
    left = merge_clip(build('vifi_decision_toy')).left_out
    assert left[1] == "SimilarityHead with fusion='decision'"


def test_parts_of_some_layers_one_after_the_other(tmp_path):
    register_all_modules()
    torch.manual_seed(0)
    part = dict(type='LoRA', rank=2, scale=1.0, matrices=['out', 'fc', 'proj'])
    linear = dict(type='LinearAdapter', places=['ln_1', 'mlp'], layers=[1])
    model = MODELS.build(
        dict(
            type='VideoTextRecognizer',
            clip=dict(arch=TINY),
            backbone=dict(
                type='CLIPVisionTower', adapters=[linear, dict(part)]
            ),
            text_encoder=dict(
                type='CLIPTextTower', adapters=[dict(part, layers=[3])]
            ),
            texts=dict(type='ClassTexts', classes=CLASSES),
            cls_head=dict(type='SimilarityHead'),
        )
    )
    for name, p in model.named_parameters():
        if 'adapters' in name:
            p.data += 0.1 * torch.randn_like(p)
    merged = merge_clip(model.eval())
    assert merged.folded == (
        'LoRA in 4 layers of the vision tower',
        'LinearAdapter in 1 layer of the vision tower',
        'LoRA in 1 layer of the text tower',
    )
    file = tmp_path / 'clip.pt'
    write_clip(merged.tensors, file, TINY)
    compare_towers(model, open_with_open_clip(file, TINY), frames())


def test_a_clip_that_differs_is_refused():
    model = build('lora_toy')
    with pytest.raises(UserError, match='not written: embeddings of frames'):
        compare_towers(model, open_clip.CLIP(**TINY).eval(), frames())
