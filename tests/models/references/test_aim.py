"""AIM by its formulas, one clip and frame after the other."""

import pytest
import reference
import torch
from reference import attention, layer_norm
from reference_models import (
    LAYERS,
    attend,
    build,
    by_frame,
    clips,
    compare,
    cosine_logits,
    cross_entropy,
    embed,
    encode_sentences,
    learned_tensors,
    mlp,
)
from tiny import CLASSES

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

T = 3
LABELS = (1, 3)
ZEROS = dict(type='TimeEmbedding', num_frames=T)


def build_aim(project=False, noise=0.05, **kwargs):
    """With a text head if projected, else with a linear one."""
    adapter = dict(type='AIMAdapter', drop_path=0.0, **kwargs)
    linear = dict(type='LinearHead', num_classes=len(CLASSES), dropout=0.0)
    return build(
        noise=noise,
        backbone=dict(
            type='CLIPVisionTower',
            adapters=[adapter],
            embeddings=[ZEROS],
            project=project,
        ),
        texts=dict(type='ClassTexts') if project else None,
        cls_head=dict(type='SimilarityHead') if project else linear,
        trainable=[
            'backbone.adapters.*',
            'backbone.embeddings.*',
            'backbone.visual.ln_post.*',
            'cls_head.*',
        ],
    )


def bottleneck(x, module):
    """Down, exact GELU, up."""
    hidden = x @ module.fc1.weight.T + module.fc1.bias
    hidden = 0.5 * hidden * (1 + torch.erf(hidden / 2**0.5))
    return hidden @ module.fc2.weight.T + module.fc2.bias


def aim_block(frames, module, adapter, scale):
    """(T, N, D) frames of one clip to the same after a block."""
    places = []
    for x in frames.unbind(1):
        normed = layer_norm(x, module.ln_1)
        if adapter.temporal_in is not None:
            normed = normed + bottleneck(normed, adapter.temporal_in)
        told = attention(normed[None], module.attn, None)[0]
        places.append(x + bottleneck(told, adapter.temporal))
    out = []
    for x in torch.stack(places, 1):
        seen = attend(x, module)
        x = x + seen + bottleneck(seen, adapter.spatial)
        normed = layer_norm(x, module.ln_2)
        joint = bottleneck(normed, adapter.joint)
        out.append(x + mlp(normed, module.mlp) + scale * joint)
    return torch.stack(out)


def aim_frames(model, clip, scale):
    """(T, 3, H, W) frames of one clip to (T, D) frame features."""
    visual, (time,) = model.backbone.visual, model.backbone.embeddings
    pairs = zip(clip, time.vectors, strict=True)
    x = torch.stack([embed(visual, *pair) for pair in pairs])
    for i, module in enumerate(visual.transformer.resblocks):
        x = aim_block(x, module, model.backbone.adapters[i][0], scale)
    return layer_norm(x[:, 0], visual.ln_post)


def aim_video(model, inputs, scale):
    """(B, 1, 3, T, H, W) pixels to (B, D) videos, not projected."""
    frames = [aim_frames(model, clip, scale) for clip in by_frame(inputs)]
    return torch.stack(frames).mean(1)


def check_aim(model, scale):
    """Compare a model with a linear head with the formulas."""
    inputs, linear = clips(), model.cls_head.fc_cls
    video = aim_video(model, inputs, scale)
    logits = video @ linear.weight.T + linear.bias
    loss = cross_entropy(logits, LABELS)
    compare(model, inputs, LABELS, video=video, logits=logits, loss=loss)


def learned_of_aim(num_temporal):
    """Adapters of four tensors, the time embedding and ``ln_post``."""
    return 4 * (2 + num_temporal) * LAYERS + 1 + 2


@pytest.mark.parametrize('num_temporal', [1, 2])
@pytest.mark.parametrize('scale', [0.5, 1.0])
def test_aim_equals_the_formulas(float64, num_temporal, scale):
    model = build_aim(num_temporal=num_temporal, scale=scale)
    assert len(learned_tensors(model)) == learned_of_aim(num_temporal) + 2
    check_aim(model, scale)


def test_aim_with_its_defaults_equals_the_formulas(float64):
    check_aim(build_aim(), scale=0.5)


def test_aim_equals_the_formulas_in_float32():
    model = build_aim(num_temporal=2, scale=1.0)
    check_aim(model, scale=1.0)


@pytest.mark.parametrize('num_temporal', [1, 2])
def test_aim_with_texts_equals_the_formulas(float64, num_temporal):
    model = build_aim(project=True, num_temporal=num_temporal)
    assert len(learned_tensors(model)) == learned_of_aim(num_temporal) + 1
    inputs = clips()
    lines = [f'a photo of a {name}.' for name in CLASSES]
    text = encode_sentences(model, lines).detach()
    video = aim_video(model, inputs, 0.5) @ model.backbone.visual.proj
    logits = cosine_logits(model, video, text)
    loss = cross_entropy(logits, LABELS)
    compare(
        model, inputs, LABELS, video=video, text=text, logits=logits, loss=loss
    )


@pytest.mark.parametrize('num_temporal', [1, 2])
@pytest.mark.parametrize('project', [True, False])
def test_aim_begins_as_clip(float64, project, num_temporal):
    model = build_aim(project, noise=0.0, num_temporal=num_temporal)
    tower, frames = model.backbone, by_frame(clips())
    for p in tower.visual.parameters():
        p.data += 0.05 * torch.randn_like(p)
    plain = MODELS.build(
        dict(type='CLIPVisionTower', visual=tower.visual, project=project)
    )
    with torch.no_grad():
        adapted, expected = tower(frames).frames, plain(frames).frames
        written = reference.encode_frames(
            tower.visual, frames, [None] * LAYERS
        )
        projected = adapted if project else adapted @ tower.visual.proj
    torch.testing.assert_close(adapted, expected, atol=1e-12, rtol=0)
    torch.testing.assert_close(projected, written, atol=1e-12, rtol=0)
    assert not tower.embeddings[0].vectors.any()


def test_aim_has_to_be_the_last_adapter():
    message = 'AIMAdapter.*has to be the last'
    adapters = [dict(type='AIMAdapter'), dict(type='AIMAdapter')]
    parts = dict(
        texts=dict(type='ClassTexts'), cls_head=dict(type='SimilarityHead')
    )
    with pytest.raises(UserError, match=message):
        build(
            backbone=dict(type='CLIPVisionTower', adapters=adapters), **parts
        )
    adapters[1] = dict(type='VitaTokens', num_frames=T)
    with pytest.raises(UserError, match=message):
        build(
            backbone=dict(type='CLIPVisionTower', adapters=adapters), **parts
        )
    build(
        backbone=dict(type='CLIPVisionTower', adapters=adapters[::-1]), **parts
    )
