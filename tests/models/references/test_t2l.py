"""T2L (EZ-CLIP) by its formulas, one clip, frame and text after the other."""

import pytest
import reference
import torch
import torch.nn.functional as F
from reference_models import (
    LAYERS,
    TOKENIZER,
    align,
    build,
    by_frame,
    check,
    clips,
    close,
    embed,
    learned_tensors,
    linear,
    mlp,
    project,
    samples,
    unit,
)
from test_actionclip import same_class_divergence
from tiny import CLASSES

from vlprompt.errors import UserError
from vlprompt.models import MotionLoss, VideoTextFeatures
from vlprompt.models.adapters.token_drop_path import TokenDropPath
from vlprompt.models.towers import Layer
from vlprompt.registry import MODELS

T = 3
LABELS = (1, 3, 1)
BOTTLENECK, TOKEN = dict(type='BottleneckAdapter'), dict(type='TemporalToken')
KEPT = torch.ones(77)


def build_t2l(*more, token=True, frames=T, noise=0.05, text=(), **kwargs):
    """In-batch training with the motion loss, in both towers."""
    tokens = [dict(TOKEN, num_frames=frames, dropout=0.0)] if token else []
    return build(
        noise=noise,
        backbone=dict(
            type='CLIPVisionTower',
            adapters=[*tokens, BOTTLENECK, *more],
            **kwargs,
        ),
        text_encoder=dict(
            type='CLIPTextTower',
            adapters=[BOTTLENECK, *more, *text],
            with_cp=bool(kwargs.get('with_cp')),
        ),
        texts=dict(type='BatchLabelTexts', template='{}'),
        cls_head=dict(
            type='ContrastiveHead',
            alignment=dict(type='SoftTargetKLLoss'),
            regularizers=dict(motion=dict(type='MotionLoss')),
            test_temperature=0.01,
            average_clips='prob',
        ),
        trainable=['backbone.adapters.*', 'text_encoder.adapters.*'],
    )


def gelu(x):
    """Not quick: with the error function."""
    return 0.5 * x * (1 + torch.erf(x / 2**0.5))


def adapt(x, part):
    """Down, GELU, up, beside the tokens."""
    hidden = gelu(linear(x, part.bottleneck.fc1))
    return x + linear(hidden, part.bottleneck.fc2)


def attend(x, module, mask=None):
    """Attention of one sequence (L, D) after the norm, no residual."""
    normed = reference.layer_norm(x, module.ln_1)
    return reference.attention(normed[None], module.attn, mask)[0]


def vision_layer(x, module, parts, kept):
    """(T, N, D) tokens of a clip through a layer with its parts.

    Args:
        kept: Factors of the branches: of the token's attention (T), of
            attention and of the MLP (N).
    """
    vectors, (of_token, of_attention, of_mlp) = None, kept
    if type(parts[0]).__name__ == 'TemporalToken':
        vectors = parts[0].vectors
        means = torch.stack([f.mean(0) for f in x]) + vectors
        told = attend(means, module) * of_token[:, None]
    out = []
    for t, frame in enumerate(x):
        seen = (
            frame if vectors is None else torch.cat([frame, told[t : t + 1]])
        )
        new = attend(seen, module)[: len(frame)] * of_attention[:, None]
        new = adapt(frame + new, parts[int(vectors is not None)])
        hidden = mlp(reference.layer_norm(new, module.ln_2), module.mlp)
        out.append(new + hidden * of_mlp[:, None])
    return torch.stack(out)


def t2l_frames(model, inputs, kept=((KEPT[:T], KEPT[:17], KEPT[:17]),) * 4):
    """(B, 1, 3, T, H, W) pixels to (B, T, E) frame features."""
    visual, out = model.backbone.visual, []
    for clip in by_frame(inputs):
        x = torch.stack([embed(visual, frame) for frame in clip])
        for i, module in enumerate(visual.transformer.resblocks):
            x = vision_layer(x, module, model.backbone.adapters[i], kept[i])
        out.append(torch.stack([project(visual, tokens) for tokens in x]))
    return torch.stack(out)


def t2l_texts(model, lines, kept=((KEPT, KEPT),) * LAYERS):
    """Lines to (C, E), each by itself over all 77 places."""
    text, out = model.text_encoder.text, []
    mask = torch.full((77, 77), -torch.inf).triu(1)
    for ids in TOKENIZER(lines):
        x = text.token_embedding.weight[ids] + text.positional_embedding
        for i, module in enumerate(text.transformer.resblocks):
            of_attention, of_mlp = kept[i]
            x = x + attend(x, module, mask.to(x)) * of_attention[:, None]
            x = adapt(x, model.text_encoder.adapters[i][0])
            hidden = mlp(reference.layer_norm(x, module.ln_2), module.mlp)
            x = x + hidden * of_mlp[:, None]
        end = int(ids.argmax())
        x = reference.layer_norm(x[end], text.ln_final)
        out.append(x @ text.text_projection)
    return torch.stack(out)


def motion(frames):
    """(B, T, E) frames to the loss of T2L."""
    slopes, spreads = [], []
    num = frames.size(1)
    for clip in frames:
        for t in range(num):
            after, before = clip[min(t + 1, num - 1)], clip[max(t - 1, 0)]
            slopes.append(((after - before) / 2).abs().mean())
        mean = sum(clip) / num
        square = sum((frame - mean) ** 2 for frame in clip)
        spreads.append((square / max(1, num - 1)).mean())
    total = sum(slopes) / len(slopes) + sum(spreads) / len(spreads)
    return 1 / (1 + total)


def check_t2l(model, inputs, labels=LABELS, vision=None, text=None):
    """Features, scores, losses and gradients of a training step."""
    frames = t2l_frames(model, inputs, *[vision] * (vision is not None))
    lines = [CLASSES[c] for c in labels]
    texts = t2l_texts(model, lines, *[text] * (text is not None))
    video = frames.mean(1)
    scores = model.cls_head.logit_scale.exp() * unit(video) @ unit(texts).T
    alignment = same_class_divergence(scores, labels)
    ours = align(model, inputs, samples(*labels))
    features, _ = model.extract_feat(inputs, data_samples=samples(*labels))
    losses = model.cls_head.loss(features, samples(*labels))
    close(losses['loss_alignment'], alignment, 'alignment')
    close(losses['loss_motion'], motion(frames), 'motion')
    close(features.frames, frames, 'frames')
    ours['loss'] = losses['loss_alignment'] + losses['loss_motion']
    theirs = dict(
        video=video,
        text=texts,
        scores=scores.T,
        loss=alignment + motion(frames),
    )
    check(model, ours, theirs)


@pytest.mark.parametrize('with_cp', [False, True, 'mlp'])
def test_t2l_equals_the_formulas(float64, with_cp):
    model = build_t2l(with_cp=with_cp)
    assert len(learned_tensors(model)) == LAYERS * (1 + 4 + 4)
    check_t2l(model, clips(3))


def test_without_the_token_it_equals_the_formulas(float64):
    """The published few-shot model of HMDB-51; any number of frames."""
    check_t2l(build_t2l(token=False), clips(3, 2))


def test_t2l_of_one_frame_equals_the_formulas(float64):
    model = build_t2l(frames=1)
    kept = ((KEPT[:1], KEPT[:17], KEPT[:17]),) * LAYERS
    check_t2l(model, clips(3, 1), vision=kept)


def test_t2l_equals_the_formulas_in_float32():
    check_t2l(build_t2l(), clips(3))


def test_a_longer_clip_is_several(float64):
    model, inputs = build_t2l(), clips(2, 2 * T)
    halves = inputs[:, :, :, :T], inputs[:, :, :, T:]
    expected = torch.cat([t2l_frames(model, half) for half in halves], 1)
    features, _ = model.extract_feat(inputs, stage='backbone')
    close(features.frames, expected)


def test_another_number_of_frames_is_refused():
    model = build_t2l()
    with pytest.raises(UserError, match='4 frames given.*multiple of 3'):
        model.extract_feat(clips(1, 4), stage='backbone')


def test_it_tests_with_a_scale_of_100(float64):
    model, inputs = build_t2l().eval(), clips(2)
    with torch.no_grad():
        results = model.predict(inputs, samples(0, 1))
        video = t2l_frames(model, inputs).mean(1)
        text = t2l_texts(model, list(CLASSES))
    expected = (100 * unit(video) @ unit(text).T).softmax(-1)
    close(torch.stack([r.pred_score for r in results]), expected)


def test_bottlenecks_begin_as_clip(float64):
    model = build_t2l(token=False, noise=0.0)
    plain = MODELS.build(
        dict(type='CLIPVisionTower', visual=model.backbone.visual)
    )
    encoder = MODELS.build(
        dict(type='CLIPTextTower', text=model.text_encoder.text)
    )
    frames = by_frame(clips())
    tokens = model.texts.eval()()
    with torch.no_grad():
        close(model.backbone(frames).frames, plain(frames).frames)
        close(model.text_encoder(tokens), encoder(tokens))


def test_free_vectors_start_between_the_published_bounds():
    part = MODELS.build(dict(TOKEN, width=768, num_frames=8))
    assert 0.06 < part.vectors.abs().max() <= 0.0625
    assert part.dropout.p == 0.1


@pytest.fixture
def drawn(monkeypatch):
    """Factors of branches, drawn by the fixture and told to the test."""
    factors = []

    def draw(part, num, like):
        factors.append(torch.rand(num).to(like))
        return factors[-1]

    monkeypatch.setattr(TokenDropPath, '_draw', draw)
    monkeypatch.setattr(Layer, 'dropout', lambda layer: 0.0)
    return factors


RATE = dict(type='TokenDropPath', rate=0.3)


def test_branches_skip_tokens_of_all_frames_of_a_batch(float64, drawn):
    """Of the first layer none, and of the last one row for class tokens."""
    model = build_t2l(RATE)
    inputs = clips(3)
    features, _ = model.extract_feat(inputs, stage='backbone')
    sizes = [(T, 17, 17)] * (LAYERS - 2) + [(T, 1, 1)]
    assert [len(x) for x in drawn] == [n for size in sizes for n in size]
    kept = [(KEPT[:T], KEPT[:17], KEPT[:17])]
    for i in range(0, len(drawn), 3):
        kept.append(tuple(drawn[i : i + 3]))
    kept[-1] = (kept[-1][0], *(x.expand(17) for x in kept[-1][1:]))
    close(features.frames, t2l_frames(model, inputs, kept))


@pytest.mark.parametrize('with_cp', [False, True])
def test_branches_skip_places_of_all_texts_of_a_batch(float64, drawn, with_cp):
    """Also where texts share rows, and what they begin with is run once."""
    model = build_t2l(RATE, with_cp=with_cp)
    lines = [CLASSES[c] for c in LABELS]
    features = model.encode_texts(lines)
    assert [len(x) for x in drawn] == [77] * 2 * (LAYERS - 1)
    kept = [(KEPT, KEPT)]
    for i in range(0, len(drawn), 2):
        kept.append(tuple(drawn[i : i + 2]))
    expected = t2l_texts(model, lines, kept)
    close(features, expected)
    learned = [p for n, p in learned_tensors(model).items() if 'text' in n]
    pairs = [
        torch.autograd.grad((x**2).sum(), learned)
        for x in (features, expected)
    ]
    for ours, theirs in zip(*pairs, strict=True):
        close(ours, theirs)


def test_the_rate_grows_and_reaches_attention_in_training(monkeypatch):
    given = []
    attention = F.scaled_dot_product_attention

    def spy(query, key, value, mask=None, dropout_p=0.0):
        given.append(dropout_p)
        return attention(query, key, value, mask, dropout_p)

    monkeypatch.setattr(F, 'scaled_dot_product_attention', spy)
    model = build_t2l(RATE)
    rates = [parts[-1].drop_prob for parts in model.backbone.adapters]
    assert rates == pytest.approx([0, 0.1, 0.2, 0.3])
    model.extract_feat(clips(), stage='backbone')
    assert given == pytest.approx([r for r in rates for _ in range(2)])
    del given[:]
    model.encode_texts(CLASSES)
    # the beginning of texts is run in all layers but the last
    assert sorted(given) == pytest.approx(sorted(2 * rates)[:-1])
    del given[:]
    model.eval().extract_feat(clips(), stage='backbone')
    assert set(given) == {0.0}


def test_branches_are_kept_with_the_right_probability():
    part = TokenDropPath(index=2, depth=3, rate=0.25)
    kept = part.place('mlp', torch.ones(2, 3, 4000, 5))
    assert torch.equal(kept, kept[:1, :1, :, :1].expand_as(kept))
    assert kept.unique().tolist() == pytest.approx([0, 4 / 3])
    assert (kept > 0).float().mean().item() == pytest.approx(0.75, abs=0.03)
    assert torch.equal(part.eval().place('mlp', kept), kept)


@pytest.mark.parametrize('num', [1, 2, 5])
def test_the_motion_loss_equals_the_formula(float64, num):
    frames = torch.randn(3, num, 7)
    features = VideoTextFeatures(frames.mean(1), None, frames=frames)
    close(MotionLoss()(features), motion(frames))
    close(MotionLoss(loss_weight=0.5)(features), 0.5 * motion(frames))
    padded = features._replace(mask=torch.zeros(3, num).bool())
    with pytest.raises(UserError, match='padding'):
        MotionLoss()(padded)
