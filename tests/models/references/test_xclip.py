"""X-CLIP by its formulas: frames, heads and videos in loops."""

import pytest
import reference
import torch
from reference_models import (
    EMBED,
    WIDTH,
    build,
    clips,
    close,
    compare,
    cross_entropy,
    embed,
    encode_sentences,
    linear,
    project,
    samples,
    transform_frames,
    unit,
)
from tiny import CLASSES
from torch import nn

from vlprompt.errors import UserError
from vlprompt.models import VisualFeatures
from vlprompt.registry import MODELS

XCLIP = dict(
    texts=dict(type='ClassTexts', template='{}'),
    backbone=dict(
        type='CLIPVisionTower',
        adapters=[dict(type='MessageToken')],
        patch_tokens=True,
    ),
    pooler=dict(
        type='TransformerPooler', num_layers=1, num_positions=3, heads=3
    ),
    conditioner=dict(type='VideoSpecificPrompts', heads=2),
    cls_head=dict(
        type='SimilarityHead', label_smooth_eps=0.1, average_clips='prob'
    ),
    trainable=['backbone.*', 'pooler.*', 'conditioner.*'],
)


def messages(tokens, adapter):
    """The (N, D) tokens of T frames to the (T, D) messages of a layer."""
    message = linear(torch.stack([x[0] for x in tokens]), adapter.message_fc)
    normed = reference.layer_norm(message, adapter.message_ln)
    told = reference.attention(normed[None], adapter.message_attn, None)[0]
    return message + told


def encode_communicating_frames(backbone, frames):
    """(T, 3, H, W) to (T, E) embeddings and (T, P, D) patches."""
    visual = backbone.visual
    tokens = [embed(visual, frame) for frame in frames]
    for i, module in enumerate(visual.transformer.resblocks):
        told = messages(tokens, backbone.adapters[i][0])
        tokens = [
            reference.block(torch.cat([x, m[None]])[None], module)[0, :-1]
            for x, m in zip(tokens, told, strict=True)
        ]
    embedded = torch.stack([project(visual, x) for x in tokens])
    return embedded, torch.stack([x[1:] for x in tokens])


def look(text, video, module, heads):
    """(C, E) texts attend to (P, E) patches."""
    q, k, v = (
        linear(x, m)
        for x, m in (
            (text, module.q_proj),
            (video, module.k_proj),
            (video, module.v_proj),
        )
    )
    size, out = EMBED // heads, []
    for h in range(heads):
        part = slice(h * size, (h + 1) * size)
        scores = q[:, part] @ k[:, part].T / size**0.5
        out.append(scores.softmax(-1) @ v[:, part])
    return linear(torch.cat(out, -1), module.out_proj)


def rewrite_texts(conditioner, text, patches, heads=2):
    """(C, E) texts and the (T, P, D) patches of a video to (C, E) texts."""
    seen = reference.layer_norm(patches, conditioner.visual_ln)
    seen = (seen @ conditioner.visual_proj).sum(0) / len(patches)
    seen = reference.layer_norm(seen, conditioner.norm)
    made = text
    for layer in conditioner.layers:
        normed = reference.layer_norm(made, layer.norm1)
        made = made + look(normed, seen, layer.cross_attn, heads)
        hidden = reference.layer_norm(made, layer.norm3)
        hidden = linear(hidden, layer.mlp[0])
        hidden = hidden * torch.sigmoid(1.702 * hidden)
        made = made + linear(hidden, layer.mlp[2])
    return text + conditioner.alpha * made


def xclip(model, inputs):
    """(B, V, 3, T, H, W) to (B * V, E), (B * V, C, E), (B * V, C) logits."""
    names = encode_sentences(model, CLASSES)
    videos, texts, logits = [], [], []
    for clip in inputs.flatten(0, 1):
        frames, patches = encode_communicating_frames(
            model.backbone, clip.transpose(0, 1)
        )
        video = transform_frames(model.pooler, frames)
        text = rewrite_texts(model.conditioner, names, patches)
        scale = model.cls_head.logit_scale.exp()
        videos.append(video)
        texts.append(text)
        logits.append(scale * unit(text) @ unit(video))
    return torch.stack(videos), torch.stack(texts), torch.stack(logits)


def smooth(labels):
    """Labels to (B, C) targets, a tenth of them spread over all classes."""
    targets = torch.full((len(labels), len(CLASSES)), 0.1 / len(CLASSES))
    for target, label in zip(targets, labels, strict=True):
        if isinstance(label, list):
            target += 0.9 * torch.tensor(label)
        else:
            target[label] += 0.9
    return targets


def compare_xclip(labels, frames):
    """The library's X-CLIP in training with the formulas."""
    model, inputs = build(**XCLIP), clips(len(labels), frames)
    video, text, logits = xclip(model, inputs)
    loss = cross_entropy(logits, smooth(labels))
    compare(
        model, inputs, labels, video=video, text=text, logits=logits, loss=loss
    )


@pytest.mark.parametrize(
    ('labels', 'frames'),
    [
        ((1, 3), 3),
        ((4, 4), 2),
        (([0.7, 0.0, 0.3, 0.0, 0.0], [0.0, 0.1, 0.0, 0.0, 0.9]), 3),
    ],
    ids=['frames at all positions', 'fewer frames', 'mixed labels'],
)
def test_xclip_equals_the_formulas(float64, labels, frames):
    compare_xclip(labels, frames)


def test_xclip_equals_the_formulas_in_single_precision():
    compare_xclip((1, 3), 3)


def test_xclip_learns_in_all_but_the_texts_and_the_scale():
    model = build(**XCLIP)
    for name, p in model.named_parameters():
        frozen = name.startswith('text_encoder.') or 'logit_scale' in name
        assert p.requires_grad != frozen, name


def test_xclip_averages_the_probabilities_of_views(float64):
    model, inputs = build(**XCLIP).eval(), clips(2, views=2)
    with torch.no_grad():
        results = model.predict(inputs, samples(0, 1))
        logits = xclip(model, inputs)[2].view(2, 2, -1)
    for result, views in zip(results, logits, strict=True):
        expected = (views[0].softmax(-1) + views[1].softmax(-1)) / 2
        close(result.pred_score, expected)


def test_xclip_starts_with_texts_a_tenth_larger_and_little_of_the_video():
    torch.manual_seed(0)
    part = MODELS.build(
        dict(type='VideoSpecificPrompts', width=WIDTH, embed_dim=EMBED)
    )
    text = torch.randn(5, EMBED)
    tokens = torch.randn(2, 3, 17, WIDTH)
    visual = VisualFeatures(torch.randn(2, 3, EMBED), tokens)
    assert torch.equal(part.alpha, torch.full((EMBED,), 0.1))
    change = part(text, visual) - 1.1 * text
    assert 0 < change.abs().max() < 0.1


def test_more_frames_than_positions_are_refused():
    model = build(**XCLIP)
    with pytest.raises(UserError, match='4 frames.*3 at most'):
        model(clips(2, 4), samples(0, 1), mode='loss')
    model = build(pooler=dict(type='ClassTokenPooler', num_positions=2))
    with pytest.raises(UserError, match='3 frames.*2 at most'):
        model(clips(2, 3), samples(0, 1), mode='loss')


def test_the_transformers_are_those_of_the_paper():
    model = build(**XCLIP)
    assert len(model.pooler.blocks) == 1
    assert model.pooler.blocks[0].attn.num_heads == 3
    assert len(model.conditioner.layers) == 2
    for part in (model.backbone.adapters, model.pooler, model.conditioner):
        norms = [m for m in part.modules() if isinstance(m, nn.LayerNorm)]
        assert {n.eps for n in norms} == {1e-5}
    for adapters in model.backbone.adapters:
        assert adapters[0].message_attn.num_heads == 2  # as in the tower
